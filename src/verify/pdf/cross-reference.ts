import { VerifyError } from '../errors.ts'
import { isDigit, isRegular, skipWhiteSpace, standsAt } from './characters.ts'
import { parseIndirectObject } from './indirect-object.ts'
import { chargeObject, type PdfBudget } from './limits.ts'
import { type Cursor, parseValue, readWord, takeWord } from './parse-value.ts'
import { decodeStream } from './stream-filters.ts'
import { integerOf, isKind, nameOf, type PdfDict, type PdfStream, type PdfValue } from './values.ts'

/** Where an object is to be found. */
export type CrossReferenceEntry =
  | { readonly kind: 'free' }
  | { readonly kind: 'offset'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'compressed'; readonly container: number; readonly index: number }

/** One cross-reference section with its trailer (ISO 32000-2 clause 7.5.4, 7.5.8). */
export interface CrossReferenceSection {
  readonly kind: 'table' | 'stream' | 'rebuilt'
  readonly offset: number
  /** Behind the trailer's dictionary, or behind the stream. */
  readonly end: number
  /** Behind all that was read of it: the stream beside a table may stand elsewhere. */
  readonly furthest: number
  readonly entries: ReadonlyMap<number, CrossReferenceEntry>
  readonly trailer: PdfDict
  /** Objects that only readers of cross-reference streams see (clause 7.5.8.4). */
  readonly hybrid: ReadonlyMap<number, CrossReferenceEntry> | null
  /**
   * Numbers that it lists twice, with another place each time, or in use at the beginning of the file: readers disagree on
   * which one counts, and search for what is not there.
   */
  readonly conflicting: ReadonlySet<number>
  /** Each number stands there once, and a stream holds rows of three fields of known types, as many as it says. */
  readonly exact: boolean
}

const malformed = (message: string): VerifyError => new VerifyError('malformed-pdf', message)
const FREE: CrossReferenceEntry = { kind: 'free' }

/** What is read from, with the shift of all offsets where bytes stand before the header. */
export interface CrossReferenceSource {
  readonly bytes: Uint8Array
  readonly shift: number
  readonly budget: PdfBudget
}

/** By how much a writer that miscounts may miss the word xref: no more than that it still stands in it. */
const MAX_MISS = 3

/** Gives where the section stands that an offset names: there, or where the word xref is that it narrowly misses. */
function sectionStart(bytes: Uint8Array, offset: number): number {
  const named = skipWhiteSpace(bytes, offset)
  if (standsAt(bytes, named, 'xref') || isDigit(bytes[named])) return named
  for (let miss = 1; miss <= MAX_MISS; miss += 1) {
    const near = [offset - miss, offset + miss].find((at) => standsAt(bytes, at, 'xref') && !isRegular(bytes[at - 1]))
    if (near !== undefined) return near
  }
  return named
}

/**
 * Reads the section at an offset, whichever of the two kinds it is.
 * @throws VerifyError malformed-pdf, too-many-elements, too-large
 */
export function readSection(source: CrossReferenceSource, offset: number): CrossReferenceSection {
  const at = sectionStart(source.bytes, offset + source.shift)
  if (at >= source.bytes.length) throw malformed('the cross-reference lies outside the file')
  if (!standsAt(source.bytes, at, 'xref')) return readStreamSection(source, at)
  const table = readTable(source, at)
  const hybridOffset = integerOf(table.trailer.entries.get('XRefStm'))
  if (hybridOffset === null) return table
  const hybrid = readStreamSection(source, hybridOffset + source.shift)
  const end = Math.max(table.end, hybrid.end)
  const conflicting = new Set([...table.conflicting, ...hybrid.conflicting])
  return { ...table, furthest: end, hybrid: hybrid.entries, conflicting, exact: table.exact && hybrid.exact }
}

function readTable(source: CrossReferenceSource, offset: number): CrossReferenceSection {
  const cursor: Cursor = { bytes: source.bytes, at: offset + 4, budget: source.budget, inFile: true }
  const entries = new Map<number, CrossReferenceEntry>()
  const conflicting = new Set<number>()
  let listed = 0
  while (!takeWord(cursor, 'trailer')) {
    const first = readNumber(cursor)
    const count = readNumber(cursor)
    if (count > source.budget.limits.maxObjects) throw new VerifyError('too-many-elements', 'too many objects')
    for (let i = 0; i < count; i += 1) {
      const position = readNumber(cursor)
      const generation = readNumber(cursor)
      cursor.at = skipWhiteSpace(cursor.bytes, cursor.at)
      const type = readWord(cursor)
      if (type !== 'n' && type !== 'f') throw malformed('a cross-reference entry is malformed')
      const entry = type === 'f' ? FREE : inFile(source, position, generation)
      const misled = type === 'n' && position === 0 && first + i !== 0
      if (!addEntry(source, entries, first + i, entry) || misled) conflicting.add(first + i)
      listed += 1
    }
  }
  const trailer = parseValue(cursor)
  if (!isKind(trailer, 'dict')) throw malformed('the trailer is no dictionary')
  const exact = listed === entries.size
  return {
    kind: 'table',
    offset,
    end: cursor.at,
    furthest: cursor.at,
    entries,
    trailer,
    hybrid: null,
    conflicting,
    exact,
  }
}

/** Says whether two entries name the same place. */
const isSameEntry = (one: CrossReferenceEntry | undefined, other: CrossReferenceEntry): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/** An entry in use at offset 0 points at nothing: writers that mean "free" made it. */
function inFile(source: CrossReferenceSource, offset: number, generation: number): CrossReferenceEntry {
  return offset === 0 ? FREE : { kind: 'offset', offset: offset + source.shift, generation }
}

/** Adds what is not there yet; false where another entry of that number is. */
function addEntry(
  source: CrossReferenceSource,
  entries: Map<number, CrossReferenceEntry>,
  number: number,
  entry: CrossReferenceEntry,
): boolean {
  if (entries.has(number)) return isSameEntry(entries.get(number), entry)
  chargeObject(source.budget, 'entry')
  entries.set(number, entry)
  if (entries.size > source.budget.limits.maxObjects) throw new VerifyError('too-many-elements', 'too many objects')
  return true
}

function readNumber(cursor: Cursor): number {
  cursor.at = skipWhiteSpace(cursor.bytes, cursor.at)
  const start = cursor.at
  let value = 0
  while (isDigit(cursor.bytes[cursor.at]) && cursor.at - start < 15) {
    value = value * 10 + (cursor.bytes[cursor.at++] ?? 0) - 0x30
  }
  if (cursor.at === start) throw malformed('a number is missing in the cross-reference')
  return value
}

function readStreamSection(source: CrossReferenceSource, offset: number): CrossReferenceSection {
  const object = parseIndirectObject(source.bytes, offset, source.budget, integerOf)
  if (!isKind(object.value, 'stream') || nameOf(object.value.dict.entries.get('Type')) !== 'XRef') {
    throw malformed('no cross-reference stands where the file says')
  }
  const { entries, conflicting, exact } = readStreamEntries(source, object.value)
  // The stream is the object at its own place even where it forgets to list itself.
  addEntry(source, entries, object.number, { kind: 'offset', offset: object.start, generation: object.generation })
  const { start, end, lengthRepaired } = object
  const trailer = object.value.dict
  return {
    kind: 'stream',
    offset: start,
    end,
    furthest: end,
    entries,
    trailer,
    hybrid: null,
    conflicting,
    exact: exact && !lengthRepaired,
  }
}

function readStreamEntries(
  source: CrossReferenceSource,
  stream: PdfStream,
): Pick<CrossReferenceSection, 'conflicting' | 'exact'> & { readonly entries: Map<number, CrossReferenceEntry> } {
  const { dict } = stream
  const widths = integersOf(dict.entries.get('W'))
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widths
  const size = integerOf(dict.entries.get('Size')) ?? 0
  const index = dict.entries.has('Index') ? integersOf(dict.entries.get('Index')) : [0, size]
  const rowBytes = typeWidth + secondWidth + thirdWidth
  if (widths.length < 3 || widths.some((width) => width < 0 || width > 8) || rowBytes === 0 || index.length % 2 !== 0) {
    throw malformed('a cross-reference stream is malformed')
  }
  const data = decodeStream(stream, (value) => value ?? null, source.budget)
  const entries = new Map<number, CrossReferenceEntry>()
  const conflicting = new Set<number>()
  let row = 0
  let known = true
  for (let pair = 0; pair < index.length; pair += 2) {
    const first = index[pair] ?? 0
    for (let i = 0; i < (index[pair + 1] ?? 0) && row + rowBytes <= data.length; i += 1, row += rowBytes) {
      const type = typeWidth === 0 ? 1 : bigEndian(data, row, typeWidth)
      const second = bigEndian(data, row + typeWidth, secondWidth)
      const third = bigEndian(data, row + typeWidth + secondWidth, thirdWidth)
      const entry = entryOf(source, type, second, third)
      if (!entry) known = false
      else if (!addEntry(source, entries, first + i, entry)) conflicting.add(first + i)
    }
  }
  const rows = index.reduce((sum, count, i) => sum + (i % 2 === 1 ? count : 0), 0)
  const plain = index.every((number) => number >= 0) && widths.length === 3
  const exact = known && plain && rows * rowBytes === data.length && rows === entries.size
  return { entries, conflicting, exact }
}

/** Table 18; null where the type is none of them. */
function entryOf(
  source: CrossReferenceSource,
  type: number,
  second: number,
  third: number,
): CrossReferenceEntry | null {
  if (type === 0) return FREE
  if (type === 1) return inFile(source, second, third)
  return type === 2 ? { kind: 'compressed', container: second, index: third } : null
}

function integersOf(value: PdfValue | undefined): number[] {
  if (!isKind(value, 'array')) return []
  return value.items.map((item) => integerOf(item) ?? -1)
}

function bigEndian(data: Uint8Array, at: number, width: number): number {
  let value = 0
  for (let i = 0; i < width; i += 1) value = value * 256 + (data[at + i] ?? 0)
  return value
}
