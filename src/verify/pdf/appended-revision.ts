import { asBuffer, isDigit, isRegular, isWhiteSpace, standsAt } from './characters.ts'
import { readObjectHeader } from './indirect-object.ts'
import type { ObjectExtent, PdfDocument } from './pdf-document.ts'
import type { PdfRevision } from './revision.ts'
import { headerBefore } from './section-chain.ts'
import { integerOf, isKind } from './values.ts'

/**
 * Says where a reader may find something else in the bytes that a revision appended than we do; null where there is no
 * such place. Readers bear with much, each in its own way, and some look for objects by themselves where anything is not
 * as it should be: whoever appends may use that. So what was appended must be nothing but the objects that its
 * cross-reference lists, each where it says, and a cross-reference and an end of file as the standard writes them.
 * @see ISO 32000-2 clauses 7.3.10, 7.5.4 to 7.5.8
 */
export function findLooseEnd(document: PdfDocument, index: number): string | null {
  const revision = document.revisions[index]
  const before = document.revisions[index - 1]
  if (!revision || !before) return null
  const objects = appendedObjects(document, index, before.end)
  if (!objects) return 'an object does not stand exactly where the cross-reference says'
  return (
    findBetween(document, objects, before.end, revision.sectionOffset, revision.kind) ??
    findInTrailer(document, index) ??
    (revision.exact ? null : 'the cross-reference is ambiguous') ??
    findInStreamsOfObjects(document, index, objects) ??
    findDecoys(document, objects, before.end, revision.end, revision.kind) ??
    unlessSafe(document, findSlip(document, index))
  )
}

/** What makes some readers search the file for objects is harmless where they find what the cross-references say. */
const unlessSafe = (document: PdfDocument, slip: string | null): string | null =>
  slip !== null && !isSafeToSearch(document) ? slip : null

/** An object of the appended bytes, with its number. */
interface Appended extends ObjectExtent {
  readonly number: number
}

/** Gives them in the order in which they stand; null where one is not exactly where its entry says. */
function appendedObjects(document: PdfDocument, index: number, from: number): readonly Appended[] | null {
  const view = document.view(index)
  const found: Appended[] = []
  for (const number of document.changedIn(index)) {
    const entry = view.revision.entries.get(number)
    if (entry?.kind !== 'offset') continue
    const header = readObjectHeader(document.bytes, entry.offset)
    if (header?.number !== number || header.generation !== entry.generation) return null
    if (entry.offset < from) continue
    view.object(number)
    const extent = document.extentAt(entry.offset)
    if (!extent || extent.start !== skipBlanks(document.bytes, entry.offset) || extent.repaired) return null
    found.push({ ...extent, number })
  }
  return found.sort((a, b) => a.start - b.start)
}

/** Between two objects stands the end of the first, and white space. */
function findBetween(
  { bytes }: PdfDocument,
  objects: readonly Appended[],
  from: number,
  sectionOffset: number,
  kind: 'table' | 'stream' | 'rebuilt',
): string | null {
  let at = from
  for (const [i, object] of objects.entries()) {
    at = i === 0 ? skipBlanks(bytes, at) : behindEndOfObject(bytes, at)
    if (at !== object.start) return `bytes before object ${object.number} belong to no object`
    at = object.end
  }
  const last = objects.at(-1)
  if (kind === 'stream' && last?.start !== sectionOffset) return 'the cross-reference is not the last that was appended'
  if (kind === 'stream') return behindEndOfObject(bytes, at) < 0 ? 'the cross-reference does not end' : null
  at = last ? behindEndOfObject(bytes, at) : skipBlanks(bytes, at)
  return at === sectionOffset && standsAt(bytes, at, 'xref') ? null : 'the cross-reference is not where it should be'
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  let position = at
  while (isWhiteSpace(bytes[position])) position += 1
  return position
}

/** Gives where it goes on behind `endobj`; -1 where that is missing. */
function behindEndOfObject(bytes: Uint8Array, at: number): number {
  const word = skipBlanks(bytes, at)
  return standsAt(bytes, word, 'endobj') && !isRegular(bytes[word + 6]) ? skipBlanks(bytes, word + 6) : -1
}

/** Numbers that readers take otherwise, or not at all, where they are written as reals. */
const REAL_WHERE_INTEGER = /\/(?:Prev|Size|XRefStm|Length)\s+[+-]?\d*\.|\/(?:Index|W)\s*\[[^\]]*[.+-]/

function findInTrailer(document: PdfDocument, index: number): string | null {
  const revision = document.revisions[index]
  if (!revision) return null
  const { entries, repeated } = revision.ownTrailer
  if (repeated.length > 0 || [...entries.keys()].some((key) => key.includes('\0'))) {
    return 'a key of the trailer can be read twice'
  }
  if (document.encrypted && !(entries.has('Encrypt') && entries.has('ID')))
    return 'the trailer leaves out the encryption'
  const size = integerOf(entries.get('Size'))
  const isNewest = index === document.revisions.length - 1
  // Clause 7.5.5: objects above it count as missing.
  if (isNewest && size !== null && size <= revision.highest) return 'the trailer counts fewer objects than there are'
  return null
}

/** What is not written as it should be, so that some readers give up on the cross-reference. */
function findSlip(document: PdfDocument, index: number): string | null {
  const { bytes, revisions } = document
  const [revision, before] = [revisions[index], revisions[index - 1]]
  if (!revision || !before) return null
  const { ownTrailer, sectionOffset, sectionEnd, kind } = revision
  const { entries } = ownTrailer
  if (!isKind(entries.get('Root'), 'ref')) return 'the trailer names no catalog'
  if (integerOf(entries.get('Size')) === null) return 'the trailer does not say how many objects there are'
  const previous = integerOf(entries.get('Prev'))
  if (previous === null || !leadsTo(document, previous, before.sectionOffset))
    return 'the trailer names no previous one'
  if (kind === 'table' && !isStrictTable(bytes, sectionOffset, sectionEnd)) {
    return 'the cross-reference table is not written as it should be'
  }
  const section = asBuffer(bytes.subarray(sectionOffset, sectionEnd))
  const trailer = kind === 'table' ? section.lastIndexOf('trailer', undefined, 'latin1') : 0
  if (REAL_WHERE_INTEGER.test(section.toString('latin1', trailer, trailer + 4096))) {
    return 'a number of the cross-reference is no integer'
  }
  return findBehindTrailer(document, index)
}

/** More is not worth the time: then a slip is no harmless one. */
const MAX_SEARCHED = 2_000_000

/**
 * Says whether a search through the whole file would find each object in use, and in the version that is in force, and
 * nothing that no cross-reference lists.
 */
function isSafeToSearch(document: PdfDocument): boolean {
  const { bytes, revisions } = document
  const newest = revisions.at(-1)
  if (!newest || newest.highest > MAX_SEARCHED) return false
  const last = new Map<number, number>()
  const buffer = asBuffer(bytes)
  for (let at = buffer.indexOf('obj', 0, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    const header = headerBefore(bytes, at)
    if (header) last.set(header.number, header.start)
  }
  if (last.size * revisions.length > MAX_SEARCHED) return false
  const startIn = (revision: PdfRevision, number: number): number | null => {
    const entry = revision.entries.get(number)
    return entry?.kind === 'offset' ? skipBlanks(bytes, entry.offset) : null
  }
  for (let number = 1; number <= newest.highest; number += 1) {
    const entry = newest.entries.get(number)
    if (entry?.kind === 'compressed') return false
    if (entry?.kind === 'offset' && last.get(number) !== startIn(newest, number)) return false
  }
  // What was freed may come back as it was; what was never there may not.
  for (const [number, start] of last) if (!revisions.some((one) => startIn(one, number) === start)) return false
  return countOf(buffer, 'trailer') === countOf(buffer, 'startxref')
}

const leadsTo = ({ bytes }: PdfDocument, named: number, offset: number): boolean =>
  named === offset || (named < offset && offset - named <= 1024 && skipBlanks(bytes, named) === offset)

/** Behind the trailer only comments may stand, then startxref, where it leads, and the end of the file. */
const BEHIND =
  /^\s*(?:%(?!%EOF)[^\r\n]*[\r\n]\s*)*startxref(?:\r\n|\r|\n)+(\d{1,15})(?:\r\n|\r|\n)+%%EOF(?:\r\n|\r|\n)?$/

function findBehindTrailer({ bytes, revisions }: PdfDocument, index: number): string | null {
  const revision = revisions[index]
  if (!revision) return null
  const from = revision.kind === 'stream' ? behindEndOfObject(bytes, revision.sectionEnd) : revision.sectionEnd
  if (revision.end - from > 4096) return 'the end of the file is far from its trailer'
  const [, named] = BEHIND.exec(asBuffer(bytes.subarray(from, revision.end)).toString('latin1')) ?? []
  return named === undefined ? 'the end of the file is not written as it should be' : null
}

/** Clause 7.5.4: subsections of rows of exactly twenty octets. */
function isStrictTable(bytes: Uint8Array, from: number, to: number): boolean {
  let at = skipLineEnd(bytes, from + 4)
  while (at > 0 && at < to && !standsAt(bytes, at, 'trailer')) {
    const first = readDigits(bytes, at)
    const count = bytes[first] === 0x20 ? readDigits(bytes, first + 1) : -1
    if (first === at || count <= first + 1) return false
    const rows = Number(asBuffer(bytes.subarray(first + 1, count)).toString('latin1'))
    at = skipLineEnd(bytes, count)
    if (at < 0 || at + rows * 20 > to) return false
    for (let row = 0; row < rows; row += 1, at += 20) if (!isStrictRow(bytes, at)) return false
  }
  const dict = skipBlanks(bytes, at + 7)
  return at > 0 && standsAt(bytes, at, 'trailer') && standsAt(bytes, dict, '<<')
}

function isStrictRow(bytes: Uint8Array, at: number): boolean {
  const [mark, first, second] = [bytes[at + 17], bytes[at + 18], bytes[at + 19]]
  const ends = (first === 0x20 && (second === 13 || second === 10)) || (first === 13 && second === 10)
  return (
    readDigits(bytes, at) === at + 10 &&
    bytes[at + 10] === 0x20 &&
    readDigits(bytes, at + 11) === at + 16 &&
    bytes[at + 16] === 0x20 &&
    (mark === 0x6e || mark === 0x66) &&
    ends
  )
}

function readDigits(bytes: Uint8Array, at: number): number {
  let end = at
  while (isDigit(bytes[end]) && end - at < 15) end += 1
  return end
}

/** Gives where the next line begins, blanks passed over; -1 where something else stands before it. */
function skipLineEnd(bytes: Uint8Array, at: number): number {
  let position = at
  while (bytes[position] === 0x20) position += 1
  if (bytes[position] === 13) return bytes[position + 1] === 10 ? position + 2 : position + 1
  return bytes[position] === 10 ? position + 1 : -1
}

/** What stands in a stream of objects and is not listed there is found by readers that look for themselves. */
function findInStreamsOfObjects(document: PdfDocument, index: number, objects: readonly Appended[]): string | null {
  const view = document.view(index)
  for (const { number } of objects) {
    const loose = view.membersOf(number)?.some((member, i) => {
      const entry = view.revision.entries.get(member)
      return entry?.kind !== 'compressed' || entry.container !== number || entry.index !== i
    })
    if (loose) return `object ${number} holds objects that are not listed`
  }
  return null
}

/** Syntax within strings and streams that readers which look for themselves take for more. */
function findDecoys(
  { bytes }: PdfDocument,
  objects: readonly Appended[],
  from: number,
  to: number,
  kind: 'table' | 'stream' | 'rebuilt',
): string | null {
  const buffer = asBuffer(bytes.subarray(from, to))
  const starts = new Set(objects.map(({ start }) => start))
  for (let at = buffer.indexOf('obj', 0, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    const header = headerBefore(bytes, from + at)
    if (header && !starts.has(header.start)) return 'something like an object stands within another'
  }
  const tables = kind === 'table' ? 1 : 0
  if (countOf(buffer, 'trailer') !== tables) return 'there is more than one trailer'
  return countOf(buffer, 'xref') === tables + 1 ? null : 'there is more than one cross-reference'
}

function countOf(buffer: Buffer, word: string): number {
  let found = 0
  for (let at = buffer.indexOf(word, 0, 'latin1'); at >= 0; at = buffer.indexOf(word, at + 1, 'latin1')) found += 1
  return found
}
