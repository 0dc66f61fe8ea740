import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/certificate-list.ts'
import type { PathOptions, Purpose, RevocationMode, RevocationStatus, SignedEvidence } from '../x509/path-conclusion.ts'
import type { PublicKeyInfo } from '../x509/public-key.ts'
import type { SearchState } from '../x509/search-state.ts'
import type { OcspResponse } from './ocsp-response.ts'

/** The evidence at hand and the times that it is judged by; nothing here was believed yet. */
export interface RevocationContext {
  readonly mode: Exclude<RevocationMode, 'off'>
  /** What the end entity's key is asked to have done. */
  readonly purpose: Purpose
  readonly validationTime: Date
  readonly controlTime: Date
  readonly poeOf: (sha256: string) => Date | null
  /** By the name of the CRL's issuer. */
  readonly crls: ReadonlyMap<string, readonly CertificateList[]>
  readonly ocsps: readonly OcspResponse[]
  /** Certificates that may have signed evidence, by subject. */
  readonly signers: ReadonlyMap<string, readonly Certificate[]>
  readonly search: SearchState
  /**
   * Judges the certification path of somebody who signs evidence, to the given anchor, its revocation included, at the
   * time by which the evidence is proven to have existed.
   */
  readonly signerHolds: (signer: Certificate, anchor: Certificate, at: Date) => boolean
  /** See PathOptions. */
  readonly judgeEvidence: NonNullable<PathOptions['judgeEvidence']>
}

/** A certificate whose status is asked for, within its path. */
export interface Target {
  readonly certificate: Certificate
  /** What stands above it, nearest first, anchor last, with the working keys. */
  readonly above: readonly { readonly certificate: Certificate; readonly publicKey: PublicKeyInfo }[]
}

/** One answer of evidence that was judged sound. */
export type EvidenceStatus = Omit<RevocationStatus, 'certificate' | 'objections'> & {
  /**
   * Its algorithms may not be relied on any more: it calls nothing good, and lifts no hold; that it revokes still
   * counts, as nobody wins a signature by that (docs/decisions/0019-algorithm-dates.md).
   */
  readonly objection: Finding | null
}

/** Gives the time by which evidence is proven to have existed: whoever signed it must have been in force then. */
export const provenTimeOf = (evidence: { readonly sha256: string }, context: RevocationContext): Date =>
  context.poeOf(evidence.sha256) ?? context.validationTime

/**
 * Says whether a CA of the path had not run out by the time by which what it signed is proven to have existed: a key
 * that nobody guards any more could have made it since. An anchor is trusted for as long as it is enabled.
 */
export function isStillInForce(ca: Certificate, target: Target, proven: Date): boolean {
  return ca === target.above.at(-1)?.certificate || proven <= ca.notAfter
}

/**
 * Says what stands against relying on evidence by how it is signed, at the time by which it is proven to have existed. An
 * anchor's key is trusted as the anchor is: whoever could forge by it could make certificates.
 */
export function objectionTo(
  evidence: SignedEvidence,
  key: PublicKeyInfo,
  target: Target,
  context: RevocationContext,
): Finding | null {
  const byAnchor = target.above.at(-1)?.publicKey.sha256 === key.sha256
  return context.judgeEvidence(evidence, byAnchor ? null : key, provenTimeOf(evidence, context))
}

/** Evidence counts when it was there by the validation time. */
export const isAvailable = (thisUpdate: Date, context: RevocationContext): boolean =>
  thisUpdate <= context.validationTime

/** Evidence without a next update promises nothing; it is taken as fresh for a day. */
const DAY_MS = 86_400_000

/** EN 319 102-1 clause 5.2.5: it was made after the time asked for, or its next update had not come by then. */
export function isFresh(thisUpdate: Date, nextUpdate: Date | null, context: RevocationContext): boolean {
  return thisUpdate >= context.controlTime || freshUntil(thisUpdate, nextUpdate) >= context.controlTime
}

/** Gives until when evidence is fresh. */
export const freshUntil = (thisUpdate: Date, nextUpdate: Date | null): Date =>
  nextUpdate ?? new Date(thisUpdate.getTime() + DAY_MS)

export const REASON_REMOVE_FROM_CRL = 8
export const REASON_CERTIFICATE_HOLD = 6
