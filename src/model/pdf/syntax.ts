import { GatewayError } from '../errors.ts'
import type { PdfValue } from './values.ts'

/** A place in the bytes that reading moves forward. */
export interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

const MAX_DEPTH = 64
const WHITE = new Set([0, 9, 10, 12, 13, 32])
const DELIMITERS = new Set([...'()<>[]{}/%'].map((c) => c.charCodeAt(0)))

export const malformedPdf = (what: string): GatewayError =>
  new GatewayError('malformed-pdf', `The PDF is broken: ${what}.`)

/** Moves past white space and comments (ISO 32000-2 §7.2.3). */
export function skipWhite(cursor: Cursor): void {
  const { bytes } = cursor
  while (cursor.at < bytes.length) {
    const byte = bytes[cursor.at] ?? 0
    if (byte === 0x25) {
      while (cursor.at < bytes.length && bytes[cursor.at] !== 10 && bytes[cursor.at] !== 13) cursor.at += 1
    } else if (WHITE.has(byte)) cursor.at += 1
    else return
  }
}

/** Reads a run of regular characters as Latin-1; empty at a delimiter or the end. */
export function readWord(cursor: Cursor): string {
  const start = cursor.at
  while (cursor.at < cursor.bytes.length) {
    const byte = cursor.bytes[cursor.at] ?? 0
    if (WHITE.has(byte) || DELIMITERS.has(byte)) break
    cursor.at += 1
  }
  return Buffer.from(cursor.bytes.subarray(start, cursor.at)).toString('latin1')
}

/** Moves past white space and the keyword where it stands there; says whether it did. */
export function takeKeyword(cursor: Cursor, keyword: string): boolean {
  skipWhite(cursor)
  const end = cursor.at + keyword.length
  if (Buffer.from(cursor.bytes.subarray(cursor.at, end)).toString('latin1') !== keyword) return false
  cursor.at = end
  return true
}

/**
 * Reads one direct object or reference; a stream's data is not read here.
 * @throws GatewayError malformed-pdf
 */
export function readValue(cursor: Cursor, depth = 0): PdfValue {
  if (depth > MAX_DEPTH) throw malformedPdf('objects are nested too deep')
  skipWhite(cursor)
  const byte = cursor.bytes[cursor.at]
  const next = cursor.bytes[cursor.at + 1]
  switch (byte) {
    case 0x2f: // /
      return { kind: 'name', name: readName(cursor) }
    case 0x28: // (
      return { kind: 'string', bytes: readLiteralString(cursor) }
    case 0x5b: // [
      return readArray(cursor, depth)
    case 0x3c: // <
      return next === 0x3c ? readDictionary(cursor, depth) : { kind: 'string', bytes: readHexString(cursor) }
    default:
      return readKeywordOrNumber(cursor)
  }
}

function readKeywordOrNumber(cursor: Cursor): PdfValue {
  const word = readWord(cursor)
  if (word === 'true') return true
  if (word === 'false') return false
  if (word === 'null') return null
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) throw malformedPdf(`no object stands at byte ${cursor.at}`)
  if (/^\d{1,10}$/.test(word)) {
    const before = cursor.at
    const generation = takeInteger(cursor)
    if (generation !== null && takeKeyword(cursor, 'R')) return { kind: 'reference', number: Number(word), generation }
    cursor.at = before
  }
  return { kind: 'number', text: word }
}

/** Reads a non-negative whole number, or gives null and stays. */
export function takeInteger(cursor: Cursor): number | null {
  const before = cursor.at
  skipWhite(cursor)
  const word = readWord(cursor)
  if (/^\d{1,15}$/.test(word)) return Number(word)
  cursor.at = before
  return null
}

function readName(cursor: Cursor): string {
  cursor.at += 1
  return readWord(cursor).replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function readArray(cursor: Cursor, depth: number): PdfValue[] {
  const items: PdfValue[] = []
  cursor.at += 1
  for (;;) {
    if (takeKeyword(cursor, ']')) return items
    items.push(readValue(cursor, depth + 1))
  }
}

function readDictionary(cursor: Cursor, depth: number): PdfValue {
  const entries = new Map<string, PdfValue>()
  cursor.at += 2
  for (;;) {
    if (takeKeyword(cursor, '>>')) return { kind: 'dictionary', entries }
    skipWhite(cursor)
    if (cursor.bytes[cursor.at] !== 0x2f) throw malformedPdf(`a dictionary has no key at byte ${cursor.at}`)
    const key = readName(cursor)
    entries.set(key, readValue(cursor, depth + 1))
  }
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12 }

function readLiteralString(cursor: Cursor): Uint8Array {
  const start = cursor.at + 1
  const end = endOfLiteralString(cursor.bytes, start)
  // Escapes only make it shorter.
  const out = new Uint8Array(end - start)
  let length = 0
  cursor.at = start
  while (cursor.at < end) {
    const byte = cursor.bytes[cursor.at] ?? 0
    cursor.at += 1
    const value = byte === 0x5c ? readEscape(cursor) : byte
    if (value !== null) out[length++] = value
  }
  cursor.at = end + 1
  return out.subarray(0, length)
}

/** Where the parenthesis stands that closes the string. */
function endOfLiteralString(bytes: Uint8Array, start: number): number {
  let open = 1
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === 0x5c) at += 1
    else if (byte === 0x28) open += 1
    else if (byte === 0x29) open -= 1
    if (open === 0) return at
  }
  throw malformedPdf('a string has no end')
}

/** Reads what follows a backslash; null for an escaped end of line, which stands for nothing. */
function readEscape(cursor: Cursor): number | null {
  const text = Buffer.from(cursor.bytes.subarray(cursor.at, cursor.at + 3)).toString('latin1')
  const octal = /^[0-7]{1,3}/.exec(text)?.[0]
  if (octal) {
    cursor.at += octal.length
    return Number.parseInt(octal, 8) & 0xff
  }
  cursor.at += text.startsWith('\r\n') ? 2 : 1
  if (text.startsWith('\r') || text.startsWith('\n')) return null
  return ESCAPES[text.charAt(0)] ?? text.charCodeAt(0)
}

function readHexString(cursor: Cursor): Uint8Array {
  const end = cursor.bytes.indexOf(0x3e, cursor.at)
  if (end < 0) throw malformedPdf('a string has no end')
  const digits = Buffer.from(cursor.bytes.subarray(cursor.at + 1, end))
    .toString('latin1')
    .replace(/[\0\t\n\f\r ]/g, '')
  cursor.at = end + 1
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw malformedPdf('a string holds what is no hex digit')
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex')
}
