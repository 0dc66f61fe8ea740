import type { CmsConclusion, SignedContent, SignerInfo } from '../cms/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { visibleText } from '../visible-text.ts'
import type { BasicConclusion, CarriedEvidence, Proof } from './basic.ts'
import { stampQualificationOf } from './qualification.ts'
import { signerOf } from './signature-facts.ts'
import { digestContent } from './signed-content.ts'
import { type TimeStampConclusion, validateToken } from './time-stamp.ts'
import type { Evidence } from './verify-options.ts'

/** The time-stamps that a signature carries itself, judged. */
export interface SignatureTimeStamps {
  /** Over the signature value, in unsigned attributes: the signature is at least as old. */
  readonly signature: readonly TimeStampConclusion[]
  /** Over the content, in signed attributes: the signature is no older. */
  readonly content: readonly TimeStampConclusion[]
}

export const NO_TIME_STAMPS: SignatureTimeStamps = { signature: [], content: [] }

/**
 * Validates the time-stamp tokens among the attributes of a signature. Each token is proven to have existed by when the
 * signature that carries it is.
 * @see EN 319 102-1 clauses 5.4 and 5.5.4, EN 319 122-1 clauses 5.2.8 and 5.3
 */
export function judgeSignatureTimeStamps(
  signed: { readonly cms: CmsConclusion; readonly signerInfo: SignerInfo; readonly content: SignedContent | null },
  carried: CarriedEvidence,
  evidence: Evidence,
  proof: Proof,
): SignatureTimeStamps {
  const { cms, signerInfo, content } = signed
  if (cms.signatureTimeStamps.length + cms.contentTimeStamps.length === 0) return NO_TIME_STAMPS
  const value = digestContent(signerInfo.signature)
  const judge = (stamped: SignedContent) => (token: Uint8Array) =>
    validateToken(token, { digestOf: (algorithm) => stamped.digestOf(algorithm), carried }, evidence, proof)
  return {
    signature: cms.signatureTimeStamps.slice(0, MAX_TOKENS).map(judge(value)),
    content: content ? cms.contentTimeStamps.slice(0, MAX_TOKENS).map(judge(content)) : [],
  }
}

const MAX_TOKENS = 16

/** Gives the times that time-stamps prove. */
export const provenTimes = (stamps: readonly TimeStampConclusion[]): readonly Date[] =>
  stamps.flatMap(({ indication, tstInfo }) => (indication === 'PASSED' && tstInfo ? [tstInfo.genTime] : []))

/** Gives the earliest of some times. */
export const earliest = (first: Date, ...others: readonly Date[]): Date =>
  others.reduce((least, time) => (time < least ? time : least), first)

/** One time-stamp as the report lists it. */
export type ReportedTimeStamp = SignatureReport['timestamps'][number]

/** Gives a time-stamp as the report lists it; none where the token says no time. */
export function reportTimeStamp(
  kind: ReportedTimeStamp['kind'],
  { tstInfo, indication, basic }: TimeStampConclusion,
  { trustAnchors }: Pick<Evidence, 'trustAnchors'>,
): readonly ReportedTimeStamp[] {
  if (!tstInfo) return []
  const authority = basic?.path?.trusted === true ? basic.cms.signingCertificate : null
  const named = authority ? signerOf(authority) : null
  const by = named ? { by: visibleText(named.names[0] ?? named.subject) } : {}
  const anchor = indication === 'PASSED' ? basic?.path?.trustAnchor : null
  const { services = [] } = anchor ? trustAnchors.termsOf(anchor.sha256) : {}
  const qualified = stampQualificationOf(services, tstInfo.genTime)
  const base = { kind, time: tstInfo.genTime.toISOString(), indication, ...by }
  return [qualified ? { ...base, qualified } : base]
}

/** What is said of each time-stamp: a failed one proves nothing, and is only a warning (EN 319 102-1 clause 5.5.4). */
export function describeTimeStamp(stamp: TimeStampConclusion, what: string): Finding {
  const { indication, subIndication, tstInfo, basic } = stamp
  const by = basic?.cms.signingCertificate?.subject.display ?? 'an unknown authority'
  const time = tstInfo?.genTime.toISOString() ?? 'an unreadable time'
  const clause = 'EN 319 102-1 §5.4'
  if (indication === 'PASSED') {
    return { code: 'timestamp-good', severity: 'info', message: `${what}: ${time}, by ${by}`, clause }
  }
  const code = indication === 'FAILED' ? 'timestamp-broken' : (CODES[subIndication ?? ''] ?? 'timestamp-not-proven')
  const reason = stamp.findings.find((one) => one.severity === 'error')?.message ?? subIndication ?? indication
  return { code, severity: 'warning', message: `${what} proves no time (${time}, by ${by}): ${reason}`, clause }
}

const CODES: Readonly<Record<string, string>> = {
  NO_CERTIFICATE_CHAIN_FOUND: 'timestamp-untrusted',
  OUT_OF_BOUNDS_NO_POE: 'timestamp-expired',
  OUT_OF_BOUNDS_NOT_REVOKED: 'timestamp-expired',
}

/**
 * Applies what content time-stamps prove: a signature that is younger than the revocation or the end of its certificate
 * was made too late, whatever else holds.
 * @see EN 319 102-1 clause 5.3.4 (step 5) and table 6 (REVOKED, EXPIRED)
 */
export function judgeNotBefore(basic: BasicConclusion, stamps: SignatureTimeStamps): BasicConclusion {
  const [notBefore] = provenTimes(stamps.content).toSorted((a, b) => b.getTime() - a.getTime())
  const leaf = basic.path?.revocations[0]
  if (!notBefore || !leaf || basic.indication === 'TOTAL-FAILED') return basic
  const tooLate = (subIndication: 'REVOKED' | 'EXPIRED', message: string): BasicConclusion => {
    const finding: Finding = { code: 'signature-too-late', severity: 'error', message, clause: 'EN 319 102-1 §5.3.4' }
    return { ...basic, indication: 'TOTAL-FAILED', subIndication, findings: [finding, ...basic.findings] }
  }
  if (leaf.status === 'revoked' && leaf.revocationTime && notBefore >= leaf.revocationTime) {
    return tooLate('REVOKED', 'the signature was made after its certificate was revoked')
  }
  const expired = notBefore > leaf.certificate.notAfter
  return expired ? tooLate('EXPIRED', 'the signature was made after its certificate had run out') : basic
}

/**
 * Gives a finding where time-stamps contradict each other: those of the content come first, those of the signature next,
 * those of the document, newest last; each within what its authority says its clock may be off.
 * @see EN 319 102-1 clause 5.5.4 (TIMESTAMP_ORDER_FAILURE)
 */
export function findOrderFault(
  stamps: SignatureTimeStamps,
  document: readonly TimeStampConclusion[],
): readonly Finding[] {
  const layers = [stamps.content, stamps.signature, ...document.map((one) => [one])]
  let latest = Number.NEGATIVE_INFINITY
  for (const layer of layers) {
    const known = layer.flatMap(({ indication, tstInfo }) => (indication === 'PASSED' && tstInfo ? [tstInfo] : []))
    if (known.some((one) => one.genTime.getTime() + one.accuracyMs < latest)) {
      const message = 'the time-stamps contradict each other: a later one says an earlier time'
      return [{ code: 'timestamp-order', severity: 'error', message, clause: 'EN 319 102-1 §5.5.4' }]
    }
    for (const one of known) latest = Math.max(latest, one.genTime.getTime() - one.accuracyMs)
  }
  return []
}
