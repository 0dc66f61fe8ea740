/** Cryptographic Message Syntax: signed data and its signers (RFC 5652). */
export { looksLikeSignedAttributes } from './attribute-confusion.ts'
export type { CertificateBinding, CmsConclusion, SignedContent } from './conclusion.ts'
export { type CounterSignature, judgeCounterSignatures } from './counter-signatures.ts'
export {
  type CmsAttribute,
  CONTENT_TYPE,
  parseSignedData,
  type SignedData,
  type SignedDataOptions,
  type SignerIdentifier,
  type SignerInfo,
} from './signed-data.ts'
export { ATTRIBUTE, findSigningCertificates, verifySignerInfo } from './verify-signer-info.ts'
