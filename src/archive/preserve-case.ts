import type { Document } from '../model/document.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import { bearsCode } from '../model/letter.ts'
import type { Log } from '../model/ports.ts'
import type { Preservation, TimeStamp, TimeStampAuthority } from '../model/preservation.ts'
import type { BlobRef, Store, Writer } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import type { GatheredData } from '../model/validation-data.ts'
import { type Extended, extendCopies } from './extend-copies.ts'
import { type Listed, listed, writeList } from './preservation-list.ts'
import { SYSTEM } from './system.ts'

export interface PreserveCaseParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Null: no authority is configured, and nothing is time-stamped. */
  readonly timestamps: TimeStampAuthority | null
  /** What the signatures of a document are judged with now. */
  readonly gatherForKeeping: (document: Document) => Promise<readonly GatheredData[]>
  /** What an archive time-stamp is judged with now. */
  readonly gatherForTimeStamp: (token: Uint8Array, over: Uint8Array) => Promise<readonly GatheredData[]>
  /** Until when an algorithm is relied on, by its name; null: no end is known. */
  readonly endOfAlgorithm: (name: string) => string | null
  /** Brings a sealed PDF to PAdES B-LTA, or renews it there. */
  readonly extendSeal: (
    pdf: Uint8Array,
    evidence: readonly GatheredData[],
  ) => Promise<{ readonly pdf: Uint8Array; readonly stamp: TimeStamp }>
}

/**
 * Puts an archive time-stamp over everything that is kept of a case: originals, what we made of them, reports, mails that were
 * sent, validation data gathered afresh, and the time-stamp before this one; the history by its newest hash. Our own sealed copies get a rendition at PAdES B-LTA first. All
 * of it becomes true in one commit: killed before, nothing is there; where somebody else was first, this one is dropped.
 * Gives whether a time-stamp was added.
 * @throws GatewayError timestamp-unavailable, timestamp-refused, not-found; internal where kept bytes are damaged
 * @see RFC 4998 §5.2 and §5.3 (hash-tree renewal), docs/decisions/0017-preservation.md
 */
export async function preserveCase(caseId: string, parts: PreserveCaseParts): Promise<boolean> {
  const { store, timestamps, clock, log, endOfAlgorithm } = parts
  const row = await store.case(caseId)
  if (!row) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
  if (!timestamps || row.state === 'with-caseworker') return false
  const before = await store.preservationsOfCase(caseId)
  const documents = await store.documentsOfCase(caseId)
  const extended = await extendCopies(row, documents, { ...parts, timestamps })
  const gathered = await gatherAll(documents, before, extended, parts)
  const list = await listAll(caseId, { before, documents, extended, gathered }, store)
  const stamp = await timestamps.stamp([list])
  const made = await keepBytes({ list, stamp, gathered: [...gathered, ...stamp.evidence], extended }, store)
  const preservation = rowOf(caseId, before.length + 1, made, stamp, clock())
  const added = await store.commit(async (write) => {
    if ((await write.preservationsOfCase(caseId)).length !== before.length) return false
    await writeAll(write, preservation, made, { before: before.at(-1) ?? null, endOfAlgorithm })
    await packAnew(write, caseId)
    return true
  })
  log.info({ caseId, seq: preservation.seq, added, renditions: extended.length }, 'what is kept was time-stamped')
  return added
}

/** Of several answers with the same bytes one is enough. */
const once = (all: readonly GatheredData[]): readonly GatheredData[] => [
  ...new Map(all.map((one) => [`${one.data.kind} ${one.data.sha256}`, one] as const).toReversed()).values(),
]

async function gatherAll(
  documents: readonly Document[],
  before: readonly Preservation[],
  extended: readonly Extended[],
  { store, gatherForKeeping, gatherForTimeStamp }: PreserveCaseParts,
): Promise<readonly GatheredData[]> {
  const found: GatheredData[] = extended.flatMap(({ evidence, stamp }) => [...evidence, ...stamp.evidence])
  for (const document of documents) {
    if (document.role === 'attachment' || document.role === 'message') found.push(...(await gatherForKeeping(document)))
  }
  const last = before.at(-1)
  if (last) {
    const [token, over] = [await store.blobs.get(last.tokenSha256), await store.blobs.get(last.manifestSha256)]
    found.push(...(await gatherForTimeStamp(token, over)))
  }
  return once(found)
}

/** Each blob once, read whole: the store compares it with its SHA-256, so that nothing damaged is stamped. */
async function listAll(
  caseId: string,
  kept: {
    readonly before: readonly Preservation[]
    readonly documents: readonly Document[]
    readonly extended: readonly Extended[]
    readonly gathered: readonly GatheredData[]
  },
  store: Store,
): Promise<Uint8Array> {
  const names = await namesOfBlobs(caseId, kept, store)
  const pieces: Listed[] = []
  for (const [sha256, name] of names) pieces.push(listed(name, await store.blobs.get(sha256)))
  const fresh = [
    ...kept.extended.map(({ document, bytes }) => listed(`document/${document.id}`, bytes)),
    ...kept.gathered.filter(({ isNew }) => isNew).map(({ data, bytes }) => listed(`validation-data/${data.id}`, bytes)),
  ]
  const last = (await store.history(caseId)).at(-1)
  const history = { historySeq: last?.seq ?? 0, historyHash: last?.hash ?? '-' }
  return writeList({ caseId, seq: kept.before.length + 1, ...history }, [...pieces, ...fresh])
}

async function namesOfBlobs(
  caseId: string,
  { before, documents, gathered }: Parameters<typeof listAll>[1],
  store: Store,
): Promise<ReadonlyMap<string, string>> {
  const submissions = await store.submissionsOfCase(caseId)
  const verifications = await store.verificationsOf(documents.map(({ id }) => id))
  const ids = [...verifications, ...before].flatMap((one) => one.validationData)
  const data = [...(await store.validationData(ids)), ...gathered.flatMap((one) => (one.isNew ? [] : one.data))]
  // The first name counts: a raw message is a document, too.
  const named: (readonly [string, string])[] = [
    ...submissions.map((one) => [one.rawSha256, `submission/${one.id}`] as const),
    ...documents.map((one) => [one.sha256, `document/${one.id}`] as const),
    ...verifications.map((one) => [one.reportSha256, `report/${one.id}`] as const),
    ...(await sentMails(caseId, store)),
    ...data.map((one) => [one.sha256, `validation-data/${one.id}`] as const),
    ...before.map((one) => [one.manifestSha256, `time-stamp/${one.seq}/list`] as const),
    ...before.map((one) => [one.tokenSha256, `time-stamp/${one.seq}/token`] as const),
  ]
  return new Map(named.toReversed())
}

/** What the municipality said, as it was sent; codes aside, which are not kept. */
async function sentMails(caseId: string, store: Store): Promise<readonly (readonly [string, string])[]> {
  const named: (readonly [string, string])[] = []
  for (const letter of await store.lettersOfCase(caseId)) {
    if (bearsCode(letter.kind)) continue
    for (const { id, rawSha256 } of await store.deliveriesOfLetter(letter.id)) {
      if (rawSha256 !== null) named.push([rawSha256, `sent/${id}`])
    }
  }
  return named
}

interface Made {
  readonly list: BlobRef
  readonly token: BlobRef
  readonly evidence: readonly { readonly one: GatheredData; readonly blob: BlobRef | null }[]
  readonly renditions: readonly { readonly document: Document; readonly blob: BlobRef }[]
}

async function keepBytes(
  made: {
    readonly list: Uint8Array
    readonly stamp: TimeStamp
    readonly gathered: readonly GatheredData[]
    readonly extended: readonly Extended[]
  },
  { blobs }: Store,
): Promise<Made> {
  const evidence = []
  for (const one of once(made.gathered)) evidence.push({ one, blob: one.isNew ? await blobs.put(one.bytes) : null })
  const renditions = []
  for (const { document, bytes } of made.extended) renditions.push({ document, blob: await blobs.put(bytes) })
  return { list: await blobs.put(made.list), token: await blobs.put(made.stamp.token), evidence, renditions }
}

const DAY_MS = 24 * 60 * 60 * 1000
/** Long enough for an authority to be exchanged, and for who must do it to be on holiday. */
const RENEW_BEFORE_MS = 180 * DAY_MS

/** Half a year before the end; of a shorter one when half of it is over, so that a renewal always gains something. */
function renewalOf({ at, holdsUntil }: TimeStamp): Instant {
  const [from, until] = [Date.parse(at), Date.parse(holdsUntil)]
  return instant(new Date(Math.max(from + (until - from) / 2, until - RENEW_BEFORE_MS)))
}

function rowOf(caseId: string, seq: number, made: Made, stamp: TimeStamp, now: Date): Preservation {
  return {
    id: newId(now.getTime()),
    caseId,
    seq,
    manifestSha256: made.list.sha256,
    tokenSha256: made.token.sha256,
    at: stamp.at,
    authority: stamp.authority,
    holdsUntil: stamp.holdsUntil,
    renewAt: renewalOf(stamp),
    algorithms: stamp.algorithms,
    validationData: made.evidence.map(({ one }) => one.data.id),
    createdAt: instant(now),
  }
}

interface Earlier extends Pick<PreserveCaseParts, 'endOfAlgorithm'> {
  readonly before: Preservation | null
}

/** The older one held when it was covered: its certificates had not run out, and nothing that it rests on was given up. */
function cameInTime({ at }: Preservation, before: Preservation, { endOfAlgorithm }: Earlier): boolean {
  const ends = before.algorithms.flatMap((name) => endOfAlgorithm(name) ?? [])
  return at < before.holdsUntil && ends.every((end) => Date.parse(at) < Date.parse(end))
}

async function writeAll(write: Writer, row: Preservation, made: Made, earlier: Earlier): Promise<void> {
  const { before } = earlier
  for (const blob of [made.list, made.token]) await write.keepBlob(blob)
  for (const { one, blob } of made.evidence) {
    if (!blob) continue
    await write.keepBlob(blob)
    await write.addValidationData(one.data)
  }
  for (const { document, blob } of made.renditions) {
    await write.keepBlob(blob)
    await write.addDocument(document)
  }
  await write.addPreservation(row)
  await appendHistory(write, {
    caseId: row.caseId,
    at: row.createdAt,
    actor: SYSTEM,
    event: before ? 'time-stamp-renewed' : 'time-stamped',
    payload: {
      seq: row.seq,
      stampedAt: row.at,
      authority: row.authority,
      holdsUntil: row.holdsUntil,
      listSha256: row.manifestSha256,
      // What the older one proved has a gap where it had ended by then.
      ...(before ? { inTime: cameInTime(row, before, earlier) } : {}),
      copies: made.renditions.map(({ document }) => ({ documentId: document.id, sha256: document.sha256 })),
    },
  })
}

/** What was packed already is packed again with the time-stamp in it, as the next version. */
async function packAnew(write: Writer, caseId: string): Promise<void> {
  const packages = await write.packagesOfCase(caseId)
  if (packages.length === 0) return
  const version = String(Math.max(...packages.map((one) => one.version)) + 1)
  await write.addJob('archive', `${caseId}:${version}`, { caseId, version })
}
