import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CrossReferenceEntry, CrossReferenceSection } from '../../../src/verify/pdf/cross-reference.ts'
import { startObjectHistory } from '../../../src/verify/pdf/object-history.ts'
import { EMPTY_DICT } from '../../../src/verify/pdf/values.ts'

const number = fc.integer({ min: 1, max: 12 })
const entry: fc.Arbitrary<CrossReferenceEntry> = fc.oneof(
  fc.constant({ kind: 'free' } as const),
  fc.record({ kind: fc.constant('offset' as const), offset: fc.nat(99), generation: fc.constant(0) }),
  fc.record({ kind: fc.constant('compressed' as const), container: number, index: fc.nat(3) }),
)
const entries = fc.array(fc.tuple(number, entry), { maxLength: 8 }).map((list) => new Map(list))
const section = (own: Map<number, CrossReferenceEntry>): CrossReferenceSection => ({
  kind: 'table',
  offset: 0,
  end: 0,
  furthest: 0,
  conflicting: new Set(),
  exact: true,
  entries: own,
  trailer: EMPTY_DICT,
  hybrid: null,
})

describe('the history of a document’s objects', () => {
  it('gives each revision what the updates until then came to', () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 6 }), (updates) => {
        const history = startObjectHistory()
        for (const [revision, own] of updates.entries()) history.add(section(own), revision)
        const merged = new Map<number, CrossReferenceEntry>()
        for (const [revision, own] of updates.entries()) {
          const before = new Map(merged)
          for (const [key, value] of own) merged.set(key, value)
          const now = history.entriesAt(revision)
          for (let n = 1; n <= 12; n += 1) expect(now.get(n)).toEqual(merged.get(n))
          const changed = new Set(history.changedIn(revision))
          // Nothing that differs is left out, nor what stands in an object stream that differs.
          for (const [key, value] of merged) {
            const container = value.kind === 'compressed' ? value.container : key
            if (before.get(key) !== value || own.has(container)) expect(changed.has(key)).toBe(true)
          }
        }
      }),
    )
  })
})
