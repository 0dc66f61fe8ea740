import { randomInt, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const DIGITS = 8
/**
 * Codes have 10^8 values. This makes trying them against a stolen hash slow, and no more than that: who reads the
 * letters of the same store while a code lives reads it there in clear.
 */
const SCRYPT = { N: 16384, r: 8, p: 1 } as const

/** Gives a new code of eight digits. */
export const mintCode = (): string =>
  randomInt(10 ** DIGITS)
    .toString()
    .padStart(DIGITS, '0')

const derive = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt)

/** Takes a code, the id of its row and a salt of 16 octets; gives "scrypt$salt$hash" in base64url, bound to the row. Slow. */
export async function hashCode(code: string, id: string, salt: Buffer): Promise<string> {
  const hash = await derive(`${id}:${code}`, salt, 32, SCRYPT)
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/** Gives the salt of a hash. */
export const saltOf = (codeHash: string): Buffer => Buffer.from(codeHash.split('$')[1] ?? '', 'base64url')

/** Says whether two hashes are the same, in the same time wherever they differ. */
export const isSameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
