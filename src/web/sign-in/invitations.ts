import type { Account, Role } from '../../model/account.ts'
import type { Actor } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import { hashToken, newId, newToken } from '../../model/ids.ts'
import type { Store, Writer } from '../../model/store.ts'
import { type Clock, instant } from '../../model/time.ts'
import { hashPassword } from './password.ts'

const DAYS_VALID = 7

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/** Sign-in names: lower case, so that nobody is two people. */
const USERNAME = /^[a-z0-9][a-z0-9._@-]{1,63}$/

/**
 * Makes the account where that name is new, and a one-time link by which its person sets the password, valid 7 days.
 * For a name that exists the link sets a new password; role and display name stay.
 * Gives the link's path, which is nowhere stored. That it was made, for whom and BY whom is on record. @throws GatewayError invalid-request
 */
export async function createInvitation(
  store: Store,
  person: { readonly username: string; readonly displayName: string; readonly role: Role },
  clock: Clock,
  by: Actor = { kind: 'system', id: null, name: null },
): Promise<string> {
  const username = person.username.trim().toLowerCase()
  const displayName = person.displayName.trim().slice(0, 120)
  // It stands in mails, pages and the record: a name must not look like another, or turn what follows.
  if (!USERNAME.test(username) || displayName === '' || UNSEEN.test(displayName)) {
    throw new GatewayError('invalid-request', 'A sign-in name has 2 to 64 of a-z 0-9 . _ @ - and a name beside it')
  }
  const token = newToken()
  const now = clock()
  await store.commit(async (write) => {
    const known = await write.accountByUsername(username)
    const account: Account = known ?? {
      id: newId(now.getTime()),
      username,
      displayName,
      role: person.role,
      passwordHash: null,
      createdAt: instant(now),
      disabledAt: null,
    }
    if (!known) await write.addAccount(account)
    await write.addInvitation({
      tokenHash: hashToken(token),
      accountId: account.id,
      createdAt: instant(now),
      expiresAt: instant(new Date(now.getTime() + DAYS_VALID * 86_400_000)),
      usedAt: null,
    })
    const entry = await appendAdminHistory(write, {
      at: instant(now),
      actor: by,
      event: known ? 'account-link-renewed' : 'account-invited',
      payload: { account: account.id, username, role: account.role },
    })
    // Who may change trust is told as a change of it is; the gateway's own first account aside.
    if (account.role === 'admin' && by.name !== null) await tellOthers(write, entry)
  })
  return `/staff/invite/${token}`
}

/** Has those told who are told of changes of trust. */
export const tellOthers = (write: Writer, { seq }: { readonly seq: number }): Promise<void> =>
  write.addJob('tell-trust-change', `entry:${seq}`, { seq: String(seq) })

/** Gives the account that an unused invitation is for; null where it is unknown, used or too old. Changes nothing. */
export async function invitedAccount(store: Store, token: string, clock: Clock): Promise<Account | null> {
  const invitation = await store.invitation(hashToken(token))
  if (!invitation || invitation.usedAt !== null || invitation.expiresAt <= instant(clock())) return null
  const account = await store.account(invitation.accountId)
  return account && account.disabledAt === null ? account : null
}

/**
 * Sets the password by an invitation and uses it up; sessions of that account end. Gives the account.
 * @throws GatewayError gone where the invitation is not, or no longer, valid
 */
export async function acceptInvitation(store: Store, token: string, password: string, clock: Clock): Promise<Account> {
  const account = await invitedAccount(store, token, clock)
  if (!account) throw new GatewayError('gone', 'This invitation is not valid')
  const passwordHash = await hashPassword(password)
  await store.commit(async (write) => {
    // Two people with the same link: the second finds it used.
    if (!(await write.useInvitation(hashToken(token), instant(clock())))) {
      throw new GatewayError('gone', 'This invitation is used')
    }
    await write.updateAccount(account.id, { passwordHash })
    await appendAdminHistory(write, {
      at: instant(clock()),
      actor: { kind: account.role, id: account.id, name: account.displayName },
      event: 'account-password-set',
      payload: { account: account.id, username: account.username },
    })
    await write.removeSessionsOf(account.id)
  })
  return { ...account, passwordHash }
}
