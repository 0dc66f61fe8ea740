import type { Document, Verification } from './document.ts'
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

/** An attachment with its newest verdict; null where it was not judged. */
export interface Attachment {
  readonly document: Pick<Document, 'mediaType' | 'size'>
  readonly indication: DocumentIndication | null
}

/**
 * Types by content that nobody reads as a paper: signatures, keys and certificates travel beside the papers. Of a mail
 * inside, the papers stand beside it as attachments of their own; its text is a cover letter, like the outer mail's.
 */
const NO_PAPER: ReadonlySet<string> = new Set([
  'application/pgp-signature',
  'application/pgp-keys',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'application/timestamp-token',
  'application/pkix-cert',
  'application/pem-certificate-chain',
  'application/x-empty',
  'message/rfc822',
])

/** Formats that mail programs put logos in. */
const LOGO_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif'])
/** Too little for a page that can be read, enough for the logo under a mail. */
const MAX_LOGO_BYTES = 16 * 1024

/**
 * Says whether an attachment that was not judged is what a person takes for a paper: PDF, office file, text, picture,
 * archive, and whatever else is not named above. Only the content decides: what its sender declares could hide it. Of
 * mails, small pictures are taken for logos; who fills in a form chooses each file, so there every picture counts.
 */
function isPaper({ mediaType, size }: Attachment['document'], { rawMediaType }: CountingSubmission): boolean {
  if (NO_PAPER.has(mediaType)) return false
  return !(rawMediaType === 'message/rfc822' && LOGO_TYPES.has(mediaType) && size <= MAX_LOGO_BYTES)
}

type CountingSubmission = Pick<Submission, 'problem' | 'rawMediaType'>

/**
 * Takes a submission and its attachments; gives the verdicts that count for its case. A paper that was not judged, as
 * it can carry no signature that we read, counts as NO-SIGNATURE: else a signed PDF would vouch for the text file
 * beside it.
 */
export function countedIndications(
  submission: CountingSubmission,
  attachments: readonly Attachment[],
): readonly DocumentIndication[] {
  const counted = attachments.flatMap(({ document, indication }): DocumentIndication[] => {
    if (indication !== null) return [indication]
    return isPaper(document, submission) ? ['NO-SIGNATURE'] : []
  })
  // What nobody could read was not judged: that is no "unsigned".
  return submission.problem !== null && attachments.every(({ indication }) => indication === null)
    ? [...counted, 'ERROR']
    : counted
}

/** Gives the worst verdict over all that was handed in to a case, by the newest verdict of each document. */
export async function caseIndication(read: Reader, caseId: string): Promise<DocumentIndication> {
  const attachments = (await read.documentsOfCase(caseId)).filter(({ role }) => role === 'attachment')
  const verifications = await read.verificationsOf(attachments.map(({ id }) => id))
  const verdicts = new Map(verifications.map(({ documentId, indication }) => [documentId, indication]))
  const submissions = (await read.submissionsOfCase(caseId)).filter(({ state }) => state === 'cased')
  return worstIndication(
    submissions.flatMap((submission) => {
      const own = attachments.filter(({ submissionId }) => submissionId === submission.id)
      return countedIndications(
        submission,
        own.map((document) => ({ document, indication: verdicts.get(document.id) ?? null })),
      )
    }),
  )
}
