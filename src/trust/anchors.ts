import { GatewayError } from '../model/errors.ts'
import { newId } from '../model/ids.ts'
import type { Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import type { AnchorPurpose, TrustAnchor, TrustChange } from '../model/trust-anchor.ts'
import { addRejudgeJob, trustStamp } from '../model/trust-list.ts'
import { type AnchorCandidate, readCertificate } from './anchor-file.ts'
import { mustBeFitAsAnchor } from './anchor-rules.ts'
import { mustBeFingerprint } from './fingerprint.ts'

/** Who changes trust, why, and when: stands in the record of changes. */
export interface ChangeOfTrust {
  /** The admin's sign-in name; "demo" where the demo does it. */
  readonly actor: string
  readonly reason: string
  readonly at: Instant
}

/**
 * Takes an anchor in, enabled, and puts the change on record, within the caller's commit. Gives the anchor as stored.
 * @throws GatewayError private-key-refused, malformed-der, not-a-ca, duplicate, invalid-request (no purpose named, or an
 * end before its beginning),
 * wrong-fingerprint (from a submission, and not confirmed)
 */
export async function addAnchor(
  write: Writer,
  wanted: {
    readonly der: Uint8Array
    readonly purposes: readonly AnchorPurpose[]
    /** catalogue:<id>, file, demo, submission:<id> */
    readonly source: string
    readonly note: string
    readonly actor: string
    readonly at: Instant
    /** Outside of these it does not count, see isInForce; absent or null: no such end. */
    readonly countsFrom?: Instant | null
    readonly countsUntil?: Instant | null
    /** Asked for where the certificate came with a submission: what the admin typed from another source. */
    readonly typedFingerprint?: string
  },
): Promise<TrustAnchor> {
  const candidate = readCertificate(wanted.der)
  mustBeFitAsAnchor(candidate.der, candidate.subject, new Date(wanted.at))
  // Whoever hands in a forged CA hands in its fingerprint too: only one from elsewhere says anything.
  if (wanted.source.startsWith('submission:')) mustBeFingerprint(wanted.typedFingerprint ?? '', candidate.sha256)
  if (wanted.purposes.length === 0) {
    throw new GatewayError('invalid-request', 'An anchor must be trusted for something: document, mail or timestamp')
  }
  const { countsFrom = null, countsUntil = null } = wanted
  if (countsFrom !== null && countsUntil !== null && countsFrom >= countsUntil) {
    throw new GatewayError('invalid-request', 'An anchor cannot end before it begins to count')
  }
  if (await write.anchor(candidate.sha256)) {
    throw new GatewayError('duplicate', 'This certificate is an anchor already', {
      facts: { sha256: candidate.sha256 },
    })
  }
  const anchor: TrustAnchor = {
    sha256: candidate.sha256,
    der: candidate.der,
    subject: candidate.subject,
    purposes: [...new Set(wanted.purposes)],
    source: wanted.source,
    note: wanted.note,
    addedAt: wanted.at,
    addedBy: wanted.actor,
    disabledAt: null,
    countsFrom,
    countsUntil,
  }
  await write.addAnchor(anchor)
  await record(write, 'added', anchor.sha256, { actor: wanted.actor, reason: wanted.note, at: wanted.at })
  return anchor
}

/**
 * Takes in what is new of a file's certificates, within the caller's commit; gives what was added, and what was an
 * anchor already (in force or not) and stays as it is.
 * @throws GatewayError duplicate (all of them are anchors already), and as addAnchor
 */
export async function addAnchors(
  write: Writer,
  candidates: readonly AnchorCandidate[],
  common: Omit<Parameters<typeof addAnchor>[1], 'der'>,
): Promise<{ readonly added: readonly TrustAnchor[]; readonly present: readonly TrustAnchor[] }> {
  const added: TrustAnchor[] = []
  const present: TrustAnchor[] = []
  for (const { der, sha256 } of candidates) {
    const known = await write.anchor(sha256)
    if (known) present.push(known)
    else added.push(await addAnchor(write, { ...common, der }))
  }
  if (added.length === 0) {
    throw new GatewayError('duplicate', 'Every certificate of this file is an anchor already', {
      facts: { certificates: present.length },
    })
  }
  return { added, present }
}

/** Takes an anchor out of force and keeps it. @throws GatewayError not-found, wrong-state (disabled already) */
export async function disableAnchor(write: Writer, sha256: string, change: ChangeOfTrust): Promise<void> {
  const anchor = await mustFind(write, sha256)
  if (anchor.disabledAt !== null) throw new GatewayError('wrong-state', 'This anchor is disabled already')
  await write.updateAnchor(sha256, { disabledAt: change.at })
  await record(write, 'disabled', sha256, change)
}

/**
 * Puts a disabled anchor back in force. @throws GatewayError not-found, wrong-state (enabled already), not-a-ca (taken in
 * before that was asked), malformed-der
 */
export async function enableAnchor(write: Writer, sha256: string, change: ChangeOfTrust): Promise<void> {
  const anchor = await mustFind(write, sha256)
  if (anchor.disabledAt === null) throw new GatewayError('wrong-state', 'This anchor is enabled already')
  mustBeFitAsAnchor(anchor.der, anchor.subject, new Date(change.at))
  await write.updateAnchor(sha256, { disabledAt: null })
  await record(write, 'enabled', sha256, change)
}

/** Removes an anchor; the record of its changes stays. @throws GatewayError not-found */
export async function removeAnchor(write: Writer, sha256: string, change: ChangeOfTrust): Promise<void> {
  await mustFind(write, sha256)
  await write.removeAnchor(sha256)
  await record(write, 'removed', sha256, change)
}

const CASES_A_PAGE = 200

/**
 * After a change of trust, in the same commit: adds a job for each open case that judges its PDFs and signed
 * mails again.
 * Decided cases keep the verdict that they were decided on. Gives the number of cases.
 * An anchor whose dates come or end is a change of trust as well: see watchAnchors.
 */
export async function planRejudge(write: Writer, at: Instant): Promise<number> {
  const stamp = await trustStamp(write, at)
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

async function record(
  write: Writer,
  action: TrustChange['action'],
  sha256: string,
  { actor, reason, at }: ChangeOfTrust,
): Promise<void> {
  await write.addTrustChange({ id: newId(Date.parse(at)), at, actor, action, sha256, reason })
}
