import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case } from '../../src/model/case.ts'
import type { Store } from '../../src/model/store.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { addCase } from './samples.ts'

/** From first to last, as the queue must stand. */
const IN_ORDER: readonly Partial<Case>[] = [
  { dueOn: '2026-12-01', channel: 'folder', receivedAt: '2026-11-30T00:00:00.000Z' },
  { dueOn: '2026-12-08', channel: 'api', receivedAt: '2026-11-02T00:00:00.000Z' },
  { dueOn: '2026-12-08', channel: 'upload', receivedAt: '2026-11-03T00:00:00.000Z', id: 'a1' },
  { dueOn: '2026-12-08', channel: 'imap', receivedAt: '2026-11-03T00:00:00.000Z', id: 'a2' },
  { dueOn: '2026-12-08', channel: 'smtp', receivedAt: '2026-11-24T00:00:00.000Z' },
  { dueOn: '2026-12-08', channel: 'folder', receivedAt: '2026-11-01T00:00:00.000Z' },
  { dueOn: '2027-01-01', channel: 'smtp', receivedAt: '2026-01-01T00:00:00.000Z' },
]

describe.each(engines())('the queue on $name', (engine) => {
  let place: TestStore
  let store: Store
  let ids: readonly string[]
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
    ids = await store.commit(async (write) => {
      const made = new Map<Partial<Case>, string>()
      // Made in another order than they stand.
      for (const it of IN_ORDER.toReversed()) made.set(it, (await addCase(write, it)).id)
      await addCase(write, { dueOn: '2026-01-01', state: 'decided' })
      return IN_ORDER.map((it) => made.get(it) ?? '')
    })
  })
  afterAll(() => place.close())

  it('stands by due day, digital before paper, receipt, id', async () => {
    expect((await store.queue()).map(({ id }) => id)).toEqual(ids)
    expect((await store.queue({ limit: 2, offset: 3 })).map(({ id }) => id)).toEqual(ids.slice(3, 5))
  })

  it('tells each case the place at which it stands', async () => {
    const places = await Promise.all(ids.map((id) => store.queuePosition(id)))
    expect(places).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('has no place for a case that is decided or unknown, and moves the others up', async () => {
    const [first = '', second = ''] = ids
    await store.commit((write) => write.updateCase(first, { state: 'decided' }))
    expect(await store.queuePosition(first)).toBeNull()
    expect(await store.queuePosition(second)).toBe(1)
    expect(await store.queuePosition('unknown')).toBeNull()
  })

  it('moves a case whose channel was put right', async () => {
    const [, second = ''] = ids
    await store.commit((write) => write.updateCase(second, { channel: 'folder' }))
    expect((await store.queue()).map(({ id }) => id).indexOf(second)).toBe(4)
    expect(await store.queuePosition(second)).toBe(5)
  })
})
