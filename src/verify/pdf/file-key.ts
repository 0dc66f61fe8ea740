import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { passwordOctets } from './password.ts'
import { rc4 } from './rc4.ts'

/** What the encryption dictionary and the trailer say about the file's key (ISO 32000-2 clause 7.6.4). */
export interface SecurityParameters {
  /** V. */
  readonly version: number
  /** R. */
  readonly revision: number
  readonly keyBytes: number
  readonly owner: Uint8Array
  readonly user: Uint8Array
  readonly ownerKey: Uint8Array
  readonly userKey: Uint8Array
  readonly permissions: number
  readonly firstId: Uint8Array
  readonly encryptMetadata: boolean
}

/** Gives the file's key by a password, tried as the user's and as the owner's; null where it opens nothing. */
export function findFileKey(parameters: SecurityParameters, password: string): Uint8Array | null {
  for (const octets of passwordOctets(password, parameters.revision)) {
    const key = parameters.revision >= 5 ? findAes256Key(parameters, octets) : findOlderKey(parameters, octets)
    if (key) return key
  }
  return null
}

function findOlderKey(parameters: SecurityParameters, password: Uint8Array): Uint8Array | null {
  if (parameters.owner.length < 32 || parameters.user.length < 16) return null
  const given = padPassword(password)
  return keyByUser(parameters, given) ?? keyByUser(parameters, userPasswordByOwner(parameters, given))
}

const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex')
const padPassword = (password: Uint8Array): Uint8Array => Buffer.concat([password, PADDING]).subarray(0, 32)

/** Algorithms 2, 4, 5 and 6. */
function keyByUser(parameters: SecurityParameters, padded: Uint8Array): Uint8Array | null {
  const permissions = Buffer.alloc(4)
  permissions.writeInt32LE(parameters.permissions | 0)
  const hash = createHash('md5').update(padded).update(parameters.owner.subarray(0, 32)).update(permissions)
  hash.update(parameters.firstId)
  if (parameters.revision >= 4 && !parameters.encryptMetadata) hash.update(Buffer.from('ffffffff', 'hex'))
  let key: Uint8Array = hash.digest()
  if (parameters.revision >= 3) {
    for (let i = 0; i < 50; i += 1) key = createHash('md5').update(key.subarray(0, parameters.keyBytes)).digest()
  }
  key = key.subarray(0, parameters.revision === 2 ? 5 : parameters.keyBytes)
  return sameStart(userEntry(parameters, key), parameters.user, parameters.revision === 2 ? 32 : 16) ? key : null
}

function userEntry(parameters: SecurityParameters, key: Uint8Array): Uint8Array {
  if (parameters.revision === 2) return rc4(key, PADDING)
  const digest = createHash('md5').update(PADDING).update(parameters.firstId).digest()
  let value = rc4(key, digest)
  for (let i = 1; i <= 19; i += 1) value = rc4(flipKey(key, i), value)
  return value
}

/** Algorithm 7: the owner's password opens the user's. */
function userPasswordByOwner(parameters: SecurityParameters, padded: Uint8Array): Uint8Array {
  let hash: Uint8Array = createHash('md5').update(padded).digest()
  if (parameters.revision >= 3) for (let i = 0; i < 50; i += 1) hash = createHash('md5').update(hash).digest()
  const key = hash.subarray(0, parameters.revision === 2 ? 5 : parameters.keyBytes)
  let value: Uint8Array = parameters.owner.subarray(0, 32)
  for (let i = parameters.revision === 2 ? 0 : 19; i >= 0; i -= 1) value = rc4(flipKey(key, i), value)
  return value
}

const flipKey = (key: Uint8Array, by: number): Uint8Array => key.map((octet) => octet ^ by)

function sameStart(a: Uint8Array, b: Uint8Array, length: number): boolean {
  return Buffer.from(a.subarray(0, length)).equals(b.subarray(0, length))
}

/** Algorithm 2.A. */
function findAes256Key(parameters: SecurityParameters, given: Uint8Array): Uint8Array | null {
  const { owner, user, revision } = parameters
  if (owner.length < 48 || user.length < 48) return null
  const userPart = user.subarray(0, 48)
  const hashOf = revision === 5 ? plainHash : hardenedHash
  if (sameStart(hashOf(given, owner.subarray(32, 40), userPart), owner, 32)) {
    return unwrapKey(hashOf(given, owner.subarray(40, 48), userPart), parameters.ownerKey)
  }
  if (!sameStart(hashOf(given, user.subarray(32, 40), new Uint8Array()), user, 32)) return null
  return unwrapKey(hashOf(given, user.subarray(40, 48), new Uint8Array()), parameters.userKey)
}

function unwrapKey(key: Uint8Array, wrapped: Uint8Array): Uint8Array | null {
  if (wrapped.length < 32) return null
  const decipher = createDecipheriv('aes-256-cbc', key, new Uint8Array(16)).setAutoPadding(false)
  return Buffer.concat([decipher.update(wrapped.subarray(0, 32)), decipher.final()])
}

function plainHash(password: Uint8Array, salt: Uint8Array, userPart: Uint8Array): Uint8Array {
  return createHash('sha256').update(password).update(salt).update(userPart).digest()
}

/** Algorithm 2.B. */
function hardenedHash(password: Uint8Array, salt: Uint8Array, userPart: Uint8Array): Uint8Array {
  let key: Uint8Array = plainHash(password, salt, userPart)
  for (let round = 0; ; round += 1) {
    const once = Buffer.concat([password, key, userPart])
    const repeated = Buffer.concat(new Array<Buffer>(64).fill(once))
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(false)
    const encrypted = Buffer.concat([cipher.update(repeated), cipher.final()])
    const remainder = encrypted.subarray(0, 16).reduce((sum, octet) => sum + octet, 0) % 3
    key = createHash(['sha256', 'sha384', 'sha512'][remainder] ?? 'sha256')
      .update(encrypted)
      .digest()
    if (round >= 63 && (encrypted.at(-1) ?? 0) <= round - 31) break
  }
  return key.subarray(0, 32)
}
