import type { Actor } from '../../model/case.ts'
import { asGatewayError } from '../../model/errors.ts'
import { finishJob } from '../../model/finish-job.ts'
import type { Job } from '../../model/job.ts'
import type { Log } from '../../model/ports.ts'
import type { Store } from '../../model/store.ts'
import { instant } from '../../model/time.ts'
import type { TrustStep } from '../../model/trust-proposal.ts'
import { LIST_OF_LISTS, type TrustedList } from '../../model/trusted-list.ts'
import { planRejudge } from '../anchors.ts'
import { putOnRecord } from '../record-change.ts'
import { carryOut } from '../steps.ts'
import { addEdition } from './editions.ts'
import { entriesOf } from './entries.ts'
import { type FetchedListOfLists, fetchListOfLists, fetchNational, fetchPinned, type ListParts } from './get-lists.ts'
import { listRefused } from './refusal.ts'
import { factsOf, type VerifiedList } from './verify-list.ts'

export interface RefreshParts extends ListParts {
  readonly store: Store
  readonly log: Log
}

const SYSTEM: Actor = { kind: 'system', id: null, name: null }

/**
 * Job "refresh-lists", once a day: fetches the lists in force that came from the web. A new one that holds takes the place of the
 * one before, and open cases are judged again; one that does not is passed over, the one before stays, and why is on the page and on
 * record. A list outside the list of the lists is fetched at its own address, and only who was named for it may sign the next. Lists that came as files are an admin's to follow; that one is out of date is said.
 */
export async function refreshLists(job: Job, parts: RefreshParts): Promise<void> {
  const { store, log } = parts
  const national = (await store.trustedLists()).filter(({ territory }) => territory !== LIST_OF_LISTS)
  const ofWeb = national.filter(({ url }) => url !== null)
  const rows = ofWeb.filter((row) => !isPinned(row))
  if (rows.length > 0) {
    const lists = await attempt(LIST_OF_LISTS, parts, async () => {
      const fetched = await fetchListOfLists(parts)
      await take(LIST_OF_LISTS, fetched.steps, parts)
      return fetched
    })
    for (const row of rows) if (lists) await attempt(row.territory, parts, () => refreshOne(row, lists, parts))
  }
  for (const row of ofWeb.filter(isPinned)) await attempt(row.territory, parts, () => refreshPinned(row, parts))
  for (const row of national)
    if (row.url === null) await attempt(row.territory, parts, async () => mustBeCurrent(row, parts))
  await store.commit((write) => finishJob(write, job))
  log.info({ lists: ofWeb.length }, 'the trusted lists were looked after')
}

/** @throws GatewayError list-refused expired */
function mustBeCurrent({ territory, nextUpdate }: TrustedList, { clock }: RefreshParts): void {
  if (nextUpdate !== null && nextUpdate <= instant(clock())) {
    throw listRefused('expired', `The list of ${territory} should have been followed by the next on ${nextUpdate}.`)
  }
}

const isPinned = ({ vouched }: TrustedList): boolean => vouched === 'typed-fingerprint'

async function refreshPinned(row: TrustedList, parts: RefreshParts): Promise<void> {
  const { territory, url, services, signers } = row
  const list = await fetchPinned({ territory, url: url ?? '', signers }, parts)
  await takeNext(row, list, { url, services, signers: signers.map((one) => Buffer.from(one, 'base64')) }, parts)
}

async function refreshOne(row: TrustedList, lists: FetchedListOfLists, parts: RefreshParts): Promise<void> {
  const { list, url, signers } = await fetchNational(lists, row.territory, parts)
  await takeNext(row, list, { url, signers, services: row.services }, parts)
}

async function takeNext(
  row: TrustedList,
  list: VerifiedList,
  about: Omit<Parameters<typeof factsOf>[1], 'vouched'>,
  parts: RefreshParts,
): Promise<void> {
  const facts = factsOf(list, { ...about, vouched: isPinned(row) ? 'typed-fingerprint' : 'list-of-lists' })
  const isSame = list.sha256 === row.sha256
  const step: TrustStep = { do: 'use-list', list: facts, entries: entriesOf(list, row.services, parts.clock()) }
  await take(row.territory, isSame ? [] : [step], parts)
}

/** Carries out what is new; else notes that it was looked for. */
async function take(territory: string, steps: readonly TrustStep[], { store, clock }: RefreshParts): Promise<void> {
  const at = instant(clock())
  await store.commit(async (write) => {
    if (steps.length > 0) {
      await carryOut(write, steps, { actor: SYSTEM, reason: 'The list was followed by the next one.', at })
      await planRejudge(write, at)
      return
    }
    const row = (await write.trustedLists()).find((one) => one.territory === territory)
    if (!row) return
    await write.putTrustedList({ ...row, triedAt: at, problem: null })
    // Its document may have come before documents were kept.
    await addEdition(write, row)
  })
}

/** Gives what WORK gave; null where the list stays as it was. */
async function attempt<Result>(
  territory: string,
  { store, clock, log }: RefreshParts,
  work: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await work()
  } catch (thrown) {
    const { code, facts, message } = asGatewayError(thrown)
    if (code === 'internal' || code === 'storage-unavailable' || code === 'storage-full') throw thrown
    const problem = String(facts['problem'] ?? code)
    log.warn({ territory, code, problem, message }, 'a trusted list could not be followed')
    const at = instant(clock())
    await store.commit(async (write) => {
      const row = (await write.trustedLists()).find((one) => one.territory === territory)
      if (!row) return
      await write.putTrustedList({ ...row, triedAt: at, problem })
      // Once for each trouble, not each day.
      if (row.problem === problem) return
      const payload = { territory, problem, nextUpdate: row.nextUpdate }
      await putOnRecord(write, { at, actor: SYSTEM, event: 'trusted-list-problem', payload })
    })
    return null
  }
}
