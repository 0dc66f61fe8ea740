import { asBuffer, isRegular, skipBlanks, standsAt } from './characters.ts'
import { countOf, hidesSyntax, looksLikeHeader } from './hidden-syntax.ts'
import { readObjectHeader } from './indirect-object.ts'
import type { ObjectExtent, PdfDocument } from './pdf-document.ts'
import type { PdfRevision } from './revision.ts'
import { headerBefore, headersIn, lastStartXref } from './section-chain.ts'
import { walkTable } from './table-rows.ts'
import { integerOf, isKind, type PdfValue } from './values.ts'

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
    findMislead(document, index) ??
    (hidesSyntax(document) ? 'the file holds syntax that no cross-reference lists' : null) ??
    unlessSafe(document, index, findSlip(document, index))
  )
}

/** What makes some readers search the file for objects is harmless where they find what the cross-references say. */
const unlessSafe = (document: PdfDocument, index: number, slip: string | null): string | null =>
  slip !== null && !isSafeToSearch(document, index) ? slip : null

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
    at = i === 0 ? at : behindEndOfObject(bytes, at)
    if (at < 0 || skipRemarks(bytes, at) !== object.start)
      return `bytes before object ${object.number} belong to no object`
    at = object.end
  }
  const last = objects.at(-1)
  if (kind === 'stream' && last?.start !== sectionOffset) return 'the cross-reference is not the last that was appended'
  if (kind === 'stream') return behindEndOfObject(bytes, at) < 0 ? 'the cross-reference does not end' : null
  at = last ? behindEndOfObject(bytes, at) : at
  at = at < 0 ? at : skipRemarks(bytes, at)
  return at === sectionOffset && standsAt(bytes, at, 'xref') ? null : 'the cross-reference is not where it should be'
}

/** Comments are borne with that hold nothing that a reader could take for more. */
const REMARK = /^%(?!%EOF)(?!PDF-)(?:(?!obj|xref|trailer|stream)[^\r\n])*$/

function skipRemarks(bytes: Uint8Array, at: number): number {
  let position = skipBlanks(bytes, at)
  while (bytes[position] === 0x25) {
    let end = position
    while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end += 1
    if (end - position > 1000 || !REMARK.test(asBuffer(bytes.subarray(position, end)).toString('latin1'))) break
    position = skipBlanks(bytes, end)
  }
  return position
}

/** Gives where it goes on behind `endobj`; -1 where that is missing. */
function behindEndOfObject(bytes: Uint8Array, at: number): number {
  const word = skipBlanks(bytes, at)
  return standsAt(bytes, word, 'endobj') && !isRegular(bytes[word + 6]) ? skipBlanks(bytes, word + 6) : -1
}

/** Numbers that readers take otherwise, or not at all, where they are written as reals. */
const REAL_WHERE_INTEGER = /\/(?:Prev|Size|XRefStm|Length)\s+[+-]?\d*\.|\/(?:Index|W)\s*\[[^\]]*[.+-]/

/** Files have free numbers at their end; far more than there are objects has some readers give up. */
const MAX_SPARE = 1000

function findInTrailer(document: PdfDocument, index: number): string | null {
  const revision = document.revisions[index]
  if (!revision) return null
  const { ownTrailer, highest, highestListed } = revision
  const { entries, repeated } = ownTrailer
  if (repeated.length > 0 || [...entries.keys()].some((key) => key.includes('\0'))) {
    return 'a key of the trailer can be read twice'
  }
  if (document.encrypted && !(entries.has('Encrypt') && entries.has('ID')))
    return 'the trailer leaves out the encryption'
  const size = integerOf(entries.get('Size'))
  const isNewest = index === document.revisions.length - 1
  // Clause 7.5.5: objects above it count as missing.
  if (isNewest && size !== null && size <= highest) return 'the trailer counts fewer objects than there are'
  if ((size ?? 0) > highest + MAX_SPARE || highestListed > highest + MAX_SPARE) {
    return 'the cross-reference counts far more objects than there are'
  }
  if (entries.has('XRefStm') && integerOf(entries.get('XRefStm')) === null)
    return 'the trailer names no cross-reference'
  const view = document.view(index)
  const leadsNowhere = [...entries.values()].some((value) => isKind(value, 'ref') && view.resolve(value) === null)
  return leadsNowhere ? 'the trailer names an object that is not there' : null
}

/** What leads some readers to search, or elsewhere: never borne with. */
function findMislead(document: PdfDocument, index: number): string | null {
  const { revisions } = document
  const [revision, before] = [revisions[index], revisions[index - 1]]
  if (!revision || !before) return null
  const previous = integerOf(revision.ownTrailer.entries.get('Prev'))
  if (previous === null || !leadsTo(document, previous, before.sectionOffset))
    return 'the trailer names no previous one'
  const named = lastStartXref(document.bytes, revision.end)
  if (named === null || !leadsTo(document, named, revision.sectionOffset)) return 'its end leads elsewhere'
  // What goes on behind a trailer, as a stream or with anything else, has some give up.
  const behind = asBuffer(document.bytes.subarray(revision.sectionEnd, revision.end)).toString('latin1', 0, 4096)
  if (revision.kind === 'table' && !/^\s*(?:%[^\r\n]*[\r\n]\s*)*startxref\s/.test(behind)) return 'its trailer goes on'
  const size = integerOf(revision.ownTrailer.entries.get('Size'))
  const table =
    revision.kind === 'table' ? walkTable(document.bytes, revision.sectionOffset, revision.sectionEnd) : null
  const bound = table ? table.bound : boundOfIndex(revision.ownTrailer.entries.get('Index'))
  if ((size !== null && bound > size) || table?.zeroInUse) return 'the cross-reference lists what cannot be there'
  const text = sectionText(document, revision)
  return REAL_WHERE_INTEGER.test(text) ? 'a number of the cross-reference is no integer' : null
}

function boundOfIndex(index: PdfValue | undefined): number {
  const numbers = isKind(index, 'array') ? index.items.map((item) => integerOf(item) ?? 0) : []
  return numbers.reduce((bound, first, i) => (i % 2 === 0 ? Math.max(bound, first + (numbers[i + 1] ?? 0)) : bound), 0)
}

/** The trailer, or the beginning of the stream with its dictionary. */
function sectionText({ bytes }: PdfDocument, { kind, sectionOffset, sectionEnd }: PdfRevision): string {
  const section = asBuffer(bytes.subarray(sectionOffset, sectionEnd))
  const trailer = kind === 'table' ? section.lastIndexOf('trailer', undefined, 'latin1') : 0
  return section.toString('latin1', trailer, trailer + 4096)
}

/** What is not written as it should be, so that some readers give up on the cross-reference. */
function findSlip(document: PdfDocument, index: number): string | null {
  const { bytes, revisions } = document
  const revision = revisions[index]
  if (!revision) return null
  const { ownTrailer, sectionOffset, sectionEnd, kind } = revision
  const { entries } = ownTrailer
  if (!isKind(entries.get('Root'), 'ref')) return 'the trailer names no catalog'
  const size = integerOf(entries.get('Size'))
  if (size === null) return 'the trailer does not say how many objects there are'
  if (kind === 'table' && !walkTable(bytes, sectionOffset, sectionEnd).strict) {
    return 'the cross-reference table is not written as it should be'
  }
  return findBehindTrailer(document, index)
}

/**
 * Says whether readers that search the whole file for objects, because they miss its header or its end, find the document
 * that the others are led to.
 */
export const isFoundBySearch = (document: PdfDocument): boolean =>
  !hidesSyntax(document) && isSafeToSearch(document, document.revisions.length - 1)

/** More is not worth the time: then a slip is no harmless one. */
const MAX_SEARCHED = 2_000_000

/**
 * Says whether a search through the whole file would find each object in use, and in the version that is in force, and
 * nothing that no cross-reference lists.
 */
function isSafeToSearch(document: PdfDocument, index: number): boolean {
  const { bytes, revisions } = document
  const newest = revisions.at(-1)
  const before = revisions[index - 1] ?? newest
  if (!newest || !before || newest.highest > MAX_SEARCHED) return false
  const buffer = asBuffer(bytes)
  const last = new Map([...headersIn(bytes)].map(({ number, start }) => [number, start]))
  const startIn = (revision: PdfRevision, number: number): number | null => {
    const entry = revision.entries.get(number)
    return entry?.kind === 'offset' ? skipBlanks(bytes, entry.offset) : null
  }
  for (let number = 1; number <= newest.highest; number += 1) {
    const entry = newest.entries.get(number)
    if (entry?.kind === 'compressed') return false
    if (entry?.kind === 'offset' && last.get(number) !== startIn(newest, number)) return false
  }
  // What the update freed may come back as it was; what was not there before may not.
  for (const [number, start] of last) {
    if (startIn(newest, number) !== start && startIn(before, number) !== start) return false
  }
  const roots = revisions.flatMap(({ ownTrailer }) => {
    const root = ownTrailer.entries.get('Root')
    return isKind(root, 'ref') ? [root.number] : []
  })
  return new Set(roots).size === 1 && countOf(buffer, 'trailer') === countOf(buffer, 'startxref')
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
    if (!looksLikeHeader(bytes, from + at)) continue
    const header = headerBefore(bytes, from + at)
    if (!header || !starts.has(header.start)) return 'something like an object stands within another'
  }
  const tables = kind === 'table' ? 1 : 0
  if (countOf(buffer, 'trailer') !== tables) return 'there is more than one trailer'
  return countOf(buffer, 'xref') === tables + 1 ? null : 'there is more than one cross-reference'
}
