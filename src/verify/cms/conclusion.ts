import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'

/** The signed content, as the caller can give it without holding it twice. */
export interface SignedContent {
  /** Gives the digest of the content by node:crypto's name (sha256, …; shake256 with 64 octets). */
  digestOf(algorithm: string): Uint8Array
  /** Gives the content itself; asked for only where there are no signed attributes. */
  bytes(): Uint8Array
}

/** How a signed attribute binds the signature to its certificate (RFC 5035, EN 319 122-1 §5.2.2). */
export type CertificateBinding = 'bound' | 'mismatch' | 'absent' | 'unsupported'

/** The facts of one SignerInfo, as data; null where something was not judged. */
export interface CmsConclusion {
  readonly signingCertificate: Certificate | null
  /** The content-type attribute is the content's type; null without signed attributes. */
  readonly contentTypeMatches: boolean | null
  readonly messageDigestMatches: boolean | null
  /** The signature value holds under the signing certificate's key. */
  readonly signatureHolds: boolean | null
  /** Digest and value hold and the signed attributes are sound. Null: could not be judged. */
  readonly intact: boolean | null
  readonly certificateBinding: CertificateBinding
  /** The digests by which signed attributes name the certificate; several where several attributes do. */
  readonly bindingDigests: readonly string[]
  /** Digest algorithm, signature algorithm and key go together. */
  readonly algorithmsAgree: boolean
  /** node:crypto's names: sha256; null where unknown. */
  readonly digestAlgorithm: string | null
  /** rsa-pkcs1, rsa-pss, ecdsa, ed25519, ed448, ml-dsa-44, ml-dsa-65, ml-dsa-87, dsa; the object identifier where unknown. */
  readonly signatureAlgorithm: string
  /** Hash within the signature algorithm. */
  readonly signatureHash: string | null
  readonly claimedSigningTime: Date | null
  /** DER of time-stamp tokens in unsigned attributes (signature-time-stamp), in order. */
  readonly signatureTimeStamps: readonly Uint8Array[]
  /** DER of content time-stamp tokens in signed attributes. */
  readonly contentTimeStamps: readonly Uint8Array[]
  readonly findings: readonly Finding[]
}
