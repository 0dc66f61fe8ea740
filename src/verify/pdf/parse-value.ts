import { VerifyError } from '../errors.ts'
import { asBuffer, hexValue, isDigit, isRegular, isWhiteSpace, skipWhiteSpace, standsAt } from './characters.ts'
import type { PdfBudget } from './limits.ts'
import type { PdfDict, PdfName, PdfString, PdfValue } from './values.ts'

/** A place in bytes that moves on as values are read. */
export interface Cursor {
  readonly bytes: Uint8Array
  at: number
  readonly budget: PdfBudget
  /** Positions are those of the file; false inside an object stream. */
  readonly inFile: boolean
}

const faults = new Map<string, VerifyError>()

/** Made once for each of the few messages: half a million objects may be unreadable, and where that was thrown nobody asks. */
function malformed(message: string): VerifyError {
  const fault = faults.get(message) ?? new VerifyError('malformed-pdf', message)
  faults.set(message, fault)
  return fault
}

/**
 * Reads one value at the cursor, references included, and moves the cursor behind it.
 * @throws VerifyError malformed-pdf, too-deep, too-many-elements
 * @see ISO 32000-2 clause 7.3
 */
export function parseValue(cursor: Cursor, depth = 0): PdfValue {
  if (depth > cursor.budget.limits.maxDepth) throw new VerifyError('too-deep', 'PDF objects nest too deep')
  const { bytes } = cursor
  cursor.at = skipWhiteSpace(bytes, cursor.at)
  const octet = bytes[cursor.at]
  cursor.budget.valuesLeft -= weightOf(octet, bytes[cursor.at + 1])
  if (cursor.budget.valuesLeft < 0) throw new VerifyError('too-many-elements', 'the PDF holds too many values')
  if (octet === 0x2f) return parseName(cursor)
  if (octet === 0x28) return parseLiteralString(cursor)
  if (octet === 0x5b) return { kind: 'array', items: parseItems(cursor, depth) }
  if (octet === 0x3c) return bytes[cursor.at + 1] === 0x3c ? parseDict(cursor, depth) : parseHexString(cursor)
  if (isDigit(octet) || octet === 0x2b || octet === 0x2d || octet === 0x2e) return parseNumberOrRef(cursor)
  return parseKeyword(cursor)
}

/** A key of a dictionary weighs as a number does: the dictionary holds a place for it. */
const KEY_WEIGHT = 4

/** What a value takes of the budget by how it begins: about its bytes in memory, in parts of twenty. */
function weightOf(octet: number | undefined, next: number | undefined): number {
  if (octet === 0x3c) return next === 0x3c ? 14 : 10
  if (octet === 0x5b) return 10
  return octet === 0x2f || octet === 0x28 ? 6 : 2
}

function parseKeyword(cursor: Cursor): null | boolean {
  const word = readWord(cursor)
  if (word === 'null') return null
  if (word === 'true') return true
  if (word === 'false') return false
  throw malformed(word === '' ? 'a value is missing' : 'an unknown word stands in place of a value')
}

/** Reads regular characters as Latin-1, at most 64 of them. */
export function readWord(cursor: Cursor): string {
  let word = ''
  while (isRegular(cursor.bytes[cursor.at]) && word.length < 64) {
    word += String.fromCharCode(cursor.bytes[cursor.at] ?? 0)
    cursor.at += 1
  }
  return word
}

const parseName = (cursor: Cursor): PdfName => ({ kind: 'name', name: readName(cursor) })

/** Reads what stands behind the slash that the cursor is at. */
function readName(cursor: Cursor): string {
  const { bytes } = cursor
  let name = ''
  let at = cursor.at + 1
  for (let octet = bytes[at]; octet !== undefined && isRegular(octet); octet = bytes[at]) {
    const high = octet === 0x23 ? hexValue(bytes[at + 1]) : -1
    const low = high < 0 ? -1 : hexValue(bytes[at + 2])
    name += String.fromCharCode(low < 0 ? octet : high * 16 + low)
    at += low < 0 ? 1 : 3
    if (name.length > 4096) {
      cursor.at = at
      throw malformed('a name is too long')
    }
  }
  cursor.at = at
  return name
}

function parseItems(cursor: Cursor, depth: number): PdfValue[] {
  const items: PdfValue[] = []
  cursor.at += 1
  for (;;) {
    cursor.at = skipWhiteSpace(cursor.bytes, cursor.at)
    if (cursor.bytes[cursor.at] === 0x5d) break
    items.push(parseValue(cursor, depth + 1))
  }
  cursor.at += 1
  return items
}

function parseDict(cursor: Cursor, depth: number): PdfDict {
  const { bytes } = cursor
  const entries = new Map<string, PdfValue>()
  const repeated: string[] = []
  cursor.at += 2
  for (;;) {
    cursor.at = skipWhiteSpace(bytes, cursor.at)
    if (bytes[cursor.at] === 0x3e && bytes[cursor.at + 1] === 0x3e) break
    if (bytes[cursor.at] !== 0x2f) throw malformed('a dictionary key is not a name')
    const name = readName(cursor)
    cursor.budget.valuesLeft -= KEY_WEIGHT
    const value = parseValue(cursor, depth + 1)
    const before = entries.get(name)
    if (before !== undefined && !isSameAtom(before, value)) repeated.push(name)
    entries.set(name, value)
  }
  cursor.at += 2
  return { kind: 'dict', entries, repeated }
}

/** Writers that say a name, a number or a reference twice mean the same both times. */
function isSameAtom(a: PdfValue, b: PdfValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a.kind === 'name') return b.kind === 'name' && a.name === b.name
  return a.kind === 'ref' && b.kind === 'ref' && a.number === b.number && a.generation === b.generation
}

function parseNumberOrRef(cursor: Cursor): PdfValue {
  const start = cursor.at
  const number = parseNumber(cursor)
  if (!Number.isSafeInteger(number) || number < 0 || !isDigit(cursor.bytes[start])) return number
  const behind = cursor.at
  // Some readers take a real number for that of an object, and some do not (clause 7.3.10 wants integers).
  if (cursor.bytes.subarray(start, behind).includes(0x2e)) return number
  const second = skipWhiteSpace(cursor.bytes, behind)
  if (second === behind || !isDigit(cursor.bytes[second])) return number
  let at = second
  let generation = 0
  while (isDigit(cursor.bytes[at]) && at - second < 6) generation = generation * 10 + (cursor.bytes[at++] ?? 0) - 0x30
  const mark = skipWhiteSpace(cursor.bytes, at)
  if (mark === at || cursor.bytes[mark] !== 0x52 || isRegular(cursor.bytes[mark + 1])) return number
  cursor.at = mark + 1
  return { kind: 'ref', number, generation }
}

/** Reads a number (clause 7.3.3); what follows the sign twice or has two points is refused. */
function parseNumber(cursor: Cursor): number {
  const { bytes } = cursor
  let whole = 0
  let at = cursor.at
  // Most numbers are short and whole; behind fifteen digits a sum of doubles is no longer exact.
  const exact = cursor.at + 15
  for (let octet = bytes[at]; at < exact && isDigit(octet); octet = bytes[at]) {
    whole = whole * 10 + (octet ?? 0) - 0x30
    at += 1
  }
  if (at > cursor.at && !isRegular(bytes[at])) {
    cursor.at = at
    return whole
  }
  const word = readWord(cursor)
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) throw malformed('a number is malformed')
  return Number(word)
}

function parseHexString(cursor: Cursor): PdfString {
  const { bytes } = cursor
  const start = cursor.at
  const close = bytes.indexOf(0x3e, start)
  // The cursor says how far was looked, for the budget.
  cursor.at = close < 0 ? bytes.length : close + 1
  if (close < 0) throw malformed('a hexadecimal string does not end')
  const digits = readPlainHex(bytes, start + 1, close) ?? readSpacedHex(bytes, start + 1, close)
  return { kind: 'string', bytes: digits, hex: true, ...extent(cursor, start) }
}

/** Below this, handing the digits over costs more than to read them here. */
const LONG_HEX = 256

/** Hexadecimal digits and nothing else, as signatures are written; null where they are few, or anything else is there. */
function readPlainHex(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  if (end - start < LONG_HEX) return null
  const out = new Uint8Array((end - start) >> 1)
  const read = (end - start) % 2 === 0 ? asBuffer(out).write(asBuffer(bytes).toString('latin1', start, end), 'hex') : -1
  return read === out.length ? out : null
}

function readSpacedHex(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array((end - start + 1) >> 1)
  let length = 0
  let high = -1
  for (let at = start; at < end; at += 1) {
    const value = hexValue(bytes[at])
    if (value < 0) {
      if (isWhiteSpace(bytes[at])) continue
      throw malformed('a hexadecimal string holds other characters')
    }
    if (high < 0) high = value
    else {
      out[length++] = high * 16 + value
      high = -1
    }
  }
  if (high >= 0) out[length++] = high * 16
  return out.subarray(0, length)
}

const ESCAPES: Readonly<Record<number, number>> = { 110: 10, 114: 13, 116: 9, 98: 8, 102: 12 }

function parseLiteralString(cursor: Cursor): PdfString {
  const { bytes } = cursor
  const start = cursor.at
  const end = literalStringEnd(cursor)
  // Nothing that is written takes less room than what it stands for.
  const out = new Uint8Array(end - start - 2)
  let length = 0
  for (let at = start + 1; at < end - 1; at += 1) {
    const octet = bytes[at] ?? 0
    if (octet === 0x5c) {
      const meant = readEscape(bytes, at + 1)
      if (meant.octet !== null) out[length++] = meant.octet
      at = meant.last
    } else if (octet === 13) {
      // Clause 7.3.4.2: any end of line inside a string counts as a line feed.
      out[length++] = 10
      if (bytes[at + 1] === 10) at += 1
    } else out[length++] = octet
  }
  cursor.at = end
  return {
    kind: 'string',
    bytes: length === out.length ? out : out.slice(0, length),
    hex: false,
    ...extent(cursor, start),
  }
}

/** Gives where a string ends, behind its parenthesis. @throws VerifyError malformed-pdf */
function literalStringEnd(cursor: Cursor): number {
  const { bytes } = cursor
  let open = 0
  for (let at = cursor.at; at < bytes.length; at += 1) {
    const octet = bytes[at]
    if (octet === 0x5c) at += 1
    else if (octet === 0x28) open += 1
    else if (octet === 0x29) {
      open -= 1
      if (open === 0) return at + 1
    }
  }
  // The cursor says how far was looked, for the budget.
  cursor.at = bytes.length
  throw malformed('a string does not end')
}

/** Takes where a backslash's companion stands; gives what both mean, and the last position that belongs to them. */
function readEscape(bytes: Uint8Array, at: number): { readonly octet: number | null; readonly last: number } {
  const octet = bytes[at] ?? 0
  if (octet >= 0x30 && octet <= 0x37) {
    let value = 0
    let end = at
    for (; end < at + 3; end += 1) {
      const digit = (bytes[end] ?? 0) - 0x30
      if (digit < 0 || digit > 7) break
      value = value * 8 + digit
    }
    return { octet: value & 0xff, last: end - 1 }
  }
  if (octet === 13) return { octet: null, last: bytes[at + 1] === 10 ? at + 1 : at }
  if (octet === 10) return { octet: null, last: at }
  return { octet: ESCAPES[octet] ?? octet, last: at }
}

const extent = (cursor: Cursor, start: number): { start: number; end: number } =>
  cursor.inFile ? { start, end: cursor.at } : { start: -1, end: -1 }

/** Moves the cursor over a word where it stands next; says whether it did. */
export function takeWord(cursor: Cursor, word: string): boolean {
  const at = skipWhiteSpace(cursor.bytes, cursor.at)
  if (!standsAt(cursor.bytes, at, word) || isRegular(cursor.bytes[at + word.length])) return false
  cursor.at = at + word.length
  return true
}
