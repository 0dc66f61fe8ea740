/** The building blocks of EN 319 102-1 clause 5.2: evidence in, an indication with its reasons out. */
export {
  ALGORITHM_CLAUSE,
  judgeCertificateAlgorithms,
  judgeDigest,
  judgeKey,
  judgeScheme,
} from './algorithm-constraints.ts'
export {
  type AlgorithmChanges,
  type AlgorithmPolicy,
  algorithmPolicyWith,
  DEFAULT_ALGORITHM_POLICY,
} from './algorithm-policy.ts'
export { validateSigningCertificate } from './certificate-validation.ts'
export { type BlockConclusion, failed, finding, indeterminate, passed } from './conclusion.ts'
export { type CryptographicFacts, verifyCryptography } from './cryptographic-verification.ts'
export { type CmsFormatRules, checkFormat } from './format-checking.ts'
export { acceptSignature } from './signature-acceptance.ts'
export { type IdentificationRules, identifySigningCertificate } from './signing-certificate-identification.ts'
