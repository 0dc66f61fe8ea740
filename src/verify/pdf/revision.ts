import { asBuffer, standsAt } from './characters.ts'
import type { CrossReferenceSection } from './cross-reference.ts'
import { startHybridReading } from './hybrid-entries.ts'
import { type RevisionEntries, startObjectHistory } from './object-history.ts'
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
  /** What its own section says, nothing inherited. */
  readonly ownTrailer: PdfDict
  readonly kind: CrossReferenceSection['kind']
  /** Its section is written as it should be (CrossReferenceSection). */
  readonly exact: boolean
  /** Behind all that was read of the sections of this revision and those before it, and where their objects begin. */
  readonly furthest: number
  /** The highest number that was in use until now. */
  readonly highest: number
  /** The highest number that any section listed until now, be it free. */
  readonly highestListed: number
  /** All objects of this and earlier revisions. */
  readonly entries: RevisionEntries
  /** Objects that stand for something else than in the revision before, in the order of the file. */
  readonly changed: readonly number[]
  /** Objects that readers of cross-reference streams find elsewhere than others do (clause 7.5.8.4). */
  readonly ambiguous: ReadonlySet<number>
  /** Objects that the section in force lists twice, or where none can be. */
  readonly conflicting: ReadonlySet<number>
}

/** Takes the sections, newest first; gives the revisions, oldest first. */
export function revisionsOf(bytes: Uint8Array, sections: readonly CrossReferenceSection[]): readonly PdfRevision[] {
  const revisions: PdfRevision[] = []
  const history = startObjectHistory()
  const hybrids = startHybridReading()
  let trailer: PdfDict = EMPTY_DICT
  let furthest = 0
  let highest = 0
  let highestListed = 0
  let conflicting: ReadonlySet<number> = new Set()
  for (let i = sections.length - 1; i >= 0; i -= 1) {
    const section = sections[i]
    if (!section) continue
    history.add(section, revisions.length)
    furthest = Math.max(furthest, section.furthest)
    for (const entries of [section.entries, section.hybrid ?? []]) {
      for (const [number, entry] of entries) {
        if (number > highestListed) highestListed = number
        if (entry.kind !== 'free' && number > highest) highest = number
        if (entry.kind === 'offset' && entry.offset > furthest) furthest = entry.offset
      }
    }
    conflicting = conflictingAfter(conflicting, section)
    const ambiguous = hybrids.add(section, history.entriesAt(revisions.length))
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
      ownTrailer: section.trailer,
      kind: section.kind,
      exact: section.exact,
      furthest,
      highest,
      highestListed,
      entries: history.entriesAt(revisions.length),
      changed: history.changedIn(revisions.length),
      ambiguous,
      conflicting,
    })
  }
  return revisions
}

/** What a later section lists once is said once again. */
function conflictingAfter(before: ReadonlySet<number>, section: CrossReferenceSection): ReadonlySet<number> {
  if (before.size === 0) return section.conflicting
  const left = [...before].filter((number) => !section.entries.has(number) && section.hybrid?.has(number) !== true)
  return new Set([...left, ...section.conflicting])
}

const INHERITED = ['Root', 'Encrypt', 'ID', 'Info']

/** Clause 7.5.6 wants a whole trailer in each update; readers fall back on older ones for what is missing. */
function inheritTrailer(older: PdfDict, newer: PdfDict): PdfDict {
  const kept = [...older.entries].filter(([key]) => INHERITED.includes(key))
  return { ...newer, entries: new Map([...kept, ...newer.entries]) }
}

/** Gives where the revision ends: behind the %%EOF that follows its section, with one end of line. */
function endOfRevision(bytes: Uint8Array, from: number): number {
  const at = asBuffer(bytes).indexOf('%%EOF', from, 'latin1')
  if (at < 0) return bytes.length
  const end = at + 5
  if (standsAt(bytes, end, '\r\n')) return end + 2
  return bytes[end] === 10 || bytes[end] === 13 ? end + 1 : end
}
