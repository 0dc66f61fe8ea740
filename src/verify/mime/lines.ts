import { Buffer } from 'node:buffer'

/**
 * What ends a line in a source. "lf" takes CRLF and bare LF. "cr" is for bytes without a single LF: where both occur, a
 * bare CR ends nothing, since other readers do not see a line there and what they show would differ from what we judge.
 */
export type LineEnds = 'lf' | 'cr'

const LF = 0x0a
const CR = 0x0d

/** Takes a whole source; says what ends its lines. */
export function lineEndsOf(source: Uint8Array): LineEnds {
  return !source.includes(LF) && source.includes(CR) ? 'cr' : 'lf'
}

/** Gives the offset behind the line that begins at start: behind its line end, or end. */
export function endOfLine(source: Uint8Array, start: number, end: number, lineEnds: LineEnds): number {
  const found = source.indexOf(lineEnds === 'cr' ? CR : LF, start)
  return found < 0 || found >= end ? end : found + 1
}

/** Gives where the content of the line [start, next) ends: in front of its line end. */
export function lineContentEnd(source: Uint8Array, start: number, next: number): number {
  let at = next
  if (at > start && source[at - 1] === LF) at--
  if (at > start && source[at - 1] === CR) at--
  return at
}

/**
 * Takes bytes; gives them with CRLF at every line's end, as a signature over text is made (RFC 8551 §3.1.1,
 * RFC 3156 §5): mail stored with bare LF still verifies.
 */
export function withCrlf(bytes: Uint8Array): Uint8Array {
  const out = Buffer.alloc(bytes.length * 2)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === LF && bytes[at - 1] !== CR) out[length++] = CR
    out[length++] = byte
  }
  return out.subarray(0, length)
}
