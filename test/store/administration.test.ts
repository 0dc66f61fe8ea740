import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendAdminHistory, findBrokenLink } from '../../src/model/history.ts'
import type { Store } from '../../src/model/store.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { AT, addCase, LATER, sampleDelivery, sampleLetter, sampleParty } from './samples.ts'

const ADMIN = { kind: 'admin', id: 'a1', name: 'Ida' } as const

describe.each(engines())('what is kept of the gateway itself, on $name', (engine) => {
  let place: TestStore
  let store: Store
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
  })
  afterAll(() => place.close())

  it('is one chain, in order, whoever appends at once', async () => {
    const append = (n: number) =>
      store.commit((write) =>
        appendAdminHistory(write, { at: AT, actor: ADMIN, event: 'account-invited', payload: { n } }),
      )
    for (const n of [1, 2]) await append(n)
    await Promise.all([3, 4, 5].map(append))
    const chain = await store.adminHistory()
    expect(chain.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
    expect(findBrokenLink(chain)).toBeNull()
    expect(findBrokenLink(chain.map((one) => (one.seq === 4 ? { ...one, event: 'signed-in' } : one)))).toBe(4)
    expect((await store.adminHistory({ newestOnly: true })).map(({ seq }) => seq)).toEqual([5])
    expect((await store.adminHistory({ limit: 2, offset: 1 })).map(({ seq }) => seq)).toEqual([2, 3])
  })

  it('takes nothing twice in one place, and nothing of a commit that failed', async () => {
    const [newest] = await store.adminHistory({ newestOnly: true })
    if (!newest) throw new Error('no entry')
    await expect(store.commit((write) => write.addAdminHistory(newest))).rejects.toThrow()
    const failing = store.commit(async (write) => {
      await appendAdminHistory(write, { at: AT, actor: ADMIN, event: 'signed-in' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await store.adminHistory({ newestOnly: true })).toEqual([newest])
  })

  it('counts dead jobs, and letters of unanswered cases that reached nobody', async () => {
    expect(await store.countStuck()).toEqual({ deadJobs: 0, unsentLetters: 0 })
    const one = await store.commit(async (write) => {
      const row = await addCase(write)
      const party = sampleParty(row.id)
      await write.addParty(party)
      for (const state of ['unsendable', 'refused', 'accepted'] as const) {
        const letter = sampleLetter(party)
        await write.addLetter(letter)
        await write.addDelivery(sampleDelivery(letter, { state }))
      }
      await write.addJob('archive', row.id, { caseId: row.id })
      return row
    })
    const [job] = await store.jobs.lease('me', ['archive'], 1, 60_000)
    if (!job) throw new Error('no job')
    await store.jobs.fail(job, { code: 'not-found', message: 'no', retryable: false })
    expect(await store.countStuck()).toEqual({ deadJobs: 1, unsentLetters: 2 })
    await store.commit((write) => write.updateCase(one.id, { state: 'answered', answeredAt: LATER }))
    expect(await store.countStuck()).toEqual({ deadJobs: 1, unsentLetters: 0 })
  })
})
