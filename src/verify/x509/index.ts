/** X.509 certificates, CRLs and certification paths (RFC 5280). */
export type { AlgorithmIdentifier } from './algorithm-identifier.ts'
export type {
  AnchorConstraints,
  AnchorPeriod,
  AnchorTerms,
  AnchorUse,
  TrustAnchorInput,
} from './anchor-terms.ts'
export { type Certificate, parseCertificate } from './certificate.ts'
export {
  type CacheLimits,
  createVerificationCache,
  type KnownCertificates,
  type VerificationCache,
} from './certificate-cache.ts'
export { type CertificateList, crlEntriesOf, parseCertificateList } from './certificate-list.ts'
export { attributeTexts, type DistinguishedName } from './distinguished-name.ts'
export { EXTENSION } from './extensions.ts'
export type { GeneralName } from './general-name.ts'
export { nameKey } from './key-name.ts'
export { keyBitsOf } from './key-size.ts'
export type {
  CertificateUse,
  Criterion,
  ListedService,
  ListedStatus,
  Qualification,
} from './listed-service.ts'
export type {
  PathConclusion,
  PathLimits,
  PathOptions,
  Purpose,
  RevocationMode,
  RevocationStatus,
  Wanted,
} from './path-conclusion.ts'
export { PathMemory } from './path-memory.ts'
export { readPemOrDer } from './pem.ts'
export { readSignatureScheme } from './signature-scheme.ts'
export { judgeSignature } from './signature-value.ts'
export { readSubtree } from './subtree-text.ts'
export { prepareTrustStore, type TrustStore } from './trust-store.ts'
export { validateCertificate } from './validate-certificate.ts'
export { isWithinValidity } from './validity.ts'
