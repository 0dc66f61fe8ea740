import { VerifyError } from '../errors.ts'
import { asBuffer, isDigit, isRegular, isWhiteSpace, skipWhiteSpace } from './characters.ts'
import {
  type CrossReferenceEntry,
  type CrossReferenceSection,
  type CrossReferenceSource,
  readSection,
} from './cross-reference.ts'
import { readObjectHeader } from './indirect-object.ts'
import { chargeObject } from './limits.ts'
import { type Cursor, parseValue } from './parse-value.ts'
import { dictOf, EMPTY_DICT, integerOf, isKind, type PdfDict, type PdfValue } from './values.ts'

/** The sections of a file, newest first, with what was wrong on the way. */
export interface SectionChain {
  readonly sections: readonly CrossReferenceSection[]
  /** The sections could not be followed and the objects were searched for instead. */
  readonly rebuilt: boolean
}

/** How far before the end `startxref` may stand. */
const TAIL_BYTES = 4096

/**
 * Follows startxref and Prev through the whole file; where that leads nowhere, the objects are searched for.
 * @throws VerifyError malformed-pdf where there is not even a catalog to be found; too-many-elements
 * @see ISO 32000-2 clause 7.5.5
 */
export function readSectionChain(source: CrossReferenceSource): SectionChain {
  try {
    const start = lastStartXref(source.bytes, source.bytes.length)
    if (start === null) throw new VerifyError('malformed-pdf', 'startxref is missing')
    const { sections, missed } = followChain(source, start)
    if (!sections.some((section) => isKind(section.trailer.entries.get('Root'), 'ref'))) {
      throw new VerifyError('malformed-pdf', 'the trailer names no catalog')
    }
    if (missed && !isWhatASearchFinds(source, sections)) {
      throw new VerifyError('malformed-pdf', 'a cross-reference stands beside where the file says')
    }
    return { sections, rebuilt: false }
  } catch (fault) {
    if (!(fault instanceof VerifyError) || fault.code !== 'malformed-pdf') throw fault
    return { sections: [rebuildSection(source)], rebuilt: true }
  }
}

/** Gives the offset that the last `startxref` in the bytes before `end` names; null where there is none near the end. */
export function lastStartXref(bytes: Uint8Array, end: number): number | null {
  const at = asBuffer(bytes).lastIndexOf('startxref', Math.max(0, end - 9), 'latin1')
  if (at < 0 || at < end - TAIL_BYTES - 1024 * 1024) return null
  let digit = skipWhiteSpace(bytes, at + 9)
  if (!isDigit(bytes[digit])) return null
  let offset = 0
  for (let i = 0; isDigit(bytes[digit]) && i < 15; i += 1) offset = offset * 10 + (bytes[digit++] ?? 0) - 0x30
  return offset
}

interface FollowedChain {
  /** Newest first. */
  readonly sections: readonly CrossReferenceSection[]
  /** An offset named a place beside a section. */
  readonly missed: boolean
}

function followChain(source: CrossReferenceSource, start: number): FollowedChain {
  const sections: CrossReferenceSection[] = []
  const seen = new Set<number>()
  let missed = false
  for (let offset: number | null = start; offset !== null; ) {
    if (seen.has(offset)) throw new VerifyError('malformed-pdf', 'the cross-reference sections run in a circle')
    if (seen.size >= source.budget.limits.maxSections) {
      throw new VerifyError('too-many-elements', 'the file has too many revisions')
    }
    seen.add(offset)
    const section = readSection(source, offset)
    sections.push(section)
    missed ||= section.offset !== skipWhiteSpace(source.bytes, offset + source.shift)
    const previous: PdfValue | undefined = section.trailer.entries.get('Prev')
    if (previous !== undefined && integerOf(previous) === null) {
      throw new VerifyError('malformed-pdf', 'the offset of the previous cross-reference is no number')
    }
    offset = integerOf(previous)
  }
  return { sections, missed }
}

/**
 * Says whether a search for objects finds exactly those that the sections name. Readers that give up on a cross-reference
 * beside its offset search; only where they find the same may the sections be believed.
 */
function isWhatASearchFinds(source: CrossReferenceSource, sections: readonly CrossReferenceSection[]): boolean {
  const named = new Map<number, CrossReferenceEntry>()
  for (const section of sections) {
    for (const [number, entry] of section.entries) if (!named.has(number)) named.set(number, entry)
  }
  const plain = sections.every((section) => section.kind === 'table' && section.hybrid === null)
  const found = rebuildSection(source).entries
  const inUse = [...named].filter(([, entry]) => entry.kind !== 'free')
  return (
    plain &&
    inUse.length === found.size &&
    inUse.every(([number, entry]) => {
      const other = found.get(number)
      return entry.kind === 'offset' && other?.kind === 'offset' && other.offset === entry.offset
    })
  )
}

/** Searches the bytes for objects, as readers do with damaged files: the last one of a number counts. */
function rebuildSection(source: CrossReferenceSource): CrossReferenceSection {
  const buffer = asBuffer(source.bytes)
  const entries = new Map<number, CrossReferenceEntry>()
  for (let at = buffer.indexOf('obj', 0, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    if (isRegular(source.bytes[at + 3])) continue
    const header = headerBefore(source.bytes, at)
    if (!header) continue
    chargeObject(source.budget, 'entry')
    entries.set(header.number, { kind: 'offset', offset: header.start, generation: header.generation })
    if (entries.size > source.budget.limits.maxObjects) throw new VerifyError('too-many-elements', 'too many objects')
  }
  const trailer = findTrailer(source, entries)
  const end = source.bytes.length
  const conflicting = new Set<number>()
  return { kind: 'rebuilt', offset: 0, end, furthest: end, entries, trailer, hybrid: null, conflicting, exact: false }
}

/** Gives the heads of all objects that a search through the bytes finds, in their order. */
export function* headersIn(bytes: Uint8Array): Generator<NonNullable<ReturnType<typeof readObjectHeader>>> {
  const buffer = asBuffer(bytes)
  for (let at = buffer.indexOf('obj', 0, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    const header = headerBefore(bytes, at)
    if (header) yield header
  }
}

/** Walks back over `N G ` from the word obj. */
export function headerBefore(bytes: Uint8Array, at: number): ReturnType<typeof readObjectHeader> {
  let start = at
  for (const digits of [false, true, false, true]) {
    const before = start
    while (start > 0 && before - start < 12 && (digits ? isDigit(bytes[start - 1]) : isWhiteSpace(bytes[start - 1]))) {
      start -= 1
    }
    if (start === before) return null
  }
  return readObjectHeader(bytes, start)
}

function findTrailer(source: CrossReferenceSource, entries: ReadonlyMap<number, CrossReferenceEntry>): PdfDict {
  const buffer = asBuffer(source.bytes)
  let tries = 0
  for (let at = buffer.lastIndexOf('trailer', undefined, 'latin1'); at >= 0 && tries < 50; tries += 1) {
    const dict = tryDict(source, at + 7)
    if (isKind(dict?.entries.get('Root'), 'ref')) return dict ?? EMPTY_DICT
    if (at === 0) break
    at = buffer.lastIndexOf('trailer', at - 1, 'latin1')
  }
  for (const [number, entry] of [...entries].reverse()) {
    if (entry.kind !== 'offset') continue
    const header = readObjectHeader(source.bytes, entry.offset)
    const dict = header ? tryDict(source, header.end) : null
    const type = dict?.entries.get('Type')
    if (!dict || !isKind(type, 'name')) continue
    if (type.name === 'XRef' && isKind(dict.entries.get('Root'), 'ref')) return dict
    if (type.name === 'Catalog') {
      const root = { kind: 'ref', number, generation: entry.generation } as const
      return { kind: 'dict', entries: new Map([['Root', root]]), repeated: [] }
    }
  }
  throw new VerifyError('malformed-pdf', 'the file has no catalog')
}

function tryDict(source: CrossReferenceSource, at: number): PdfDict | null {
  const cursor: Cursor = { bytes: source.bytes, at, budget: source.budget, inFile: true }
  try {
    return dictOf(parseValue(cursor))
  } catch (fault) {
    if (!(fault instanceof VerifyError) || fault.code !== 'malformed-pdf') throw fault
    return null
  }
}
