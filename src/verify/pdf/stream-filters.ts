import { inflateRawSync, inflateSync, constants as zlib } from 'node:zlib'
import { VerifyError } from '../errors.ts'
import { hexValue, isWhiteSpace } from './characters.ts'
import type { PdfBudget } from './limits.ts'
import { decodeLzw, decodeRunLength } from './old-compression.ts'
import { newOutput } from './output.ts'
import { undoPredictor } from './predictors.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfStream, type PdfValue } from './values.ts'

/** Gives what a reference stands for. */
export type Resolve = (value: PdfValue | undefined) => PdfValue

const malformed = (message: string, cause?: unknown): VerifyError =>
  new VerifyError('malformed-pdf', message, cause === undefined ? {} : { cause })

/** Gives a number among a filter's parameters; `otherwise` where it is not there. */
type NumberOf = (key: string, otherwise: number) => number

type Filter = (bytes: Uint8Array, numberOf: NumberOf, maxBytes: number, budget: PdfBudget) => Uint8Array

const flate: Filter = (bytes, numberOf, maxBytes, budget) =>
  undoPredictor(inflateBounded(bytes, maxBytes, budget), numberOf)
const lzw: Filter = (bytes, numberOf, maxBytes) =>
  undoPredictor(decodeLzw(bytes, numberOf('EarlyChange', 1), maxBytes), numberOf)
const runLength: Filter = (bytes, _numberOf, maxBytes) => decodeRunLength(bytes, maxBytes)

/** Filters by their names and by the short ones of table 92, which writers put into other streams too. */
const FILTERS: ReadonlyMap<string, Filter> = new Map(
  Object.entries<Filter>({
    FlateDecode: flate,
    Fl: flate,
    LZWDecode: lzw,
    LZW: lzw,
    RunLengthDecode: runLength,
    RL: runLength,
    ASCIIHexDecode: decodeAsciiHex,
    AHx: decodeAsciiHex,
    ASCII85Decode: decodeAscii85,
    A85: decodeAscii85,
    // Which cipher it names was undone before: it stands first.
    Crypt: (bytes) => bytes,
  }),
)

const IMAGE_FILTERS: ReadonlySet<string> = new Set([
  'DCTDecode',
  'DCT',
  'JPXDecode',
  'CCITTFaxDecode',
  'CCF',
  'JBIG2Decode',
])

/** Says of a filter's name whether it is undone here. */
export const isKnownFilter = (name: string): boolean => FILTERS.has(name)

/** Says of a filter's name whether it is one that only images have: what it decodes to is not read here. */
export const isImageFilter = (name: string): boolean => IMAGE_FILTERS.has(name)

/**
 * Gives a stream's bytes, decrypted and with its filters undone. What goes in and what comes out of each counts against
 * the budget, so that neither a stream that swells nor one that is asked for again and again buys time.
 * @throws VerifyError malformed-pdf; too-large; encrypted where its own cipher has no key; unsupported for filters that
 * only images have, and for data that stand in another file
 * @see ISO 32000-2 clause 7.4
 */
export function decodeStream(stream: PdfStream, resolve: Resolve, budget: PdfBudget): Uint8Array {
  if (resolve(stream.dict.entries.get('F')) !== null)
    throw new VerifyError('unsupported', 'the data of a stream stand in another file')
  const charge = (count: number): void => {
    budget.decodedBytesLeft -= count
    if (budget.decodedBytesLeft < 0) throw new VerifyError('too-large', 'the streams decode to too many bytes')
  }
  charge(stream.raw.length)
  let bytes = stream.decrypt ? stream.decrypt(stream.raw) : stream.raw
  const filters = listOf(resolve(stream.dict.entries.get('Filter')), resolve)
  const parameters = listOf(resolve(stream.dict.entries.get('DecodeParms')), resolve)
  if (filters.length > 8) throw malformed('a stream has too many filters')
  for (const [i, name] of filters.entries()) {
    const filter = FILTERS.get(nameOf(name) ?? '')
    if (!filter) throw new VerifyError('unsupported', 'a stream has a filter that is not read')
    const dict = dictOf(parameters[i])
    const numberOf: NumberOf = (key, otherwise) => integerOf(resolve(dict?.entries.get(key))) ?? otherwise
    bytes = filter(bytes, numberOf, Math.min(budget.limits.maxStreamBytes, budget.decodedBytesLeft), budget)
    charge(bytes.length)
  }
  return bytes
}

function listOf(value: PdfValue, resolve: Resolve): readonly PdfValue[] {
  if (value === null) return []
  return isKind(value, 'array') ? value.items.map(resolve) : [value]
}

/** Few streams swell more than so: what is damaged within that cost no more. */
const LIKELY_RATIO = 8
const LIKELY_BYTES = 64 * 1024
/** No deflated octet stands for more. */
const MAX_RATIO = 1032

/**
 * What was inflated of a damaged stream before that was seen, nobody tells: a stream is first let swell as most do, so
 * that one that fails counts for no more than that.
 */
function inflateBounded(bytes: Uint8Array, maxBytes: number, budget: PdfBudget): Uint8Array {
  if (maxBytes <= 0) throw new VerifyError('too-large', 'the streams decode to too many bytes')
  const likely = Math.min(maxBytes, bytes.length * LIKELY_RATIO + LIKELY_BYTES)
  const inflated = inflateWithin(bytes, likely, budget)
  if (inflated) return inflated
  const most = Math.min(maxBytes, bytes.length * MAX_RATIO)
  const swollen = likely < maxBytes ? inflateWithin(bytes, most, budget) : null
  if (!swollen) throw new VerifyError('too-large', 'a stream decodes to too many bytes')
  return swollen
}

/** Gives null where there would be more octets. @throws VerifyError malformed-pdf; too-large where too many failed */
function inflateWithin(bytes: Uint8Array, maxBytes: number, budget: PdfBudget): Uint8Array | null {
  // Writers that cut the checksum off are common: what was decoded until then counts.
  const options = { maxOutputLength: maxBytes, finishFlush: zlib.Z_SYNC_FLUSH }
  try {
    return inflateSync(bytes, options)
  } catch (fault) {
    if (codeOf(fault) === 'ERR_BUFFER_TOO_LARGE') return null
    try {
      return inflateRawSync(bytes.subarray(2), options)
    } catch (cause) {
      if (codeOf(cause) === 'ERR_BUFFER_TOO_LARGE') return null
      budget.failedBytesLeft -= maxBytes
      if (budget.failedBytesLeft < 0) throw new VerifyError('too-large', 'too many streams are damaged')
      throw malformed('a stream cannot be inflated', cause)
    }
  }
}

const codeOf = (fault: unknown): unknown => (fault instanceof Error && 'code' in fault ? fault.code : null)

function decodeAsciiHex(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array((bytes.length + 1) >> 1)
  let digits = 0
  for (const octet of bytes) {
    if (octet === 0x3e) break
    const value = hexValue(octet)
    if (value < 0) {
      if (isWhiteSpace(octet)) continue
      throw malformed('a stream of hexadecimal digits holds other characters')
    }
    out[digits >> 1] = digits % 2 === 0 ? value * 16 : (out[digits >> 1] ?? 0) + value
    digits += 1
  }
  return out.subarray(0, (digits + 1) >> 1)
}

function decodeAscii85(bytes: Uint8Array, _numberOf: NumberOf, maxBytes: number): Uint8Array {
  const out = newOutput(maxBytes)
  let [value, count] = [0, 0]
  const flush = (octets: number): void => {
    if (value > 0xffffffff) throw malformed('a stream in base 85 holds too large a group')
    for (let i = 0; i < octets; i += 1) out.put((value >>> (24 - 8 * i)) & 0xff)
    ;[value, count] = [0, 0]
  }
  for (const octet of bytes) {
    if (octet === 0x7e) break
    if (isWhiteSpace(octet)) continue
    if (octet === 0x7a && count === 0) flush(4)
    else if (octet >= 0x21 && octet <= 0x75) {
      value = value * 85 + octet - 0x21
      count += 1
      if (count === 5) flush(4)
    } else throw malformed('a stream in base 85 holds other characters')
  }
  if (count > 1) {
    const octets = count - 1
    for (; count < 5; count += 1) value = value * 85 + 84
    flush(octets)
  }
  return out.bytes()
}
