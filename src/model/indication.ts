import type { Verification } from './document.ts'
import type { Reader } from './store.ts'
import type { Submission } from './submission.ts'

export type DocumentIndication = Verification['indication']

/** From best to worst. What could not be judged is worse than what was judged uncertain, better than a definite no. */
const FROM_BEST_TO_WORST: readonly DocumentIndication[] = [
  'TOTAL-PASSED',
  'NO-SIGNATURE',
  'INDETERMINATE',
  'ERROR',
  'TOTAL-FAILED',
]

/**
 * Takes the verdicts of the documents that count; gives the worst, NO-SIGNATURE where there is none.
 * An unsigned document beside a signed one makes the whole unsigned: a case is never better than its weakest paper.
 */
export function worstIndication(indications: readonly DocumentIndication[]): DocumentIndication {
  const ranks = indications.map((indication) => FROM_BEST_TO_WORST.indexOf(indication))
  return FROM_BEST_TO_WORST[Math.max(...ranks)] ?? 'NO-SIGNATURE'
}

/** Takes a submission and the verdicts on its attachments; gives those that count for its case. */
export function countedIndications(
  submission: Pick<Submission, 'problem'>,
  judged: readonly DocumentIndication[],
): readonly DocumentIndication[] {
  // What nobody could read was not judged: that is no "unsigned".
  return submission.problem !== null && judged.length === 0 ? ['ERROR'] : judged
}

/** Gives the worst verdict over all that was handed in to a case, by the newest verdict of each document. */
export async function caseIndication(read: Reader, caseId: string): Promise<DocumentIndication> {
  const attachments = (await read.documentsOfCase(caseId)).filter(({ role }) => role === 'attachment')
  const verifications = await read.verificationsOf(attachments.map(({ id }) => id))
  const submissions = (await read.submissionsOfCase(caseId)).filter(({ state }) => state === 'cased')
  return worstIndication(
    submissions.flatMap((submission) => {
      const ids = new Set(attachments.filter((one) => one.submissionId === submission.id).map(({ id }) => id))
      const judged = verifications.filter(({ documentId }) => ids.has(documentId)).map(({ indication }) => indication)
      return countedIndications(submission, judged)
    }),
  )
}
