import { asBuffer } from './characters.ts'
import { looksLikeHeader } from './hidden-syntax.ts'
import type { ObjectExtent, PdfDocument, PdfView } from './pdf-document.ts'
import { formFieldsOf } from './signature-fields.ts'
import { dictOf } from './values.ts'

/** Something that was a signature, or was to be one, and that no reader gets at any more. */
export interface DamagedSignature {
  /** The field's full name; `bytes at N` where only bytes are left that belong to no object. */
  readonly id: string
  /** A field of the newest revision points at it. */
  readonly inField: boolean
}

/** Syntax that stands in signatures: the keys of clause 12.8.1, and the hexadecimal start of a CMS with SignedData. */
const TRACE =
  /\/ByteRange[\s[]|\/Type\s{0,16}\/(?:Sig|DocTimeStamp)(?![^\s/<>[\](){}%])|<\s{0,16}30[0-9a-f]{2,10}06092a864886f70d010702/i

/** A field with a value, both ways round. */
const SIGNED_FIELD = /\/FT\s{0,16}\/Sig(?![^\s/<>[\](){}%])/
const VALUE = /\/V\s{0,16}(?:\d{1,10}\s{1,16}\d{1,5}\s{1,16}R|<<)/

/**
 * Finds what is left of signatures in a file that was cut off or damaged: fields whose value leads nowhere, and syntax
 * of signatures in bytes that belong to no readable object. A file that holds any was signed once: to call it unsigned
 * would be false. What stands inside readable objects is found by findSignatures.
 * @see ISO 32000-2 clauses 7.3.10, 12.8.1
 */
export function findDamagedSignatures(document: PdfDocument): readonly DamagedSignature[] {
  readEveryObject(document)
  const extents = withoutSwallowed(document, [...document.extents()].sort(byStart))
  const fields = findDanglingFields(document.view(document.revisions.length - 1), extents)
  const trailers = authenticatedTrailers(document)
  const known = trailers.length > 0 ? [...extents, ...trailers].sort(byStart) : extents
  const gaps = findTraces(document.bytes, known)
  // What a field still points at is one signature, not two.
  const left = gaps.filter((gap) => !fields.some(({ offset }) => offset !== null && holds(gap, offset)))
  return [
    ...fields.map(({ name }) => ({ id: name, inField: true })),
    ...left.map(({ traceAt }) => ({ id: `bytes at ${traceAt}`, inField: false })),
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
 * A stream that lost its end runs on to that of another, over what were objects: where it ended nobody can tell, so that
 * none of what stands there counts as read.
 */
function withoutSwallowed(document: PdfDocument, extents: readonly ObjectExtent[]): readonly ObjectExtent[] {
  return extents.map((one) => {
    if (!one.repaired) return one
    return swallowsObject(document.bytes, one) ? { ...one, end: one.start } : one
  })
}

/** The end of another object, or its head behind its own. */
function swallowsObject(bytes: Uint8Array, { start, end }: ObjectExtent): boolean {
  const buffer = asBuffer(bytes.subarray(start, end))
  if (buffer.includes('endobj', 0, 'latin1')) return true
  const own = buffer.indexOf('obj', 0, 'latin1')
  for (let at = buffer.indexOf('obj', own + 3, 'latin1'); at >= 0; at = buffer.indexOf('obj', at + 3, 'latin1')) {
    if (looksLikeHeader(bytes, start + at)) return true
  }
  return false
}

/** The extents of all objects are known only when all were read. */
function readEveryObject(document: PdfDocument): void {
  const seen = new Set<number>()
  for (const { index, entries, changed } of document.revisions) {
    for (const number of changed) {
      const entry = entries.get(number)
      if (entry?.kind !== 'offset' || seen.has(entry.offset)) continue
      seen.add(entry.offset)
      document.view(index).object(number)
    }
  }
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
    if (start > behind) gaps.push(...traceIn(bytes, behind, start))
    behind = Math.max(behind, end)
  }
  return gaps
}

/** Bytes that are searched at a time, and how far each time looks into the next, so that a trace is never cut in two. */
const SEARCHED = 1 << 20
const OVERLAP = 4096
/** No trace has fewer octets: `/Type/Sig` has nine. */
const SHORTEST_TRACE = 9

function traceIn(bytes: Uint8Array, start: number, end: number): readonly Gap[] {
  if (end - start < SHORTEST_TRACE) return []
  for (let from = start; from < end; from += SEARCHED) {
    const text = asBuffer(bytes).toString('latin1', from, Math.min(end, from + SEARCHED + OVERLAP))
    const trace =
      TRACE.exec(text)?.index ?? (SIGNED_FIELD.test(text) && text.split('endobj').some(isSignedField) ? 0 : null)
    if (trace !== null) return [{ start, end, traceAt: from + trace }]
  }
  return []
}

const isSignedField = (object: string): boolean => SIGNED_FIELD.test(object) && VALUE.test(object)
