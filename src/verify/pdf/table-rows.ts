import { asBuffer, isDigit, isWhiteSpace, skipBlanks, standsAt } from './characters.ts'
import type { PdfDocument } from './pdf-document.ts'

const ROW = 20
/** What writers make that forget the blank before the end of line. */
const SHORT_ROW = 19

/** Gives where at most 15 digits end that begin there. */
export function readDigits(bytes: Uint8Array, at: number): number {
  let end = at
  while (isDigit(bytes[end]) && end - at < 15) end += 1
  return end
}

/** Says whether a row stands there as clause 7.5.4 has it: twenty octets, the last two an end of line. */
export function isStrictRow(bytes: Uint8Array, at: number): boolean {
  const [first, second] = [bytes[at + 18], bytes[at + 19]]
  const ends = (first === 0x20 && (second === 13 || second === 10)) || (first === 13 && second === 10)
  return isRow(bytes, at) && ends
}

const isShortRow = (bytes: Uint8Array, at: number): boolean =>
  isRow(bytes, at) && (bytes[at + 18] === 10 || (bytes[at + 18] === 13 && bytes[at + 19] !== 10))

function isRow(bytes: Uint8Array, at: number): boolean {
  const mark = bytes[at + 17]
  return (
    readDigits(bytes, at) === at + 10 &&
    bytes[at + 10] === 0x20 &&
    readDigits(bytes, at + 11) === at + 16 &&
    bytes[at + 16] === 0x20 &&
    (mark === 0x6e || mark === 0x66)
  )
}

/** How the rows of the tables of a file are written: some readers count octets, some search where anything is amiss. */
export function rowsOf({ bytes, revisions }: PdfDocument): 'strict' | 'short' | 'loose' {
  let short = false
  for (const { kind, sectionOffset, sectionEnd } of revisions) {
    if (kind !== 'table') continue
    const rows = rowsIn(bytes, sectionOffset + 4, sectionEnd)
    if (rows === 'loose') return rows
    short ||= rows === 'short'
  }
  return short ? 'short' : 'strict'
}

function rowsIn(bytes: Uint8Array, from: number, to: number): 'strict' | 'short' | 'loose' {
  let width: number | null = null
  let at = skipBlanks(bytes, from)
  while (at < to && !standsAt(bytes, at, 'trailer')) {
    const first = readDigits(bytes, at)
    const count = readDigits(bytes, first + 1)
    if (first === at || bytes[first] !== 0x20 || count === first + 1 || !isWhiteSpace(bytes[count])) return 'loose'
    const rows = Number(asBuffer(bytes).toString('latin1', first + 1, count))
    at = skipBlanks(bytes, count)
    for (let row = 0; row < rows && at < to; row += 1) {
      const own = isStrictRow(bytes, at) ? ROW : isShortRow(bytes, at) ? SHORT_ROW : null
      // One that is short among others shifts all that follow.
      if (own === null || (width !== null && width !== own)) return 'loose'
      width = own
      at += own
    }
    at = skipBlanks(bytes, at)
  }
  return width === SHORT_ROW ? 'short' : 'strict'
}

/** How the table of one cross-reference section is written. */
export interface Table {
  /** Rows and subsections are written as clause 7.5.4 has them. */
  readonly strict: boolean
  /** Behind the highest number that a subsection names, be it empty. */
  readonly bound: number
  /** Object 0 is said to be in use. */
  readonly zeroInUse: boolean
}

/**
 * Walks the table that stands between `xref` and its trailer. Where it is not strict, only what stood before is told.
 * @see ISO 32000-2 clause 7.5.4: subsections of rows of exactly twenty octets
 */
export function walkTable(bytes: Uint8Array, from: number, to: number): Table {
  let bound = 0
  let zeroInUse = false
  let at = skipLineEnd(bytes, from + 4)
  const told = (strict: boolean): Table => ({ strict, bound, zeroInUse })
  while (at > 0 && at < to && !standsAt(bytes, at, 'trailer')) {
    const first = readDigits(bytes, at)
    const count = bytes[first] === 0x20 ? readDigits(bytes, first + 1) : -1
    if (first === at || count <= first + 1) return told(false)
    const start = Number(asBuffer(bytes.subarray(at, first)).toString('latin1'))
    const rows = Number(asBuffer(bytes.subarray(first + 1, count)).toString('latin1'))
    bound = Math.max(bound, start + rows)
    at = skipLineEnd(bytes, count)
    if (at < 0 || at + rows * 20 > to) return told(false)
    for (let row = 0; row < rows; row += 1, at += 20) {
      if (start + row === 0 && bytes[at + 17] === 0x6e) zeroInUse = true
      if (!isStrictRow(bytes, at)) return told(false)
    }
  }
  const dict = skipBlanks(bytes, at + 7)
  return told(at > 0 && standsAt(bytes, at, 'trailer') && standsAt(bytes, dict, '<<'))
}

/** Gives where the next line begins, blanks passed over; -1 where something else stands before it. */
function skipLineEnd(bytes: Uint8Array, at: number): number {
  let position = at
  while (bytes[position] === 0x20) position += 1
  if (bytes[position] === 13) return bytes[position + 1] === 10 ? position + 2 : position + 1
  return bytes[position] === 10 ? position + 1 : -1
}
