import type { CaseToken } from '../model/case.ts'
import { hashToken } from '../model/ids.ts'
import { bearsCode, type Delivery, type Letter } from '../model/letter.ts'
import type { Reader } from '../model/store.ts'
import { findTrackingLink } from './letter-body.ts'

/** Handed over, or standing in the outbox where that is all there is. */
const HANDED_OVER: ReadonlySet<Delivery['state']> = new Set(['accepted', 'kept'])

/**
 * Takes a letter that is to be picked up; says whether its recipient holds a link to the page where that is done, as
 * far as we can know: the one that the page showed when the form was sent, or one in an earlier mail that was handed
 * over. Without it nobody would be told, however ready the letter lies.
 * @param at links that are revoked, or have expired by then, open nothing
 */
export async function hasWayIn(read: Reader, letter: Letter, publicUrl: string, at: Date): Promise<boolean> {
  const holds = (token: CaseToken | null): boolean =>
    token?.kind === 'tracking' && token.revokedAt === null && token.expiresAt > at.toISOString()
  if (await isUploadersLinkThere(read, letter.caseId, holds)) return true
  for (const earlier of await read.lettersOfCase(letter.caseId)) {
    if (earlier.partyId !== letter.partyId || bearsCode(earlier.kind)) continue
    const link = findTrackingLink(earlier, publicUrl)
    if (link === null || !holds(await read.token(hashToken(link.slice(link.lastIndexOf('/') + 1))))) continue
    if ((await read.deliveriesOfLetter(earlier.id)).some(({ state }) => HANDED_OVER.has(state))) return true
  }
  return false
}

/** Minted with the form and stored in the same commit; a receipt's link for the same submission is younger. */
async function isUploadersLinkThere(
  read: Reader,
  caseId: string,
  holds: (token: CaseToken) => boolean,
): Promise<boolean> {
  const uploads = (await read.submissionsOfCase(caseId)).filter(({ channel }) => channel === 'upload')
  const tokens = (await read.tokensOfCase(caseId)).filter(holds)
  return uploads.some(({ id, receivedAt }) =>
    tokens.some((token) => token.submissionId === id && token.createdAt === receivedAt),
  )
}
