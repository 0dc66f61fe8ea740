/** "poststempel/verify": bytes and evidence in, a report out. Sealed: no clock, no disk, no network. */

export { endOfAlgorithm } from './blocks/algorithm-end.ts'
export {
  type AlgorithmChanges,
  type AlgorithmPolicy,
  algorithmPolicyWith,
  DEFAULT_ALGORITHM_POLICY,
} from './blocks/index.ts'
export { VerifyError, type VerifyErrorCode } from './errors.ts'
export { type EmbeddedCertificate, type EmbeddedChain, embeddedCertificates } from './pdf/embedded-certificates.ts'
export {
  type ArchiveConclusion,
  type ArchiveTimeStamp,
  verifyArchiveTimeStamps,
} from './process/time-stamp-chain.ts'
export { type DigestOf, type TimeStampReport, verifyTimeStamp } from './process/time-stamp-token.ts'
export { type PathReport, type PathValidationOptions, validatePath } from './process/validate-path.ts'
export { verifyDocument } from './process/verify-document.ts'
export type { VerifyLimits, VerifyOptions } from './process/verify-options.ts'
export { type EtsiXmlOptions, writeEtsiXml } from './report/etsi/write-etsi-xml.ts'
export { describeVerdict, type Language, type VerdictInWords, type WordsOptions } from './report/plain-words.ts'
export type {
  CertificateName,
  FileIndication,
  Finding,
  Qualified,
  RevocationEvidence,
  SignatureIndication,
  SignatureReport,
  Signer,
  SubIndication,
  TotalIndication,
  VerificationReport,
} from './report/report.ts'
export {
  describeReport,
  type FindingInWords,
  type ReportInWords,
  type SignatureInWords,
} from './report/sheet-words.ts'
export { writeJson } from './report/write-json.ts'
export { writeText } from './report/write-text.ts'
export {
  type AnchorConstraints,
  type AnchorPeriod,
  type AnchorTerms,
  type AnchorUse,
  type CacheLimits,
  createVerificationCache,
  type Purpose,
  prepareTrustStore,
  type RevocationMode,
  readPemOrDer,
  type TrustAnchorInput,
  type TrustStore,
  type VerificationCache,
} from './x509/index.ts'
