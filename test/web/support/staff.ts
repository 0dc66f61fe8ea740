import type { Role } from '../../../src/model/account.ts'
import { hashToken, newId, newToken } from '../../../src/model/ids.ts'
import { hashPassword } from '../../../src/web/sign-in/password.ts'
import type { MemoryStore } from '../../support/memory-store.ts'
import type { TinyBrowser } from './browser.ts'
import { NOW } from './fakes.ts'

/** Puts an account with a running session into the store; gives the session's token (a password takes half a second). */
export async function seedStaff(store: MemoryStore, role: Role, name = role === 'admin' ? 'Ida Admin' : 'Søren Sag') {
  const token = newToken()
  const account = {
    id: newId(),
    username: `${role}-${token.slice(0, 4).toLowerCase()}`,
    displayName: name,
    role,
    passwordHash: null,
    createdAt: NOW.toISOString(),
    disabledAt: null,
  }
  await store.commit(async (write) => {
    await write.addAccount(account)
    await write.addSession({
      tokenHash: hashToken(token),
      accountId: account.id,
      caseId: null,
      createdAt: NOW.toISOString(),
      expiresAt: new Date(NOW.getTime() + 3_600_000).toISOString(),
    })
  })
  return { token, account }
}

/** Signs a tiny browser in. */
export async function signInAs(browser: TinyBrowser, store: MemoryStore, role: Role) {
  const { token, account } = await seedStaff(store, role)
  browser.cookies.set('staff', token)
  return account
}

/** Gives an account a password, for the forms that ask for it again. */
export async function setPassword(
  store: MemoryStore,
  { id }: { readonly id: string },
  password: string,
): Promise<void> {
  const passwordHash = await hashPassword(password)
  await store.commit((write) => write.updateAccount(id, { passwordHash }))
}
