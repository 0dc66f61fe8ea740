import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/model/case.ts'
import { planToday } from '../../src/model/recurring.ts'
import { addAnchor, proposeChange, watchAnchors } from '../../src/trust/index.ts'
import { silentLog } from '../casework/scene.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

/** Valid to 2036-01-01. */
const ca = makeCa('Test CA')
const DAY_MS = 86_400_000
const END = Date.parse('2036-01-01T00:00:00.000Z')
const cli: Actor = { kind: 'system', id: null, name: 'cli:ida' }

let now: Date
let store: MemoryStore
beforeEach(() => {
  now = new Date('2026-11-24T09:00:00Z')
  store = memoryStore({ clock: () => now })
})

const add = (countsUntil: string | null = null) =>
  store.commit((write) =>
    addAnchor(write, {
      der: ca.der,
      purposes: ['document'],
      source: 'file',
      note: 'x',
      actor: 'ida',
      at: now.toISOString(),
      countsUntil,
    }),
  )

/** What the daily job does so many days before that time. */
async function dayBefore(days: number, end = END): Promise<void> {
  now = new Date(end - days * DAY_MS)
  await store.commit((write) => planToday(write, ['watch-anchors'], now.toISOString()))
  for (const job of await store.jobs.lease('w', ['watch-anchors'], 10, 60_000)) {
    await watchAnchors(job, { store, clock: () => now, log: silentLog })
  }
}
const warnings = async () =>
  (await store.adminHistory())
    .filter(({ event }) => event === 'anchor-ends-soon')
    .map(({ payload }) => [payload?.['days'], payload?.['mark']])

describe('others are warned of an anchor that ends', () => {
  it('within 90, 30 and 7 days, once each, and no more when it has', async () => {
    await add()
    for (const days of [91, 90, 89, 31, 30, 29, 8, 7, 6, 1, 0, -1]) await dayBefore(days)
    expect(await warnings()).toEqual([
      [90, 90],
      [30, 30],
      [7, 7],
    ])
    const told = await store.listJobs({ kinds: ['tell-trust-change'] })
    expect(told).toHaveLength(4)
  })

  it('once where it ends sooner than the first of these days, or where the gateway was off', async () => {
    await add()
    await dayBefore(12)
    await dayBefore(10)
    expect(await warnings()).toEqual([[12, 30]])
  })

  it('by the date of the municipality where that is earlier, and anew where that is moved', async () => {
    await add('2027-01-01T00:00:00.000Z')
    await dayBefore(5, Date.parse('2027-01-01T00:00:00.000Z'))
    await store.commit((write) => write.updateAnchor(ca.sha256, { countsUntil: '2027-06-01T00:00:00.000Z' }))
    await dayBefore(5, Date.parse('2027-06-01T00:00:00.000Z'))
    expect(await warnings()).toEqual([
      [5, 7],
      [5, 7],
    ])
  })

  it('not where it is out of force', async () => {
    await add()
    await store.commit((write) => write.updateAnchor(ca.sha256, { disabledAt: now.toISOString() }))
    await dayBefore(5)
    expect(await warnings()).toEqual([])
  })
})

it('a proposal that nobody confirmed ends after 14 days, on record', async () => {
  await add()
  const steps = [{ do: 'disable', sha256: ca.sha256 }] as const
  const { id } = await proposeChange({ steps, reason: 'udløbet', by: cli }, { store, clock: () => now })
  const made = now.getTime()
  await dayBefore(-13, made)
  expect((await store.proposal(id))?.state).toBe('open')
  await dayBefore(-14, made)
  expect((await store.proposal(id))?.state).toBe('expired')
  expect((await store.adminHistory()).map(({ event }) => event)).toEqual([
    'trust-changed',
    'trust-proposed',
    'trust-proposal-expired',
  ])
  expect((await store.anchor(ca.sha256))?.disabledAt).toBeNull()
})
