/** The verifier's report, for rooms that may see only model. */
export type { FileIndication, SignatureReport, Signer, VerificationReport } from '../verify/report/report.ts'
export type { FindingInWords, ReportInWords, SignatureInWords } from '../verify/report/sheet-words.ts'
