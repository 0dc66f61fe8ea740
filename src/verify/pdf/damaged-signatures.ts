import { asBuffer } from './characters.ts'
import { looksLikeHeader } from './hidden-syntax.ts'
import { readObjectHeader } from './indirect-object.ts'
import type { ObjectExtent, PdfDocument, PdfView } from './pdf-document.ts'
import { formFieldsOf } from './signature-fields.ts'
import { findSignatureTrace } from './signature-traces.ts'
import { firstBehind } from './sorted-places.ts'
import { dictOf, isKind } from './values.ts'

/** Something that was a signature, or was to be one, and that no reader gets at any more. */
export interface DamagedSignature {
  /** The field's full name; `bytes at N` where only bytes are left, `object stream` where those stand in a stream of objects. */
  readonly id: string
  /** A field of the newest revision points at it. */
  readonly inField: boolean
}

/**
 * Finds what is left of signatures in a file that was cut off or damaged: fields whose value leads nowhere, and syntax
 * of signatures in bytes that belong to no readable object. A file that holds any was signed once: to call it unsigned
 * would be false. What stands inside readable objects is found by findSignatures.
 * @see ISO 32000-2 clauses 7.3.10, 12.8.1
 */
export function findDamagedSignatures(document: PdfDocument): readonly DamagedSignature[] {
  const read = readEveryObject(document)
  const extents = withoutSwallowed(document, read, [...document.extents()].sort(byStart))
  const fields = findDanglingFields(document.view(document.revisions.length - 1), extents)
  const trailers = authenticatedTrailers(document)
  const known = trailers.length > 0 ? [...extents, ...trailers].sort(byStart) : extents
  const gaps = findTraces(document.bytes, known)
  // What a field still points at is one signature, not two.
  const left = gaps.filter((gap) => !fields.some(({ offset }) => offset !== null && holds(gap, offset)))
  const within = document.unreadMembers().some((bytes) => findSignatureTrace(bytes, 0, bytes.length) !== null)
  return [
    ...fields.map(({ name }) => ({ id: name, inField: true })),
    ...left.map(({ traceAt }) => ({ id: `bytes at ${traceAt}`, inField: false })),
    ...(within && fields.length + left.length === 0 ? [{ id: 'object stream', inField: false }] : []),
  ]
}

const byStart = (a: { readonly start: number }, b: { readonly start: number }): number => a.start - b.start

/**
 * Trailers whose only dictionary is the code that authenticates an encrypted document: it has a byte range as well, and
 * is nobody's signature (ISO/TS 32004 clause 5.2).
 */
function authenticatedTrailers(document: PdfDocument): readonly Extent[] {
  return document.revisions.flatMap(({ trailer, sectionOffset, sectionEnd }) => {
    const dicts = [...trailer.entries].filter(([, value]) => dictOf(value) !== null).map(([key]) => key)
    return dicts.length === 1 && dicts[0] === 'AuthCode' ? [{ start: sectionOffset, end: sectionEnd }] : []
  })
}

/**
 * A stream that lost its end runs on to that of another, over what were objects, and so does a string that lost its
 * parenthesis: where it ended nobody can tell, so that none of what stands there counts as read. Nor does what stands
 * behind the head of an object that cannot be read.
 */
function withoutSwallowed(
  { bytes }: PdfDocument,
  { heads, syntaxEnds }: ReadObjects,
  extents: readonly ObjectExtent[],
): readonly ObjectExtent[] {
  return extents.map((one) => {
    const end = one.repaired ? one.end : (syntaxEnds.get(one.offset) ?? one.start)
    if (swallowsObject(bytes, one.start, end)) return { ...one, end: one.start }
    const head = heads.length === 0 ? undefined : firstBehind(heads, one.start)
    return head === undefined || head >= one.end ? one : { ...one, end: head }
  })
}

/** The end of another object, or its head behind its own. */
function swallowsObject(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start) return false
  const buffer = asBuffer(bytes.subarray(start, end))
  if (buffer.includes('endobj', 0, 'latin1')) return true
  const own = buffer.indexOf('obj', 0, 'latin1')
  for (let at = buffer.indexOf('obj', own + 3, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    if (looksLikeHeader(bytes, start + at)) return true
  }
  return false
}

interface ReadObjects {
  /** Where the heads of objects stand that are in use and cannot be read, in order. */
  readonly heads: readonly number[]
  /** By the offset of a readable object, where its value ends, or its stream begins; empty where everything is readable. */
  readonly syntaxEnds: ReadonlyMap<number, number>
}

/** The extents of all objects are known only when all were read. */
function readEveryObject(document: PdfDocument): ReadObjects {
  const seen = new Set<number>()
  const heads: number[] = []
  for (const { index, entries, changed } of document.revisions) {
    const view = document.view(index)
    for (const number of changed) {
      const entry = entries.get(number)
      if (entry?.kind !== 'offset' || seen.has(entry.offset)) continue
      seen.add(entry.offset)
      if (view.object(number) !== null || !view.isUnreadable(number)) continue
      const head = readObjectHeader(document.bytes, entry.offset)
      if (head) heads.push(head.start)
    }
  }
  const { notes } = document
  const damaged = notes.has('unreadable-object') || notes.has('cross-reference-rebuilt')
  return { heads: heads.sort((a, b) => a - b), syntaxEnds: damaged ? syntaxEndsOf(document) : new Map() }
}

/** What a readable stream holds may be another document, whose objects are none of this one's: it ends where that begins. */
function syntaxEndsOf(document: PdfDocument): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  for (const { index, entries, changed } of document.revisions) {
    for (const number of changed) {
      const entry = entries.get(number)
      if (entry?.kind !== 'offset' || ends.has(entry.offset)) continue
      const extent = document.extentAt(entry.offset)
      if (!extent) continue
      const value = document.view(index).object(number)
      const stream = isKind(value, 'stream') ? value.raw.byteOffset - document.bytes.byteOffset : extent.end
      ends.set(entry.offset, Math.min(stream, extent.end))
    }
  }
  return ends
}

interface Dangling {
  readonly name: string
  /** Where its value should stand; null where nothing says so. */
  readonly offset: number | null
}

function findDanglingFields(view: PdfView, extents: Iterable<ObjectExtent>): readonly Dangling[] {
  const empty = formFieldsOf(view).filter((field) => field.type === 'Sig' && field.terminal && !dictOf(field.value))
  if (empty.length === 0) return []
  const readable = new Set([...extents].map((one) => one.offset))
  return empty.flatMap((field): Dangling[] => {
    const entry = field.valueObject === null ? null : view.revision.entries.get(field.valueObject)
    const offset = entry?.kind === 'offset' ? entry.offset : null
    if (field.value !== null) return [{ name: field.name, offset }]
    // No value, null itself, and what was freed are an empty field (clause 7.3.10).
    if (field.valueObject === null || entry?.kind === 'free') return []
    return offset !== null && readable.has(offset) ? [] : [{ name: field.name, offset }]
  })
}

interface Gap {
  readonly start: number
  readonly end: number
  readonly traceAt: number
}

const holds = (gap: Gap, offset: number): boolean => offset >= gap.start && offset < gap.end

type Extent = Pick<ObjectExtent, 'start' | 'end'>

/** Takes the extents in order; gives the gaps between them that hold what is left of a signature. */
function findTraces(bytes: Uint8Array, extents: readonly Extent[]): readonly Gap[] {
  const gaps: Gap[] = []
  let behind = 0
  for (const { start, end } of [...extents, { start: bytes.length, end: bytes.length }]) {
    const traceAt = start > behind ? findSignatureTrace(bytes, behind, start) : null
    if (traceAt !== null) gaps.push({ start: behind, end: start, traceAt })
    behind = Math.max(behind, end)
  }
  return gaps
}
