import { decodeStream } from './stream-data.ts'
import { type Cursor, malformedPdf, readValue, takeInteger, takeKeyword } from './syntax.ts'
import {
  asInteger,
  isArray,
  isDictionary,
  isStream,
  type PdfDictionary,
  type PdfStream,
  type PdfValue,
} from './values.ts'

/** Where an object lies: at a byte offset, in an object stream, or nowhere. */
export type Location =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'compressed'; readonly stream: number; readonly index: number }
  | { readonly kind: 'free' }

export interface CrossReference {
  /** The newest section's kind: an update is written in the same one (ISO 32000-2 §7.5.6). */
  readonly kind: 'table' | 'stream'
  readonly startXref: number
  /** The newest trailer or cross-reference stream dictionary. */
  readonly trailer: PdfDictionary
  readonly locations: ReadonlyMap<number, Location>
}

const MAX_SECTIONS = 1024
const MAX_OBJECTS = 2_000_000

interface Section {
  readonly kind: 'table' | 'stream'
  readonly dictionary: PdfDictionary
}

/** Reads the indirect object at an offset, its stream data included. */
export type ReadObjectAt = (offset: number) => PdfValue

/**
 * Follows startxref and every /Prev; the newest entry of each object counts (ISO 32000-2 §7.5.4, §7.5.8).
 * @throws GatewayError malformed-pdf
 */
export function readCrossReference(bytes: Uint8Array, readObjectAt: ReadObjectAt): CrossReference {
  const startXref = findStartXref(bytes)
  const locations = new Map<number, Location>()
  const seen = new Set<number>()
  const queue = [startXref]
  let newest: Section | null = null
  for (let offset = queue.shift(); offset !== undefined; offset = queue.shift()) {
    if (seen.has(offset)) continue
    seen.add(offset)
    if (seen.size > MAX_SECTIONS) throw malformedPdf('it has too many revisions')
    const section = readSection(bytes, offset, readObjectAt, locations)
    newest ??= section
    // A hybrid file's stream counts after its table and before what is older (§7.5.8.4).
    const older = [section.dictionary.entries.get('XRefStm'), section.dictionary.entries.get('Prev')]
    queue.unshift(...older.map(asInteger).filter((at) => at !== null))
  }
  if (!newest) throw malformedPdf('it has no cross-reference')
  return { kind: newest.kind, startXref, trailer: newest.dictionary, locations }
}

function findStartXref(bytes: Uint8Array): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf('startxref')
  if (at < 0) throw malformedPdf('it has no startxref')
  const offset = takeInteger({ bytes, at: at + 'startxref'.length })
  if (offset === null || offset >= bytes.length) throw malformedPdf('startxref points nowhere')
  return offset
}

function readSection(
  bytes: Uint8Array,
  offset: number,
  readObjectAt: ReadObjectAt,
  locations: Map<number, Location>,
): Section {
  if (offset >= bytes.length) throw malformedPdf('a cross-reference section lies outside the file')
  const cursor: Cursor = { bytes, at: offset }
  if (takeKeyword(cursor, 'xref')) return { kind: 'table', dictionary: readTable(cursor, locations) }
  const stream = readObjectAt(offset)
  if (!isStream(stream)) throw malformedPdf('startxref points to no cross-reference')
  readXrefStream(stream, locations)
  return { kind: 'stream', dictionary: stream.dictionary }
}

function readTable(cursor: Cursor, locations: Map<number, Location>): PdfDictionary {
  while (!takeKeyword(cursor, 'trailer')) {
    const first = takeInteger(cursor)
    const count = takeInteger(cursor)
    if (first === null || count === null) throw malformedPdf('a cross-reference table cannot be read')
    for (let number = first; number < first + count; number += 1) {
      const offset = takeInteger(cursor)
      const generation = takeInteger(cursor)
      if (offset === null || generation === null) throw malformedPdf('a cross-reference table ends early')
      if (takeKeyword(cursor, 'n')) addLocation(locations, number, { kind: 'offset', offset })
      else if (takeKeyword(cursor, 'f')) addLocation(locations, number, { kind: 'free' })
      else throw malformedPdf('a cross-reference entry is neither used nor free')
    }
  }
  const trailer = readValue(cursor)
  if (!isDictionary(trailer)) throw malformedPdf('it has no trailer')
  return trailer
}

function addLocation(locations: Map<number, Location>, number: number, location: Location): void {
  if (locations.size > MAX_OBJECTS) throw malformedPdf('it has too many objects')
  if (!locations.has(number)) locations.set(number, location)
}

function readXrefStream(stream: PdfStream, locations: Map<number, Location>): void {
  const { entries } = stream.dictionary
  const widths = integers(entries.get('W'))
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widths
  const rowWidth = typeWidth + secondWidth + thirdWidth
  if (widths.length !== 3 || rowWidth < 1 || rowWidth > 24) throw malformedPdf('a cross-reference stream has no widths')
  const data = decodeStream(stream)
  const index = entries.has('Index') ? integers(entries.get('Index')) : [0, asInteger(entries.get('Size')) ?? 0]
  let at = 0
  const field = (width: number, otherwise: number): number => {
    let value = width === 0 ? otherwise : 0
    for (let i = 0; i < width; i += 1) value = value * 256 + (data[at + i] ?? 0)
    at += width
    return value
  }
  for (let pair = 0; pair + 1 < index.length; pair += 2) {
    const [first = 0, count = 0] = index.slice(pair, pair + 2)
    for (let number = first; number < first + count; number += 1) {
      if (at + rowWidth > data.length) throw malformedPdf('a cross-reference stream ends early')
      const type = field(typeWidth, 1)
      const [second, third] = [field(secondWidth, 0), field(thirdWidth, 0)]
      addLocation(locations, number, locationOf(type, second, third))
    }
  }
}

function locationOf(type: number, second: number, third: number): Location {
  if (type === 1) return { kind: 'offset', offset: second }
  if (type === 2) return { kind: 'compressed', stream: second, index: third }
  return { kind: 'free' }
}

function integers(value: PdfValue | undefined): number[] {
  return isArray(value) ? value.map((item) => asInteger(item) ?? -1).filter((item) => item >= 0) : []
}
