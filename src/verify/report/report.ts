/** The report as data: the contract of `poststempel verify --format json` (README, "verify"). */

export type FileIndication = 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED' | 'NO-SIGNATURE'
/** Of a signature (EN 319 102-1 clause 5.1.3). */
export type TotalIndication = 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED'
/** A document time-stamp is nobody's signature: what clause 5.4 gives for one is PASSED or FAILED, never TOTAL-PASSED. */
export type SignatureIndication = TotalIndication | 'PASSED' | 'FAILED'

/** Sub-indications as EN 319 102-1 V1.4.1 table 6 names them. */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'REVOKED'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'CERTIFICATE_CHAIN_GENERAL_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'POLICY_PROCESSING_ERROR'
  | 'SIGNATURE_POLICY_NOT_AVAILABLE'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'REVOKED_NO_POE'
  | 'REVOKED_CA_NO_POE'
  | 'OUT_OF_BOUNDS_NOT_REVOKED'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'REVOCATION_OUT_OF_BOUNDS_NO_POE'
  | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'
  | 'NO_POE'
  | 'TRY_LATER'
  | 'SIGNED_DATA_NOT_FOUND'
  | 'CUSTOM'

/** Gives what an indication weighs within a file: that of a document time-stamp beside those of signatures. */
export function totalOf(indication: SignatureIndication): TotalIndication {
  if (indication === 'PASSED') return 'TOTAL-PASSED'
  return indication === 'FAILED' ? 'TOTAL-FAILED' : indication
}

export interface Finding {
  /** Stable; pages put it in words. */
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  /** English, for logs and developers. */
  readonly message: string
  readonly clause: string | null
}

export interface CertificateName {
  readonly subject: string
  readonly sha256: string
}

export interface Signer {
  readonly subject: string
  readonly issuer: string
  /** Serial number, lower-case hex. */
  readonly serial: string
  readonly names: readonly string[]
  readonly emails: readonly string[]
  readonly sha256: string
  /** The certificate says of itself that it is for seals (QcType 0.4.0.1862.1.6.2, EN 319 412-5 clause 4.2.3). */
  readonly seal?: boolean
  /** DER, base64: of an S/MIME signature that passed, where mail may be encrypted to the certificate (RFC 8551 §2.3). */
  readonly certificate?: string
}

/**
 * What a signature is under eIDAS, by the trusted list that its anchor stands on (ETSI TS 119 615 clause 4.4). qualified: a
 * qualified certificate and a qualified device (articles 3(12), 3(27)); qualified-certificate: the certificate alone;
 * undetermined: the list contradicts itself or asks what we cannot judge.
 */
export interface Qualified {
  readonly level: 'qualified' | 'qualified-certificate' | 'not-qualified' | 'undetermined'
  /** What the certificate is for; null where that is not known. */
  readonly as: 'signature' | 'seal' | 'website' | null
  /** Territory of the list, as "DK". */
  readonly list: string
}

/** What a time-stamp is under eIDAS, by the trusted list that its authority stands on (ETSI TS 119 615 clause 4.6). */
export interface QualifiedTimeStamp {
  readonly level: 'qualified' | 'not-qualified'
  /** Territory of the list, as "DK". */
  readonly list: string
}

/** A CRL or an OCSP response that says what became of a certificate. */
export interface RevocationEvidence {
  readonly kind: 'crl' | 'ocsp'
  /** SHA-256 of the CRL or OCSP response, lower-case hex. */
  readonly sha256: string
  /** SHA-256 of the certificate that it is about. */
  readonly for: string
  /** When it was made (OCSP producedAt, CRL thisUpdate). */
  readonly issuedAt: string | null
  readonly status: 'good' | 'revoked' | 'unknown'
  /** Null where not revoked. */
  readonly revokedAt: string | null
  /** CRLReason (RFC 5280 §5.3.1); null where not revoked. */
  readonly reason: number | null
}

export interface SignatureReport {
  readonly id: string
  readonly kind: 'pdf' | 'pdf-timestamp' | 'cms' | 'smime' | 'openpgp'
  readonly subFilter: string | null
  readonly level: string | null
  readonly indication: SignatureIndication
  readonly subIndication: SubIndication | null
  /** The cryptography alone: digest and signature value hold and the byte range is sound; null: not judged. */
  readonly intact: boolean | null
  readonly trusted: boolean | null
  readonly revocation: 'good' | 'revoked' | 'unknown' | 'not-checked' | 'exempt'
  /** What the status of each certificate of the path rests on; absent where none was judged. */
  readonly evidence?: readonly RevocationEvidence[]
  /** Evidence that was not at hand, and where a certificate (SHA-256) says that it lies. */
  readonly wanted: readonly {
    readonly kind: 'issuer' | 'crl' | 'ocsp'
    readonly url: string
    readonly for: string
    /** Of OCSP: what the responder is asked, base64 of the DER. */
    readonly request?: string
  }[]
  readonly byteRange: readonly number[] | null
  readonly revision: number | null
  readonly hidden: boolean
  readonly validationTime: string
  readonly policy: string
  readonly path: readonly CertificateName[]
  readonly docMdp: number | null
  readonly coverage: 'file' | 'revision' | 'partial' | null
  readonly changesAfter: 'none' | 'permitted' | 'forbidden' | 'unknown' | null
  readonly signer: Signer | null
  readonly trustAnchor: CertificateName | null
  /** Of a signature that passed and whose anchor stands on a trusted list. */
  readonly qualified?: Qualified
  readonly fingerprint: string | null
  readonly userIds: readonly string[]
  readonly claimedSigningTime: string | null
  readonly bestSignatureTime: string | null
  readonly digestAlgorithm: string | null
  readonly signatureAlgorithm: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'ed25519' | 'ed448' | string | null
  readonly timestamps: readonly {
    readonly id?: string
    readonly kind: 'signature' | 'content' | 'archive' | 'document'
    readonly time: string
    readonly indication: 'PASSED' | 'INDETERMINATE' | 'FAILED'
    /** The authority's name, where a path to a trust anchor vouches for it. */
    readonly by?: string
    /** Of one that holds and whose authority stands on a trusted list. */
    readonly qualified?: QualifiedTimeStamp
  }[]
  readonly findings: readonly Finding[]
}

export interface VerificationReport {
  readonly schemaVersion: 1
  readonly id: string | null
  readonly file: string | null
  readonly mediaType: string | null
  readonly sha256: string | null
  /** Absent where error is set. */
  readonly indication?: FileIndication
  readonly signatures: readonly SignatureReport[]
  readonly encrypted: boolean
  readonly sender?: { readonly from: string | null; readonly matchesSigner: boolean }
  readonly parts: readonly (VerificationReport & { readonly name: string })[]
  readonly findings: readonly Finding[]
  readonly error?: { readonly code: string; readonly message: string }
}
