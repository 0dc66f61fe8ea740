import { GatewayError } from '../errors.ts'
import { type CrossReference, readCrossReference } from './cross-reference.ts'
import { decodeStream } from './stream-data.ts'
import { type Cursor, malformedPdf, readValue, takeInteger, takeKeyword } from './syntax.ts'
import {
  asInteger,
  isDictionary,
  isReference,
  isStream,
  type PdfDictionary,
  type PdfReference,
  type PdfValue,
} from './values.ts'

/** A PDF opened for adding a revision: what its cross-reference names, read on demand. */
export interface PdfFile {
  readonly bytes: Uint8Array
  readonly crossReference: CrossReference
  /** One above the highest object number in use. */
  readonly nextObjectNumber: number
  /** Follows references to what stands there; null for what is missing (ISO 32000-2 §7.3.10). */
  resolve(value: PdfValue | undefined): PdfValue
  /** The same, where a dictionary must stand. @throws GatewayError malformed-pdf */
  dictionary(value: PdfValue | undefined, what: string): PdfDictionary
}

const MAX_HOPS = 32
/** Over all object streams: a small file must not become gigabytes of objects. */
const MAX_OBJECT_STREAM_BYTES = 128 * 1024 * 1024

/**
 * Opens a PDF by its cross-reference alone; a file whose cross-reference is broken is refused rather than guessed at.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input; what resolve() reads later may also be too-large
 */
export function openPdf(bytes: Uint8Array): PdfFile {
  if (!Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) throw new GatewayError('not-a-pdf', 'This is no PDF.')
  const objectStreams = new Map<number, readonly PdfValue[]>()
  let bytesLeft = MAX_OBJECT_STREAM_BYTES
  const crossReference = readCrossReference(bytes, (offset) => readObjectAt(bytes, offset, () => null).value)
  if (crossReference.trailer.entries.has('Encrypt')) {
    throw new GatewayError('encrypted-input', 'The PDF is encrypted.')
  }

  function resolve(value: PdfValue | undefined, hops = 0): PdfValue {
    if (!isReference(value)) return value ?? null
    if (hops > MAX_HOPS) throw malformedPdf('references run in a circle')
    return resolve(load(value, hops), hops + 1)
  }

  function load(reference: PdfReference, hops: number): PdfValue {
    const location = crossReference.locations.get(reference.number)
    if (!location || location.kind === 'free') return null
    if (location.kind === 'compressed') return loadCompressed(location.stream, location.index, hops)
    const found = readObjectAt(bytes, location.offset, (length) => resolve(length, hops + 1))
    if (found.number !== reference.number) throw malformedPdf(`object ${reference.number} is not where it should be`)
    return found.value
  }

  function loadCompressed(streamNumber: number, index: number, hops: number): PdfValue {
    let values = objectStreams.get(streamNumber)
    if (!values) {
      if (crossReference.locations.get(streamNumber)?.kind !== 'offset')
        throw malformedPdf('an object stream is missing')
      const stream = resolve({ kind: 'reference', number: streamNumber, generation: 0 }, hops + 1)
      if (!isStream(stream)) throw malformedPdf('an object stream is missing')
      const decoded = decodeStream(stream)
      bytesLeft -= decoded.length
      if (bytesLeft < 0) throw new GatewayError('too-large', 'The PDF unpacks to more than we take.')
      values = readObjectStream(stream.dictionary, decoded)
      objectStreams.set(streamNumber, values)
    }
    return values[index] ?? null
  }

  function dictionary(value: PdfValue | undefined, what: string): PdfDictionary {
    const found = resolve(value)
    if (!isDictionary(found)) throw malformedPdf(`it has no ${what}`)
    return found
  }

  const highest = [...crossReference.locations.keys()].reduce((a, b) => Math.max(a, b), 0)
  const size = asInteger(crossReference.trailer.entries.get('Size')) ?? 0
  return {
    bytes,
    crossReference,
    nextObjectNumber: Math.max(highest + 1, size),
    resolve: (v) => resolve(v),
    dictionary,
  }
}

function readObjectAt(
  bytes: Uint8Array,
  offset: number,
  resolveLength: (length: PdfValue) => PdfValue,
): { readonly number: number; readonly value: PdfValue } {
  const cursor: Cursor = { bytes, at: offset }
  const number = takeInteger(cursor)
  const generation = takeInteger(cursor)
  if (number === null || generation === null || !takeKeyword(cursor, 'obj')) {
    throw malformedPdf(`no object stands at byte ${offset}`)
  }
  const value = readValue(cursor)
  if (!isDictionary(value) || !takeKeyword(cursor, 'stream')) return { number, value }
  if (bytes[cursor.at] === 13) cursor.at += 1
  if (bytes[cursor.at] === 10) cursor.at += 1
  const declared = value.entries.get('Length') ?? null
  const length = asInteger(isReference(declared) ? resolveLength(declared) : declared)
  const start = cursor.at
  if (length === null || length < 0 || start + length > bytes.length) throw malformedPdf('a stream has no sane length')
  if (!takeKeyword({ bytes, at: start + length }, 'endstream')) throw malformedPdf('a stream is not as long as it says')
  return { number, value: { kind: 'stream', dictionary: value, raw: bytes.subarray(start, start + length) } }
}

/** The objects of an object stream, in order of their index (ISO 32000-2 §7.5.7). */
function readObjectStream(dictionary: PdfDictionary, bytes: Uint8Array): readonly PdfValue[] {
  const count = asInteger(dictionary.entries.get('N')) ?? 0
  const first = asInteger(dictionary.entries.get('First')) ?? 0
  const cursor: Cursor = { bytes, at: 0 }
  const values: PdfValue[] = []
  for (let i = 0; i < count; i += 1) {
    const number = takeInteger(cursor)
    const offset = takeInteger(cursor)
    if (number === null || offset === null) throw malformedPdf('an object stream ends early')
    values.push(readValue({ bytes, at: first + offset }))
  }
  return values
}
