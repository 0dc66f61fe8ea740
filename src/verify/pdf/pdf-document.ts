import { asVerifyError, VerifyError } from '../errors.ts'
import { asBuffer, isWhiteSpace, standsAt } from './characters.ts'
import type { CrossReferenceEntry } from './cross-reference.ts'
import { type Decryption, openEncryption } from './encryption.ts'
import type { FormField } from './form-field.ts'
import { type IndirectObject, parseIndirectObject } from './indirect-object.ts'
import { newBudget, PDF_LIMITS, type PdfBudget, type PdfLimits } from './limits.ts'
import { isOpenToDoubt, type ObjectStream, readObjectStream } from './object-stream.ts'
import { type PdfRevision, revisionsOf } from './revision.ts'
import { type RunningDigest, startDigests } from './running-digest.ts'
import { readSectionChain } from './section-chain.ts'
import { StreamLengths } from './stream-lengths.ts'
import { dictOf, EMPTY_DICT, integerOf, isKind, nameOf, type PdfDict, type PdfRef, type PdfValue } from './values.ts'

/** The document as one revision shows it. */
export interface PdfView {
  readonly revision: PdfRevision
  readonly catalog: PdfDict
  /** Held for formFieldsOf, which fills it. */
  formFields: readonly FormField[] | null
  /** Gives what a reference stands for, through further references; null where it stands for nothing readable. */
  resolve(value: PdfValue | undefined): PdfValue
  /** Gives an object by number, not following a reference that it may be. The same object is the same value. */
  object(number: number): PdfValue
  /** Says of an object that is in use whether it cannot be read: other readers may be able to. */
  isUnreadable(number: number): boolean
  /** Gives the numbers that a stream of objects says it holds, in its order; null where the object is none. */
  membersOf(container: number): readonly number[] | null
}

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

/** An object that can be read, from `N G obj` to behind its value or stream. */
export interface ObjectExtent {
  readonly number: number
  readonly generation: number
  /** As the cross-reference names it. */
  readonly offset: number
  readonly start: number
  readonly end: number
  /** It is a stream whose end was searched for: it may have run over other objects. */
  readonly repaired: boolean
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

const MAX_REFERENCE_STEPS = 32

type OffsetEntry = CrossReferenceEntry & { readonly kind: 'offset' }
type CompressedEntry = CrossReferenceEntry & { readonly kind: 'compressed' }

/** Gives the length that a stream has in a revision; null where its Length leads to none, or to the stream itself. */
const lengthIn = (view: PdfView, number: number, length: PdfRef): number | null =>
  length.number === number ? null : integerOf(view.resolve(length))

/**
 * A class for the sake of its getter: V8 gives an object literal that has one a shape of its own each time it is made,
 * which holds the whole document until everything is collected.
 */
class RevisionView implements PdfView {
  readonly revision: PdfRevision
  readonly #reader: ObjectReader
  formFields: readonly FormField[] | null = null

  constructor(reader: ObjectReader, revision: PdfRevision) {
    this.#reader = reader
    this.revision = revision
  }

  object(number: number): PdfValue {
    return this.#reader.read(this, number)
  }

  isUnreadable(number: number): boolean {
    return this.#reader.isUnreadable(this, number)
  }

  membersOf(container: number): readonly number[] | null {
    return this.#reader.membersOf(this, container)
  }

  readonly resolve = (value: PdfValue | undefined): PdfValue => {
    let at = value ?? null
    for (let step = 0; isKind(at, 'ref'); step += 1) {
      if (step === MAX_REFERENCE_STEPS || !isCurrent(this.revision, at)) return null
      at = this.object(at.number)
    }
    return at
  }

  get catalog(): PdfDict {
    return dictOf(this.resolve(this.revision.trailer.entries.get('Root'))) ?? EMPTY_DICT
  }
}

/** Reads objects once each, by the place where they stand: revisions that share an object share its value. */
class ObjectReader {
  readonly #bytes: Uint8Array
  readonly #budget: PdfBudget
  readonly #notes: Set<string>
  /** By the entry that names it, for it is asked for again and again; where several entries name one place, by that. */
  readonly #byEntry = new Map<CrossReferenceEntry, PdfValue>()
  readonly #byPlace = new Map<string, PdfValue>()
  readonly #lengths = new StreamLengths()
  readonly #inProgress = new Set<string>()
  /** By the stream itself: a place holds another one where its length is another. */
  readonly #containers = new Map<PdfValue, ObjectStream | null>()
  readonly #extents = new Map<number, ObjectExtent>()
  /** Number and place of what stands in the file and cannot be read. */
  readonly #unreadable = new Set<string>()
  #decryption: Decryption | null = null
  #encryptionObject: number | null = null

  constructor(bytes: Uint8Array, budget: PdfBudget, notes: Set<string>) {
    this.#bytes = bytes
    this.#budget = budget
    this.#notes = notes
  }

  /** From now on objects are decrypted, but for the encryption dictionary itself. */
  startDecrypting(decryption: Decryption, encryptionObject: number | null): void {
    this.#decryption = decryption
    this.#encryptionObject = encryptionObject
    this.#byEntry.clear()
    this.#byPlace.clear()
    this.#containers.clear()
  }

  /** Gives the streams whose length one of the given objects says. */
  stretchedBy(numbers: readonly number[]): readonly number[] {
    return this.#lengths.hangingOn(numbers)
  }

  extents(): Iterable<ObjectExtent> {
    return this.#extents.values()
  }

  extentAt(offset: number): ObjectExtent | undefined {
    return this.#extents.get(offset)
  }

  unreadMembers(): readonly Uint8Array[] {
    return [...this.#containers.values()].flatMap((stream) => stream?.unread() ?? [])
  }

  viewOf(revision: PdfRevision): PdfView {
    return new RevisionView(this, revision)
  }

  /** Gives an object as a view shows it; null where it has none, or none that can be read. */
  read(view: PdfView, number: number): PdfValue {
    const entry = view.revision.entries.get(number)
    if (!entry || entry.kind === 'free') return null
    if (entry.kind === 'compressed') return this.#readCompressed(view, number, entry) ?? null
    return this.#readAt(view, number, entry)
  }

  isUnreadable(view: PdfView, number: number): boolean {
    const entry = view.revision.entries.get(number)
    if (!entry || entry.kind === 'free') return false
    if (entry.kind === 'compressed') return this.#readCompressed(view, number, entry) === undefined
    return this.#readAt(view, number, entry) === null && this.#unreadable.has(`${number}@${entry.offset}`)
  }

  #readAt(view: PdfView, number: number, entry: OffsetEntry): PdfValue {
    const known = this.#byEntry.get(entry)
    if (known !== undefined) return known
    const plain = `${number}@${entry.offset}`
    const length = this.#lengths.of(plain)
    if (length) {
      const read = this.#byPlace.get(`${plain}#${lengthIn(view, number, length)}`)
      if (read !== undefined) return read
    }
    const shared = length ? undefined : this.#byPlace.get(plain)
    if (shared !== undefined) {
      this.#byEntry.set(entry, shared)
      return shared
    }
    return this.#readNew(view, number, entry, plain)
  }

  #readNew(view: PdfView, number: number, entry: OffsetEntry, plain: string): PdfValue {
    // Two streams may each name the other as their length.
    if (this.#inProgress.has(plain)) return null
    this.#inProgress.add(plain)
    let key = plain
    const lengthOf = (length: PdfValue | undefined): number | null => {
      if (!isKind(length, 'ref')) return integerOf(length)
      // Its extent hangs on another object: revisions in which that one differs must not share this one.
      const found = lengthIn(view, number, length)
      key = `${plain}#${found}`
      this.#lengths.note(plain, number, length, length.number !== number && isKind(view.object(length.number), 'ref'))
      return found
    }
    const value = this.#parse(number, entry, lengthOf)
    this.#inProgress.delete(plain)
    const shared = this.#byPlace.get(key) ?? value
    this.#byPlace.set(key, shared)
    if (key === plain) this.#byEntry.set(entry, shared)
    return shared
  }

  #parse(number: number, entry: OffsetEntry, lengthOf: (length: PdfValue | undefined) => number | null): PdfValue {
    let object: IndirectObject
    try {
      object = parseIndirectObject(this.#bytes, entry.offset, this.#budget, lengthOf)
    } catch (fault) {
      const error = asVerifyError(fault)
      if (error.code !== 'malformed-pdf' && error.code !== 'too-deep') throw error
      return this.#leaveOut(number, entry)
    }
    // A reference in place of an object is followed by some readers and not by others.
    if (object.number !== number || isKind(object.value, 'ref')) return this.#leaveOut(number, entry)
    if (object.lengthRepaired) this.#notes.add('stream-length-wrong')
    const { start, end, generation, lengthRepaired: repaired } = object
    const { offset } = entry
    // Where revisions differ in its length, only what all of them see counts as read.
    const known = this.#extents.get(offset)
    this.#extents.set(offset, { number, generation, offset, start, end: Math.min(end, known?.end ?? end), repaired })
    if (!this.#decryption || number === this.#encryptionObject) return object.value
    return this.#decryption.decryptObject(object.value, number, object.generation)
  }

  membersOf(view: PdfView, container: number): readonly number[] | null {
    const value = view.object(container)
    const isOne = isKind(value, 'stream') && nameOf(value.dict.entries.get('Type')) === 'ObjStm'
    return isOne ? (this.#containerOf(value, view)?.members ?? []) : null
  }

  #containerOf(value: PdfValue, view: PdfView): ObjectStream | null {
    let stream = this.#containers.get(value)
    if (stream === undefined) {
      stream = this.#openContainer(value, view)
      this.#containers.set(value, stream)
    }
    return stream
  }

  #leaveOut(number: number, entry: OffsetEntry): null {
    this.#notes.add('unreadable-object')
    this.#unreadable.add(`${number}@${entry.offset}`)
    return null
  }

  /** Undefined where it is not in its stream, or cannot be read there. */
  #readCompressed(view: PdfView, number: number, { container, index }: CompressedEntry): PdfValue | undefined {
    if (view.revision.entries.get(container)?.kind !== 'offset') return undefined
    const value = this.#containerOf(view.object(container), view)?.get(number, index)
    if (value !== undefined && !isKind(value, 'ref')) return value
    this.#notes.add('unreadable-object')
    return undefined
  }

  #openContainer(value: PdfValue, view: PdfView): ObjectStream | null {
    try {
      if (!isKind(value, 'stream')) return null
      if (isOpenToDoubt(value)) this.#notes.add('object-stream-open')
      return readObjectStream(value, view.resolve, this.#budget)
    } catch (fault) {
      const error = asVerifyError(fault)
      if (error.code !== 'malformed-pdf' && error.code !== 'unsupported') throw error
      this.#notes.add('unreadable-object')
      return null
    }
  }
}

/** A reference to what is free stands for nothing (clause 7.3.10); a wrong generation is borne with, as readers do. */
function isCurrent(revision: PdfRevision, reference: PdfRef): boolean {
  const entry = revision.entries.get(reference.number)
  if (!entry || entry.kind === 'free') return false
  return entry.kind === 'compressed' ? reference.generation === 0 : true
}
