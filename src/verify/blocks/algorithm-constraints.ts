import type { KeyObject } from 'node:crypto'
import type { Finding } from '../report/report.ts'
import { type Certificate, keyObjectOf } from '../x509/certificate.ts'
import { readSignatureScheme } from '../x509/signature-scheme.ts'
import type { AlgorithmPolicy, Until } from './algorithm-policy.ts'
import { finding } from './conclusion.ts'

const CLAUSE = 'EN 319 102-1 §5.2.8.4'

const ends = (until: Until, time: Date): boolean => until !== null && time >= new Date(until)

/** Judges a digest by name at a time; null: may be relied on. */
export function judgeDigest(digest: string, time: Date, policy: AlgorithmPolicy, what: string): Finding | null {
  const until = policy.digests[digest]
  if (until === undefined) return finding('digest-not-in-policy', 'error', `${what}: ${digest} is not accepted`, CLAUSE)
  if (!ends(until, time)) return null
  return finding('digest-too-weak', 'error', `${what}: ${digest} is not relied on since ${until}`, CLAUSE)
}

/** Bits that count for a curve, by OpenSSL's names; others are not accepted. */
const CURVE_BITS: Readonly<Record<string, number>> = {
  prime192v1: 192,
  secp224r1: 224,
  secp256k1: 256,
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
  brainpoolP224r1: 224,
  brainpoolP256r1: 256,
  brainpoolP320r1: 320,
  brainpoolP384r1: 384,
  brainpoolP512r1: 512,
  brainpoolP256t1: 256,
  brainpoolP384t1: 384,
  brainpoolP512t1: 512,
}

function bitsOf(key: KeyObject): number {
  const details = key.asymmetricKeyDetails
  return details?.modulusLength ?? CURVE_BITS[details?.namedCurve ?? ''] ?? 0
}

/** Judges a key's kind and size at a time; null: may be relied on. A key that cannot be used is not accepted. */
export function judgeKey(key: KeyObject | null, time: Date, policy: AlgorithmPolicy, what: string): Finding | null {
  const type = key?.asymmetricKeyType
  const sizes = type ? policy.keys[type] : undefined
  if (!key || !type || !sizes) return finding('key-not-in-policy', 'error', `${what}: key is not accepted`, CLAUSE)
  const bits = bitsOf(key)
  const size = sizes.findLast((one) => bits >= one.fromBits)
  if (!size) return finding('key-too-small', 'error', `${what}: ${type} of ${bits} bits is too small`, CLAUSE)
  if (!ends(size.until, time)) return null
  return finding(
    'key-too-small',
    'error',
    `${what}: ${type} of ${bits} bits is not relied on since ${size.until}`,
    CLAUSE,
  )
}

/** Judges a certificate of a path: the digest that its issuer signed it with, and its own key; null: no objection. */
export function judgeCertificateAlgorithms(
  certificate: Certificate,
  time: Date,
  policy: AlgorithmPolicy,
): Finding | null {
  const what = certificate.subject.display || `certificate ${certificate.serial}`
  const scheme = readSignatureScheme(certificate.signatureAlgorithm)
  if (!scheme)
    return finding('algorithm-not-in-policy', 'error', `${what}: signature algorithm is not accepted`, CLAUSE)
  const digest = scheme.hash === null ? null : judgeDigest(scheme.hash, time, policy, what)
  return digest ?? judgeKey(keyObjectOf(certificate.publicKey), time, policy, what)
}
