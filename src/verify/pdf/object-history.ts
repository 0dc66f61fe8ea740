import type { CrossReferenceEntry, CrossReferenceSection } from './cross-reference.ts'

/** Where the objects of one revision are to be found, those of earlier revisions included. */
export interface RevisionEntries {
  get(number: number): CrossReferenceEntry | undefined
  /** Gives the objects that stand, in any revision, in that stream of objects. */
  membersOf(container: number): readonly number[]
}

/** What an object's entry was from a revision on. */
interface Version {
  readonly from: number
  readonly entry: CrossReferenceEntry
}

/**
 * All entries of all revisions, each kept once: a file of a thousand updates is not a thousand copies of its
 * cross-reference. Filled revision by revision, oldest first.
 */
export interface ObjectHistory {
  /** Takes over what a section says; gives nothing. Sections of one revision come in the order in which they count. */
  add(section: CrossReferenceSection, revision: number): void
  entriesAt(revision: number): RevisionEntries
  /** Gives the numbers that stand for something else since that revision, in the order in which the file named them first. */
  changedIn(revision: number): readonly number[]
}

/** Makes an empty history. */
export function startObjectHistory(): ObjectHistory {
  const versions = new Map<number, Version[]>()
  const order = new Map<number, number>()
  const members = new Map<number, number[]>()
  const named: Set<number>[] = []

  const set = (number: number, entry: CrossReferenceEntry, revision: number): void => {
    const own = versions.get(number)
    const version = { from: revision, entry }
    if (!own) {
      order.set(number, order.size)
      versions.set(number, [version])
    } else if (own.at(-1)?.from === revision) own[own.length - 1] = version
    else own.push(version)
    named[revision]?.add(number)
    if (entry.kind !== 'compressed') return
    const inside = members.get(entry.container)
    if (inside) inside.push(number)
    else members.set(entry.container, [number])
  }

  return {
    add: (section, revision) => {
      named[revision] ??= new Set()
      for (const [number, entry] of section.entries) set(number, entry, revision)
      for (const [number, entry] of section.hybrid ?? []) {
        const own = section.entries.get(number)
        if (!own || own.kind === 'free') set(number, entry, revision)
      }
    },
    entriesAt: (revision) => ({
      get: (number) => entryAt(versions.get(number), revision),
      membersOf: (container) => members.get(container) ?? [],
    }),
    changedIn: (revision) => {
      const own = named[revision] ?? new Set()
      // What stands in an object stream changes with the stream, though its own entry stays.
      const within = [...own].flatMap((number) => members.get(number) ?? [])
      const all = within.length > 0 ? new Set([...own, ...within]) : own
      return [...all].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    },
  }
}

function entryAt(versions: readonly Version[] | undefined, revision: number): CrossReferenceEntry | undefined {
  if (!versions) return undefined
  let [low, high] = [0, versions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((versions[middle]?.from ?? 0) <= revision) low = middle + 1
    else high = middle
  }
  return versions[low - 1]?.entry
}
