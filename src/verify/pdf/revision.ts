import { asBuffer, standsAt } from './characters.ts'
import type { CrossReferenceEntry, CrossReferenceSection } from './cross-reference.ts'
import { EMPTY_DICT, type PdfDict } from './values.ts'

/** The document as it was after one incremental update (ISO 32000-2 clause 7.5.6). */
export interface PdfRevision {
  /** 0 is the oldest. */
  readonly index: number
  /** Behind the %%EOF of its section, its end of line included. */
  readonly end: number
  /** Offset of its newest section, as startxref in it names it. */
  readonly sectionOffset: number
  /** Behind its trailer's dictionary, or behind its stream; its beginning where the objects were searched for. */
  readonly sectionEnd: number
  readonly trailer: PdfDict
  /** All objects of this and earlier revisions. */
  readonly entries: ReadonlyMap<number, CrossReferenceEntry>
  /** Objects that readers of cross-reference streams find elsewhere than others do (clause 7.5.8.4). */
  readonly ambiguous: ReadonlySet<number>
}

/** Takes the sections, newest first; gives the revisions, oldest first. */
export function revisionsOf(bytes: Uint8Array, sections: readonly CrossReferenceSection[]): readonly PdfRevision[] {
  const revisions: PdfRevision[] = []
  let entries: ReadonlyMap<number, CrossReferenceEntry> = new Map()
  let ambiguous: ReadonlySet<number> = new Set()
  let trailer: PdfDict = EMPTY_DICT
  for (let i = sections.length - 1; i >= 0; i -= 1) {
    const section = sections[i]
    if (!section) continue
    entries = mergeEntries(entries, section)
    ambiguous = mergeAmbiguous(ambiguous, section)
    trailer = inheritTrailer(trailer, section.trailer)
    const newer = sections[i - 1]
    // Linearised (annex F): the first page's section stands before the main one that it continues, as one revision.
    const continues = newer !== undefined && newer.offset < section.offset && i === sections.length - 1
    if (continues) continue
    const last =
      i === sections.length - 2 && section.offset < (sections[i + 1]?.offset ?? 0) ? sections[i + 1] : section
    revisions.push({
      index: revisions.length,
      end: section.kind === 'rebuilt' ? bytes.length : endOfRevision(bytes, last?.end ?? section.end),
      sectionOffset: section.offset,
      sectionEnd: section.kind === 'rebuilt' ? section.offset : section.end,
      trailer,
      entries,
      ambiguous,
    })
  }
  return revisions
}

const INHERITED = ['Root', 'Encrypt', 'ID', 'Info']

/** Clause 7.5.6 wants a whole trailer in each update; readers fall back on older ones for what is missing. */
function inheritTrailer(older: PdfDict, newer: PdfDict): PdfDict {
  const kept = [...older.entries].filter(([key]) => INHERITED.includes(key))
  return { ...newer, entries: new Map([...kept, ...newer.entries]) }
}

function mergeEntries(
  older: ReadonlyMap<number, CrossReferenceEntry>,
  section: CrossReferenceSection,
): ReadonlyMap<number, CrossReferenceEntry> {
  const merged = new Map(older)
  for (const [number, entry] of section.entries) merged.set(number, entry)
  for (const [number, entry] of section.hybrid ?? []) {
    const own = section.entries.get(number)
    if (!own || own.kind === 'free') merged.set(number, entry)
  }
  return merged
}

function mergeAmbiguous(older: ReadonlySet<number>, section: CrossReferenceSection): ReadonlySet<number> {
  const hidden = [...(section.hybrid ?? [])].flatMap(([number, entry]) => {
    const own = section.entries.get(number)
    return entry.kind !== 'free' && (!own || own.kind === 'free') ? [number] : []
  })
  const still = [...older].filter((number) => !section.entries.has(number))
  return hidden.length + still.length === 0 ? NONE : new Set([...still, ...hidden])
}

const NONE: ReadonlySet<number> = new Set()

/** Gives where the revision ends: behind the %%EOF that follows its section, with one end of line. */
function endOfRevision(bytes: Uint8Array, from: number): number {
  const at = asBuffer(bytes).indexOf('%%EOF', from, 'latin1')
  if (at < 0) return bytes.length
  const end = at + 5
  if (standsAt(bytes, end, '\r\n')) return end + 2
  return bytes[end] === 10 || bytes[end] === 13 ? end + 1 : end
}
