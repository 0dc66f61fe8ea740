import type { Finding } from '../report/report.ts'
import { isWhiteSpace } from './characters.ts'
import type { PdfDocument } from './pdf-document.ts'
import { integerOf, isKind, type PdfDict } from './values.ts'

/** What a signature dictionary's ByteRange covers; sound only where the gap is exactly its own Contents. */
export interface ByteRange {
  readonly sound: boolean
  /** As it stands, where it is a list of numbers. */
  readonly numbers: readonly number[] | null
  /** Behind the last covered byte; 0 where unsound numbers say nothing. */
  readonly end: number
  readonly findings: readonly Finding[]
}

/** Whole file (but for white space at its end), a whole revision, or ending in the midst. */
export type Coverage = 'file' | 'revision' | 'partial'

const CLAUSE = 'ISO 32000-2 §12.8.1'

/**
 * Judges the byte range of a signature dictionary: four numbers from 0, and between the two ranges nothing but the
 * hexadecimal Contents that stands directly in this very dictionary. Anything else would leave room for bytes that
 * nobody signed.
 * @see ISO 32000-2 clause 12.8.1, table 255; EN 319 142-1 clause 6.2.2
 */
export function judgeByteRange(dict: PdfDict, fileBytes: number): ByteRange {
  const findings: Finding[] = []
  const refuse = (code: string, message: string): void => {
    findings.push({ code, severity: 'error', message, clause: CLAUSE })
  }
  const value = dict.entries.get('ByteRange')
  const items = isKind(value, 'array') ? value.items.map((item) => integerOf(item)) : null
  const numbers = items?.every((item) => item !== null) ? items : null
  if (!numbers) refuse('byte-range-malformed', 'the byte range is missing or no direct list of whole numbers')
  const [start = -1, length = -1, second = -1, secondLength = -1] = numbers ?? []
  const shaped =
    numbers?.length === 4 &&
    start === 0 &&
    length > 0 &&
    second > length &&
    secondLength > 0 &&
    second + secondLength <= fileBytes
  if (numbers && !shaped) refuse('byte-range-unsound', 'the byte range is not two ranges from the start of the file on')
  const contents = dict.entries.get('Contents')
  if (!isKind(contents, 'string') || !contents.hex) {
    refuse('contents-malformed', 'Contents is no direct hexadecimal string')
  } else if (shaped && (contents.start !== length || contents.end !== second)) {
    refuse('byte-range-gap', 'the gap of the byte range is not exactly the Contents of this signature')
  } else if (shaped && contents.bytes.length < (second - length - 2) / 2) {
    refuse('byte-range-gap', 'the gap of the byte range holds more than the digits of Contents')
  }
  if (dict.repeated.includes('ByteRange') || dict.repeated.includes('Contents')) {
    refuse('byte-range-repeated', 'ByteRange or Contents stands twice in the signature dictionary')
  }
  return { sound: findings.length === 0, numbers, end: shaped ? second + secondLength : 0, findings }
}

/** Gives how much of the file a sound byte range covers; `revisionEnds` are the ends of all revisions. */
export function coverageOf(bytes: Uint8Array, range: ByteRange, revisionEnds: readonly number[]): Coverage {
  if (isBlank(bytes, range.end, bytes.length)) return 'file'
  const atEnd = revisionEnds.some((end) => {
    const [from, to] = end < range.end ? [end, range.end] : [range.end, end]
    return to - from <= 4 && isBlank(bytes, from, to)
  })
  return atEnd ? 'revision' : 'partial'
}

/** Readers look for the end of the file so near its end: beyond, they may search it for objects instead. */
const MAX_BLANK = 1000

/** Says whether nothing but a little white space stands behind a place. */
export const isShortBlank = (bytes: Uint8Array, from: number): boolean =>
  bytes.length - from <= MAX_BLANK && isBlank(bytes, from, bytes.length)

/** Says whether a range holds nothing but white space. */
export function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isWhiteSpace(bytes[at])) return false
  return true
}

/** Gives the digest over the two ranges, by node:crypto's name; SHAKE256 with 64 octets (RFC 8419). */
export function digestOfByteRange(document: PdfDocument, range: ByteRange, algorithm: string): Uint8Array {
  const [, length = 0, second = 0, secondLength = 0] = range.numbers ?? []
  return document.digests.over(algorithm, length, second, second + secondLength)
}

/** Gives the covered bytes, joined. */
export function bytesOfByteRange(bytes: Uint8Array, range: ByteRange): Uint8Array {
  const [, length = 0, second = 0, secondLength = 0] = range.numbers ?? []
  return Buffer.concat([bytes.subarray(0, length), bytes.subarray(second, second + secondLength)])
}
