import { createHash } from 'node:crypto'
import type { AnchorPeriod, AnchorTerms, AnchorUse, TrustAnchorInput } from '../verify/x509/anchor-terms.ts'
import { canonicalJson } from './history.ts'
import type { Reader, Writer } from './store.ts'
import type { Instant } from './time.ts'
import type { AnchorPurpose, TrustAnchor } from './trust-anchor.ts'
import type { StatedPeriod } from './trusted-list.ts'

/** What submissions are judged by: the papers, and the mail that brought them. */
export type JudgedPurpose = Extract<AnchorPurpose, 'document' | 'mail'>

/**
 * Says whether an anchor counts in what is judged at that time: enabled, and within its dates. They are compared with the
 * time of judging, never with a signature's: whom we rely on is decided by us and now. For which signatures it can vouch
 * at all, the certificate's own validity says, and the verifier compares that with what is proven of the signature.
 */
export const isInForce = (anchor: TrustAnchor, at: Instant): boolean =>
  anchor.disabledAt === null &&
  (anchor.countsFrom === null || anchor.countsFrom <= at) &&
  (anchor.countsUntil === null || at < anchor.countsUntil)

/** An anchor as it counts in judging: its fingerprint, and what the verifier takes. */
export interface CountingAnchor extends TrustAnchorInput {
  readonly sha256: string
}

/**
 * Gives the anchors that count at a time of judging, with what for: those in force that were taken in for the purpose vouch
 * for signatures, those taken in for time-stamps vouch for these.
 */
export async function enabledAnchors(
  read: Reader,
  purpose: JudgedPurpose,
  at: Instant,
): Promise<readonly CountingAnchor[]> {
  return anchorsFor(await read.listAnchors(), purpose, at)
}

/** What was made of a list of anchors, for as long as the list is the same and no date of an anchor comes to pass. */
const made = new WeakMap<readonly TrustAnchor[], Map<JudgedPurpose, Counting>>()

interface Counting {
  readonly from: Instant
  readonly until: Instant | null
  readonly anchors: readonly CountingAnchor[]
}

/**
 * The same of anchors that were read, or are planned. The same list gives the same array: ten thousand anchors are not
 * gone through, nor handed on, for each document anew.
 */
export function anchorsFor(
  anchors: readonly TrustAnchor[],
  purpose: JudgedPurpose,
  at: Instant,
): readonly CountingAnchor[] {
  const known = made.get(anchors) ?? new Map<JudgedPurpose, Counting>()
  made.set(anchors, known)
  const before = known.get(purpose)
  if (before && before.from <= at && (before.until === null || at < before.until)) return before.anchors
  const dates = datesOf(anchors)
  const now: Counting = {
    from: dates.filter((date) => date <= at).at(-1) ?? '',
    until: dates.find((date) => date > at) ?? null,
    anchors: countingOf(anchors, purpose, at),
  }
  known.set(purpose, now)
  return now.anchors
}

const datesOf = (anchors: readonly TrustAnchor[]): readonly Instant[] =>
  anchors.flatMap(({ countsFrom, countsUntil }) => [countsFrom ?? [], countsUntil ?? []].flat()).sort()

const countingOf = (anchors: readonly TrustAnchor[], purpose: JudgedPurpose, at: Instant): readonly CountingAnchor[] =>
  anchors.flatMap((anchor) => {
    const uses: AnchorUse[] = []
    if (anchor.purposes.includes(purpose)) uses.push('signature')
    if (anchor.purposes.includes('timestamp')) uses.push('timestamp')
    if (uses.length === 0 || !isInForce(anchor, at)) return []
    return [{ sha256: anchor.sha256, der: anchor.der, uses, ...termsOf(anchor) }]
  })

const termsOf = ({ constraints, periods, listed }: TrustAnchor): AnchorTerms => ({
  ...(constraints === null ? {} : { constraints }),
  ...(periods === null ? {} : { periods: periods.map(inTime) }),
  ...(listed === null || listed.length === 0 ? {} : { services: listed }),
})

const inTime = ({ from, until }: StatedPeriod): AnchorPeriod => ({
  from: new Date(from),
  until: until === null ? null : new Date(until),
})

/**
 * Takes anchors in any order; gives the SHA-256 (hex) over their sorted fingerprints, with the terms of those that do not
 * simply vouch for signatures: the trust list's version.
 */
export function trustListVersion(anchors: readonly Omit<CountingAnchor, 'der'>[]): string {
  const known = versionOf.get(anchors)
  if (known !== undefined) return known
  const names = anchors.map(({ sha256, ...terms }) => [sha256, ...termsInName(terms)].join(':')).sort()
  const version = createHash('sha256').update(names.join('\n')).digest('hex')
  versionOf.set(anchors, version)
  return version
}

/** Of lists that nobody changes. */
const versionOf = new WeakMap<readonly Omit<CountingAnchor, 'der'>[], string>()

function termsInName({ uses = ['signature'], periods, constraints, services }: AnchorTerms): readonly string[] {
  const isPlain = uses.length === 1 && uses[0] === 'signature' && !periods && !constraints && !services
  return isPlain ? [] : [canonicalJson({ uses, periods: periods?.map(inText), constraints, services })]
}

const inText = ({ from, until }: AnchorPeriod): string => `${from.toISOString()}/${until?.toISOString() ?? ''}`

/**
 * Gives what names the state of trust at a time in the keys of "rejudge" jobs: the lists' versions, their newest change and
 * the newest date that came to pass. The version alone is not enough: an anchor that is disabled and enabled again, or
 * whose time came and went, brings an old version back, and the verdict must follow each time.
 */
export async function trustStamp(read: Reader, at: Instant): Promise<string> {
  const anchors = await read.listAnchors()
  const { document, mail } = versionsOf(anchors, at)
  const [newest] = await read.listTrustChanges({ newestOnly: true })
  const dates = anchors.flatMap(({ countsFrom, countsUntil }) => [countsFrom, countsUntil])
  const passed = dates.filter((date) => date !== null && date <= at).sort()
  return `${document}:${mail}:${newest?.id ?? 'none'}:${passed.at(-1) ?? 'none'}`
}

type Versions = Readonly<Record<JudgedPurpose, string>>

/**
 * Gives the trust list's version at a time for each purpose that submissions are judged by: a verdict is as new as the
 * version of its own purpose.
 */
export async function trustListVersions(read: Reader, at: Instant): Promise<Versions> {
  return versionsOf(await read.listAnchors(), at)
}

const versionsOf = (anchors: readonly TrustAnchor[], at: Instant): Versions => ({
  document: trustListVersion(anchorsFor(anchors, 'document', at)),
  mail: trustListVersion(anchorsFor(anchors, 'mail', at)),
})

/** Adds the job that judges a case's PDFs and signed mails again with the present anchors, once per change of trust. */
export async function addRejudgeJob(write: Writer, caseId: string, stamp: string): Promise<void> {
  await write.addJob('rejudge', `case:${caseId}:${stamp}`, { caseId })
}
