import { createHash } from 'node:crypto'
import type { Actor, HistoryEntry } from '../model/case.ts'
import { appendAdminHistory, canonicalJson } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Writer } from '../model/store.ts'
import type { ChangeOfTrust, TrustAction, TrustAnchor } from '../model/trust-anchor.ts'
import { trustListVersions } from '../model/trust-list.ts'

/** One anchor as it was and as it is; null: it was not there, or is no more. */
export interface AnchorChange {
  readonly before: TrustAnchor | null
  readonly after: TrustAnchor | null
}

/**
 * Does WORK and puts it on record in the same commit: an entry in the administration's chained history, with what was in
 * force before and after, and for each anchor a row that names the entry. The only way in which trust changes.
 */
export async function onRecord(
  write: Writer,
  action: TrustAction,
  change: ChangeOfTrust,
  work: () => Promise<readonly AnchorChange[]>,
): Promise<void> {
  const { at, reason, proposedBy } = change
  const actor = asActor(change.actor)
  const before = await trustListVersions(write, at)
  const anchors = await work()
  const trustListVersion = { before, after: await trustListVersions(write, at) }
  const entry = await putOnRecord(write, {
    at,
    actor,
    event: 'trust-changed',
    payload: { action, reason, anchors: anchors.map(described), trustListVersion, ...(proposedBy && { proposedBy }) },
  })
  for (const { before: was, after: is } of anchors) {
    const sha256 = (is ?? was)?.sha256
    if (sha256 === undefined) continue
    const row = { id: newId(Date.parse(at)), at, actor: nameOf(change), action, sha256, reason, seq: entry.seq }
    await write.addTrustChange(row)
  }
}

/**
 * Puts what happened to trust in the administration's history and has the others told of it, in the same commit. Of what
 * is no anchor: a setting of trust, with BEFORE and AFTER in the payload.
 */
export async function putOnRecord(
  write: Writer,
  event: Parameters<typeof appendAdminHistory>[1],
): Promise<HistoryEntry> {
  const entry = await appendAdminHistory(write, event)
  await write.addJob('tell-trust-change', `entry:${entry.seq}`, { seq: String(entry.seq) })
  return entry
}

/** Who did it, as rows and pages name them. */
export function nameOf({ actor, proposedBy }: Pick<ChangeOfTrust, 'actor' | 'proposedBy'>): string {
  const { name, kind } = asActor(actor)
  const own = name ?? kind
  return proposedBy ? `${proposedBy.name ?? proposedBy.kind} + ${own}` : own
}

const asActor = (actor: Actor | string): Actor =>
  typeof actor === 'string' ? { kind: 'system', id: null, name: actor } : actor

function described({ before, after }: AnchorChange): Readonly<Record<string, unknown>> {
  const { sha256, subject } = after ?? before ?? { sha256: '', subject: '' }
  return { sha256, subject, before: before && recordedFacts(before), after: after && recordedFacts(after) }
}

/**
 * All that decides whether and for what it counts, and what is said of it; not its bytes, which its name stands for. What a list
 * says of certificates below it is long, and stands here by its SHA-256.
 */
export const recordedFacts = ({ sha256: _sha256, subject: _subject, der: _der, listed, ...facts }: TrustAnchor) => ({
  ...facts,
  ...(listed && { listed: createHash('sha256').update(canonicalJson(listed)).digest('hex') }),
})
