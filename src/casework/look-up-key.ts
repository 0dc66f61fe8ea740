import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import type { Job } from '../model/job.ts'
import type { Log } from '../model/ports.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { SYSTEM } from './actors.ts'
import { settleFoundKey } from './citizen-keys.ts'

/** Looks an address up in its domain's directory; gives the certificate, armoured, and its fingerprint; null: none of use. */
export type LookUpKey = (
  address: string,
  at: Date,
) => Promise<{ readonly certificate: string; readonly fingerprint: string } | null>

export interface LookUpKeyParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Null: nothing is looked up. */
  readonly lookUpKey: LookUpKey | null
}

/**
 * Job "look-up-key", key: case id. Looks for the key of a sender whose address is proven and who brought none, in the directory
 * of the address's domain. What is found is used for this case, where nothing else counts by then. A repeat changes nothing.
 * @throws GatewayError not-found
 */
export async function lookUpSendersKey(job: Job, parts: LookUpKeyParts): Promise<void> {
  const { store, clock, log } = parts
  const caseId = job.key
  const [party] = await store.partiesOfCase(caseId)
  if (!party) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
  const address = party.email
  const found = address === null ? null : ((await parts.lookUpKey?.(address, clock())) ?? null)
  const isUsed = await store.commit(async (write) => {
    const at = instant(clock())
    const now = await write.party(party.id)
    const isOpen = (await write.case(caseId))?.state === 'with-caseworker'
    const used = found && isOpen && now?.email === address ? await settleFoundKey(write, now, found, at) : false
    if (used) {
      const payload = { partyId: party.id, fingerprint: found?.fingerprint ?? null }
      await appendHistory(write, { caseId, at, actor: SYSTEM, event: 'key-found', payload })
    }
    await finishJob(write, job)
    return used
  })
  log.info({ caseId, found: found !== null, used: isUsed }, 'a key was looked for in the directory')
}
