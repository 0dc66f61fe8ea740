import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { GatewayError } from '../../model/errors.ts'
import { turns } from './turns.ts'

/** OWASP's first choice for scrypt; 128 MiB and about half a second each. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const
const KEY_BYTES = 32
const MIN_LENGTH = 12
const MAX_LENGTH = 256
/** Each computation takes 128 MiB: more at once than this would let strangers fill the memory. */
const AT_ONCE = 2
const WAITING_AT_MOST = 20

/** Common ones that are long enough; the rest is refused by its length. */
const COMMON = new Set([
  'adminadminadmin',
  'administrator',
  'administrator1',
  'kodeordkodeord',
  'kodeord12345',
  'kodeord123456',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'qwertyuiop123',
  'qwertyuiopas',
  'velkommen1234',
  'velkommen2026',
  'welcome12345',
  '123456789012',
  '1234567890123',
  '1234567890qwerty',
])

const inTurn = turns(AT_ONCE, WAITING_AT_MOST)

interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

const derive = (password: string, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        const maxmem = 129 * cost.N * cost.r + 1024 * 1024
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem }, (fault, key) =>
          fault ? reject(fault) : resolve(key),
        )
      }),
  )

/** Says why a new password is refused, as a code; null where it may be used. */
export function passwordProblem(password: string, username: string): 'too-short' | 'too-long' | 'too-common' | null {
  if (password.length < MIN_LENGTH) return 'too-short'
  if (password.length > MAX_LENGTH) return 'too-long'
  const plain = password.toLowerCase()
  const oneCharacter = new Set(plain).size < 4
  return COMMON.has(plain) || oneCharacter || plain === username.repeat(Math.ceil(plain.length / username.length))
    ? 'too-common'
    : null
}

/** Takes a password; gives "scrypt$N$r$p$salt$hash" (base64url). @throws GatewayError rate-limited */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/**
 * Compares in constant time. Takes null for an unknown or unfinished account and then computes as long as for a real
 * one, so that the time tells nobody which names exist. @throws GatewayError rate-limited, internal (broken hash)
 */
export async function passwordMatches(password: string, encoded: string | null): Promise<boolean> {
  const [kind, n, r, p, salt, hash] = (encoded ?? '').split('$')
  if (encoded === null) {
    await derive(password.slice(0, MAX_LENGTH), Buffer.alloc(16), COST)
    return false
  }
  const cost = { N: Number(n), r: Number(r), p: Number(p) }
  const sound = Number.isInteger(cost.N) && cost.N >= 2 && cost.N <= 2 ** 20 && cost.r >= 1 && cost.r <= 32
  if (kind !== 'scrypt' || !salt || !hash || !sound)
    throw new GatewayError('internal', 'A stored password hash is broken')
  const expected = Buffer.from(hash, 'base64url')
  const actual = await derive(password.slice(0, MAX_LENGTH), Buffer.from(salt, 'base64url'), cost)
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
