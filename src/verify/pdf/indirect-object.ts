import { VerifyError } from '../errors.ts'
import { asBuffer, isDigit, isRegular, isWhiteSpace, skipWhiteSpace, standsAt } from './characters.ts'
import { chargeObject, type PdfBudget } from './limits.ts'
import { type Cursor, parseValue, takeWord } from './parse-value.ts'
import type { PdfValue } from './values.ts'

/** An object as it stands in the file (ISO 32000-2 clause 7.3.10). */
export interface IndirectObject {
  readonly number: number
  readonly generation: number
  readonly value: PdfValue
  /** Where `N G obj` begins. */
  readonly start: number
  /** Behind the value, or behind `endstream`. */
  readonly end: number
  /** The stream's Length was wrong and its end was searched for. */
  readonly lengthRepaired: boolean
}

/** Gives the length that a stream's Length entry stands for; null where it is none. */
export type LengthResolver = (length: PdfValue | undefined) => number | null

/** Reads `N G obj` at the position; null where it does not stand there. */
export function readObjectHeader(
  bytes: Uint8Array,
  offset: number,
): { readonly number: number; readonly generation: number; readonly start: number; readonly end: number } | null {
  const start = skipWhiteSpace(bytes, offset)
  const first = readDigits(bytes, start)
  if (!first || !isWhiteSpace(bytes[first.end])) return null
  const second = readDigits(bytes, skipWhiteSpace(bytes, first.end))
  if (!second || !isWhiteSpace(bytes[second.end])) return null
  const word = skipWhiteSpace(bytes, second.end)
  if (!standsAt(bytes, word, 'obj') || isRegular(bytes[word + 3])) return null
  return { number: first.value, generation: second.value, start, end: word + 3 }
}

function readDigits(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  let end = at
  let value = 0
  while (isDigit(bytes[end]) && end - at < 10) value = value * 10 + (bytes[end++] ?? 0) - 0x30
  return end === at ? null : { value, end }
}

/** Made once: half a million entries may lead nowhere, and where each was thrown from is told by nobody. */
const NO_OBJECT = new VerifyError('malformed-pdf', 'no object stands where the cross-reference says')

/**
 * Reads the indirect object that stands at an offset.
 * @throws VerifyError malformed-pdf, too-deep, too-many-elements
 */
export function parseIndirectObject(
  bytes: Uint8Array,
  offset: number,
  budget: PdfBudget,
  lengthOf: LengthResolver,
): IndirectObject {
  const header = readObjectHeader(bytes, offset)
  if (!header) throw NO_OBJECT
  chargeObject(budget, 'object')
  const cursor: Cursor = { bytes, at: header.end, budget, inFile: true }
  const value = parseWithin(cursor, offset)
  const base = { number: header.number, generation: header.generation, start: header.start }
  if (value === null || typeof value !== 'object' || value.kind !== 'dict' || !takeWord(cursor, 'stream')) {
    return { ...base, value, end: cursor.at, lengthRepaired: false }
  }
  const start = streamStart(bytes, cursor.at)
  const { end, behind, repaired } = findStreamEnd(bytes, start, lengthOf(value.entries.get('Length')), budget)
  const stream = { kind: 'stream', dict: value, raw: bytes.subarray(start, end), decrypt: null } as const
  return { ...base, value: stream, end: behind, lengthRepaired: repaired }
}

/** Counts what was read, whether it was well-formed or not. */
function parseWithin(cursor: Cursor, offset: number): PdfValue {
  try {
    return parseValue(cursor)
  } finally {
    cursor.budget.syntaxBytesLeft -= Math.max(0, cursor.at - offset)
    if (cursor.budget.syntaxBytesLeft < 0) throwTooMuch()
  }
}

function throwTooMuch(): never {
  throw new VerifyError('too-many-elements', 'the PDF holds too much to read')
}

/**
 * Clause 7.3.8.1: CR LF or LF ends the line of `stream`; a lone CR and blanks before are tolerated, as other readers do.
 * With anything else on the line, readers begin the stream at places of their own.
 */
function streamStart(bytes: Uint8Array, at: number): number {
  let start = at
  while (bytes[start] === 0x20 || bytes[start] === 9) start += 1
  if (bytes[start] === 13) return bytes[start + 1] === 10 ? start + 2 : start + 1
  if (bytes[start] !== 10) throw new VerifyError('malformed-pdf', 'a stream begins on the line of its keyword')
  return start + 1
}

/** The word alone: others take what only begins so for part of the stream. */
const endsStream = (bytes: Uint8Array, at: number): boolean =>
  standsAt(bytes, at, 'endstream') && !isRegular(bytes[at + 9])

function findStreamEnd(
  bytes: Uint8Array,
  start: number,
  length: number | null,
  budget: PdfBudget,
): { end: number; behind: number; repaired: boolean } {
  if (length !== null && length >= 0 && start + length <= bytes.length) {
    let at = start + length
    while (isWhiteSpace(bytes[at])) at += 1
    if (endsStream(bytes, at)) return { end: start + length, behind: at + 9, repaired: false }
  }
  const found = nextStreamEnd(bytes, start, budget)
  if (found === null) throw new VerifyError('malformed-pdf', 'a stream does not end')
  let end = found
  if (bytes[end - 1] === 10 && end > start) end -= 1
  if (bytes[end - 1] === 13 && end > start) end -= 1
  return { end, behind: found + 9, repaired: true }
}

/** By the document's budget, and not by its bytes: whoever hands in the same memory again may have written to it. */
const streamEnds = new WeakMap<PdfBudget, readonly number[]>()

/** Gives the next `endstream`; all are found once, so that a thousand streams without end cost one search. */
function nextStreamEnd(bytes: Uint8Array, start: number, budget: PdfBudget): number | null {
  let ends = streamEnds.get(budget)
  if (!ends) {
    ends = findStreamEnds(bytes)
    streamEnds.set(budget, ends)
  }
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) < start) low = middle + 1
    else high = middle
  }
  return ends[low] ?? null
}

function findStreamEnds(bytes: Uint8Array): readonly number[] {
  const buffer = asBuffer(bytes)
  const ends: number[] = []
  for (let at = buffer.indexOf('endstream', 0, 'latin1'); at >= 0; at = buffer.indexOf('endstream', at + 9, 'latin1')) {
    if (endsStream(bytes, at)) ends.push(at)
  }
  return ends
}
