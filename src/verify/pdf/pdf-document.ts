import { VerifyError } from '../errors.ts'
import { asBuffer, isWhiteSpace, standsAt } from './characters.ts'
import { openEncryption } from './encryption.ts'
import { newBudget, PDF_LIMITS, type PdfBudget, type PdfLimits } from './limits.ts'
import { type ObjectExtent, ObjectReader, type PdfView } from './object-reader.ts'
import { type PdfRevision, revisionsOf } from './revision.ts'
import { type RunningDigest, startDigests } from './running-digest.ts'
import { readSectionChain } from './section-chain.ts'
import { dictOf, isKind } from './values.ts'

export type { ObjectExtent, PdfView } from './object-reader.ts'

export interface PdfDocument {
  readonly bytes: Uint8Array
  readonly budget: PdfBudget
  readonly digests: RunningDigest
  /** Oldest first; at least one. */
  readonly revisions: readonly PdfRevision[]
  readonly encrypted: boolean
  /** What was repaired or is odd, as stable finding codes, each once. */
  readonly notes: ReadonlySet<string>
  view(index: number): PdfView
  /** Gives the numbers of all objects that may be other values here than in the revision before, in the file's order. */
  changedIn(index: number): readonly number[]
  /** Gives what the objects take up that were read until now, in no order: each place of the file once. */
  extents(): Iterable<ObjectExtent>
  /** The same of the object that an entry names; undefined where none was read there. */
  extentAt(offset: number): ObjectExtent | undefined
  /** Gives the bytes of members of object streams that were asked for until now and cannot be read. */
  unreadMembers(): readonly Uint8Array[]
}

export interface PdfOptions {
  readonly limits?: Partial<PdfLimits>
  readonly password?: string | null
}

/** The header may stand within the first 1024 bytes (annex I of ISO 32000-2's predecessors; readers accept it). */
const HEADER_WITHIN = 1024

/** Behind white space alone most readers find it further on, too. */
const HEADER_BEHIND_BLANKS = 64 * 1024

/** Gives where %PDF- stands; -1 where it is not near the start, or behind more than a little white space. */
export function findPdfHeader(bytes: Uint8Array): number {
  const near = asBuffer(bytes.subarray(0, HEADER_WITHIN + 5)).indexOf('%PDF-', 0, 'latin1')
  if (near >= 0) return near
  let at = 0
  while (at < HEADER_BEHIND_BLANKS && isWhiteSpace(bytes[at])) at += 1
  return standsAt(bytes, at, '%PDF-') ? at : -1
}

/** Says whether a header stands where only some readers look for it: the others search the file. */
export const isLateHeader = (at: number): boolean => at > HEADER_WITHIN

/**
 * Opens a PDF: finds its revisions, decrypts it where the empty or the given password opens it.
 * @throws VerifyError not-a-pdf, malformed-pdf, too-large, too-deep, too-many-elements; encrypted or wrong-password
 */
export function openPdf(bytes: Uint8Array, options: PdfOptions = {}): PdfDocument {
  const limits = { ...PDF_LIMITS, ...options.limits }
  if (bytes.length > limits.maxBytes) throw new VerifyError('too-large', 'the PDF is too large')
  const header = findPdfHeader(bytes)
  if (header < 0) throw new VerifyError('not-a-pdf', 'the bytes are no PDF')
  const budget = newBudget(limits, bytes.length)
  const notes = new Set<string>()
  if (header > 0) notes.add('bytes-before-header')
  const revisions = readRevisions(bytes, header, budget, notes)
  const reader = new ObjectReader(bytes, budget, notes)
  const views = revisions.map((revision) => reader.viewOf(revision))
  const newest = views.at(-1)
  if (!newest) throw new VerifyError('malformed-pdf', 'the PDF has no revision')
  if (newest.revision.ambiguous.size > 0) notes.add('hybrid-cross-reference')
  const encryption = newest.revision.trailer.entries.get('Encrypt')
  const encrypted = encryption !== undefined && encryption !== null
  if (encrypted) {
    const dict = dictOf(newest.resolve(encryption))
    const reference = isKind(encryption, 'ref') ? encryption.number : null
    const decryption = openEncryption(dict, newest.revision.trailer, newest.resolve, options.password ?? null)
    reader.startDecrypting(decryption, reference)
  }
  return {
    bytes,
    budget,
    digests: startDigests(bytes),
    revisions,
    encrypted,
    notes,
    view: (index) => {
      const view = views[index]
      if (!view) throw new VerifyError('internal', 'there is no such revision')
      return view
    },
    changedIn: (index) => {
      const { changed = [], entries } = revisions[index] ?? {}
      const stretched = index === 0 ? [] : reader.stretchedBy(changed)
      // What stands in a stream of objects ends where the stream does.
      const within = stretched.flatMap((number) => entries?.membersOf(number) ?? [])
      return stretched.length === 0 ? changed : [...new Set([...changed, ...stretched, ...within])]
    },
    extents: () => reader.extents(),
    extentAt: (offset) => reader.extentAt(offset),
    unreadMembers: () => reader.unreadMembers(),
  }
}

/** Offsets count from the first byte; in files with bytes before the header many writers count from the header. */
function readRevisions(
  bytes: Uint8Array,
  header: number,
  budget: PdfBudget,
  notes: Set<string>,
): readonly PdfRevision[] {
  const shifts = header > 0 ? [0, header] : [0]
  const chains = shifts.map((shift) => readSectionChain({ bytes, shift, budget }))
  const sound = chains.filter(({ rebuilt }) => !rebuilt)
  if (sound.length > 1) notes.add('offsets-counted-twice')
  const [chain = chains[0]] = sound
  if (chain && !chain.rebuilt) return revisionsOf(bytes, chain.sections)
  notes.add('cross-reference-rebuilt')
  return chain ? revisionsOf(bytes, chain.sections) : []
}
