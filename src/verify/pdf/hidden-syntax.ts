import { asBuffer, isDigit, isRegular, isWhiteSpace, skipWhiteSpace } from './characters.ts'
import type { PdfDocument } from './pdf-document.ts'
import { headerBefore } from './section-chain.ts'

const MAX_RUN = 4096
const MAX_LINE = 256

/**
 * Says whether readers that search a file could take the word obj at a place for the head of an object: numbers of any
 * length before it, blanks of any number, a comment between.
 */
export function looksLikeHeader(bytes: Uint8Array, at: number): boolean {
  if (isRegular(bytes[at + 3]) && !isDigit(bytes[at + 3])) return false
  const back = (from: number, is: (octet: number | undefined) => boolean): number => {
    let position = from
    while (position > 0 && from - position < MAX_RUN && is(bytes[position - 1])) position -= 1
    return position
  }
  const behindGeneration = back(at, isWhiteSpace)
  const generation = back(behindGeneration, isDigit)
  const behindNumber = back(generation, isWhiteSpace)
  if (generation === behindGeneration) return endsComment(bytes, behindGeneration)
  if (behindNumber === generation) return false
  return isDigit(bytes[behindNumber - 1]) || endsComment(bytes, behindNumber)
}

function endsComment(bytes: Uint8Array, end: number): boolean {
  for (let at = end - 1; at >= 0 && end - at < MAX_LINE; at -= 1) {
    if (bytes[at] === 0x25) return true
    if (bytes[at] === 10 || bytes[at] === 13) return false
  }
  return false
}

const known = new WeakMap<PdfDocument, boolean>()

/**
 * Says whether a file holds what readers that search it take for an object, or for the end of a stream, where no
 * cross-reference of any revision lists one. What makes a reader search is told by no standard, so whoever prepares such
 * a file decides what is shown once it was signed.
 */
export function hidesSyntax(document: PdfDocument): boolean {
  const answer = known.get(document) ?? findHiddenSyntax(document)
  known.set(document, answer)
  return answer
}

function findHiddenSyntax(document: PdfDocument): boolean {
  const { bytes, revisions } = document
  const buffer = asBuffer(bytes)
  const starts = new Set<number>()
  const ends = new Set<number>()
  for (const { offset, start, end } of document.extents()) {
    starts.add(start)
    starts.add(skipWhiteSpace(bytes, offset))
    ends.add(end)
  }
  for (const { sectionOffset } of revisions) starts.add(sectionOffset)
  for (let at = buffer.indexOf('obj', 0, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    if (!looksLikeHeader(bytes, at)) continue
    const header = headerBefore(bytes, at)
    if (!header || !starts.has(header.start)) return true
  }
  for (let at = buffer.indexOf('endstream', 0, 'latin1'); at >= 0; at = buffer.indexOf('endstream', at + 9, 'latin1')) {
    if (!ends.has(at + 9)) return true
  }
  return false
}

/** Gives where a word stands in bytes, in order. */
export function* placesOf(buffer: Buffer, word: string): Generator<number> {
  for (let at = buffer.indexOf(word, 0, 'latin1'); at >= 0; at = buffer.indexOf(word, at + 1, 'latin1')) yield at
}

/** Gives how often a word stands in bytes. */
export function countOf(buffer: Buffer, word: string): number {
  let found = 0
  for (const _at of placesOf(buffer, word)) found += 1
  return found
}
