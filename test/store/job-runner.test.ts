import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import type { Job } from '../../src/model/job.ts'
import type { Store } from '../../src/model/store.ts'
import { type JobHandlers, type JobRunner, startJobRunner } from '../../src/store/index.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { acceptOne, addCase } from './samples.ts'

const SECRET = 'CPR 010203-1234'

/** A log that keeps what it was told. */
function keptLog() {
  const lines: { level: string; facts: object; message: string }[] = []
  const keep = (level: string) => (facts: object, message: string) => {
    lines.push({ level, facts, message })
  }
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(engines())('the job runner on $name', (engine) => {
  let place: TestStore
  let store: Store
  let log: ReturnType<typeof keptLog>
  const runners: JobRunner[] = []
  beforeEach(async () => {
    place = await engine.open()
    store = place.store
    log = keptLog()
  })
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.stop()
    await place.close()
  })

  const start = (
    handlers: JobHandlers,
    options: { store?: Store; owner?: string; pollMs?: number } = {},
  ): JobRunner => {
    const runner = startJobRunner({
      store: options.store ?? store,
      handlers,
      owner: options.owner ?? 'node',
      concurrency: 3,
      clock: () => new Date(),
      log,
      pollMs: options.pollMs ?? 60_000,
    })
    runners.push(runner)
    return runner
  }
  const add = (key: string, runAt?: string) => store.commit((write) => write.addJob('deliver', key, {}, runAt))
  const states = async () => (await store.listJobs()).map(({ state }) => state)

  it('runs what was there before it and what comes after, and finishes what its handler did not', async () => {
    const done: string[] = []
    await add('before')
    const runner = start({
      deliver: async ({ key }) => {
        done.push(key)
      },
      normalise: async (job) => {
        done.push('normalise')
        await store.commit(async (write) => {
          await addCase(write)
          expect(await write.finishJob(job)).toBe(true)
          await write.addJob('deliver', 'caused', {})
        })
      },
    })
    await runner.idle()
    await acceptOne(store)
    await runner.idle()
    expect(done).toEqual(['before', 'normalise', 'caused'])
    expect(await states()).toEqual(['done', 'done', 'done'])
  })

  it('is woken without waiting for the next look', async () => {
    const ran = Promise.withResolvers<string>()
    start({ deliver: async ({ key }) => ran.resolve(key) })
    await pause(20)
    await add('1')
    expect(await ran.promise).toBe('1')
  })

  it('finds by looking what another process has added and what became due', async () => {
    const keys: string[] = []
    const other = await place.openAgain()
    start({ deliver: async ({ key }) => void keys.push(key) }, { pollMs: 20 })
    await other.commit((write) => write.addJob('deliver', 'from the other', {}))
    await other.close()
    await add('later', new Date(Date.now() + 150).toISOString())
    await expect.poll(() => keys).toEqual(['from the other', 'later'])
  })

  it('leaves kinds without a handler to others', async () => {
    await add('1')
    await start({ archive: async () => {} }).idle()
    expect(await states()).toEqual(['ready'])
  })

  it('runs at most as many at once as allowed, and all in the end', async () => {
    let now = 0
    let most = 0
    for (let key = 0; key < 20; key++) await add(String(key))
    const runner = start({
      deliver: async () => {
        most = Math.max(most, ++now)
        await pause(3)
        now--
      },
    })
    await runner.idle()
    expect(most).toBe(3)
    expect(new Set(await states())).toEqual(new Set(['done']))
  })

  it('beside another runs no job twice', async () => {
    const runs = new Map<string, number>()
    const other = await place.openAgain()
    for (let key = 0; key < 40; key++) await add(String(key))
    const deliver = async ({ key }: Job): Promise<void> => {
      runs.set(key, (runs.get(key) ?? 0) + 1)
      await pause(1)
    }
    const both = [start({ deliver }, { owner: 'a' }), start({ deliver }, { owner: 'b', store: other })]
    await Promise.all(both.map((it) => it.idle()))
    await expect.poll(states).toEqual(Array.from({ length: 40 }, () => 'done'))
    for (const it of runners.splice(0)) await it.stop()
    await other.close()
    expect([...runs.values()]).toEqual(Array.from({ length: 40 }, () => 1))
  })

  it('puts back what fails for the moment or without a name, gives up what fails for good, and logs no contents', async () => {
    await add('passing')
    await add('bug')
    await add('for good')
    const runner = start({
      deliver: async ({ key }) => {
        if (key === 'bug') throw new TypeError(SECRET)
        if (key === 'for good') throw new GatewayError('wrong-state', SECRET)
        throw new GatewayError('relay-unavailable', SECRET, { retryable: true, facts: { secret: SECRET } })
      },
    })
    await runner.idle()
    expect(await store.listJobs()).toMatchObject([
      { key: 'passing', state: 'ready', attempts: 1 },
      { key: 'bug', state: 'ready', attempts: 1 },
      { key: 'for good', state: 'dead', attempts: 1 },
    ])
    expect(log.lines.map(({ level, facts }) => [level, facts])).toEqual(
      expect.arrayContaining([
        ['warn', { kind: 'deliver', key: 'passing', code: 'relay-unavailable', attempt: 1 }],
        ['warn', { kind: 'deliver', key: 'bug', code: 'internal', attempt: 1 }],
        ['error', { kind: 'deliver', key: 'for good', code: 'wrong-state', attempt: 1 }],
      ]),
    )
    expect(JSON.stringify(log.lines)).not.toContain(SECRET)
  })

  it('keeps its lease while the handler runs, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const extended: string[] = []
      const extend: Store['jobs']['extend'] = async ({ key }) => extended.push(key) > 1
      const [started, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      await add('1')
      const runner = start(
        {
          deliver: () => {
            started.resolve()
            return end.promise
          },
        },
        { store: { ...store, jobs: { ...store.jobs, extend } } },
      )
      await started.promise
      await vi.advanceTimersByTimeAsync(59_000)
      expect(extended).toEqual(['1', '1'])
      expect(log.lines).toMatchObject([{ level: 'warn', message: 'the lease of a running job was lost' }])
      end.resolve()
      await runner.idle()
      await vi.advanceTimersByTimeAsync(59_000)
      expect(extended).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('finishes what is in hand before it stops, and takes no more', async () => {
    const started = Promise.withResolvers<void>()
    let ended = false
    await add('1')
    const runner = start({
      deliver: async () => {
        started.resolve()
        await pause(50)
        ended = true
      },
    })
    await started.promise
    await runner.stop()
    expect(ended).toBe(true)
    await add('2')
    await pause(20)
    expect(await states()).toEqual(['done', 'ready'])
    await runner.idle()
  })

  it('goes on where the store fails for a while', async () => {
    let isAway = true
    const fault = new GatewayError('storage-unavailable', 'gone', { retryable: true })
    const lease: Store['jobs']['lease'] = async (...given) => {
      if (isAway) throw fault
      return store.jobs.lease(...given)
    }
    await add('1')
    start({ deliver: async () => {} }, { store: { ...store, jobs: { ...store.jobs, lease } }, pollMs: 10 })
    await pause(40)
    expect(log.lines[0]).toMatchObject({ level: 'warn', facts: { code: 'storage-unavailable' } })
    isAway = false
    await expect.poll(states).toEqual(['done'])
  })

  it('never ends by a fault that cannot be written; the lease runs out', async () => {
    const fault = new GatewayError('storage-unavailable', 'gone', { retryable: true })
    const fail: Store['jobs']['fail'] = async () => {
      throw fault
    }
    await add('1')
    const broken = { ...store, jobs: { ...store.jobs, fail } }
    await start({ deliver: () => Promise.reject(fault) }, { store: broken }).idle()
    expect(await states()).toEqual(['leased'])
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', facts: { storeCode: 'storage-unavailable' } })
  })
})
