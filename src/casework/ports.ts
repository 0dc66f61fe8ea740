/** What casework gets handed in, for stages do not import each other. */
import type { Party } from '../model/case.ts'
import type { VerificationReport } from '../model/report.ts'
import type { Submission } from '../model/submission.ts'
import type { Language } from '../model/time.ts'

/** What is known of a sender beyond what the mail claims. */
export interface SenderProof {
  readonly emailProof: Party['emailProof']
  /** The certificate that answers may be encrypted to; null where none came that counts. */
  readonly openpgpKey: string | null
  readonly openpgpFingerprint: string | null
  readonly openpgpSource: Party['openpgpSource']
  /** What the sender chose in writing; null: nothing. */
  readonly chosenChannel: Party['chosenChannel']
}

/** Takes a submission, its raw bytes and the reports on its documents; gives what they prove about the sender. */
export type ProveSender = (
  submission: Submission,
  raw: Uint8Array,
  reports: readonly VerificationReport[],
) => Promise<SenderProof>

/** RFC 3834 and backscatter: says whether mail may be answered to the sender at all; the reason, as a code, if not. */
export type MayAnswer = (submission: Submission) => { readonly mayAnswer: boolean; readonly reason: string | null }

/** Takes a report, or null where nothing was judged; gives the verdict in one plain sentence. */
export type DescribeVerdict = (report: VerificationReport | null, language: Language) => string

/** Makes the links that stand in letters and stamps, from a token as the citizen holds it. */
export interface LetterLinks {
  tracking(token: string): string
  genuine(token: string): string
}
