import type { CrossReferenceEntry, CrossReferenceSection } from './cross-reference.ts'
import type { RevisionEntries } from './object-history.ts'

const NONE: ReadonlySet<number> = new Set()

/** Follows, section by section, what readers find that know no cross-reference streams. */
export interface HybridReading {
  /**
   * Takes the next newer section and the entries that readers of cross-reference streams have with it; gives the objects
   * that the others find elsewhere, or not at all.
   */
  add(section: CrossReferenceSection, entries: Pick<RevisionEntries, 'get'>): ReadonlySet<number>
}

/**
 * Starts before the oldest section. Office programs list every object both ways: only what differs is hidden from one
 * kind of readers.
 * @see ISO 32000-2 clause 7.5.8.4
 */
export function startHybridReading(): HybridReading {
  const tables = new Map<number, CrossReferenceEntry>()
  const hybrid = new Set<number>()
  return {
    add: (section, entries) => {
      for (const [number, entry] of section.entries) tables.set(number, entry)
      for (const number of section.hybrid?.keys() ?? []) hybrid.add(number)
      const differing = [...hybrid].filter((number) => !isSame(tables.get(number), entries.get(number)))
      return differing.length === 0 ? NONE : new Set(differing)
    },
  }
}

function isSame(one: CrossReferenceEntry | undefined, other: CrossReferenceEntry | undefined): boolean {
  if (!one || !other || one.kind === 'free' || other.kind === 'free') {
    return (one?.kind ?? 'free') === 'free' && (other?.kind ?? 'free') === 'free'
  }
  return one.kind === 'offset' && other.kind === 'offset' && one.offset === other.offset
}
