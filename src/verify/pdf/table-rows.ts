import { asBuffer, isDigit, isWhiteSpace, standsAt } from './characters.ts'
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
  const blanks = (position: number): number => {
    let behind = position
    while (isWhiteSpace(bytes[behind])) behind += 1
    return behind
  }
  let width: number | null = null
  let at = blanks(from)
  while (at < to && !standsAt(bytes, at, 'trailer')) {
    const first = readDigits(bytes, at)
    const count = readDigits(bytes, first + 1)
    if (first === at || bytes[first] !== 0x20 || count === first + 1 || !isWhiteSpace(bytes[count])) return 'loose'
    const rows = Number(asBuffer(bytes).toString('latin1', first + 1, count))
    at = blanks(count)
    for (let row = 0; row < rows && at < to; row += 1) {
      const own = isStrictRow(bytes, at) ? ROW : isShortRow(bytes, at) ? SHORT_ROW : null
      // One that is short among others shifts all that follow.
      if (own === null || (width !== null && width !== own)) return 'loose'
      width = own
      at += own
    }
    at = blanks(at)
  }
  return width === SHORT_ROW ? 'short' : 'strict'
}
