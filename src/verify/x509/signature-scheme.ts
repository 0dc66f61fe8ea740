import { createHash } from 'node:crypto'
import {
  contextConstructed,
  readElement,
  readExplicit,
  readFields,
  readSmallInteger,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from './algorithm-identifier.ts'

/** How a signature value is made; hashes by node:crypto's names. */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1' | 'dsa'; readonly hash: string }
  /** Plain values are r and s side by side, others are DER (BSI TR-03111 clauses 5.2.1 and 5.2.2). */
  | { readonly kind: 'ecdsa'; readonly hash: string; readonly plain?: true }
  | { readonly kind: 'rsa-pss'; readonly hash: string; readonly maskHash: string; readonly saltLength: number }
  | { readonly kind: 'ed25519' | 'ed448' | 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'; readonly hash: null }

const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '1.3.36.3.2.1': 'ripemd160',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.5': 'sha512-224',
  '2.16.840.1.101.3.4.2.6': 'sha512-256',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
  '2.16.840.1.101.3.4.2.12': 'shake256',
}

/** Takes a hash's object identifier; gives node:crypto's name, null where it is none that we know. */
export const hashName = (oid: string): string | null => HASHES[oid] ?? null

/** SHAKE256 with its output's bits as parameter (RFC 8702 §3.1, RFC 8419 §2.3). */
const SHAKE256_LEN = '2.16.840.1.101.3.4.2.18'

/** Octets of SHAKE256 wherever CMS digests by it. */
export const SHAKE256_OCTETS = 64

/** Takes a digest's algorithm; gives node:crypto's name, null where it is none that we know, or of another length. */
export function digestName(algorithm: AlgorithmIdentifier): string | null {
  if (algorithm.oid !== SHAKE256_LEN) return hashName(algorithm.oid)
  if (algorithm.parameters?.tag !== TAG.integer) return null
  return toHex(algorithm.parameters.content) === '0200' ? 'shake256' : null
}

/** Gives the digest by node:crypto's name; SHAKE256 with 64 octets. */
export function digestOf(algorithm: string, bytes: Uint8Array): Uint8Array {
  const options = algorithm === 'shake256' ? { outputLength: SHAKE256_OCTETS } : {}
  return createHash(algorithm, options).update(bytes).digest()
}

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'
const RSA_PSS = '1.2.840.113549.1.1.10'
const MGF1 = '1.2.840.113549.1.1.8'

const FIXED: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.4': { kind: 'rsa-pkcs1', hash: 'md5' },
  '1.2.840.113549.1.1.5': { kind: 'rsa-pkcs1', hash: 'sha1' },
  '1.3.14.3.2.29': { kind: 'rsa-pkcs1', hash: 'sha1' },
  '1.2.840.113549.1.1.11': { kind: 'rsa-pkcs1', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { kind: 'rsa-pkcs1', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { kind: 'rsa-pkcs1', hash: 'sha512' },
  '1.2.840.113549.1.1.14': { kind: 'rsa-pkcs1', hash: 'sha224' },
  '1.2.840.113549.1.1.15': { kind: 'rsa-pkcs1', hash: 'sha512-224' },
  '1.2.840.113549.1.1.16': { kind: 'rsa-pkcs1', hash: 'sha512-256' },
  '2.16.840.1.101.3.4.3.13': { kind: 'rsa-pkcs1', hash: 'sha3-224' },
  '2.16.840.1.101.3.4.3.14': { kind: 'rsa-pkcs1', hash: 'sha3-256' },
  '2.16.840.1.101.3.4.3.15': { kind: 'rsa-pkcs1', hash: 'sha3-384' },
  '2.16.840.1.101.3.4.3.16': { kind: 'rsa-pkcs1', hash: 'sha3-512' },
  '1.2.840.10045.4.1': { kind: 'ecdsa', hash: 'sha1' },
  '1.2.840.10045.4.3.1': { kind: 'ecdsa', hash: 'sha224' },
  '1.2.840.10045.4.3.2': { kind: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { kind: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { kind: 'ecdsa', hash: 'sha512' },
  '2.16.840.1.101.3.4.3.9': { kind: 'ecdsa', hash: 'sha3-224' },
  '2.16.840.1.101.3.4.3.10': { kind: 'ecdsa', hash: 'sha3-256' },
  '2.16.840.1.101.3.4.3.11': { kind: 'ecdsa', hash: 'sha3-384' },
  '2.16.840.1.101.3.4.3.12': { kind: 'ecdsa', hash: 'sha3-512' },
  '0.4.0.127.0.7.1.1.4.1.1': { kind: 'ecdsa', hash: 'sha1', plain: true },
  '0.4.0.127.0.7.1.1.4.1.2': { kind: 'ecdsa', hash: 'sha224', plain: true },
  '0.4.0.127.0.7.1.1.4.1.3': { kind: 'ecdsa', hash: 'sha256', plain: true },
  '0.4.0.127.0.7.1.1.4.1.4': { kind: 'ecdsa', hash: 'sha384', plain: true },
  '0.4.0.127.0.7.1.1.4.1.5': { kind: 'ecdsa', hash: 'sha512', plain: true },
  '0.4.0.127.0.7.1.1.4.1.8': { kind: 'ecdsa', hash: 'sha3-224', plain: true },
  '0.4.0.127.0.7.1.1.4.1.9': { kind: 'ecdsa', hash: 'sha3-256', plain: true },
  '0.4.0.127.0.7.1.1.4.1.10': { kind: 'ecdsa', hash: 'sha3-384', plain: true },
  '0.4.0.127.0.7.1.1.4.1.11': { kind: 'ecdsa', hash: 'sha3-512', plain: true },
  '1.2.840.10040.4.3': { kind: 'dsa', hash: 'sha1' },
  '2.16.840.1.101.3.4.3.1': { kind: 'dsa', hash: 'sha224' },
  '2.16.840.1.101.3.4.3.2': { kind: 'dsa', hash: 'sha256' },
  '1.3.101.112': { kind: 'ed25519', hash: null },
  '1.3.101.113': { kind: 'ed448', hash: null },
}

/** Pure ML-DSA with an empty context; parameters must be absent, not NULL (RFC 9881 §2, RFC 9882 §3.3). */
const ML_DSA: Readonly<Record<string, SignatureScheme>> = {
  '2.16.840.1.101.3.4.3.17': { kind: 'ml-dsa-44', hash: null },
  '2.16.840.1.101.3.4.3.18': { kind: 'ml-dsa-65', hash: null },
  '2.16.840.1.101.3.4.3.19': { kind: 'ml-dsa-87', hash: null },
}

/** Algorithms that name only the key; CMS gives the hash beside them (RFC 5652 §5.3, RFC 3370 §3.2). */
const KEY_ONLY: Readonly<Record<string, 'rsa-pkcs1' | 'ecdsa' | 'dsa'>> = {
  [RSA_ENCRYPTION]: 'rsa-pkcs1',
  '1.2.840.10045.2.1': 'ecdsa',
  // ansi-X9-62 signatures as such, of which the others are the ones with their hash.
  '1.2.840.10045.4': 'ecdsa',
  '1.2.840.10040.4.1': 'dsa',
}

/**
 * Takes a signature algorithm and, within CMS, the name of the digest beside it. Gives how values are made by it;
 * null where it is none that we verify or its parameters do not fit.
 */
export function readSignatureScheme(
  algorithm: AlgorithmIdentifier,
  digest: string | null = null,
): SignatureScheme | null {
  if (algorithm.oid === RSA_PSS) return readPssScheme(algorithm)
  const mlDsa = ML_DSA[algorithm.oid]
  if (mlDsa) return algorithm.parameters === null ? mlDsa : null
  const keyOnly = KEY_ONLY[algorithm.oid]
  if (keyOnly) return digest ? { kind: keyOnly, hash: digest } : null
  const fixed = FIXED[algorithm.oid] ?? null
  const bare = algorithm.parameters === null || algorithm.parameters.tag === TAG.null
  // DSA and plain ECDSA may say the key's domain here; the certificate's is the one that counts.
  const mayHaveDomain = fixed?.kind === 'dsa' || (fixed?.kind === 'ecdsa' && fixed.plain === true)
  return mayHaveDomain || bare ? fixed : null
}

/** RSASSA-PSS-params (RFC 4055 §3.1): absent members have their defaults. */
function readPssScheme(algorithm: AlgorithmIdentifier): SignatureScheme | null {
  if (!algorithm.parameters) return null
  try {
    const fields = readFields(readElement(algorithm.parameters.bytes), 'RSASSA-PSS-params')
    const hashElement = fields.optional(contextConstructed(0))
    const maskElement = fields.optional(contextConstructed(1))
    const saltElement = fields.optional(contextConstructed(2))
    const trailerElement = fields.optional(contextConstructed(3))
    fields.end()
    const hash = hashElement ? hashName(parseAlgorithmIdentifier(readExplicit(hashElement, 'hash')).oid) : 'sha1'
    const maskHash = maskElement ? readMaskHash(parseAlgorithmIdentifier(readExplicit(maskElement, 'mask'))) : 'sha1'
    const saltLength = saltElement ? readSmallInteger(readExplicit(saltElement, 'saltLength')) : 20
    const trailer = trailerElement ? readSmallInteger(readExplicit(trailerElement, 'trailerField')) : 1
    if (!hash || !maskHash || saltLength < 0 || saltLength > 1024 || trailer !== 1) return null
    return { kind: 'rsa-pss', hash, maskHash, saltLength }
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}

function readMaskHash(mask: AlgorithmIdentifier): string | null {
  if (mask.oid !== MGF1 || !mask.parameters) return null
  return hashName(parseAlgorithmIdentifier(mask.parameters).oid)
}
