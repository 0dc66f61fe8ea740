import { GatewayError } from '../../model/errors.ts'
import { actorOf, type Context, field, type Handler, signedIn } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { type ChangeNote, TrustChangePage } from '../pages/staff/trust-change.tsx'
import type { PasswordProblem } from '../sign-in/changes-trust.tsx'

const idOf = (context: Context): string => context.params['change'] ?? ''

async function page(
  context: Context,
  more: { note?: ChangeNote; form?: 'confirm' | 'decline'; password?: PasswordProblem } = {},
): Promise<Reply> {
  const { deps, view } = context
  const ask = { id: idOf(context), actor: actorOf(context), language: view.language }
  const { note = null, form, password } = more
  const shown = (
    <TrustChangePage
      view={view}
      planned={await deps.plannedTrust(ask)}
      secondAdmin={deps.settings.trust.secondAdmin}
      me={signedIn(context).account.id}
      note={note}
      problem={form && password ? { form, password } : null}
      reason={field(context, 'reason', 500)}
    />
  )
  return showPage(shown, { status: password ? 422 : note === 'not-another' ? 403 : note ? 409 : 200 })
}

/** What a planned change would do, and the forms that confirm it or say no. */
export const showChange: Handler = (context) => page(context)

export const confirmAgain = (context: Context, password: PasswordProblem): Promise<Reply> =>
  page(context, { form: 'confirm', password })

export const confirm: Handler = async (context) => {
  const ask = { id: idOf(context), seen: field(context, 'seen', 500), actor: actorOf(context) }
  const came = await confirmOrSay(context, ask)
  if (came === 'changed-meanwhile' || came === 'not-another' || came === 'refused') return page(context, { note: came })
  return seeOther(`/staff/roots?done=${came === 'proposed' ? 'proposed' : '1'}`)
}

const NO_PAGE: ReadonlySet<string> = new Set(['not-found', 'gone', 'forbidden'])

/** Four eyes are asked for, and these may be the same two; or another change came before: said where the change stands. */
async function confirmOrSay(context: Context, ask: Parameters<Context['deps']['confirmTrust']>[0]) {
  try {
    return await context.deps.confirmTrust(ask)
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault
    if (fault.facts['what'] === 'second-admin') return 'not-another'
    const isOurs = fault.code === 'internal' || fault.code.startsWith('storage-')
    if (isOurs || fault.retryable || NO_PAGE.has(fault.code)) throw fault
    return 'refused'
  }
}

export const declineAgain = (context: Context, password: PasswordProblem): Promise<Reply> =>
  page(context, { form: 'decline', password })

export const decline: Handler = async (context) => {
  const reason = field(context, 'reason', 500)
  if (reason === '') throw new GatewayError('invalid-request', 'A no needs its reason')
  await context.deps.declineTrust({ id: idOf(context), reason, actor: actorOf(context) })
  return seeOther('/staff/roots?done=declined')
}
