import { createHash } from 'node:crypto'
import type { Reader, Writer } from './store.ts'
import type { AnchorPurpose, TrustAnchor } from './trust-anchor.ts'

/** Gives the anchors that count for a purpose now: enabled, and taken in for it. */
export async function enabledAnchors(read: Reader, purpose: AnchorPurpose): Promise<readonly TrustAnchor[]> {
  const anchors = await read.listAnchors()
  return anchors.filter((anchor) => anchor.disabledAt === null && anchor.purposes.includes(purpose))
}

/** Takes anchors in any order; gives the SHA-256 (hex) over their sorted fingerprints: the trust list's version. */
export function trustListVersion(anchors: readonly Pick<TrustAnchor, 'sha256'>[]): string {
  const fingerprints = anchors.map((anchor) => anchor.sha256).sort()
  return createHash('sha256').update(fingerprints.join('\n')).digest('hex')
}

/**
 * Adds the job that judges a case's PDFs again with the present anchors, once per change of trust.
 * The key holds the newest change beside the list's version: an anchor that is disabled and enabled again brings an
 * old version back, and the verdict must follow each time.
 */
export async function addRejudgeJob(write: Writer, caseId: string): Promise<void> {
  const version = trustListVersion(await enabledAnchors(write, 'document'))
  const newest = (await write.listTrustChanges()).at(-1)?.id ?? 'none'
  await write.addJob('rejudge', `case:${caseId}:${version}:${newest}`, { caseId })
}
