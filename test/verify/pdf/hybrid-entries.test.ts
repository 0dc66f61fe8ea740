import { describe, expect, it } from 'vitest'
import type { CrossReferenceEntry, CrossReferenceSection } from '../../../src/verify/pdf/cross-reference.ts'
import { startHybridReading } from '../../../src/verify/pdf/hybrid-entries.ts'
import { EMPTY_DICT } from '../../../src/verify/pdf/values.ts'

const FREE = { kind: 'free' } as const
const at = (offset: number): CrossReferenceEntry => ({ kind: 'offset', offset, generation: 0 })
const inside = (container: number): CrossReferenceEntry => ({ kind: 'compressed', container, index: 0 })

type Entries = readonly (readonly [number, CrossReferenceEntry])[]

function ambiguousAfter(sections: readonly { table: Entries; hybrid?: Entries }[]): readonly number[] {
  const reading = startHybridReading()
  const entries = new Map<number, CrossReferenceEntry>()
  let ambiguous: ReadonlySet<number> = new Set()
  for (const { table, hybrid } of sections) {
    const section: CrossReferenceSection = {
      kind: 'table',
      offset: 0,
      end: 0,
      furthest: 0,
      conflicting: new Set(),
      exact: true,
      entries: new Map(table),
      trailer: EMPTY_DICT,
      hybrid: hybrid ? new Map(hybrid) : null,
    }
    for (const [number, entry] of table) entries.set(number, entry)
    for (const [number, entry] of hybrid ?? [])
      if (section.entries.get(number)?.kind !== 'offset') entries.set(number, entry)
    ambiguous = reading.add(section, entries)
  }
  return [...ambiguous]
}

describe('a hybrid file', () => {
  it('that lists every object both ways, as office programs write it, shows the same to all readers', () => {
    const table: Entries = [
      [1, at(10)],
      [2, at(20)],
    ]
    expect(ambiguousAfter([{ table }, { table: [], hybrid: table }])).toEqual([])
  })

  it('that lists an object at another place for new readers shows them something else', () => {
    expect(ambiguousAfter([{ table: [[1, at(10)]] }, { table: [], hybrid: [[1, at(99)]] }])).toEqual([1])
  })

  it('that hides an object from old readers says so, also where they think it free', () => {
    const sections = [
      {
        table: [[1, FREE]] as Entries,
        hybrid: [
          [1, inside(7)],
          [2, inside(7)],
        ] as Entries,
      },
    ]
    expect(ambiguousAfter(sections)).toEqual([1, 2])
  })

  it('is one no more once a later revision writes the object for all', () => {
    const sections = [{ table: [], hybrid: [[1, inside(7)]] as Entries }, { table: [[1, at(50)]] as Entries }]
    expect(ambiguousAfter(sections)).toEqual([])
  })
})
