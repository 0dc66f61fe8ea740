import type { Account } from '../../model/account.ts'
import { GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import { instant } from '../../model/time.ts'
import { actorOf, type Context, field, type Handler, signedIn } from '../http/context.ts'
import { forgetCookie } from '../http/cookies.ts'
import { ownPath, seeOther, showPage } from '../http/reply.ts'
import { InvitePage, SignInPage } from '../pages/sign-in.tsx'
import { acceptInvitation, invitedAccount } from '../sign-in/invitations.ts'
import { passwordMatches, passwordProblem } from '../sign-in/password.ts'
import { placeOf } from '../sign-in/rate-limit.ts'
import { beginStaffSession, SESSION_COOKIES } from '../sign-in/sessions.ts'

/** After sign-in only staff pages: elsewhere nobody was stopped. */
const afterSignIn = (wanted: string | null): string => {
  const path = ownPath(wanted, '/staff')
  return /^\/staff(?:[/?]|$)/.test(path) && !path.startsWith('/staff/sign-') ? path : '/staff'
}

export const signInForm: Handler = async ({ view, query }) =>
  showPage(<SignInPage view={view} next={afterSignIn(query.get('next'))} problem={null} username="" />)

export const signIn: Handler = async (context) => {
  const { deps, limits, view } = context
  const username = field(context, 'username', 64).toLowerCase()
  const next = afterSignIn(field(context, 'next'))
  const place = placeOf(context.remoteAddress)
  limits.signInFromPlace.take(place)
  limits.signInOfAccount.take(`${username} ${place}`)
  const account = await deps.store.accountByUsername(username)
  // Not trimmed: spaces belong to a password. Unknown and disabled accounts cost the same time.
  const usable = account && account.disabledAt === null ? account : null
  const matches = await passwordMatches(context.form.fields['password'] ?? '', usable?.passwordHash ?? null)
  if (!usable || !matches) {
    deps.log.warn({ place }, 'a sign-in was refused')
    await recordRefusal(context, account, place)
    return showPage(<SignInPage view={view} next={next} problem="wrong" username={username} />, { status: 401 })
  }
  limits.signInOfAccount.forget(`${username} ${place}`)
  return seeOther(next, [await beginStaffSession(deps.store, usable, deps.clock, place)])
}

/**
 * Puts a refused sign-in on record. A name that no account has is left out: people type passwords there by mistake. What
 * the limits stop is not recorded, so that strangers cannot make the record grow as they like.
 */
async function recordRefusal({ deps }: Context, account: Account | null, place: string): Promise<void> {
  await deps.store.commit((write) =>
    appendAdminHistory(write, {
      at: instant(deps.clock()),
      actor: { kind: 'system', id: null, name: null },
      event: 'sign-in-refused',
      payload: { account: account?.id ?? null, username: account?.username ?? null, place },
    }),
  )
}

export const signOut: Handler = async (context) => {
  const { tokenHash, account } = signedIn(context)
  const { store, clock } = context.deps
  await store.commit(async (write) => {
    await write.removeSession(tokenHash)
    await appendAdminHistory(write, {
      at: instant(clock()),
      actor: actorOf(context),
      event: 'signed-out',
      payload: { account: account.id, username: account.username },
    })
  })
  return seeOther('/staff/sign-in', [forgetCookie(SESSION_COOKIES.staff.name, SESSION_COOKIES.staff.path)])
}

export const inviteForm: Handler = async ({ deps, view, params }) => {
  const token = params['token'] ?? ''
  const account = await invitedAccount(deps.store, token, deps.clock)
  if (!account) throw new GatewayError('gone', 'This invitation is not valid', { facts: { what: 'invitation' } })
  const { displayName, username } = account
  const action = `/staff/invite/${token}`
  return showPage(
    <InvitePage view={view} action={action} displayName={displayName} username={username} problem={null} />,
  )
}

export const invite: Handler = async (context) => {
  const { deps, view } = context
  const token = context.params['token'] ?? ''
  const account = await invitedAccount(deps.store, token, deps.clock)
  if (!account) throw new GatewayError('gone', 'This invitation is not valid', { facts: { what: 'invitation' } })
  const password = context.form.fields['password'] ?? ''
  const differs = password !== context.form.fields['again'] ? 'differs' : null
  const problem = passwordProblem(password, account.username) ?? differs
  if (problem) {
    const { displayName, username } = account
    const action = `/staff/invite/${token}`
    return showPage(
      <InvitePage view={view} action={action} displayName={displayName} username={username} problem={problem} />,
      { status: 422 },
    )
  }
  const ready = await acceptInvitation(deps.store, token, password, deps.clock)
  return seeOther('/staff', [await beginStaffSession(deps.store, ready, deps.clock, placeOf(context.remoteAddress))])
}
