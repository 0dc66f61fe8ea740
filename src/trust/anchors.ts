import type { Actor } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { canonicalJson } from '../model/history.ts'
import type { Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import type {
  AnchorConstraints,
  AnchorPurpose,
  ChangeOfTrust,
  TrustAction,
  TrustAnchor,
} from '../model/trust-anchor.ts'
import { addRejudgeJob, trustStamp } from '../model/trust-list.ts'
import { type AnchorCandidate, readCertificate } from './anchor-file.ts'
import { mustBeFitAsAnchor } from './anchor-rules.ts'
import { mustAllBeThere, mustBeAmong } from './fingerprint.ts'
import { nameOf, onRecord } from './record-change.ts'

/** An anchor as it is wanted, and who wants it. */
export interface WantedAnchor {
  readonly der: Uint8Array
  readonly purposes: readonly AnchorPurpose[]
  /** catalogue:<id>, file, demo, configuration, submission:<id> */
  readonly source: string
  readonly note: string
  readonly actor: Actor | string
  readonly at: Instant
  readonly proposedBy?: Actor
  /** Outside of these it does not count, see isInForce; absent or null: no such end. */
  readonly countsFrom?: Instant | null
  readonly countsUntil?: Instant | null
  /** Absent or null: it vouches for everybody below it. */
  readonly constraints?: AnchorConstraints | null
  /** Asked for where the certificate came with a submission: what the admin typed from another source, one a line. */
  readonly typedFingerprint?: string
  /** SHA-256 of the files that it was read from: one that a submission brought is no other source. */
  readonly files?: readonly string[]
}

/**
 * Takes an anchor in, enabled, and puts the change on record, within the caller's commit. Gives the anchor as stored.
 * @throws GatewayError private-key-refused, malformed-der, not-a-ca, duplicate, invalid-request (no purpose named, or an
 * end before its beginning),
 * wrong-fingerprint (from a submission, and not confirmed)
 */
export async function addAnchor(write: Writer, wanted: WantedAnchor): Promise<TrustAnchor> {
  const anchor = anchorOf(await withOrigin(write, wanted))
  if (await write.anchor(anchor.sha256)) {
    throw new GatewayError('duplicate', 'This certificate is an anchor already', { facts: { sha256: anchor.sha256 } })
  }
  await takeIn(write, [anchor], wanted)
  return anchor
}

/**
 * A certificate that a submission brought stays one, by whatever way somebody hands it in: cut out of the citizen's file, out
 * of a bag of others, by page or command line.
 */
async function withOrigin(write: Writer, wanted: WantedAnchor): Promise<WantedAnchor> {
  if (wanted.source !== 'file') return wanted
  const [brought] = await write.broughtIn([readCertificate(wanted.der).sha256, ...(wanted.files ?? [])])
  return brought ? { ...wanted, source: `submission:${brought.submissionId}` } : wanted
}

function anchorOf(wanted: WantedAnchor): TrustAnchor {
  const candidate = readCertificate(wanted.der)
  mustBeFitAsAnchor(candidate.der, candidate.subject, new Date(wanted.at))
  // Whoever hands in a forged CA hands in its fingerprint too: only one from elsewhere says anything.
  if (wanted.source.startsWith('submission:')) mustBeAmong(wanted.typedFingerprint ?? '', candidate)
  if (wanted.purposes.length === 0) {
    throw new GatewayError('invalid-request', 'An anchor must be trusted for something: document, mail or timestamp')
  }
  const { countsFrom = null, countsUntil = null, constraints = null } = wanted
  if (countsFrom !== null && countsUntil !== null && countsFrom >= countsUntil) {
    throw new GatewayError('invalid-request', 'An anchor cannot end before it begins to count')
  }
  return {
    sha256: candidate.sha256,
    der: candidate.der,
    subject: candidate.subject,
    purposes: [...new Set(wanted.purposes)],
    source: wanted.source,
    note: wanted.note,
    addedAt: wanted.at,
    addedBy: nameOf(wanted),
    disabledAt: null,
    countsFrom,
    countsUntil,
    constraints,
    periods: null,
    listed: null,
  }
}

/** Several at once are one change: one entry on record, and the others are told once. */
async function takeIn(
  write: Writer,
  anchors: readonly TrustAnchor[],
  { note: reason, ...about }: WantedAnchor | Omit<WantedAnchor, 'der'>,
): Promise<void> {
  await onRecord(write, 'added', { ...about, reason }, async () => {
    for (const anchor of anchors) await write.addAnchor(anchor)
    return anchors.map((after) => ({ before: null, after }))
  })
}

/**
 * Takes in what is new of a file's certificates, within the caller's commit; gives what was added, and what was an
 * anchor already (in force or not) and stays as it is.
 * @throws GatewayError duplicate (all of them are anchors already), wrong-fingerprint (also where one was typed that none of
 * them has), and as addAnchor
 */
export async function addAnchors(
  write: Writer,
  candidates: readonly Pick<AnchorCandidate, 'der' | 'sha256'>[],
  common: Omit<WantedAnchor, 'der'>,
): Promise<{ readonly added: readonly TrustAnchor[]; readonly present: readonly TrustAnchor[] }> {
  const added: TrustAnchor[] = []
  const present: TrustAnchor[] = []
  for (const { der, sha256 } of candidates) {
    const known = await write.anchor(sha256)
    if (known) present.push(known)
    else added.push(anchorOf(await withOrigin(write, { ...common, der })))
  }
  if (added.length === 0) {
    throw new GatewayError('duplicate', 'Every certificate of this file is an anchor already', {
      facts: { certificates: present.length },
    })
  }
  const all = candidates.map(({ sha256 }) => sha256)
  mustAllBeThere(common.typedFingerprint ?? '', all)
  await takeIn(write, added, common)
  return { added, present }
}

/** Takes an anchor out of force and keeps it. @throws GatewayError not-found, wrong-state (disabled already) */
export async function disableAnchor(write: Writer, sha256: string, change: ChangeOfTrust): Promise<void> {
  const anchor = await mustFind(write, sha256)
  if (anchor.disabledAt !== null) throw new GatewayError('wrong-state', 'This anchor is disabled already')
  await amendAnchor(write, 'disabled', anchor, { disabledAt: change.at }, change)
}

/**
 * Puts a disabled anchor back in force. @throws GatewayError not-found, wrong-state (enabled already), not-a-ca (taken in
 * before that was asked), malformed-der
 */
export async function enableAnchor(write: Writer, sha256: string, change: ChangeOfTrust): Promise<void> {
  const anchor = await mustFind(write, sha256)
  if (anchor.disabledAt === null) throw new GatewayError('wrong-state', 'This anchor is enabled already')
  // What a trusted list pins may be a time-stamping unit.
  if (!isOfList(anchor)) mustBeFitAsAnchor(anchor.der, anchor.subject, new Date(change.at))
  await amendAnchor(write, 'enabled', anchor, { disabledAt: null }, change)
}

/**
 * Says anew whose signatures an anchor vouches for (null: everybody's below it). @throws GatewayError not-found,
 * wrong-state (it says so already)
 */
export async function limitAnchor(
  write: Writer,
  sha256: string,
  constraints: AnchorConstraints | null,
  change: ChangeOfTrust,
): Promise<void> {
  const anchor = await mustFind(write, sha256)
  if (canonicalJson(anchor.constraints) === canonicalJson(constraints)) {
    throw new GatewayError('wrong-state', 'This anchor is limited so already')
  }
  await amendAnchor(write, 'changed', anchor, { constraints }, change)
}

const isOfList = ({ source }: TrustAnchor): boolean => source.startsWith('trusted-list:')

/** Removes an anchor; the record of its changes stays. @throws GatewayError not-found, managed-by-list */
export async function removeAnchor(write: Writer, sha256: string, change: ChangeOfTrust): Promise<void> {
  const anchor = await mustFind(write, sha256)
  if (isOfList(anchor)) {
    throw new GatewayError('managed-by-list', 'This anchor comes with a trusted list: it would come back with it', {
      facts: { subject: anchor.subject },
    })
  }
  await onRecord(write, 'removed', change, async () => {
    await write.removeAnchor(sha256)
    return [{ before: anchor, after: null }]
  })
}

/** Changes what is stored of an anchor, on record as ACTION. What may be changed so, the caller knows. */
export async function amendAnchor(
  write: Writer,
  action: TrustAction,
  anchor: TrustAnchor,
  set: Parameters<Writer['updateAnchor']>[1],
  change: ChangeOfTrust,
): Promise<void> {
  await onRecord(write, action, change, async () => {
    await write.updateAnchor(anchor.sha256, set)
    return [{ before: anchor, after: { ...anchor, ...set } }]
  })
}

const CASES_A_PAGE = 200

/**
 * After a change of trust, in the same commit: adds a job for each open case that judges its PDFs and signed
 * mails again.
 * Decided cases keep the verdict that they were decided on. Gives the number of cases.
 * An anchor whose dates come or end is a change of trust as well: see watchAnchors. Another CAUSE is named.
 */
export async function planRejudge(write: Writer, at: Instant, cause?: string): Promise<number> {
  const stamp = cause ?? (await trustStamp(write, at))
  let planned = 0
  for (;;) {
    const cases = await write.listCases({ states: ['with-caseworker'], limit: CASES_A_PAGE, offset: planned })
    for (const { id } of cases) await addRejudgeJob(write, id, stamp)
    planned += cases.length
    if (cases.length < CASES_A_PAGE) return planned
  }
}

async function mustFind(write: Writer, sha256: string): Promise<TrustAnchor> {
  const anchor = await write.anchor(sha256)
  if (!anchor) throw new GatewayError('not-found', 'There is no such anchor', { facts: { sha256 } })
  return anchor
}
