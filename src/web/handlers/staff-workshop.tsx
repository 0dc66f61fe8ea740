import { GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import { bearsCode, type Delivery } from '../../model/letter.ts'
import type { Reader } from '../../model/store.ts'
import { instant } from '../../model/time.ts'
import { actorOf, type Context, field, type Handler, signedIn } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { DeliveryPage, OutboxPage, type OutboxRow } from '../pages/staff/outbox.tsx'
import { PreservationPanel } from '../pages/staff/preservation.tsx'
import { AccountsPage, ArchivePage, ClosingDaysPage, JobsPage } from '../pages/staff/workshop.tsx'
import { createInvitation, tellOthers } from '../sign-in/invitations.ts'
import { pageAsked, readPage } from './case-parts.ts'

async function outboxRow({ deps }: Context, delivery: Delivery): Promise<OutboxRow> {
  const letter = await deps.store.letter(delivery.letterId)
  const one = await deps.store.case(delivery.caseId)
  return { delivery, letter, caseNumber: one?.number ?? null }
}

export const outbox: Handler = async (context) => {
  const page = pageAsked(context)
  const { rows, more } = await readPage(page, (window) => context.deps.store.listDeliveries(window))
  const shown = await Promise.all(rows.map((delivery) => outboxRow(context, delivery)))
  const relayConfigured = context.deps.settings.relay !== null
  return showPage(
    <OutboxPage view={context.view} rows={shown} relayConfigured={relayConfigured} page={page} more={more} />,
  )
}

async function deliveryAsked({ deps, params }: Context): Promise<Delivery> {
  const delivery = await deps.store.delivery(params['delivery'] ?? '')
  if (!delivery) throw new GatewayError('not-found', 'There is no such delivery')
  return delivery
}

/**
 * A one-time code is for the citizen: who reads it on the staff could act as them. It is shown only where no mail leaves
 * this machine, so that the outbox is the one mailbox there is: in the demo, and as long as no relay is configured.
 */
const isHidden = ({ deps }: Context, letter: OutboxRow['letter']): boolean =>
  letter === null || !bearsCode(letter.kind) ? letter === null : !deps.settings.demo && deps.settings.relay !== null

export const delivery: Handler = async (context) => {
  const { deps, view } = context
  const one = await deliveryAsked(context)
  const route = deps.describeRoute(one.routeReason, view.language)
  const evidence = await deps.store.evidenceOf(one.id)
  const row = await outboxRow(context, one)
  const hidden = isHidden(context, row.letter)
  return showPage(<DeliveryPage view={view} row={row} route={route} evidence={evidence} hidden={hidden} />)
}

/** The exact bytes that went out, or will. */
export const deliveryRaw: Handler = async (context): Promise<Reply> => {
  const one = await deliveryAsked(context)
  if (!one.rawSha256) throw new GatewayError('not-found', 'This mail is not composed yet')
  if (isHidden(context, await context.deps.store.letter(one.letterId))) {
    throw new GatewayError('forbidden', 'A one-time code is for the citizen alone')
  }
  const bytes = await context.deps.store.blobs.get(one.rawSha256)
  return { kind: 'file', name: `${one.id}.eml`, mediaType: 'message/rfc822', bytes }
}

export const jobs: Handler = async (context) => {
  const page = pageAsked(context)
  const { rows, more } = await readPage(page, (window) => context.deps.store.listJobs({ states: ['dead'], ...window }))
  const retried = context.query.get('done') === 'retried'
  const scans = await context.deps.store.listJobs({ kinds: ['scan'], states: ['ready', 'leased'] })
  const waitForScanner = scans.filter(({ lastError }) => lastError?.startsWith('scanner-unavailable')).length
  const shown = { dead: rows, retried, waitForScanner, page, more }
  return showPage(<JobsPage view={context.view} {...shown} />)
}

export const retryJob: Handler = async (context) => {
  const { deps, params } = context
  const gone = new GatewayError('not-found', 'There is no such dead letter')
  const job = (await deps.store.listJobs({ states: ['dead'] })).find(({ id }) => id === params['job'])
  if (!job) throw gone
  // On record before it is done: the queue's own write is not part of this commit.
  await deps.store.commit((write) =>
    appendAdminHistory(write, {
      at: instant(deps.clock()),
      actor: actorOf(context),
      event: 'job-retried',
      payload: { job: job.id, jobKind: job.kind },
    }),
  )
  if (!(await deps.retryJob(job.id))) throw gone
  return seeOther('/staff/jobs?done=retried')
}

export const archive: Handler = async (context) => {
  const page = pageAsked(context)
  const { rows, more } = await readPage(page, (window) => context.deps.store.listPackages(window))
  const packages = await Promise.all(
    rows.map(async (one) => ({
      package: one,
      caseNumber: (await context.deps.store.case(one.caseId))?.number ?? null,
    })),
  )
  const facts = await context.deps.preservationFacts()
  const failed = new Map<string, string>()
  for (const { caseId } of facts.last?.failed ?? []) {
    const one = await context.deps.store.case(caseId)
    if (one) failed.set(caseId, one.number)
  }
  const numberOf = (caseId: string): string | null => failed.get(caseId) ?? null
  return showPage(
    <ArchivePage view={context.view} packages={packages} page={page} more={more}>
      {page === 1 ? <PreservationPanel view={context.view} facts={facts} numberOf={numberOf} /> : null}
    </ArchivePage>,
  )
}

const SETTING = 'closing-days'
const isDay = (day: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day

async function ownClosingDays(read: Reader): Promise<readonly string[]> {
  const value = await read.setting(SETTING)
  return Array.isArray(value) ? value.filter((day): day is string => typeof day === 'string' && isDay(day)) : []
}

export const closingDays: Handler = async (context) =>
  showPage(
    <ClosingDaysPage
      view={context.view}
      own={await ownClosingDays(context.deps.store)}
      configured={context.deps.settings.closingDays}
      problem={context.query.get('p') === 'day'}
    />,
  )

async function changeClosingDays(
  context: Context,
  event: 'closing-day-added' | 'closing-day-removed',
  change: (days: readonly string[], day: string) => readonly string[],
): Promise<Reply> {
  const day = field(context, 'day')
  if (!isDay(day)) return seeOther('/staff/settings/closing-days?p=day')
  const { store, clock } = context.deps
  await store.commit(async (write) => {
    // The record first: its place in the chain is taken once, so what is read after it is what this change builds on.
    await appendAdminHistory(write, { at: instant(clock()), actor: actorOf(context), event, payload: { day } })
    const days = [...new Set(change(await ownClosingDays(write), day))].sort()
    await write.setSetting(SETTING, days)
  })
  return seeOther('/staff/settings/closing-days')
}

export const addClosingDay: Handler = (context) =>
  changeClosingDays(context, 'closing-day-added', (days, day) => [...days, day])

export const removeClosingDay: Handler = (context) =>
  changeClosingDays(context, 'closing-day-removed', (days, day) => days.filter((one) => one !== day))

type AccountsShown = Pick<Parameters<typeof AccountsPage>[0], 'invitation' | 'problem'>

async function showAccounts(context: Context, shown: AccountsShown): Promise<Reply> {
  const accounts = await context.deps.store.listAccounts()
  const ownId = signedIn(context).account.id
  const page = <AccountsPage view={context.view} accounts={accounts} ownId={ownId} {...shown} />
  return showPage(page, { status: shown.problem ? 422 : 200 })
}

export const accounts: Handler = (context) => showAccounts(context, { invitation: null, problem: false })

/** Invites, and shows the link this once: what is stored cannot be turned into it again. */
export const inviteAccount: Handler = async (context) => {
  const { deps } = context
  const username = field(context, 'username', 64)
  const displayName = field(context, 'displayName', 120)
  const role = field(context, 'role') === 'admin' ? 'admin' : 'caseworker'
  try {
    const path = await createInvitation(deps.store, { username, displayName, role }, deps.clock, actorOf(context))
    const link = `${deps.settings.web.publicUrl}${path}`
    return await showAccounts(context, { invitation: { who: displayName, link }, problem: false })
  } catch (fault) {
    if (!(fault instanceof GatewayError) || fault.code !== 'invalid-request') throw fault
    return showAccounts(context, { invitation: null, problem: true })
  }
}

async function setDisabled(context: Context, disabled: boolean): Promise<Reply> {
  const { deps, params } = context
  const account = await deps.store.account(params['account'] ?? '')
  if (!account) throw new GatewayError('not-found', 'There is no such account')
  // Whoever disables the own account could lock everybody out.
  if (disabled && account.id === signedIn(context).account.id) {
    throw new GatewayError('wrong-state', 'Nobody disables the own account')
  }
  await deps.store.commit(async (write) => {
    await write.updateAccount(account.id, { disabledAt: disabled ? deps.clock().toISOString() : null })
    if (disabled) await write.removeSessionsOf(account.id)
    const entry = await appendAdminHistory(write, {
      at: instant(deps.clock()),
      actor: actorOf(context),
      event: disabled ? 'account-disabled' : 'account-enabled',
      payload: { account: account.id, username: account.username, role: account.role },
    })
    if (account.role === 'admin') await tellOthers(write, entry)
  })
  return seeOther('/staff/accounts')
}

export const disableAccount: Handler = (context) => setDisabled(context, true)
export const enableAccount: Handler = (context) => setDisabled(context, false)
