import { canonicalJson } from '../../model/history.ts'
import { sha256Hex } from '../../model/ids.ts'
import type { Writer } from '../../model/store.ts'
import type { Instant } from '../../model/time.ts'
import type { ChangeOfTrust, TrustAnchor } from '../../model/trust-anchor.ts'
import type { TrustStep } from '../../model/trust-proposal.ts'
import { LIST_OF_LISTS, type ListEntry, type ListFacts } from '../../model/trusted-list.ts'
import { readCertificate } from '../anchor-file.ts'
import { type AnchorChange, onRecord, putOnRecord } from '../record-change.ts'
import { addEdition } from './editions.ts'
import { listRefused } from './refusal.ts'

/** The source of a list's anchors. */
export const sourceOf = (territory: string): string => `trusted-list:${territory}`

/**
 * Gives what a list changes: its certificates come and go and have their times. What an admin or a file took in counts as it did,
 * and only gains what the list says of certificates below it; another list's stays as it is. What an admin disabled stays disabled.
 */
export function listChanges(
  anchors: readonly TrustAnchor[],
  territory: string,
  entries: readonly ListEntry[],
  at: Instant,
): readonly AnchorChange[] {
  const source = sourceOf(territory)
  const present = new Map(anchors.map((anchor) => [anchor.sha256, anchor]))
  const wanted = new Map(entries.map((entry) => anchorOf(entry, source, at)).map((anchor) => [anchor.sha256, anchor]))
  const gone = anchors.filter((anchor) => anchor.source === source && !wanted.has(anchor.sha256))
  const found: AnchorChange[] = gone.map((before) => ({ before, after: null }))
  for (const before of anchors.filter((anchor) => !isOfList(anchor))) {
    const listed = listedAfter(before, territory, wanted.get(before.sha256))
    if (canonicalJson(listed) !== canonicalJson(before.listed)) found.push({ before, after: { ...before, listed } })
  }
  for (const after of wanted.values()) {
    const before = present.get(after.sha256)
    if (!before) found.push({ before: null, after })
    else if (before.source === source && !isSame(before, after)) {
      found.push({
        before,
        after: { ...before, purposes: after.purposes, periods: after.periods, listed: after.listed, note: after.note },
      })
    }
  }
  return found
}

const isOfList = ({ source }: TrustAnchor): boolean => source.startsWith(sourceOf(''))

/** What a list says takes the place of what it said before; what another says stays. */
function listedAfter(
  { listed }: TrustAnchor,
  territory: string,
  wanted: TrustAnchor | undefined,
): TrustAnchor['listed'] {
  const others = (listed ?? []).filter((one) => one.territory !== territory)
  const all = [...others, ...(wanted?.listed ?? [])]
  return all.length === 0 ? null : all
}

const isSame = (one: TrustAnchor, other: TrustAnchor): boolean =>
  canonicalJson(termsOf(one)) === canonicalJson(termsOf(other))

const termsOf = ({ purposes, periods, listed }: TrustAnchor) => ({ purposes, periods, listed })

function anchorOf(entry: ListEntry, source: string, at: Instant): TrustAnchor {
  const { sha256, der, subject } = readCertificate(Buffer.from(entry.certificate, 'base64'))
  return {
    ...{ sha256, der, subject, source },
    purposes: entry.purposes,
    note: `${entry.provider}: ${entry.service}`,
    addedAt: at,
    addedBy: source,
    disabledAt: null,
    countsFrom: null,
    countsUntil: null,
    constraints: null,
    periods: entry.periods,
    listed: entry.listed,
  }
}

/** Gives the anchors as they would be with a list in force; with no entries, without it. */
export function anchorsWithList(
  anchors: readonly TrustAnchor[],
  territory: string,
  entries: readonly ListEntry[],
  at: Instant,
): readonly TrustAnchor[] {
  const changes = listChanges(anchors, territory, entries, at)
  const changed = new Map(changes.map((change) => [(change.before ?? change.after)?.sha256, change.after]))
  const kept = anchors.flatMap((anchor) => (changed.has(anchor.sha256) ? (changed.get(anchor.sha256) ?? []) : anchor))
  return [...kept, ...changes.flatMap(({ before, after }) => (before === null && after !== null ? after : []))]
}

/**
 * Puts a list in force within the caller's commit, on record. A list that is older than the one in force is not taken, however
 * well it is signed: who replays it brings back what was withdrawn. @throws GatewayError list-refused older
 */
export async function useList(
  write: Writer,
  { list, entries }: Extract<TrustStep, { readonly do: 'use-list' }>,
  change: ChangeOfTrust,
): Promise<void> {
  const before = (await write.trustedLists()).find(({ territory }) => territory === list.territory) ?? null
  if (before && list.sequence < before.sequence) {
    throw listRefused(
      'older',
      `List ${list.sequence} of ${list.territory} is older than ${before.sequence}, which is in force.`,
    )
  }
  await carry(write, list.territory, entries, change)
  const row = { ...list, vouched: list.vouched ?? null, takenAt: change.at, triedAt: change.at, problem: null }
  await write.putTrustedList(row)
  await addEdition(write, row)
  await record(write, { territory: list.territory, before, after: list }, change)
  if (list.vouched === 'typed-fingerprint') await dropUnneeded(write, change)
}

/**
 * Takes a list out of force with its certificates, on record; the list of the lists goes with the last that it speaks for. Of a list
 * that is not in force nothing is done.
 */
export async function dropList(write: Writer, territory: string, change: ChangeOfTrust): Promise<void> {
  const rows = await write.trustedLists()
  const before = rows.find((one) => one.territory === territory)
  if (!before) return
  await carry(write, territory, [], change)
  await write.removeTrustedList(territory)
  await record(write, { territory, before, after: null }, change)
  await dropUnneeded(write, change)
}

/** The list of the lists goes with the last list that it speaks for: nobody would follow it any more. */
async function dropUnneeded(write: Writer, change: ChangeOfTrust): Promise<void> {
  if (!needsListOfLists(await write.trustedLists())) await dropList(write, LIST_OF_LISTS, change)
}

/** Whether one of these lists was taken by the list of the lists, and is followed by it. */
export const needsListOfLists = (rows: readonly ListFacts[]): boolean =>
  rows.some(({ territory, vouched }) => territory !== LIST_OF_LISTS && vouched !== 'typed-fingerprint')

async function carry(
  write: Writer,
  territory: string,
  entries: readonly ListEntry[],
  change: ChangeOfTrust,
): Promise<void> {
  const changes = listChanges(await write.listAnchors(), territory, entries, change.at)
  if (changes.length === 0) return
  await onRecord(write, 'changed', change, async () => {
    for (const { before, after } of changes) {
      if (after === null) await write.removeAnchor(before?.sha256 ?? '')
      else if (before === null) await write.addAnchor(after)
      else await write.updateAnchor(after.sha256, { ...termsOf(after), note: after.note })
    }
    return changes
  })
}

interface Recorded {
  readonly territory: string
  readonly before: object | null
  readonly after: object | null
}

async function record(write: Writer, recorded: Recorded, change: ChangeOfTrust): Promise<void> {
  const { actor, at, reason, proposedBy } = change
  const by = typeof actor === 'string' ? { kind: 'system' as const, id: null, name: actor } : actor
  const facts = {
    territory: recorded.territory,
    before: recordedListFacts(recorded.before),
    after: recordedListFacts(recorded.after),
  }
  await putOnRecord(write, {
    at,
    actor: by,
    event: recorded.after === null ? 'trusted-list-dropped' : 'trusted-list-used',
    payload: { ...facts, reason, ...(proposedBy && { proposedBy }) },
  })
}

/** What the record says of a list. */
export function recordedListFacts(list: object | null): Readonly<Record<string, unknown>> | null {
  if (list === null) return null
  const { sequence, issuedAt, sha256, signer, signers, vouched, services, url } = { ...list } as Readonly<
    Record<string, unknown>
  >
  // Who may sign the next list decides as much as who signed this one; they are long.
  const signersSha256 = sha256Hex(Buffer.from(canonicalJson(signers)))
  return { sequence, issuedAt, sha256, signer, signersSha256, vouched: vouched ?? null, services, url }
}
