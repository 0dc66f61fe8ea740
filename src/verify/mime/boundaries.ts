import { Buffer } from 'node:buffer'
import { endOfLine, type LineEnds, lineContentEnd } from './lines.ts'

/** A line "--boundary" or "--boundary--". */
export interface Delimiter {
  readonly lineStart: number
  /** Where the part before it ends: in front of the line end that belongs to the delimiter. */
  readonly partEnd: number
  /** Behind the delimiter's own line. */
  readonly next: number
  readonly closing: boolean
}

const LF = 0x0a
const CR = 0x0d

/**
 * Finds the delimiter lines of one boundary in [start, end) of source, up to the closing one (RFC 2046 §5.1.1). Only
 * white space may follow: a longer boundary of an inner multipart is not this one. Where a line only begins like a
 * delimiter, its offset is added to lookalikes: a reader may by the same clause take it for one.
 */
export function* findDelimiters(
  source: Uint8Array,
  start: number,
  end: number,
  boundary: string,
  lineEnds: LineEnds,
  lookalikes: number[],
): Generator<Delimiter> {
  const needle = Buffer.from(`--${boundary}`, 'utf8')
  // Ends with the region: searching on behind it, once per part, would make the time quadratic.
  const haystack = Buffer.from(source.buffer, source.byteOffset, end)
  let at = start
  while (at < end) {
    const found = haystack.indexOf(needle, at)
    if (found < 0) return
    const startsLine = isLineStart(source, start, found, lineEnds)
    const delimiter = startsLine ? readDelimiter(source, start, found, found + needle.length, end, lineEnds) : null
    if (!delimiter) {
      if (startsLine) lookalikes.push(found)
      // Nothing else on this line begins one: a line of dashes costs one search, not one for each.
      at = endOfLine(source, found, end, lineEnds)
      continue
    }
    yield delimiter
    if (delimiter.closing) return
    at = delimiter.next
  }
}

const isLineStart = (source: Uint8Array, start: number, at: number, lineEnds: LineEnds): boolean =>
  at === start || source[at - 1] === (lineEnds === 'cr' ? CR : LF)

function readDelimiter(
  source: Uint8Array,
  start: number,
  lineStart: number,
  behind: number,
  end: number,
  lineEnds: LineEnds,
): Delimiter | null {
  const next = endOfLine(source, lineStart, end, lineEnds)
  const contentEnd = lineContentEnd(source, lineStart, next)
  const closing = source[behind] === 0x2d && source[behind + 1] === 0x2d && behind + 2 <= contentEnd
  for (let at = closing ? behind + 2 : behind; at < contentEnd; at++) {
    if (source[at] !== 0x20 && source[at] !== 0x09) return null
  }
  return { lineStart, partEnd: lineContentEnd(source, start, lineStart), next, closing }
}

/** For a multipart that names no boundary: the first line that looks like a delimiter gives it, or null. */
export function guessBoundary(source: Uint8Array, start: number, end: number): string | null {
  const head = Buffer.from(source.subarray(start, Math.min(end, start + 4096))).toString('latin1')
  return /^--([^\s-][^\r\n]{0,69}?)[ \t]*\r?$/m.exec(head)?.[1] ?? null
}
