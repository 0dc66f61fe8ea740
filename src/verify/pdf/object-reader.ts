import { asVerifyError } from '../errors.ts'
import type { CrossReferenceEntry } from './cross-reference.ts'
import type { Decryption } from './encryption.ts'
import type { FormField } from './form-field.ts'
import { type IndirectObject, parseIndirectObject } from './indirect-object.ts'
import { chargeObject, type PdfBudget } from './limits.ts'
import { isOpenToDoubt, type ObjectStream, readObjectStream } from './object-stream.ts'
import type { PdfRevision } from './revision.ts'
import { StreamLengths } from './stream-lengths.ts'
import { dictOf, EMPTY_DICT, integerOf, isKind, nameOf, type PdfDict, type PdfRef, type PdfValue } from './values.ts'

/** The document as one revision shows it. */
export interface PdfView {
  readonly revision: PdfRevision
  readonly catalog: PdfDict
  /** Held for formFieldsOf, which fills it. */
  formFields: readonly FormField[] | null
  /** Counts the fields of this revision. @throws VerifyError too-many-elements */
  chargeFields(count: number): void
  /** Gives what a reference stands for, through further references; null where it stands for nothing readable. */
  resolve(value: PdfValue | undefined): PdfValue
  /** Gives an object by number, not following a reference that it may be. The same object is the same value. */
  object(number: number): PdfValue
  /** Says of an object that is in use whether it cannot be read: other readers may be able to. */
  isUnreadable(number: number): boolean
  /** Gives the numbers that a stream of objects says it holds, in its order; null where the object is none. */
  membersOf(container: number): readonly number[] | null
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

const MAX_REFERENCE_STEPS = 32
/** An object needs another for its length, and that one none. */
const MAX_NESTED = 32

type OffsetEntry = CrossReferenceEntry & { readonly kind: 'offset' }
type CompressedEntry = CrossReferenceEntry & { readonly kind: 'compressed' }

const placeOf = (number: number, { offset }: OffsetEntry): string => `${number}@${offset}`

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

  chargeFields(count: number): void {
    this.#reader.chargeFields(count)
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

const FREE_FORMS = 2

/** Reads objects once each, by the place where they stand: revisions that share an object share its value. */
export class ObjectReader {
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
  #views = 0
  #formsWalked = 0
  #decryption: Decryption | null = null
  #encryptionObject: number | null = null

  constructor(bytes: Uint8Array, budget: PdfBudget, notes: Set<string>) {
    this.#bytes = bytes
    this.#budget = budget
    this.#notes = notes
  }

  /** What reading them cost is counted already: the form as it was signed, and as it is, are free. */
  chargeFields(count: number): void {
    this.#formsWalked += 1
    if (this.#formsWalked > FREE_FORMS) chargeObject(this.#budget, 'field', count)
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
    this.#views += 1
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
    return this.#readAt(view, number, entry) === null && this.#unreadable.has(placeOf(number, entry))
  }

  #readAt(view: PdfView, number: number, entry: OffsetEntry): PdfValue {
    const known = this.#byEntry.get(entry)
    if (known !== undefined) return known
    const plain = placeOf(number, entry)
    const length = this.#lengths.of(plain)
    if (length) {
      const read = this.#byPlace.get(`${plain}#${this.#lengthIn(view, number, length)}`)
      if (read !== undefined) return read
    }
    const shared = length ? undefined : this.#byPlace.get(plain)
    if (shared !== undefined) {
      this.#byEntry.set(entry, shared)
      return shared
    }
    return this.#readNew(view, number, entry, plain)
  }

  /** Gives the length that a stream has in a revision; null where its Length leads to none, or to a stream. */
  #lengthIn(view: PdfView, number: number, length: PdfRef): number | null {
    if (length.number === number) return null
    const entry = view.revision.entries.get(length.number)
    // Of what is known to be a stream nobody asks how long it is itself: that may hang on thousands of others.
    if (entry?.kind === 'offset' && this.#lengths.of(placeOf(length.number, entry))) return null
    return integerOf(view.resolve(length))
  }

  #readNew(view: PdfView, number: number, entry: OffsetEntry, plain: string): PdfValue {
    // Two streams may each name the other as their length, and thousands the next one.
    if (this.#inProgress.has(plain) || this.#inProgress.size > MAX_NESTED) return null
    this.#inProgress.add(plain)
    let key = plain
    const lengthOf = (length: PdfValue | undefined): number | null => {
      if (!isKind(length, 'ref')) return integerOf(length)
      // Its extent hangs on another object: revisions in which that one differs must not share this one.
      const found = this.#lengthIn(view, number, length)
      key = `${plain}#${found}`
      this.#lengths.note(plain, number, length, length.number !== number && isKind(view.object(length.number), 'ref'))
      return found
    }
    const value = this.#parse(number, entry, lengthOf)
    this.#inProgress.delete(plain)
    if (key === plain && this.#views === 1) {
      this.#byEntry.set(entry, value)
      return value
    }
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
    this.#unreadable.add(placeOf(number, entry))
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
