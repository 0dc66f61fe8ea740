import { armor, type Config, config, enums, type PublicKey, readKeys } from 'openpgp'
import { sameAddress } from './mail-address.ts'

/** Why a certificate cannot be encrypted to; pages put it in words. */
export type KeyProblem =
  | 'unreadable'
  | 'private-key'
  | 'several-keys'
  | 'revoked'
  | 'expired'
  | 'not-yet-valid'
  | 'weak'
  | 'no-encryption-subkey'

export type KeyCheck =
  | { readonly usable: true; readonly key: PublicKey; readonly fingerprint: string }
  | { readonly usable: false; readonly reason: KeyProblem }

const MAX_ARMORED = 1_000_000
/** What we encrypt to: no RSA below 2048 bits, no DSA, no ElGamal, no curve outside OpenPGP's (RFC 9580 §9.1, §12.4). */
const STRICT: Config = {
  ...config,
  minRSABits: 2048,
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.elgamal, enums.publicKey.dsa]),
}
/** Only to tell a weak key from a broken one. */
const LAX: Config = {
  ...config,
  minRSABits: 0,
  rejectPublicKeyAlgorithms: new Set(),
  rejectCurves: new Set(),
  rejectHashAlgorithms: new Set(),
}

/** Takes armoured text; gives the one certificate in it, or why there is none. */
export async function readCertificate(armored: string): Promise<KeyCheck> {
  if (armored.length > MAX_ARMORED) return { usable: false, reason: 'unreadable' }
  // The library reads the first block only, other programs read all: the same text must be one key to everybody.
  if (armored.split('-----BEGIN PGP ').length > 2) return { usable: false, reason: 'several-keys' }
  try {
    const keys = await readKeys({ armoredKeys: armored })
    const key = keys[0]
    if (!key) return { usable: false, reason: 'unreadable' }
    if (keys.length > 1) return { usable: false, reason: 'several-keys' }
    if (key.isPrivate()) return { usable: false, reason: 'private-key' }
    return { usable: true, key, fingerprint: key.getFingerprint() }
  } catch (thrown) {
    // openpgp has no codes: whatever it cannot read is unreadable for us; a fault of ours would be no Error.
    if (thrown instanceof Error) return { usable: false, reason: 'unreadable' }
    throw thrown
  }
}

/**
 * Takes an armoured certificate and a time; says whether mail may be encrypted to it then: one certificate, not
 * revoked, within its validity, strong, with a part meant for encryption (RFC 9580 §5.2.3.29).
 */
export async function usableEncryptionKey(armored: string, at: Date): Promise<KeyCheck> {
  const read = await readCertificate(armored)
  if (!read.usable) return read
  const { key } = read
  if (await hasEncryptionKey(key, at, STRICT)) return read
  return { usable: false, reason: await findKeyProblem(key, at) }
}

/**
 * Takes a key as somebody hands it in, armoured or as octets, the address that it is to be for, and a time; gives the certificate
 * without anything secret, armoured, or why mail to that address cannot be encrypted to it. other-address: it does not bear it.
 */
export async function readOfferedKey(
  bytes: Uint8Array,
  address: string,
  at: Date,
): Promise<
  | { readonly usable: true; readonly certificate: string; readonly fingerprint: string }
  | { readonly usable: false; readonly reason: KeyProblem | 'other-address' }
> {
  const text = Buffer.from(bytes).toString('latin1')
  const armored = text.includes('-----BEGIN PGP ') ? text.trim() : armor(enums.armor.publicKey, bytes)
  const check = await usableEncryptionKey(armored, at)
  if (!check.usable) return check
  if (!(await carriesAddress(check.key, address, at))) return { usable: false, reason: 'other-address' }
  return { usable: true, certificate: check.key.armor(), fingerprint: check.fingerprint }
}

/**
 * Takes an armoured certificate and a time, as which its signatures are read; gives when mail can be encrypted to it no longer, by its own word or that of its newest part for
 * encryption, whichever ends first: null where neither ends, undefined where there is none, or it was revoked.
 */
export async function endOfEncryption(armored: string, at: Date): Promise<Date | null | undefined> {
  const read = await readCertificate(armored)
  if (!read.usable || !(await hasEncryptionKey(read.key, null, LAX))) return undefined
  const part = await read.key.getEncryptionKey(undefined, null, undefined, LAX)
  const ends = [await read.key.getExpirationTime(undefined, LAX)]
  if ('mainKey' in part) ends.push(await part.getExpirationTime(at, LAX))
  // The library's null: no signature counts then that would say so.
  if (ends.includes(null)) return undefined
  const times = ends.flatMap((end) => (end instanceof Date ? [end.getTime()] : []))
  return times.length === 0 ? null : new Date(Math.min(...times))
}

async function findKeyProblem(key: PublicKey, at: Date): Promise<KeyProblem> {
  if (await key.isRevoked(undefined, undefined, at, LAX)) return 'revoked'
  if (await hasEncryptionKey(key, at, LAX)) return 'weak'
  if (!(await hasEncryptionKey(key, null, LAX))) return 'no-encryption-subkey'
  return key.getCreationTime() > at ? 'not-yet-valid' : 'expired'
}

async function hasEncryptionKey(key: PublicKey, at: Date | null, rules: Config): Promise<boolean> {
  return key.getEncryptionKey(undefined, at, undefined, rules).then(
    () => true,
    () => false,
  )
}

/**
 * Takes a certificate, an address and a time; true where a user id, certified by the key itself and not revoked,
 * carries exactly this address. What stands before the brackets counts for nothing: anybody may write anything there.
 */
export async function carriesAddress(key: PublicKey, address: string, at: Date): Promise<boolean> {
  for (const user of key.users) {
    const carried = user.userID === null ? null : addressOfUserId(user.userID.userID)
    if (carried === null || !sameAddress(carried, address)) continue
    const certified = await user.verify(at).then(
      () => true,
      () => false,
    )
    if (certified) return true
  }
  return false
}

/** Takes a user id; gives the one address in it, null where there is none or where it could be read in two ways. */
export function addressOfUserId(userId: string): string | null {
  const found = /^(?:[^<>]*<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))$/.exec(userId.trim())
  return found?.[1] ?? found?.[2] ?? null
}
