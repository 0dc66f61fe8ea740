import { z } from 'zod'
import type { HistoryEntry } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { sha256Hex } from '../../model/ids.ts'
import type { Blobs, Reader, Store, Writer } from '../../model/store.ts'
import type { Instant } from '../../model/time.ts'
import { LIST_OF_LISTS, type ListEdition, type ListEntry, type TrustedList } from '../../model/trusted-list.ts'
import { entriesOf } from './entries.ts'
import { claimedSigners } from './list-signature.ts'
import { type VerifiedList, verifyList } from './verify-list.ts'
import { withXml } from './xml.ts'

/** Keeps the document of a list that was verified, by its content: before it counts, as bytes that nothing refers to. */
export async function keepDocument(
  bytes: Uint8Array,
  { blobs, commit }: Pick<Store, 'blobs' | 'commit'>,
): Promise<void> {
  const blob = await blobs.put(bytes)
  await commit((write) => write.keepBlob(blob))
}

/** Notes within the caller's commit that a list counts, with its document. Twice is once. */
export async function addEdition(write: Writer, list: TrustedList): Promise<void> {
  const { territory, sequence, issuedAt, signer, signers, services, sha256, takenAt } = list
  const edition: ListEdition = { territory, sequence, issuedAt, signer, signers, services, sha256, takenAt }
  await write.addListEdition(edition)
}

/** A list as it counted once, read again from the document that was kept. */
export interface ReadEdition {
  readonly edition: ListEdition
  /** When the next one took its place, or it was dropped; null: it counts. */
  readonly until: Instant | null
  /** By whose word, as the history has it; null: it was not noted then. */
  readonly vouched: string | null
  /** The document, as it was signed. */
  readonly bytes: Uint8Array
  readonly list: VerifiedList
  /** What it gave: certificates, the times in which they counted, and what was said of them. None of the list of the lists. */
  readonly entries: readonly ListEntry[]
}

/**
 * Gives the list of a territory that counted at a time, read again: the chained history must say that it was taken then, with its
 * digest and its signer, and its signature is verified by that certificate. Certificates are judged by whether they could be anchors
 * when it was taken.
 * @throws GatewayError not-found (none counted, its document was not kept, or the history knows of none such), list-refused; internal
 * where the bytes decayed
 */
export async function readEdition(
  territory: string,
  at: Instant,
  store: Pick<Reader, 'listEditions' | 'adminHistory'> & { readonly blobs: Pick<Blobs, 'get'> },
): Promise<ReadEdition> {
  const all = await store.listEditions(territory)
  const edition = all.findLast(({ takenAt }) => takenAt <= at)
  const history = await store.adminHistory()
  const until = edition ? endOf(edition, all, history) : null
  if (!edition || (until !== null && until <= at)) {
    throw new GatewayError('not-found', `No list of ${territory} is kept that counted at ${at}`)
  }
  const { vouched } = recordedWith(edition, history)
  const bytes = await store.blobs.get(edition.sha256)
  // What the document says of its signer is believed only where it is the one that was found then.
  const claimed = withXml(bytes, (document) => claimedSigners(document))
  const known = [...claimed.filter((der) => sha256Hex(der) === edition.signer), ...edition.signers.map(bytesOf)]
  const list = verifyList(bytes, known)
  const isLists = territory === LIST_OF_LISTS
  const entries = isLists ? [] : entriesOf(list, edition.services, new Date(edition.takenAt))
  return { edition, until, vouched, bytes, list, entries }
}

const bytesOf = (base64: string): Uint8Array => Buffer.from(base64, 'base64')

/** The next takes its place; where it was dropped before, the history says so. */
function endOf(
  { territory, takenAt }: ListEdition,
  all: readonly ListEdition[],
  history: readonly HistoryEntry[],
): Instant | null {
  const next = all.find((one) => one.takenAt > takenAt)?.takenAt ?? null
  const drop = history.find(
    ({ at, event, payload }) =>
      event === 'trusted-list-dropped' && payload?.['territory'] === territory && at > takenAt,
  )
  if (!drop) return next
  return next !== null && next < drop.at ? next : drop.at
}

const takenSchema = z.object({ sha256: z.string(), signer: z.string(), vouched: z.string().nullish() })

/** A row that was written past the gateway is believed no more than its document. @throws GatewayError not-found */
function recordedWith(
  { territory, sequence, takenAt, sha256, signer }: ListEdition,
  history: readonly HistoryEntry[],
): { readonly vouched: string | null } {
  for (const { at, event, payload } of history) {
    if (event !== 'trusted-list-used' || at !== takenAt || payload?.['territory'] !== territory) continue
    const taken = takenSchema.safeParse(payload['after'])
    if (taken.success && taken.data.sha256 === sha256 && taken.data.signer === signer) {
      return { vouched: taken.data.vouched ?? null }
    }
  }
  throw new GatewayError(
    'not-found',
    `The history does not say that list ${sequence} of ${territory} was taken at ${takenAt}`,
  )
}
