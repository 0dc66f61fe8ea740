import type { Case } from '../model/case.ts'
import { newId } from '../model/ids.ts'
import { isQuarantined, lockedInWords } from '../model/malware.ts'
import { askedOfCitizen } from '../model/reading-notes.ts'
import type { Settings } from '../model/settings.ts'
import type { Writer } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import { instant } from '../model/time.ts'
import { isJudgedAttachment, type JudgedDocument } from './judged.ts'
import type { LetterText, ReceiptFacts } from './letter-texts.ts'
import type { DescribeVerdict, LetterLinks } from './ports.ts'
import { mintToken } from './tokens.ts'

export interface ReceiptParts {
  readonly settings: Pick<Settings, 'municipality'>
  readonly describeVerdict: DescribeVerdict
  readonly letterLinks: LetterLinks
}

/** What was handed in, and when it is written down. */
export interface HandedIn {
  readonly submission: Submission
  readonly documents: readonly JudgedDocument[]
  readonly now: Date
}

/** Takes a submission; gives what a case's history says of its arrival. */
export const handedIn = (submission: Submission) => ({
  submissionId: submission.id,
  channel: submission.channel,
  rawSha256: submission.rawSha256,
  rawSize: submission.rawSize,
  problem: submission.problem,
})

/** Takes judged documents; gives what a case's history says of the verdicts. */
export const verdictsOf = (documents: readonly JudgedDocument[]) =>
  documents.flatMap(({ document, verification }) =>
    verification
      ? [
          {
            documentId: document.id,
            sha256: document.sha256,
            indication: verification.indication,
            subIndication: verification.subIndication,
            trustListVersion: verification.trustListVersion,
            reportSha256: verification.reportSha256,
          },
        ]
      : [],
  )

/** Gives what a receipt says, with a tracking link of its own, minted within the commit. */
export async function receiptFacts(
  write: Writer,
  row: Case,
  { submission, documents, now }: HandedIn,
  { settings, describeVerdict, letterLinks }: ReceiptParts,
): Promise<Omit<ReceiptFacts, 'continues'>> {
  const token = await mintToken(write, { kind: 'tracking', caseId: row.id, submissionId: submission.id, now })
  return {
    caseNumber: row.number,
    municipality: settings.municipality,
    trackingUrl: letterLinks.tracking(token),
    dueOn: row.dueOn,
    fileCount: documents.filter(({ document }) => document.role === 'attachment').length,
    verdicts: documents.filter(isJudgedAttachment).map(({ report }) => describeVerdict(report, row.language)),
    unreadable: submission.problem !== null,
    asked: [
      ...(documents.some(({ document }) => isQuarantined(document)) ? [lockedInWords[row.language]] : []),
      ...askedOfCitizen(submission.headers, row.language),
    ],
  }
}

/** Writes the one receipt for a submission, with the job that sends it. */
export async function addReceipt(
  write: Writer,
  row: Case,
  partyId: string,
  text: LetterText,
  { submission, now }: HandedIn,
): Promise<void> {
  const id = newId(now.getTime())
  const isNew = await write.addLetter({
    id,
    cause: `receipt:${submission.id}`,
    caseId: row.id,
    partyId,
    kind: 'receipt',
    language: row.language,
    subject: text.subject,
    bodyText: text.body,
    documentIds: [],
    createdAt: instant(now),
  })
  if (isNew) await write.addJob('route-letter', id, { letterId: id })
}
