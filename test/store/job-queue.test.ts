import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Job, JobKind } from '../../src/model/job.ts'
import type { Store } from '../../src/model/store.ts'
import { backoffMs, MAX_TRIES, MAX_UNNAMED_TRIES } from '../../src/store/backoff.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { handClock } from './samples.ts'

const PASSING = { code: 'relay-unavailable', message: 'no answer', retryable: true }
const CRASHED = { code: 'child-crashed', message: 'gone', retryable: true }
const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const KINDS: readonly JobKind[] = ['deliver', 'archive']

describe.each(engines())('jobs on $name', (engine) => {
  let place: TestStore
  let store: Store
  let time: ReturnType<typeof handClock>
  beforeEach(async () => {
    time = handClock()
    place = await engine.open(time.clock)
    store = place.store
  })
  afterEach(() => place.close())

  const add = (key: string, runAt?: string, kind: JobKind = 'deliver') =>
    store.commit((write) => write.addJob(kind, key, { deliveryId: key }, runAt))
  const lease = async (owner = 'a', limit = 1): Promise<Job> => {
    const [job] = await store.jobs.lease(owner, KINDS, limit, 1000)
    if (!job) throw new Error('nothing was due')
    return job
  }
  const only = async (): Promise<Job | undefined> => (await store.listJobs())[0]

  it('are added once per kind and key', async () => {
    await add('1')
    await add('1')
    await add('1', undefined, 'archive')
    expect((await store.listJobs()).map(({ kind, key }) => [kind, key])).toEqual([
      ['deliver', '1'],
      ['archive', '1'],
    ])
    expect(await store.listJobs({ kinds: ['archive'], states: ['ready'] })).toHaveLength(1)
    expect(await store.listJobs({ states: ['dead'] })).toEqual([])
    expect(await store.listJobs({ limit: 1, offset: 1 })).toHaveLength(1)
  })

  it('a done one is not added again', async () => {
    await add('1')
    const job = await lease()
    await store.commit((write) => write.finishJob(job))
    await add('1')
    expect(await store.listJobs()).toMatchObject([{ state: 'done', leaseOwner: null }])
    expect(await store.jobs.lease('a', KINDS, 5, 1000)).toEqual([])
  })

  it('are leased when due, oldest first, at most as many as asked for, of the kinds asked for', async () => {
    await add('late', '2026-11-24T10:01:00.000Z')
    await add('early', '2026-11-24T10:00:00.000Z')
    await add('future', '2026-11-24T10:02:00.001Z')
    await add('other', undefined, 'rejudge')
    await add('now')
    const two = await store.jobs.lease('a', KINDS, 2, 1000)
    expect(two.map(({ key }) => key)).toEqual(['early', 'late'])
    const leaseUntil = '2026-11-24T10:02:01.000Z'
    expect(two[0]).toMatchObject({ state: 'leased', attempts: 1, leaseOwner: 'a', leaseUntil })
    expect((await store.jobs.lease('b', KINDS, 9, 1000)).map(({ key }) => key)).toEqual(['now'])
    expect(await store.jobs.lease('b', [], 9, 1000)).toEqual([])
    time.forward(1)
    expect((await store.jobs.lease('b', KINDS, 9, 1000)).map(({ key }) => key)).toEqual(['future'])
  })

  it('are never leased to two at once', async () => {
    for (let key = 0; key < 40; key++) await add(String(key))
    const second = await place.openAgain(time.clock)
    const leases = await Promise.all(
      Array.from({ length: 16 }, (_, i) => (i % 2 ? store : second).jobs.lease(`node ${i}`, KINDS, 5, 1000)),
    )
    await second.close()
    const ids = leases.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length + (await store.jobs.lease('rest', KINDS, 99, 1000)).length).toBe(40)
  })

  it('whose lease ran out are due again, and the first owner can neither finish, fail nor extend', async () => {
    await add('1')
    const first = await lease('a')
    time.forward(999)
    expect(await store.jobs.lease('b', KINDS, 1, 1000)).toEqual([])
    time.forward(1)
    const second = await lease('b')
    expect(second).toMatchObject({ id: first.id, attempts: 2 })
    expect(await store.commit((write) => write.finishJob(first))).toBe(false)
    expect(await store.jobs.extend(first, 1000)).toBe(false)
    expect(await store.jobs.fail(first, { ...PASSING, retryable: false })).toBe('ready')
    expect(await only()).toMatchObject({ state: 'leased', leaseOwner: 'b', lastError: null })
    expect(await store.commit((write) => write.finishJob(second))).toBe(true)
    expect(await store.commit((write) => write.finishJob(second))).toBe(false)
  })

  it('of the same owner, leased anew, are not finished by the attempt before', async () => {
    await add('1')
    const first = await lease('a')
    time.forward(1000)
    const second = await lease('a')
    expect(await store.commit((write) => write.finishJob(first))).toBe(false)
    expect(await store.commit((write) => write.finishJob(second))).toBe(true)
  })

  it('tried again by a person are never finished by whoever lost them before', async () => {
    await add('1')
    const lost = await lease('a')
    time.forward(1000)
    await store.jobs.fail(await lease('b'), { ...PASSING, retryable: false })
    await store.jobs.retry(lost.id)
    const again = await lease('a')
    expect(await store.commit((write) => write.finishJob(lost))).toBe(false)
    expect(await store.jobs.extend(lost, 1000)).toBe(false)
    expect(await store.jobs.fail(lost, { ...PASSING, retryable: false })).toBe('ready')
    expect(await store.commit((write) => write.finishJob(again))).toBe(true)
  })

  it('that are extended stay with their owner', async () => {
    await add('1')
    const job = await lease('a')
    time.forward(900)
    expect(await store.jobs.extend(job, 1000)).toBe(true)
    time.forward(900)
    expect(await store.jobs.lease('b', KINDS, 1, 1000)).toEqual([])
  })

  it('that are taken for long are not taken for less by a short extension', async () => {
    await add('1')
    const job = await lease('a')
    expect(await store.jobs.extend(job, HOUR_MS)).toBe(true)
    expect(await store.jobs.extend(job, 1000)).toBe(true)
    expect((await only())?.leaseUntil).toBe(new Date(time.clock().getTime() + HOUR_MS).toISOString())
    time.forward(HOUR_MS - 1)
    expect(await store.jobs.lease('b', KINDS, 1, 1000)).toEqual([])
    time.forward(1)
    expect(await store.jobs.lease('b', KINDS, 1, 1000)).toHaveLength(1)
  })

  it('that fail for the moment come back after a backoff', async () => {
    await add('1')
    expect(await store.jobs.fail(await lease(), PASSING)).toBe('ready')
    const failed = await only()
    expect(failed).toMatchObject({ state: 'ready', attempts: 1, leaseOwner: null, leaseUntil: null })
    expect(failed?.lastError).toBe('relay-unavailable: no answer')
    time.forward(999)
    expect(await store.jobs.lease('a', KINDS, 1, 1000)).toEqual([])
    time.forward(1001)
    expect((await lease()).attempts).toBe(2)
  })

  it('that fail for good are dead at once; a person can have them tried again from the start', async () => {
    await add('1')
    const job = await lease()
    expect(await store.jobs.fail(job, { ...PASSING, retryable: false })).toBe('dead')
    expect(await store.jobs.fail(job, PASSING)).toBe('dead')
    time.forward(100 * HOUR_MS)
    expect(await store.jobs.lease('a', KINDS, 1, 1000)).toEqual([])
    let woken = 0
    store.jobs.onWork(() => {
      woken++
    })
    expect(await store.jobs.retry(job.id)).toBe(true)
    expect(await store.jobs.retry(job.id)).toBe(false)
    expect(await store.jobs.retry('unknown')).toBe(false)
    expect(woken).toBe(1)
    expect((await lease()).attempts).toBe(2)
  })

  it('that a person has tried again begin their backoff anew', async () => {
    await add('1')
    for (let tries = 0; tries < 8; tries++) {
      await store.jobs.fail(await lease(), PASSING)
      time.forward(HOUR_MS)
    }
    const job = await lease()
    await store.jobs.fail(job, { ...PASSING, retryable: false, code: 'relay-refused' })
    await store.jobs.retry(job.id)
    await store.jobs.fail(await lease(), PASSING)
    time.forward(2000)
    expect((await lease()).attempts).toBe(11)
  })

  it(`that failed ${MAX_TRIES} times are dead`, async () => {
    await add('1')
    const states: string[] = []
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      states.push(await store.jobs.fail(await lease(), CRASHED))
      time.forward(HOUR_MS)
    }
    expect(states).toEqual([...Array.from({ length: MAX_TRIES - 1 }, () => 'ready'), 'dead'])
  })

  it.each(['relay-unavailable', 'archive-unavailable', 'storage-unavailable', 'storage-full'])(
    'that wait for what is away (%s) are tried hourly for five days, and then are dead',
    async (code) => {
      await add('1')
      const begin = time.clock().getTime()
      let state = 'ready'
      let tries = 0
      while (state === 'ready') {
        state = await store.jobs.fail(await lease(), { code, message: 'away', retryable: true })
        tries++
        time.forward(HOUR_MS)
      }
      expect(state).toBe('dead')
      expect(tries).toBe(121)
      expect(time.clock().getTime() - begin).toBe(5 * DAY_MS + HOUR_MS)
      const [job] = await store.listJobs()
      await store.jobs.retry(job?.id ?? '')
      expect(await store.jobs.fail(await lease(), { code, message: 'away', retryable: true })).toBe('ready')
    },
  )

  it('that waited long for a relay have all their tries left for what comes after', async () => {
    await add('1')
    for (let tries = 0; tries < 3 * MAX_TRIES; tries++) {
      await store.jobs.fail(await lease(), PASSING)
      time.forward(HOUR_MS)
    }
    // A kill in the middle of a try says nothing against the job.
    await lease()
    time.forward(1000)
    expect(await store.jobs.fail(await lease(), CRASHED)).toBe('ready')
    expect((await only())?.attempts).toBe(3 * MAX_TRIES + 2)
  })

  it(`that end by a fault without a name are tried ${MAX_UNNAMED_TRIES} times`, async () => {
    await add('1')
    const states: string[] = []
    for (let tries = 0; tries < MAX_UNNAMED_TRIES; tries++) {
      states.push(await store.jobs.fail(await lease(), { code: 'internal', message: 'x is not y', retryable: false }))
      time.forward(HOUR_MS)
    }
    expect(states).toEqual(['ready', 'ready', 'ready', 'ready', 'dead'])
  })

  it(`whose every attempt ended without a word are dead after ${MAX_TRIES}`, async () => {
    await add('1')
    await add('2', '2026-11-24T10:02:30.000Z')
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      await lease()
      time.forward(1000)
    }
    time.forward(HOUR_MS)
    expect((await store.jobs.lease('a', KINDS, 5, 1000)).map(({ key }) => key)).toEqual(['2'])
    expect(await only()).toMatchObject({ state: 'dead', attempts: MAX_TRIES })
  })

  it('that a killed owner had are freed at his start, the others are not', async () => {
    for (const key of ['1', '2', '3']) await add(key)
    await lease('a', 1)
    const [second] = await store.jobs.lease('b', KINDS, 1, 1000)
    await lease('a', 1)
    expect(await store.jobs.release('a')).toBe(2)
    expect(await store.jobs.release('a')).toBe(0)
    const free = await store.jobs.lease('a', KINDS, 9, 1000)
    expect(free.map(({ attempts }) => attempts)).toEqual([2, 2])
    expect(free.map(({ id }) => id)).not.toContain(second?.id)
  })
})

describe('the backoff', () => {
  it('grows from 1 s to 1 h and is spread by chance', () => {
    expect(backoffMs(1, 0)).toBe(1000)
    expect(backoffMs(1, 0.999)).toBeLessThanOrEqual(2000)
    expect(backoffMs(4, 0)).toBe(8000)
    expect(backoffMs(11, 0)).toBe(1024_000)
    expect(backoffMs(40, 1)).toBe(HOUR_MS)
    const all = Array.from({ length: 40 }, (_, n) => backoffMs(n + 1, 0))
    expect(all).toEqual(all.toSorted((a, b) => a - b))
  })
})
