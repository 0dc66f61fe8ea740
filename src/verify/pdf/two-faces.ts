import { isFoundBySearch } from './appended-revision.ts'
import { oddNumbers } from './box-faces.ts'
import { isRegular, skipWhiteSpace, standsAt } from './characters.ts'
import type { CrossReferenceEntry } from './cross-reference.ts'
import { isOddFont } from './font-faces.ts'
import { readObjectHeader } from './indirect-object.ts'
import { findPageTreeFaces } from './page-tree-faces.ts'
import { findPdfHeader, isLateHeader, type PdfDocument, type PdfView } from './pdf-document.ts'
import { headersIn } from './section-chain.ts'
import { contentOf, faceOfStream, type StreamReading, startStreams } from './stream-faces.ts'
import { rowsOf } from './table-rows.ts'
import { dictOf, isKind, type PdfDict, type PdfRef, type PdfValue } from './values.ts'

/** A place at which readers part: some show something else there than others do. */
export interface TwoFaces {
  readonly what: string
  /** Object number; null where it is the trailer. */
  readonly object: number | null
}

const MAX_STEPS = 3_000_000
const MAX_FOUND = 20
/** Annex C of ISO 32000-1: beyond, some count anew from 0. */
const MAX_NUMBER = 8_388_607

/** Shows nothing itself, and office programs hide it from old readers (clause 7.5.8.4). */
const TAGS = 'StructTreeRoot'

/**
 * Finds what readers are known to take differently, among all that the newest revision leads to but for tags: in each of
 * these ways poppler, mupdf, Ghostscript, pdfium and pdf.js were seen to show different pages of one file.
 * @see ISO 32000-2 clauses 7.3.7, 7.3.8, 7.3.10, 7.5.4, 7.5.8.4, 7.7.3
 */
export function findTwoFaces(document: PdfDocument): readonly TwoFaces[] {
  const view = document.view(document.revisions.length - 1)
  const walk: Walk = {
    document,
    view,
    found: [],
    seen: new Set(),
    open: [],
    unlisted: new Set(),
    streams: startStreams(document, view),
  }
  const { ownTrailer, trailer } = view.revision
  if (ownTrailer.repeated.length > 0) walk.found.push({ what: `${ownTrailer.repeated[0]} stands twice`, object: null })
  const rows = rowsOf(document)
  const table = 'a cross-reference table is not written as it should be'
  if (rows === 'loose') walk.found.push({ what: table, object: null })
  const searched = isLateHeader(findPdfHeader(document.bytes))
    ? 'its header stands where some do not look for it'
    : null
  const doubt = searched ?? (rows === 'short' ? table : null)
  if (doubt !== null && !isFoundBySearch(document)) walk.found.push({ what: doubt, object: null })
  for (const key of ['Root', 'Info']) open(walk, trailer.entries.get(key), { holder: null, key })
  for (const number of crossReferenceStreams(document, view)) follow(walk, referenceTo(number), 'XRef')
  let steps = 0
  for (let next = walk.open.pop(); next !== undefined && walk.found.length < MAX_FOUND; next = walk.open.pop()) {
    if (++steps > MAX_STEPS) return [...walk.found, { what: 'there is too much to look through', object: null }]
    look(walk, next)
  }
  return [
    ...walk.found,
    ...findPageTreeFaces(view, (stream) => contentOf(walk.streams, stream)),
    ...unlistedObjects(walk),
  ]
}

const referenceTo = (number: number): PdfRef => ({ kind: 'ref', number, generation: 0 })

/** Gives the cross-reference streams that are still listed as objects: what they hold is as long as they say, or not. */
function crossReferenceStreams({ bytes, revisions }: PdfDocument, view: PdfView): readonly number[] {
  return revisions.flatMap(({ kind, sectionOffset }) => {
    const header = kind === 'stream' ? readObjectHeader(bytes, sectionOffset) : null
    const entry = header ? view.revision.entries.get(header.number) : undefined
    const isListed = entry?.kind === 'offset' && entry.offset === sectionOffset && entry.generation === 0
    return header && isListed ? [header.number] : []
  })
}

/** A value on its way, the object in which it stands, and its key there. */
interface Open {
  readonly value: PdfValue
  readonly holder: number | null
  readonly key: string
}

interface Walk {
  readonly document: PdfDocument
  readonly view: PdfView
  readonly found: TwoFaces[]
  readonly seen: Set<number>
  readonly open: Open[]
  /** Objects that are named and that no cross-reference lists. */
  readonly unlisted: Set<number>
  readonly streams: StreamReading
}

function open(walk: Walk, value: PdfValue | undefined, { holder, key }: Omit<Open, 'value'>): void {
  if (typeof value !== 'object' || value === null || value.kind === 'name' || value.kind === 'string') return
  walk.open.push({ value, holder, key })
}

function look(walk: Walk, { value, holder, key }: Open): void {
  if (isKind(value, 'ref')) follow(walk, value, key)
  else if (isKind(value, 'array')) for (const item of value.items) open(walk, item, { holder, key })
  const dict = dictOf(value)
  if (!dict) return
  if (isOddFont(walk.view, dict)) walk.found.push({ what: 'it is a font that some draw nothing with', object: holder })
  const odd = oddNumbers(walk.view, dict)
  if (odd !== undefined) walk.found.push({ what: `${odd} is not of the numbers that it takes`, object: holder })
  const doubtful = doubtfulKey(dict)
  if (doubtful !== undefined) walk.found.push({ what: `${doubtful} can be read twice`, object: holder })
  if (isKind(value, 'stream')) {
    const what = faceOfStream(walk.streams, value, key)
    if (what !== null) walk.found.push({ what, object: holder })
  }
  for (const [name, entry] of dict.entries) if (name !== TAGS) open(walk, entry, { holder, key: name })
}

/** Of a signature SubFilter says what it is: time-stamping tools write Type twice, as DocTimeStamp and as Sig. */
function doubtfulKey({ entries, repeated }: PdfDict): string | undefined {
  const signature = repeated.length > 0 && entries.has('ByteRange') && entries.has('SubFilter')
  const twice = repeated.find((key) => !(signature && key === 'Type'))
  if (twice !== undefined) return twice
  for (const key of entries.keys()) if (key.includes('\0')) return key.replaceAll('\0', '')
  return undefined
}

function follow(walk: Walk, reference: PdfRef, key: string): void {
  const { document, view, found, seen } = walk
  const { number, generation } = reference
  const entry = view.revision.entries.get(number)
  const inUse = entry !== undefined && entry.kind !== 'free'
  if (inUse && generation !== (entry.kind === 'offset' ? entry.generation : 0)) {
    found.push({ what: 'it is named by another generation', object: number })
  }
  if (seen.has(number)) return
  seen.add(number)
  if (number > MAX_NUMBER) found.push({ what: 'its number is larger than readers count', object: number })
  if (!entry) walk.unlisted.add(number)
  const value = inUse ? view.object(number) : null
  const what = faceOfEntry(document, view, number, entry) ?? (value === null ? faceOfNothing(view, number) : null)
  if (what !== null) found.push({ what, object: number })
  open(walk, value, { holder: number, key })
  if (entry?.kind === 'compressed') open(walk, referenceTo(entry.container), { holder: number, key: 'ObjStm' })
}

function faceOfEntry(
  { bytes, extentAt }: PdfDocument,
  view: PdfView,
  number: number,
  entry: CrossReferenceEntry | undefined,
): string | null {
  const { ambiguous, conflicting } = view.revision
  if (ambiguous.has(number)) return 'old readers and new ones are led elsewhere by the two cross-references'
  if (conflicting.has(number)) return 'one cross-reference lists it twice, or where it cannot be'
  if (!entry || entry.kind === 'free') return null
  if (entry.kind === 'offset') {
    const extent = extentAt(entry.offset)
    const header = extent ?? readObjectHeader(bytes, entry.offset)
    if (header && header.number !== number) return 'another object stands where it should'
    if (header && header.generation !== entry.generation) return 'it is listed by another generation'
    if (extent && !endsObject(bytes, extent.end)) return 'more stands behind it than its end'
  }
  return null
}

const faceOfNothing = (view: PdfView, number: number): string | null =>
  view.isUnreadable(number) ? 'it cannot be read' : null

function endsObject(bytes: Uint8Array, at: number): boolean {
  const word = skipWhiteSpace(bytes, at)
  return standsAt(bytes, word, 'endobj') && !isRegular(bytes[word + 6])
}

/** Readers that search find what is listed nowhere. */
function unlistedObjects({ document, unlisted }: Walk): readonly TwoFaces[] {
  if (unlisted.size === 0) return []
  const standing = new Set([...headersIn(document.bytes)].map(({ number }) => number))
  const found = [...unlisted].filter((number) => standing.has(number)).slice(0, MAX_FOUND)
  return found.map((object) => ({ what: 'no cross-reference lists it, and it stands in the file', object }))
}
