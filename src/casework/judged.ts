import type { Document, Verification } from '../model/document.ts'
import { GatewayError } from '../model/errors.ts'
import type { VerificationReport } from '../model/report.ts'
import type { Store } from '../model/store.ts'

/** A document with its newest verdict, where it has one. */
export interface JudgedDocument {
  readonly document: Document
  readonly verification: Verification | null
  readonly report: VerificationReport | null
}

/** Takes documents; gives each with its newest verification and that report, in the given order. */
export async function judgedDocuments(
  store: Store,
  documents: readonly Document[],
): Promise<readonly JudgedDocument[]> {
  const verifications = await store.verificationsOf(documents.map((document) => document.id))
  return Promise.all(
    documents.map(async (document) => {
      const verification = verifications.find((row) => row.documentId === document.id) ?? null
      return { document, verification, report: verification && (await readReport(store, verification)) }
    }),
  )
}

/** The verdict on what the citizen attached; the mail's own verdict says who wrote, not what the papers are worth. */
export const isJudgedAttachment = ({ document, verification }: JudgedDocument): boolean =>
  document.role === 'attachment' && verification !== null

/** Whether a verdict was given by another trust list than the one that now counts for what it was judged as. */
export const isByOldTrust = (
  { document, verification }: JudgedDocument,
  versions: { readonly document: string; readonly mail: string },
): boolean =>
  verification !== null && verification.trustListVersion !== versions[document.role === 'message' ? 'mail' : 'document']

async function readReport(store: Store, verification: Verification): Promise<VerificationReport> {
  const text = Buffer.from(await store.blobs.get(verification.reportSha256)).toString('utf8')
  const report: unknown = JSON.parse(text)
  if (!isReport(report)) {
    throw new GatewayError('internal', 'A stored report is of a shape that we do not know', {
      facts: { verificationId: verification.id },
    })
  }
  return report
}

/** The bytes were checked against their SHA-256 and written by us: the version is all that can differ. */
const isReport = (value: unknown): value is VerificationReport =>
  typeof value === 'object' && value !== null && 'schemaVersion' in value && value.schemaVersion === 1
