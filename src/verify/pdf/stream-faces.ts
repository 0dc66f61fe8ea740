import { asVerifyError } from '../errors.ts'
import { asBuffer, isWhiteSpace } from './characters.ts'
import { placesOf } from './hidden-syntax.ts'
import type { PdfBudget } from './limits.ts'
import type { PdfDocument, PdfView } from './pdf-document.ts'
import { decodeStream, isImageFilter, isKnownFilter } from './stream-filters.ts'
import { integerOf, isKind, nameOf, type PdfDict, type PdfStream } from './values.ts'

/** What is held while the streams of one revision are looked at. */
export interface StreamReading {
  readonly document: PdfDocument
  readonly view: PdfView
  /** What streams draw that are small enough to be held until their page is looked at. */
  readonly drawn: Map<PdfStream, Uint8Array>
  /** Its own, so that what is judged is never missing for what was looked at. */
  readonly budget: PdfBudget
  /** Octets of content that are still looked through for fonts. */
  contentLeft: number
  /** Where the word endstream stands, in order, and infinity behind; empty until it was searched for. */
  readonly streamEnds: number[]
  /** Octets that are searched for it stream by stream, before all of the file is. */
  searchedLeft: number
}

/** Starts looking at the streams that a view shows. */
export const startStreams = (document: PdfDocument, view: PdfView): StreamReading => ({
  document,
  view,
  drawn: new Map(),
  budget: { ...document.budget, decodedBytesLeft: MAX_DECODED },
  contentLeft: MAX_CONTENT,
  streamEnds: [],
  searchedLeft: document.bytes.length,
})

/** Says what readers part on; null where it is nothing. `key`: where the stream was found. */
export function faceOfStream(reading: StreamReading, stream: PdfStream, key: string): string | null {
  const { view } = reading
  const { dict } = stream
  const attached = nameOf(view.resolve(dict.entries.get('Type'))) === 'EmbeddedFile' || PLATFORMS.has(key)
  if (view.resolve(dict.entries.get('F')) !== null) return 'its data stand in another file, or here'
  const filters = filtersOf(view, dict)
  if (!filters.every((name) => isKnownFilter(name) || isImageFilter(name))) return 'it has a filter that nobody knows'
  const subtype = nameOf(view.resolve(dict.entries.get('Subtype')))
  const drawn = key === 'Contents' || subtype === 'Form'
  if (drawn && filters.some(isImageFilter)) return 'it draws, and is filtered as an image'
  if (!attached && holdsStreamEnd(reading, stream)) return 'the end of a stream stands within it'
  if (hasOtherLength(reading, stream)) return 'it is longer or shorter than it says, and holds something else then'
  return drawn && drawnBy(reading, stream) === null ? 'what it draws cannot be decoded' : null
}

/** The keys of table 44 under which the files of a file specification stand. */
const PLATFORMS: ReadonlySet<string> = new Set(['UF', 'F', 'Unix', 'Mac', 'DOS', 'EF', 'RF'])

function filtersOf(view: PdfView, dict: PdfDict): readonly string[] {
  const filter = view.resolve(dict.entries.get('Filter'))
  const names = isKind(filter, 'array') ? filter.items.map(view.resolve) : filter === null ? [] : [filter]
  return names.map((name) => nameOf(name) ?? '')
}

const MAX_STREAM_ENDS = 1_000_000

/** Where the word stands in the file is searched for once, however many streams run over one another. */
function holdsStreamEnd(reading: StreamReading, { raw }: PdfStream): boolean {
  const { document, streamEnds } = reading
  const { bytes } = document
  reading.searchedLeft -= raw.length
  if (raw.buffer !== bytes.buffer || reading.searchedLeft >= 0) return asBuffer(raw).includes('endstream', 0, 'latin1')
  if (streamEnds.length === 0) {
    for (const place of placesOf(asBuffer(bytes), 'endstream')) if (streamEnds.push(place) > MAX_STREAM_ENDS) break
    streamEnds.push(Number.POSITIVE_INFINITY)
  }
  // There are not so many objects: what else they end is no stream.
  if (streamEnds.length > MAX_STREAM_ENDS) return true
  const start = raw.byteOffset - bytes.byteOffset
  let [low, high] = [0, streamEnds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((streamEnds[middle] ?? 0) < start) low = middle + 1
    else high = middle
  }
  return (streamEnds[low] ?? 0) + 'endstream'.length <= start + raw.length
}

/** Some readers go by Length, others search for the end: whether they find the same is not to be seen from Length alone. */
function hasOtherLength(reading: StreamReading, stream: PdfStream): boolean {
  const { document, view } = reading
  const { bytes } = document
  const said = integerOf(view.resolve(stream.dict.entries.get('Length'))) ?? 0
  if (said === stream.raw.length || stream.raw.buffer !== bytes.buffer) return false
  const start = stream.raw.byteOffset - bytes.byteOffset
  // Streams may overlap, each as long as the file: looking at them costs as decoding does.
  reading.budget.decodedBytesLeft -= stream.raw.length
  if (reading.budget.decodedBytesLeft < 0) return true
  const other = { ...stream, raw: bytes.subarray(start, start + Math.max(0, said)) }
  if (sameButForBlanks(stream.raw, other.raw)) return false
  const [one, two] = [decoded(reading, stream), decoded(reading, other)]
  return !one || !two || !sameButForBlanks(one, two)
}

const sameButForBlanks = (one: Uint8Array, two: Uint8Array): boolean =>
  asBuffer(withoutBlanks(one)).equals(asBuffer(withoutBlanks(two)))

function withoutBlanks(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && isWhiteSpace(bytes[end - 1])) end -= 1
  return bytes.subarray(0, end)
}

const MAX_HELD = 256 * 1024
const MAX_DRAWN = 20
/** Of all streams together: beyond, what they hold is taken as it stands. */
const MAX_DECODED = 128 * 1024 * 1024
const MAX_CONTENT = 32 * 1024 * 1024

/** Pages may share a stream, each of them to be looked through anew. */
export function contentOf(reading: StreamReading, stream: PdfStream): Uint8Array | null {
  const bytes = reading.contentLeft > 0 ? drawnBy(reading, stream) : null
  reading.contentLeft -= bytes?.length ?? 0
  return reading.contentLeft > 0 ? bytes : null
}

function drawnBy(reading: StreamReading, stream: PdfStream): Uint8Array | null {
  const { drawn } = reading
  const known = drawn.get(stream)
  if (known) return known
  const bytes = decoded(reading, stream)
  if (bytes && bytes.length < MAX_HELD && drawn.size < MAX_DRAWN) drawn.set(stream, bytes)
  return bytes
}

/** Gives what a stream holds; null where its filters cannot be undone. It is not counted against the document. */
function decoded({ budget, view }: StreamReading, stream: PdfStream): Uint8Array | null {
  try {
    return decodeStream(stream, view.resolve, budget)
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return error.code === 'malformed-pdf' || error.code === 'unsupported' ? null : stream.raw
  }
}
