import { createHash } from 'node:crypto'
import type { Reader, Writer } from './store.ts'
import type { AnchorPurpose, TrustAnchor } from './trust-anchor.ts'

/** What submissions are judged by: the papers, and the mail that brought them. */
export type JudgedPurpose = Extract<AnchorPurpose, 'document' | 'mail'>

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
 * Gives what names the present state of trust in the keys of "rejudge" jobs: the lists' versions and their newest change.
 * The version alone is not enough: an anchor that is disabled and enabled again brings an old version back, and the
 * verdict must follow each time.
 */
export async function trustStamp(read: Reader): Promise<string> {
  const { document, mail } = await trustListVersions(read)
  const newest = (await read.listTrustChanges()).at(-1)?.id ?? 'none'
  return `${document}:${mail}:${newest}`
}

/**
 * Gives the trust list's version for each purpose that submissions are judged by: a verdict is as new as the version
 * of its own purpose.
 */
export async function trustListVersions(read: Reader): Promise<Readonly<Record<JudgedPurpose, string>>> {
  return {
    document: trustListVersion(await enabledAnchors(read, 'document')),
    mail: trustListVersion(await enabledAnchors(read, 'mail')),
  }
}

/** Adds the job that judges a case's PDFs and signed mails again with the present anchors, once per change of trust. */
export async function addRejudgeJob(write: Writer, caseId: string, stamp: string): Promise<void> {
  await write.addJob('rejudge', `case:${caseId}:${stamp}`, { caseId })
}
