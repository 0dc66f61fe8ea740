import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import { keyBitsOf } from '../x509/key-size.ts'
import type { SignedEvidence } from '../x509/path-conclusion.ts'
import type { PublicKeyInfo } from '../x509/public-key.ts'
import { readSignatureScheme } from '../x509/signature-scheme.ts'
import type { AlgorithmPolicy, Until } from './algorithm-policy.ts'
import { finding } from './conclusion.ts'

/** The clause that each objection to an algorithm names. */
export const ALGORITHM_CLAUSE = 'EN 319 102-1 §5.2.8.4'

const ends = (until: Until, time: Date): boolean => until !== null && time.getTime() >= millisecondsOf(until)

const MAX_TIMES = 1000
const times = new Map<string, number>()

/** The few dates of a policy are asked about for every certificate. */
function millisecondsOf(date: string): number {
  const known = times.get(date)
  if (known !== undefined) return known
  const parsed = Date.parse(date)
  if (times.size < MAX_TIMES) times.set(date, parsed)
  return parsed
}

/** Judges a digest by name at a time; null: may be relied on. */
export function judgeDigest(digest: string, time: Date, policy: AlgorithmPolicy, named: () => string): Finding | null {
  const until = policy.digests[digest]
  if (until === undefined)
    return finding('digest-not-in-policy', 'error', `${named()}: ${digest} is not accepted`, ALGORITHM_CLAUSE)
  if (!ends(until, time)) return null
  return finding('digest-too-weak', 'error', `${named()}: ${digest} is not relied on since ${until}`, ALGORITHM_CLAUSE)
}

/** Judges how signature values are made, by its name, at a time; null: may be relied on. */
export function judgeScheme(scheme: string, time: Date, policy: AlgorithmPolicy, named: () => string): Finding | null {
  const until = policy.schemes[scheme]
  if (until === undefined)
    return finding('algorithm-not-in-policy', 'error', `${named()}: ${scheme} is not accepted`, ALGORITHM_CLAUSE)
  if (!ends(until, time)) return null
  const message = `${named()}: ${scheme} is not relied on since ${until}`
  return finding('signature-scheme-too-weak', 'error', message, ALGORITHM_CLAUSE)
}

/** Judges a key's kind and size at a time; null: may be relied on. A key that cannot be used is not accepted. */
export function judgeKey(
  key: PublicKeyInfo | null,
  time: Date,
  policy: AlgorithmPolicy,
  named: () => string,
): Finding | null {
  const type = key ? key.keyObject?.asymmetricKeyType : undefined
  const sizes = type ? policy.keys[type] : undefined
  if (!key || !type || !sizes)
    return finding('key-not-in-policy', 'error', `${named()}: key is not accepted`, ALGORITHM_CLAUSE)
  const bits = keyBitsOf(key)
  const size = sizes.findLast((one) => bits >= one.fromBits)
  if (!size)
    return finding('key-too-small', 'error', `${named()}: ${type} of ${bits} bits is too small`, ALGORITHM_CLAUSE)
  if (!ends(size.until, time)) return null
  return finding(
    'key-too-small',
    'error',
    `${named()}: ${type} of ${bits} bits is not relied on since ${size.until}`,
    ALGORITHM_CLAUSE,
  )
}

/** Judges a certificate of a path: how its issuer signed it, and its own key; null: no objection. */
export function judgeCertificateAlgorithms(
  certificate: Certificate,
  time: Date,
  policy: AlgorithmPolicy,
): Finding | null {
  // A name is worked out where something is said of it.
  const named = (): string => certificate.subject.display || `certificate ${certificate.serial}`
  const scheme = readSignatureScheme(certificate.signatureAlgorithm)
  if (!scheme)
    return finding(
      'algorithm-not-in-policy',
      'error',
      `${named()}: signature algorithm is not accepted`,
      ALGORITHM_CLAUSE,
    )
  const digest = scheme.hash === null ? null : judgeDigest(scheme.hash, time, policy, named)
  return digest ?? judgeScheme(scheme.kind, time, policy, named) ?? judgeKey(certificate.publicKey, time, policy, named)
}

/**
 * Judges a CRL or OCSP response by how it is signed: its digest, and the key that signed it (null: a trust anchor's, which is not judged). Null: may be relied on.
 * Evidence is signed data as any other: what could be forged proves nothing.
 * @see EN 319 102-1 clauses 5.2.5 and 5.2.8
 */
export function judgeEvidenceAlgorithms(
  evidence: SignedEvidence,
  key: PublicKeyInfo | null,
  provenTime: Date,
  policy: AlgorithmPolicy,
): Finding | null {
  const named = (): string => `revocation data ${evidence.sha256.slice(0, 16)}`
  const scheme = readSignatureScheme(evidence.signatureAlgorithm)
  const digest = scheme?.hash ? judgeDigest(scheme.hash, provenTime, policy, named) : null
  const made = scheme && judgeScheme(scheme.kind, provenTime, policy, named)
  const objection = digest ?? made ?? (key && judgeKey(key, provenTime, policy, named))
  return objection && finding('revocation-data-too-weak', 'warning', objection.message, ALGORITHM_CLAUSE)
}
