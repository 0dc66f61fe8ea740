import { describe, expect, it } from 'vitest'
import type { HistoryEntry } from '../../src/model/case.ts'
import { appendHistory, findBrokenLink, hashEntry, hashPayload } from '../../src/model/history.ts'
import type { Store } from '../../src/model/store.ts'
import { sampleCase } from '../store/samples.ts'
import { engines } from '../support/engines.ts'
import { memoryStore } from '../support/memory-store.ts'

const AT = '2026-11-24T09:00:00.000Z'
const SYSTEM = { kind: 'system', id: null, name: null } as const
const METTE = { kind: 'caseworker', id: 'account-1', name: 'Mette Holm' } as const

const EVENTS = [
  ['received', SYSTEM],
  ['checked', SYSTEM],
  ['opened', METTE],
  ['approved', METTE],
] as const

/** A chain of four entries, made as the gateway makes it. */
async function chain(): Promise<readonly HistoryEntry[]> {
  const store = memoryStore({ clock: () => new Date(AT) })
  const row = sampleCase()
  await store.commit(async (write) => {
    await write.addCase(row)
    for (const [event, actor] of EVENTS) {
      await appendHistory(write, { caseId: row.id, at: AT, actor, event, payload: { of: event, more: [1, { a: 2 }] } })
    }
  })
  return store.history(row.id)
}

/** The chain with its third entry changed. */
async function changed(change: (entry: HistoryEntry) => Partial<HistoryEntry>): Promise<readonly HistoryEntry[]> {
  return (await chain()).map((entry) => (entry.seq === 3 ? { ...entry, ...change(entry) } : entry))
}

const CHANGES: readonly (readonly [string, (entry: HistoryEntry) => Partial<HistoryEntry>])[] = [
  ['payload', () => ({ payload: { of: 'opened', more: [1, { a: 3 }] } })],
  ['payload, emptied', () => ({ payload: {} })],
  ['salt', () => ({ salt: '00'.repeat(16) })],
  ['payload hash', () => ({ payloadHash: '0'.repeat(64) })],
  ['hash', () => ({ hash: '0'.repeat(64) })],
  ['previous hash', () => ({ previousHash: '0'.repeat(64) })],
  ['number', () => ({ seq: 7 })],
  ['actor', () => ({ actor: SYSTEM })],
  ['actor’s name', () => ({ actor: { ...METTE, name: 'Metta Holm' } })],
  ['event', () => ({ event: 'rejected' })],
  ['time', () => ({ at: '2026-11-24T09:00:00.001Z' })],
  ['case', () => ({ caseId: 'case-2' })],
]

describe('a chain of history', () => {
  it('as it was made holds, and so does an empty one', async () => {
    expect(findBrokenLink(await chain())).toBeNull()
    expect(findBrokenLink([])).toBeNull()
  })

  it.each(CHANGES)('breaks where somebody changed the %s', async (_what, change) => {
    expect(findBrokenLink(await changed(change))).toBe(3)
  })

  it('breaks at the next entry where somebody made the changed one’s own hash anew', async () => {
    const forged = await changed((entry) => {
      const salt = entry.salt ?? ''
      const link = { ...entry, event: 'rejected', payloadHash: hashPayload({ of: 'rejected' }, salt) }
      return { ...link, payload: { of: 'rejected' }, hash: hashEntry(link) }
    })
    expect(findBrokenLink(forged)).toBe(4)
  })

  it('breaks where an entry in the middle, or the first, is gone', async () => {
    const [first, second, third, fourth] = (await chain()) as [HistoryEntry, HistoryEntry, HistoryEntry, HistoryEntry]
    expect(findBrokenLink([first, third, fourth])).toBe(2)
    expect(findBrokenLink([second, third, fourth])).toBe(1)
    // Numbered anew, each by itself whole: the links still tell.
    const numbered = [first, third, fourth].map((entry, i) => ({ ...entry, seq: i + 1 }))
    expect(findBrokenLink(numbered.map((entry) => ({ ...entry, hash: hashEntry(entry) })))).toBe(2)
  })

  it('breaks where the numbers leave one out, though every link was made anew to fit', async () => {
    let previousHash = '0'.repeat(64)
    const linked = (await chain()).map((entry) => {
      const link = { ...entry, seq: entry.seq < 3 ? entry.seq : entry.seq + 1, previousHash }
      previousHash = hashEntry(link)
      return { ...link, hash: previousHash }
    })
    expect(findBrokenLink(linked)).toBe(3)
  })

  it('breaks where the hash of an erased payload was changed: a payload of one’s own would fit it', async () => {
    const forged = { payload: null, salt: null, payloadHash: hashPayload({ of: 'rejected' }, 'a') }
    expect(findBrokenLink(await changed(() => forged))).toBe(3)
  })

  it('breaks where two entries changed places, and where one comes twice', async () => {
    const [first, second, third, fourth] = (await chain()) as [HistoryEntry, HistoryEntry, HistoryEntry, HistoryEntry]
    expect(findBrokenLink([first, third, second, fourth])).toBe(2)
    expect(findBrokenLink([first, second, second, third, fourth])).toBe(3)
  })

  it('holds where a payload was erased by right, with or without its salt', async () => {
    expect(findBrokenLink(await changed(() => ({ payload: null, salt: null })))).toBeNull()
    expect(findBrokenLink(await changed(() => ({ payload: null })))).toBeNull()
  })
})

describe.each(engines())('two appends at once ($name)', (engine) => {
  it('keep the chain whole', async () => {
    const { store, openAgain, close } = await engine.open()
    const other = await openAgain()
    try {
      const row = sampleCase()
      await store.commit((write) => write.addCase(row))
      const append = (through: Store, event: string) =>
        through.commit((write) => appendHistory(write, { caseId: row.id, at: AT, actor: SYSTEM, event }))
      const events = Array.from({ length: 12 }, (_, i) => `event-${i}`)
      const done = await Promise.allSettled(events.map((event, i) => append(i % 2 ? store : other, event)))
      const kept = await store.history(row.id)
      expect(findBrokenLink(kept)).toBeNull()
      // What one of two lost, it was told of: nothing is dropped in silence, nothing stands there twice.
      const succeeded = events.filter((_, i) => done[i]?.status === 'fulfilled')
      expect(kept.map(({ event }) => event).sort()).toEqual(succeeded.sort())
      expect(succeeded.length).toBeGreaterThan(0)
    } finally {
      await other.close()
      await close()
    }
  })
})
