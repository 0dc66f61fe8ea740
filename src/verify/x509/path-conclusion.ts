import type { Finding, SubIndication } from '../report/report.ts'
import type { OcspResponse } from '../revocation/ocsp-response.ts'
import type { Certificate } from './certificate.ts'
import type { CertificateList } from './certificate-list.ts'
import type { PublicKeyInfo } from './public-key.ts'
import type { SearchBudget } from './search-budget.ts'
import type { TrustStore } from './trust-store.ts'

/** What the leaf's key is asked to have done. any: no demands on key usage beyond the path's own. */
export type Purpose = 'document-signing' | 'email' | 'timestamping' | 'ocsp' | 'any'
/**
 * require: whatever certificate has no sound and fresh data is not relied on. if-offered: only such as say where on the
 * web their data lies. if-present: the data at hand count, and that there are none is said. off: none count.
 */
export type RevocationMode = 'require' | 'if-offered' | 'if-present' | 'off'

/** Bounds on the search, so that a hostile heap of certificates ends in an answer. */
export interface PathLimits {
  /** Certificates in a path, leaf and anchor included. */
  readonly maxPathLength: number
  /** Possible issuers that are considered for a certificate, over the whole search. */
  readonly maxSteps: number
  /** Certificate signatures checked; one by a slow key counts as several. */
  readonly maxSignatureChecks: number
  /** Whole paths judged. */
  readonly maxPaths: number
}

export interface PathOptions {
  readonly trustAnchors: TrustStore
  readonly intermediates?: readonly Certificate[]
  readonly crls?: readonly CertificateList[]
  readonly ocsps?: readonly OcspResponse[]
  readonly validationTime: Date
  /**
   * The time that is asked about (a proven signing time); validationTime where absent. Certificates must have been in
   * their validity then, and not revoked yet. Evidence counts when it was issued by validationTime and is still fresh
   * at this time, or was issued after it (EN 319 102-1 clause 5.6.2.1).
   */
  readonly controlTime?: Date
  /** any where absent. */
  readonly purpose?: Purpose
  /** require where absent. */
  readonly checkRevocation?: RevocationMode
  /** user-initial-policy-set as object identifiers; empty or absent: any policy. */
  readonly policies?: readonly string[]
  readonly requireExplicitPolicy?: boolean
  readonly inhibitAnyPolicy?: boolean
  readonly inhibitPolicyMapping?: boolean
  /** Says of each algorithm whether it may be relied on (a policy's data); null: no objection. */
  readonly judgeAlgorithm?: (certificate: Certificate) => Finding | null
  /**
   * Says of a CRL or OCSP response and the key that signed it (null: the anchor's, which is not judged) whether it may be
   * relied on, at the time by which it is proven to have existed; null: no objection.
   */
  readonly judgeEvidence?: (evidence: SignedEvidence, key: PublicKeyInfo | null, provenTime: Date) => Finding | null
  /** Gives the time by which evidence (by SHA-256) is proven to have existed; null: only by validationTime. */
  readonly poeOf?: (sha256: string) => Date | null
  readonly limits?: Partial<PathLimits>
  /** What this and other searches may spend together. */
  readonly budget?: SearchBudget
}

/** A CRL or an OCSP response, as its algorithms are judged. */
export type SignedEvidence = Pick<CertificateList, 'signatureAlgorithm' | 'sha256'>

/** What is known about one certificate's revocation. */
export interface RevocationStatus {
  readonly certificate: Certificate
  readonly status: 'good' | 'revoked' | 'unknown' | 'not-checked' | 'exempt'
  readonly source: 'crl' | 'ocsp' | null
  readonly revocationTime: Date | null
  /** When a CRL says that the certificate was invalid already; shown, and never relied on. Absent where none says so. */
  readonly invalidityDate?: Date | null
  /** CRLReason number; null where not revoked. */
  readonly reason: number | null
  readonly thisUpdate: Date | null
  readonly nextUpdate: Date | null
  /** When the evidence was made (OCSP producedAt, CRL thisUpdate). */
  readonly issuedAt: Date | null
  /** SHA-256 of the CRL or OCSP response that says so; null where none does. */
  readonly evidence: string | null
  /** Why evidence that is sound otherwise was not relied on, how it is weak, or why none is needed. */
  readonly objections?: readonly Finding[]
}

/** Evidence that was not at hand, and where a certificate says that it lies. */
export interface Wanted {
  readonly kind: 'issuer' | 'crl' | 'ocsp'
  readonly url: string
  /** SHA-256 of the certificate that it is for. */
  readonly for: string
  /** Of OCSP: what the responder is asked, base64 of the DER. */
  readonly request?: string
}

/** The answer of X.509 certificate validation (EN 319 102-1 clause 5.2.6). */
export interface PathConclusion {
  readonly indication: 'PASSED' | 'INDETERMINATE' | 'FAILED'
  readonly subIndication: SubIndication | null
  /** Leaf first, anchor last; what was found of it where there is no whole path. */
  readonly path: readonly Certificate[]
  readonly trustAnchor: Certificate | null
  /** The path to an anchor holds, revocation aside; null where it could not be judged. */
  readonly trusted: boolean | null
  /** The worst over the path. */
  readonly revocation: RevocationStatus['status']
  readonly revocations: readonly RevocationStatus[]
  readonly wanted: readonly Wanted[]
  /** user-constrained-policy-set; ["2.5.29.32.0"] is any policy. */
  readonly policies: readonly string[]
  readonly findings: readonly Finding[]
}
