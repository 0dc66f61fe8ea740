import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Account } from '../../model/account.ts'
import { appendAdminHistory } from '../../model/history.ts'
import { hashToken, newToken } from '../../model/ids.ts'
import type { Store, Writer } from '../../model/store.ts'
import { type Clock, instant } from '../../model/time.ts'
import type { Cookie } from '../http/cookies.ts'

const STAFF_COOKIE = 'staff'
const CITIZEN_COOKIE = 'citizen'
const STAFF_HOURS = 8
const CITIZEN_HOURS = 1

/** Who is signed in, with the token that all forms of this session carry. */
export interface StaffSession {
  readonly account: Account
  readonly tokenHash: string
  readonly csrf: string
}

/** A citizen who proved an address of one case. */
export interface CitizenSession {
  readonly caseId: string
  readonly tokenHash: string
}

const csrfOf = (token: string): string => createHmac('sha256', token).update('poststempel-csrf').digest('base64url')

/** Begins a session of 8 hours, on record with its place; gives its cookie. Stored is the token's hash alone. */
export async function beginStaffSession(store: Store, account: Account, clock: Clock, place: string): Promise<Cookie> {
  const token = newToken()
  await begin(store, { accountId: account.id, caseId: null }, token, STAFF_HOURS, clock, (write) =>
    appendAdminHistory(write, {
      at: instant(clock()),
      actor: { kind: account.role, id: account.id, name: account.displayName },
      event: 'signed-in',
      payload: { account: account.id, username: account.username, place },
    }),
  )
  return { name: STAFF_COOKIE, value: token, path: '/', sameSite: 'Lax', maxAgeSeconds: STAFF_HOURS * 3600 }
}

/** Begins a citizen's session on one case, of an hour; gives its cookie. */
export async function beginCitizenSession(store: Store, caseId: string, clock: Clock): Promise<Cookie> {
  const token = newToken()
  await begin(store, { accountId: null, caseId }, token, CITIZEN_HOURS, clock)
  return { name: CITIZEN_COOKIE, value: token, path: '/t', sameSite: 'Lax', maxAgeSeconds: CITIZEN_HOURS * 3600 }
}

async function begin(
  store: Store,
  whose: { readonly accountId: string | null; readonly caseId: string | null },
  token: string,
  hours: number,
  clock: Clock,
  record?: (write: Writer) => Promise<unknown>,
): Promise<void> {
  const now = clock()
  await store.commit(async (write) => {
    await write.addSession({
      tokenHash: hashToken(token),
      ...whose,
      createdAt: instant(now),
      expiresAt: instant(new Date(now.getTime() + hours * 3_600_000)),
    })
    await record?.(write)
  })
}

/** Gives the staff session of these cookies; null where there is none, it ran out, or the account is disabled. */
export async function staffSession(
  store: Store,
  cookies: ReadonlyMap<string, string>,
  clock: Clock,
): Promise<StaffSession | null> {
  const token = cookies.get(STAFF_COOKIE)
  if (!token) return null
  const tokenHash = hashToken(token)
  const session = await store.session(tokenHash)
  if (!session?.accountId || session.expiresAt <= instant(clock())) return null
  const account = await store.account(session.accountId)
  return account && account.disabledAt === null ? { account, tokenHash, csrf: csrfOf(token) } : null
}

/** Gives the citizen's session of these cookies, whatever its case: the caller compares. */
export async function citizenSession(
  store: Store,
  cookies: ReadonlyMap<string, string>,
  clock: Clock,
): Promise<CitizenSession | null> {
  const token = cookies.get(CITIZEN_COOKIE)
  if (!token) return null
  const tokenHash = hashToken(token)
  const session = await store.session(tokenHash)
  if (!session?.caseId || session.expiresAt <= instant(clock())) return null
  return { caseId: session.caseId, tokenHash }
}

/** The cookies' names and paths, for signing out. */
export const SESSION_COOKIES = {
  staff: { name: STAFF_COOKIE, path: '/' },
  citizen: { name: CITIZEN_COOKIE, path: '/t' },
} as const

/** Compares a form's token with its session's in constant time. */
export function csrfMatches(session: StaffSession, sent: string | undefined): boolean {
  const expected = Buffer.from(session.csrf)
  const actual = Buffer.from(sent ?? '')
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
