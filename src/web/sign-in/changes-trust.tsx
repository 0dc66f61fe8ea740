import { GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import { instant } from '../../model/time.ts'
import type { SentForm } from '../deps.ts'
import { actorOf, type Context, type Handler, signedIn } from '../http/context.ts'
import { type Reply, showPage } from '../http/reply.ts'
import { PasswordPage } from '../pages/staff/password-again.tsx'
import { passwordMatches } from './password.ts'
import { placeOf } from './rate-limit.ts'

/** The field of the form that holds the password; not trimmed. */
const PASSWORD = 'password'
/** The field that names a form which waits for its sender's password. */
const KEPT = 'kept'

export type PasswordProblem = 'missing' | 'wrong'

const guarded = new WeakSet<Handler>()

/** Says whether a route's handler asks for the password first. */
export const isGuarded = (handler: Handler): boolean => guarded.has(handler)

/**
 * Guards a handler that changes trust, or who may, or lets another system in: it runs only where the form brings the signed-in admin's own password. Else AGAIN
 * answers (where nothing is given, a page that asks for it and carries the form along), and nothing was done. The limits
 * of sign-in apply: whoever finds an open browser has no more tries than at the door.
 * @throws GatewayError rate-limited
 */
export function changesTrust(
  handler: Handler,
  again: (context: Context, problem: PasswordProblem) => Promise<Reply> = askForPassword,
): Handler {
  const guard: Handler = async (sent) => {
    const password = sent.form.fields[PASSWORD] ?? ''
    const context = { ...sent, form: formOf(sent) }
    if (password === '') return again(context, 'missing')
    if (!(await isOwnPassword(context, password))) return again(context, 'wrong')
    return handler(context)
  }
  guarded.add(guard)
  return guard
}

async function isOwnPassword(context: Context, sent: string): Promise<boolean> {
  const { deps, limits } = context
  const { id } = signedIn(context).account
  const place = placeOf(context.remoteAddress)
  const account = await deps.store.account(id)
  const key = `${account?.username} ${place}`
  limits.signInFromPlace.take(place)
  limits.signInOfAccount.take(key)
  if (await passwordMatches(sent, account?.passwordHash ?? null)) {
    limits.signInOfAccount.forget(key)
    return true
  }
  deps.log.warn({ place }, 'a guarded form was refused: wrong password')
  await deps.store.commit((write) =>
    appendAdminHistory(write, {
      at: instant(deps.clock()),
      actor: actorOf(context),
      event: 'password-refused',
      payload: { account: id, username: account?.username ?? null, place },
    }),
  )
  return false
}

/**
 * The form as it was first sent, without the password. @throws GatewayError gone where it was kept, and is no more
 */
function formOf(context: Context): SentForm {
  const { [PASSWORD]: _password, [KEPT]: kept, ...fields } = context.form.fields
  if (kept === undefined) return { ...context.form, fields }
  const form = context.keptForms.take(kept, signedIn(context).account.id)
  if (!form) throw new GatewayError('gone', 'The form is kept no more', { facts: { what: 'form' } })
  return form
}

async function askForPassword(context: Context, problem: PasswordProblem): Promise<Reply> {
  const kept = context.keptForms.keep(context.form, signedIn(context).account.id)
  const shown = <PasswordPage view={context.view} action={context.path} kept={kept} problem={problem} />
  return showPage(shown, { status: problem === 'wrong' ? 422 : 200 })
}
