import { finding, judgeDigest, judgeKey, judgeScheme } from '../blocks/index.ts'
import { asVerifyError } from '../errors.ts'
import { withCrlf } from '../mime/index.ts'
import {
  checkSignature,
  type ReadSignature,
  SIGNATURE_TYPE,
  type SignatureCheck,
  type SignaturePacket,
  type SigningKeyState,
  schemeOf,
  stateOfKey,
} from '../openpgp/index.ts'
import type { Finding, SignatureReport, SubIndication } from '../report/report.ts'
import { blankSignature } from './signature-facts.ts'
import type { Evidence } from './verify-options.ts'

/** What the clocks of who signs and who judges may differ by. */
const CLOCKS_MS = 10 * 60_000
/** A key that vouches for itself chose what it signs: that needs no collision resistance, which SHA-1 lost. */
const SELF_SIGNATURES_BY_SHA1_UNTIL = new Date('2023-02-01T00:00:00Z')

type Verdict = Pick<SignatureReport, 'indication' | 'subIndication' | 'findings'>

/**
 * Judges one OpenPGP signature by the keys that were handed in, which count as an anchor does: they are trusted as they are.
 * Content is null where it is not at hand.
 * @see RFC 9580 §5.2, EN 319 102-1 clause 5.3 as far as it is not about certificates
 */
export function judgeOpenpgpSignature(
  signature: ReadSignature,
  content: Uint8Array | null,
  evidence: Evidence,
): SignatureReport {
  const blank = blankSignature('openpgp-1', 'openpgp', evidence.validationTime, evidence.policy.id)
  if (!signature)
    return { ...blank, intact: false, ...failed('openpgp-signature-unreadable', 'the packet cannot be read') }
  if (signature === 'other-version') {
    const message = 'signatures of this version are not judged'
    return { ...blank, ...undecided('CUSTOM', 'signature-format-not-judged', message, 'RFC 9580 §5.2') }
  }
  const proven = evidence.poe ?? evidence.validationTime
  const report: SignatureReport = {
    ...blank,
    claimedSigningTime: signature.createdAt?.toISOString() ?? null,
    bestSignatureTime: proven.toISOString(),
    digestAlgorithm: signature.digest,
    signatureAlgorithm: schemeOf(signature.keyAlgorithm),
  }
  const malformed = faultOf(signature)
  if (malformed) return { ...report, intact: false, ...malformed }
  const candidates = evidence.openpgp.candidates(signature)
  if (candidates.length === 0) return { ...report, trusted: false, ...unknownKey(signature) }
  if (!content) {
    const message = 'the signed content is not at hand'
    return { ...report, ...undecided('SIGNED_DATA_NOT_FOUND', 'signed-data-not-found', message, 'RFC 9580 §5.2.4') }
  }
  const signed = signature.type === SIGNATURE_TYPE.text ? withCrlf(content) : content
  const checks = candidates.flatMap(({ certificate, knownAs, fingerprint }) => {
    const state = stateOfKey(certificate, fingerprint, evidence.validationTime, accepts(evidence))
    const check = state ? checked(signed, signature, state) : null
    if (!state || !check) return []
    return [{ state, check, knownAs, fingerprint: certificate.primary.subject.fingerprint }]
  })
  const holding = checks.filter(({ check }) => check === 'holds')
  const [first] = holding.length > 0 ? holding : checks
  if (!first) return { ...report, trusted: false, ...unknownKey(signature) }
  const named = { ...report, fingerprint: first.fingerprint, userIds: first.knownAs ?? first.state.userIds }
  if (first.check !== 'holds') return { ...named, ...broken(first.check) }
  return { ...named, intact: true, ...judgeKeyState(first.state, signature, proven, evidence) }
}

/** What cannot be read of a value cannot be that of a signature. */
function checked(signed: Uint8Array, signature: SignaturePacket, { key }: SigningKeyState): SignatureCheck {
  try {
    return checkSignature([signed], signature, key)
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return 'value-differs'
  }
}

const accepts =
  ({ policy }: Evidence) =>
  (digest: string, createdAt: Date): boolean =>
    digest === 'sha1'
      ? createdAt < SELF_SIGNATURES_BY_SHA1_UNTIL
      : judgeDigest(digest, createdAt, policy, () => 'binding') === null

const failed = (code: string, message: string): Verdict => ({
  indication: 'TOTAL-FAILED',
  subIndication: 'FORMAT_FAILURE',
  findings: [finding(code, 'error', message, 'RFC 9580 §5.2')],
})

const undecided = (subIndication: SubIndication, code: string, message: string, clause: string): Verdict => ({
  indication: 'INDETERMINATE',
  subIndication,
  findings: [finding(code, 'error', message, clause)],
})

/** What makes it no signature over a document, whoever made it. */
function faultOf({ type, createdAt, hasUnknownCritical }: SignaturePacket): Verdict | null {
  if (type !== SIGNATURE_TYPE.binary && type !== SIGNATURE_TYPE.text) {
    return failed('openpgp-signature-misused', 'the signature is about a key, not about a document')
  }
  if (!createdAt) return failed('openpgp-signature-unreadable', 'the signature does not say when it was made')
  if (!hasUnknownCritical) return null
  return failed('openpgp-critical-unknown', 'the signature holds something critical that is not known')
}

function unknownKey({ issuerFingerprint, issuerKeyId }: SignaturePacket): Verdict {
  const message = `the key ${issuerFingerprint ?? issuerKeyId ?? 'that made it'} is not among those handed in`
  return undecided('NO_SIGNING_CERTIFICATE_FOUND', 'openpgp-key-unknown', message, 'RFC 9580 §5.2.3.12')
}

function broken(check: Exclude<SignatureCheck, 'holds'>): Pick<SignatureReport, keyof Verdict | 'intact'> {
  if (check === 'not-judged') {
    const message = 'the signature is made by an algorithm that is not judged'
    return { intact: null, ...undecided('CUSTOM', 'signature-format-not-judged', message, 'RFC 9580 §9') }
  }
  const [subIndication, code, message] =
    check === 'digest-differs'
      ? (['HASH_FAILURE', 'message-digest-mismatch', 'the content is not the one that was signed'] as const)
      : (['SIG_CRYPTO_FAILURE', 'signature-value-broken', 'the signature value does not fit the key'] as const)
  const findings = [finding(code, 'error', message, 'RFC 9580 §5.2.4')]
  return { intact: false, indication: 'TOTAL-FAILED', subIndication, findings }
}

interface Objection {
  readonly subIndication: SubIndication
  readonly finding: Finding
  /** It is about the key, so that the key is not one that is trusted for this. */
  readonly ofKey: boolean
}

function judgeKeyState(
  state: SigningKeyState,
  signature: SignaturePacket,
  proven: Date,
  evidence: Evidence,
): Verdict & Pick<SignatureReport, 'trusted' | 'revocation'> {
  const objections = [
    ...objectionsToKey(state, proven),
    ...objectionsToTimes(state, signature, evidence.validationTime),
    ...objectionsToAlgorithms(state, signature, proven, evidence),
  ]
  const [first] = objections
  return {
    trusted: !objections.some(({ ofKey }) => ofKey),
    // Nobody else is asked: a key that was handed in stands for itself, as an anchor does, until it says otherwise.
    revocation: state.revocation ? 'revoked' : 'exempt',
    indication: first ? 'INDETERMINATE' : 'TOTAL-PASSED',
    subIndication: first?.subIndication ?? null,
    findings: objections.map((one) => one.finding),
  }
}

function objectionsToKey({ key, revocation, maySign, expiresAt }: SigningKeyState, proven: Date): Objection[] {
  const found: Objection[] = []
  const add = (subIndication: SubIndication, code: string, message: string, clause: string): void => {
    found.push({ subIndication, finding: finding(code, 'error', message, clause), ofKey: true })
  }
  if (revocation && (revocation.hard || revocation.at <= proven)) {
    add('REVOKED_NO_POE', 'openpgp-key-revoked', `revoked at ${revocation.at.toISOString()}`, 'RFC 9580 §5.2.3.31')
  }
  if (!maySign) {
    add(
      'CHAIN_CONSTRAINTS_FAILURE',
      'openpgp-key-may-not-sign',
      `${key.keyId} is not for signing`,
      'RFC 9580 §5.2.3.29',
    )
  }
  if (expiresAt && expiresAt <= proven) {
    add('OUT_OF_BOUNDS_NO_POE', 'openpgp-key-expired', `ended at ${expiresAt.toISOString()}`, 'RFC 9580 §5.2.3.13')
  }
  return found
}

function objectionsToTimes(
  { key }: SigningKeyState,
  { createdAt, expiresAt }: SignaturePacket,
  validationTime: Date,
): Objection[] {
  const found: Objection[] = []
  const add = (code: string, message: string, clause: string): void => {
    const subIndication = 'SIG_CONSTRAINTS_FAILURE'
    found.push({ subIndication, finding: finding(code, 'error', message, clause), ofKey: false })
  }
  if (createdAt && createdAt < key.createdAt) {
    add('openpgp-signature-before-key', 'the signature states a time before its key was made', 'RFC 9580 §5.2.3.11')
  }
  if (createdAt && createdAt.getTime() > validationTime.getTime() + CLOCKS_MS) {
    add('claimed-time-in-future', `the signature states ${createdAt.toISOString()}`, 'RFC 9580 §5.2.3.11')
  }
  if (expiresAt && expiresAt <= validationTime) {
    add('openpgp-signature-expired', `the signature ended at ${expiresAt.toISOString()}`, 'RFC 9580 §5.2.3.18')
  }
  return found
}

function objectionsToAlgorithms(
  { key }: SigningKeyState,
  { digest, keyAlgorithm }: SignaturePacket,
  proven: Date,
  { policy }: Evidence,
): Objection[] {
  const scheme = schemeOf(keyAlgorithm)
  const findings = [
    digest ? judgeDigest(digest, proven, policy, () => 'signature') : null,
    scheme ? judgeScheme(scheme, proven, policy, () => 'signature') : null,
    judgeKey(key.key, proven, policy, () => "signer's key"),
  ]
  return findings.flatMap((one) =>
    one ? [{ subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE' as const, finding: one, ofKey: false }] : [],
  )
}
