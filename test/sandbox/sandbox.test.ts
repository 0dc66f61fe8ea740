import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Log, Sandbox } from '../../src/model/ports.ts'
import { createSandbox } from '../../src/sandbox/index.ts'

const logged: unknown[] = []
const log: Log = {
  info: (facts) => logged.push(facts),
  warn: (facts) => logged.push(facts),
  error: (facts) => logged.push(facts),
}
const module = new URL('./hostile-task.ts', import.meta.url)
const taskModules = { normalise: module, verify: module, certificates: module, stamp: module }
const limits = { childMemoryBytes: 200 * 1024 * 1024, childTimeoutMs: 1500 }

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ limits, log, taskModules, size: 1, tasksPerChild: 6 })
})
afterAll(() => sandbox.close())

/** Runs one of the hostile task's attempts in the child. */
const attempt = (name: string): Promise<unknown> => sandbox.normalise(Buffer.from(name), 'message/rfc822')
const pid = async () => ((await attempt('pid')) as unknown as { result: number }).result

describe('a hostile document costs its child only', () => {
  const fatal: readonly [string, string][] = [
    ['endless loop', 'child-timeout'],
    ['endless wait', 'child-timeout'],
    ['memory hog', 'child-memory'],
    ['heap hog', 'child-memory'],
    ['exit', 'child-crashed'],
  ]
  it.each(fatal)('%s ends as %s, and the next document gets a new child', async (name, code) => {
    const before = await pid()
    await expect(attempt(name)).rejects.toMatchObject({ code, retryable: false })
    const after = await pid()
    expect(after).not.toBe(before)
    expect(existsSync(`/proc/${before}`)).toBe(false)
  })

  it('a coded fault passes through, and its child goes on', async () => {
    const before = await pid()
    await expect(attempt('coded fault')).rejects.toMatchObject({ code: 'too-many-parts', message: 'coded' })
    expect(await pid()).toBe(before)
  })

  it('any other fault is child-crashed, and its message stays out of error and log', async () => {
    const fault = await attempt('other fault').catch((thrown: unknown) => thrown)
    expect(fault).toMatchObject({ code: 'child-crashed' })
    expect(JSON.stringify([fault, String(fault), logged])).not.toContain('010101')
    expect(JSON.stringify(logged)).toContain('hostile-task')
  })
})

describe('a child that somebody else kills', () => {
  let one: Sandbox
  beforeAll(() => {
    one = createSandbox({ limits, log, taskModules, size: 1 })
  })
  afterAll(() => one.close())
  const inOne = (name: string): Promise<unknown> => one.normalise(Buffer.from(name), 'message/rfc822')
  const onePid = async () => ((await inOne('pid')) as unknown as { result: number }).result

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'goes on at %s: its end is the gateway’s to say',
    async (signal) => {
      const before = await onePid()
      const waiting = inOne('short wait')
      await pause(100)
      process.kill(before, signal)
      await expect(waiting).resolves.toEqual({ result: 'waited' })
      process.kill(before, signal)
      await pause(50)
      expect(await onePid()).toBe(before)
    },
  )

  it('costs the document nothing: the fault is retryable, and the next try gets through', async () => {
    for (let round = 0; round < 4; round++) {
      const before = await onePid()
      const waiting = inOne('short wait').catch((thrown: unknown) => thrown)
      await pause(100)
      process.kill(before, 'SIGKILL')
      expect(await waiting).toMatchObject({ code: 'child-crashed', retryable: true })
      await expect(inOne('short wait')).resolves.toEqual({ result: 'waited' })
    }
  })

  it('three times in a row is the doing of that document, and of no other', async () => {
    const retryable: unknown[] = []
    for (let round = 0; round < 3; round++) {
      retryable.push(await inOne('abort').catch((thrown: { retryable: boolean }) => thrown.retryable))
      await inOne('short wait')
    }
    expect(retryable).toEqual([true, true, false])
    await expect(inOne('killed')).rejects.toMatchObject({ code: 'child-crashed', retryable: true })
  })
})

describe('the child', () => {
  const refused = ['read /etc/passwd', 'write', 'spawn', 'thread', 'evaluate']
  it.each(refused)('may not: %s', async (name) => {
    expect(await attempt(name)).toEqual({ refused: true })
  })

  it('has nothing of our environment', async () => {
    expect(await attempt('environment')).toEqual({ result: [] })
  })

  it('reaches no network where the kernel allows that', async () => {
    const lacking = JSON.stringify(logged).includes('no-network')
    const { result } = (await attempt('network')) as unknown as { result: string }
    expect(result).toMatch(lacking ? /./ : /^(ENETUNREACH|EPERM|EACCES|EHOSTUNREACH)$/)
  })

  it('is replaced after its number of tasks', async () => {
    const seen = new Set<number>()
    for (let run = 0; run < 13; run++) seen.add(await pid())
    expect(seen.size).toBeGreaterThanOrEqual(3)
  })

  it('takes 30 MB and gives it back unchanged', async () => {
    const roomy = { ...limits, childMemoryBytes: 512 * 1024 * 1024 }
    const pool = createSandbox({ limits: roomy, log, taskModules, size: 1 })
    const large = Buffer.alloc(30_000_000, 'æblegrød')
    const { echo } = (await pool.normalise(large, 'message/rfc822')) as unknown as { echo: Uint8Array }
    expect(Buffer.compare(echo, large)).toBe(0)
    await pool.close()
  })
})

describe('the pool', () => {
  it('runs tasks side by side, and one that hangs does not stop the others', async () => {
    const pool = createSandbox({ limits, log, taskModules, size: 2 })
    const hanging = pool.normalise(Buffer.from('endless loop'), '').catch((thrown: { code: string }) => thrown.code)
    for (let run = 0; run < 20; run++) await pool.normalise(Buffer.from('pid'), '')
    expect(await hanging).toBe('child-timeout')
    await pool.close()
  })

  it('closing ends what runs and waits, as retryable, and leaves no process', async () => {
    const pool = createSandbox({ limits, log, taskModules, size: 1 })
    const first = (await pool.normalise(Buffer.from('pid'), '')) as unknown as { result: number }
    const faults = ['endless loop', 'pid'].map((name) =>
      pool.normalise(Buffer.from(name), '').catch((thrown: { retryable: boolean }) => thrown.retryable),
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    await pool.close()
    expect(await Promise.all(faults)).toEqual([true, true])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(existsSync(`/proc/${first.result}`)).toBe(false)
    await expect(pool.normalise(Buffer.from('pid'), '')).rejects.toMatchObject({ retryable: true })
  })
})

/** Whether a process still runs; one that ended and waits to be collected by init does not. */
function isRunning(processId: number): boolean {
  const path = `/proc/${processId}/stat`
  return existsSync(path) && !/\) [ZX] /.test(readFileSync(path, 'latin1'))
}

it('a child in an endless loop does not outlive a gateway that was killed', async () => {
  const parent = fork(fileURLToPath(new URL('./orphan-parent.ts', import.meta.url)), { execArgv: [] })
  const { result } = await new Promise<{ result: number }>((resolve) => parent.once('message', resolve))
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(isRunning(result)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isRunning(result), { timeout: 3000 }).toBe(false)
})
