import type { VerificationReport } from '../report/report.ts'

/** What the judging of one input gives; whoever asked adds the name, the digest and the identifier. */
export type Judged = Pick<
  VerificationReport,
  'mediaType' | 'signatures' | 'encrypted' | 'parts' | 'findings' | 'sender' | 'indication' | 'error'
> & {
  /** Where judging has worked it out on the way. */
  readonly sha256?: string
}

/** A document that stands inside another. */
export interface InnerDocument {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Judges a document inside another, so that formats need not know of one another. */
export type JudgePart = (document: InnerDocument) => VerificationReport & { readonly name: string }
