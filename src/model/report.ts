/** The verifier's report, for rooms that may see only model. */
export type { SignatureReport, Signer, VerificationReport } from '../verify/report/report.ts'
