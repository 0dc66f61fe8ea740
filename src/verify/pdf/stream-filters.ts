import { inflateRawSync, inflateSync, constants as zlib } from 'node:zlib'
import { VerifyError } from '../errors.ts'
import { hexValue, isWhiteSpace } from './characters.ts'
import type { PdfBudget } from './limits.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfStream, type PdfValue } from './values.ts'

/** Gives what a reference stands for. */
export type Resolve = (value: PdfValue | undefined) => PdfValue

const malformed = (message: string, cause?: unknown): VerifyError =>
  new VerifyError('malformed-pdf', message, cause === undefined ? {} : { cause })

type Filter = (bytes: Uint8Array, parameters: PdfDict | null, maxBytes: number) => Uint8Array

const FILTERS: Readonly<Record<string, Filter>> = {
  FlateDecode: inflate,
  Fl: inflate,
  ASCIIHexDecode: decodeAsciiHex,
  AHx: decodeAsciiHex,
  ASCII85Decode: decodeAscii85,
  A85: decodeAscii85,
  Crypt: (bytes) => bytes,
}

/**
 * Gives a stream's bytes, decrypted and with its filters undone.
 * @throws VerifyError malformed-pdf; too-large; unsupported for filters that only images and old files have
 * @see ISO 32000-2 clause 7.4
 */
export function decodeStream(stream: PdfStream, resolve: Resolve, budget: PdfBudget): Uint8Array {
  let bytes = stream.decrypt ? stream.decrypt(stream.raw) : stream.raw
  const filters = listOf(resolve(stream.dict.entries.get('Filter')), resolve)
  const parameters = listOf(resolve(stream.dict.entries.get('DecodeParms')), resolve)
  if (filters.length > 8) throw malformed('a stream has too many filters')
  for (const [i, name] of filters.entries()) {
    const filter = FILTERS[nameOf(name) ?? '']
    if (!filter) throw new VerifyError('unsupported', 'a stream has a filter that is not read')
    bytes = filter(bytes, dictOf(parameters[i]), Math.min(budget.limits.maxStreamBytes, budget.decodedBytesLeft))
  }
  budget.decodedBytesLeft -= bytes.length
  if (budget.decodedBytesLeft < 0) throw new VerifyError('too-large', 'the streams decode to too many bytes')
  return bytes
}

function listOf(value: PdfValue, resolve: Resolve): readonly PdfValue[] {
  if (value === null) return []
  return isKind(value, 'array') ? value.items.map(resolve) : [value]
}

function inflate(bytes: Uint8Array, parameters: PdfDict | null, maxBytes: number): Uint8Array {
  return undoPredictor(inflateBounded(bytes, maxBytes), parameters)
}

function inflateBounded(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (maxBytes <= 0) throw new VerifyError('too-large', 'the streams decode to too many bytes')
  // Writers that cut the checksum off are common: what was decoded until then counts.
  const options = { maxOutputLength: maxBytes, finishFlush: zlib.Z_SYNC_FLUSH }
  try {
    return inflateSync(bytes, options)
  } catch (fault) {
    if (codeOf(fault) === 'ERR_BUFFER_TOO_LARGE')
      throw new VerifyError('too-large', 'a stream decodes to too many bytes')
    try {
      return inflateRawSync(bytes.subarray(2), options)
    } catch (cause) {
      throw malformed('a stream cannot be inflated', cause)
    }
  }
}

const codeOf = (fault: unknown): unknown => (fault instanceof Error && 'code' in fault ? fault.code : null)

/** Undoes TIFF and PNG predictors (clause 7.4.4.4). */
function undoPredictor(bytes: Uint8Array, parameters: PdfDict | null): Uint8Array {
  const predictor = integerOf(parameters?.entries.get('Predictor')) ?? 1
  if (predictor === 1) return bytes
  const colours = integerOf(parameters?.entries.get('Colors')) ?? 1
  const bits = integerOf(parameters?.entries.get('BitsPerComponent')) ?? 8
  const columns = integerOf(parameters?.entries.get('Columns')) ?? 1
  if (colours < 1 || colours > 32 || ![1, 2, 4, 8, 16].includes(bits) || columns < 1 || columns > 1 << 24) {
    throw malformed('a predictor has impossible parameters')
  }
  const pixelBytes = Math.max(1, (colours * bits) >> 3)
  const rowBytes = Math.ceil((colours * bits * columns) / 8)
  if (predictor === 2) return undoTiff(bytes, pixelBytes, rowBytes, bits)
  if (predictor >= 10 && predictor <= 15) return undoPng(bytes, pixelBytes, rowBytes)
  throw malformed('a predictor is unknown')
}

function undoTiff(bytes: Uint8Array, pixelBytes: number, rowBytes: number, bits: number): Uint8Array {
  if (bits !== 8) throw new VerifyError('unsupported', 'a predictor of this depth is not read')
  const out = Uint8Array.from(bytes)
  for (let row = 0; row < out.length; row += rowBytes) {
    for (let i = row + pixelBytes; i < Math.min(row + rowBytes, out.length); i += 1) {
      out[i] = ((out[i] ?? 0) + (out[i - pixelBytes] ?? 0)) & 0xff
    }
  }
  return out
}

function undoPng(bytes: Uint8Array, pixelBytes: number, rowBytes: number): Uint8Array {
  const rows = Math.ceil(bytes.length / (rowBytes + 1))
  const out = new Uint8Array(rows * rowBytes)
  let made = 0
  for (let row = 0; row < rows; row += 1) {
    const from = row * (rowBytes + 1)
    const type = bytes[from] ?? 0
    if (type > 4) throw malformed('a PNG predictor row has an unknown type')
    const length = Math.min(rowBytes, bytes.length - from - 1)
    const target = row * rowBytes
    for (let i = 0; i < length; i += 1) {
      const left = i >= pixelBytes ? (out[target + i - pixelBytes] ?? 0) : 0
      const up = row > 0 ? (out[target + i - rowBytes] ?? 0) : 0
      const corner = row > 0 && i >= pixelBytes ? (out[target + i - rowBytes - pixelBytes] ?? 0) : 0
      out[target + i] = ((bytes[from + 1 + i] ?? 0) + predictPng(type, left, up, corner)) & 0xff
    }
    made = target + length
  }
  return out.subarray(0, made)
}

function predictPng(type: number, left: number, up: number, corner: number): number {
  if (type === 0) return 0
  if (type === 1) return left
  if (type === 2) return up
  if (type === 3) return (left + up) >> 1
  const estimate = left + up - corner
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)]
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

function decodeAsciiHex(bytes: Uint8Array): Uint8Array {
  const out: number[] = []
  let high = -1
  for (const octet of bytes) {
    if (octet === 0x3e) break
    const value = hexValue(octet)
    if (value < 0) {
      if (isWhiteSpace(octet)) continue
      throw malformed('a stream of hexadecimal digits holds other characters')
    }
    if (high < 0) high = value
    else {
      out.push(high * 16 + value)
      high = -1
    }
  }
  if (high >= 0) out.push(high * 16)
  return Uint8Array.from(out)
}

function decodeAscii85(bytes: Uint8Array): Uint8Array {
  const out: number[] = []
  let group: number[] = []
  for (const octet of bytes) {
    if (octet === 0x7e) break
    if (isWhiteSpace(octet)) continue
    if (octet === 0x7a && group.length === 0) out.push(0, 0, 0, 0)
    else if (octet >= 0x21 && octet <= 0x75) group.push(octet - 0x21)
    else throw malformed('a stream in base 85 holds other characters')
    if (group.length === 5) {
      out.push(...fromBase85(group))
      group = []
    }
  }
  if (group.length > 1) {
    const padded = [...group, ...new Array<number>(5 - group.length).fill(84)]
    out.push(...fromBase85(padded).slice(0, group.length - 1))
  }
  return Uint8Array.from(out)
}

function fromBase85(group: readonly number[]): number[] {
  const value = group.reduce((sum, digit) => sum * 85 + digit, 0)
  return [value / 0x1000000, value / 0x10000, value / 0x100, value].map((part) => Math.floor(part) & 0xff)
}
