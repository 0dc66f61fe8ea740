import { Buffer } from 'node:buffer'
import { decodeText } from './charset.ts'
import type { HeaderField } from './entity.ts'
import type { LineEnds } from './lines.ts'
import { endOfLine, lineContentEnd } from './lines.ts'
import { MimeError, type MimeLimits } from './mime-error.ts'

/** A header block and where the body begins. */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[]
  /** Behind the last field, in front of the blank line. */
  readonly headerEnd: number
  readonly bodyStart: number
  readonly notes: readonly string[]
}

const COLON = 0x3a
const CR = 0x0d
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09

/**
 * Reads the header of the entity that begins at start (RFC 5322 §2.2). A line that is neither field nor continuation
 * ends it: the blank line is missing then, and the body begins with that line.
 * @throws MimeError too-large beyond maxHeaderBytes or maxHeaderFields
 */
export function readHeader(
  source: Uint8Array,
  start: number,
  end: number,
  lineEnds: LineEnds,
  limits: MimeLimits,
): HeaderBlock {
  const spans: { start: number; end: number; colon: number }[] = []
  const notes: string[] = []
  let at = start
  if (startsWithMboxLine(source, at, end)) {
    at = endOfLine(source, at, end, lineEnds)
    notes.push('mbox-line')
  }
  const close = (bodyStart: number): HeaderBlock => ({
    fields: spans.map((span) => field(source, span)),
    headerEnd: at,
    bodyStart,
    notes,
  })
  while (at < end) {
    const next = endOfLine(source, at, end, lineEnds)
    const contentEnd = lineContentEnd(source, at, next)
    if (contentEnd === at) return close(next)
    // Some readers see another line behind it, and in it another field.
    if (hasBareCr(source, at, contentEnd)) notes.push('bare-cr')
    const last = spans.at(-1)
    const continues = isBlank(source[at]) && last !== undefined
    const colon = continues ? -1 : fieldColon(source, at, contentEnd)
    if (!continues && colon < 0) {
      notes.push(spans.length === 0 ? 'header-missing' : 'blank-line-missing')
      return close(at)
    }
    if (next - start > limits.maxHeaderBytes) throw new MimeError('too-large', 'the header is too large')
    if (spans.length >= limits.maxHeaderFields) throw new MimeError('too-large', 'the header has too many fields')
    if (continues) last.end = next
    else spans.push({ start: at, end: next, colon })
    at = next
  }
  return close(at)
}

/**
 * "From " or ">From " as the first line: what a mailbox file puts in front of a mail. "From : kai@example.dk" is the field,
 * with white space as RFC 5322 §4.5 bears with it.
 */
function startsWithMboxLine(source: Uint8Array, start: number, end: number): boolean {
  return /^>?From (?![ \t]*:)/.test(Buffer.from(source.subarray(start, Math.min(end, start + 200))).toString('latin1'))
}

const hasBareCr = (source: Uint8Array, start: number, end: number): boolean => source.subarray(start, end).includes(CR)

/** Gives where the colon of a field stands: behind printable ASCII, with white space allowed in front (obsolete). */
function fieldColon(source: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && at - start < 200 && isNameByte(source[at] ?? 0)) at++
  if (at === start) return -1
  while (at < end && isBlank(source[at])) at++
  return source[at] === COLON && at < end ? at : -1
}

// RFC 5322 §2.2 wants printable ASCII; letters beyond it occur and are no reason to end the header there.
const isNameByte = (byte: number): boolean => byte > 0x20 && byte !== 0x7f && byte !== COLON

function field(source: Uint8Array, span: { start: number; end: number; colon: number }): HeaderField {
  const name = Buffer.from(source.subarray(span.start, span.colon)).toString('latin1').trim().toLowerCase()
  const { text } = decodeText(source.subarray(span.colon + 1, span.end), null)
  // Unfolding takes the line ends away and leaves the white space behind them.
  return { name, start: span.start, end: span.end, value: text.replace(/[\r\n]+/g, '').trim() }
}
