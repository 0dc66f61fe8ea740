import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startPostgres } from '../../scripts/postgres.ts'
import { createStore } from '../../src/store/index.ts'
import { acceptOne } from './samples.ts'

const LOOP = join(import.meta.dirname, 'accept-loop.ts')
const CALLS = 'trace=fsync,fdatasync,write,rename'

/** Runs accepts one after the other under strace; gives the calls between each "start" and its "ack". */
function tracedAccepts(bytes: number, count: number): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-trace-'))
  const trace = join(folder, 'trace')
  const loop = [process.execPath, LOOP, join(folder, 'data'), '{"engine":"sqlite"}', '1', String(bytes), String(count)]
  execFileSync('strace', ['-f', '-y', '-s', '80', '-e', CALLS, '-o', trace, ...loop], { stdio: 'ignore' })
  const between: string[][] = []
  let current: string[] | null = null
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (/write\(1<.*"start /.test(line)) current = []
    else if (/write\(1<.*"ack /.test(line)) {
      if (current) between.push(current)
      current = null
    } else if (current && !line.includes('write(')) current.push(line)
  }
  rmSync(folder, { recursive: true, force: true })
  return between
}

/** The places of a call in a trace where it has returned 0. */
function places(calls: readonly string[], pattern: RegExp): readonly number[] {
  const found: number[] = []
  const begun = new Set<string>()
  for (const [index, line] of calls.entries()) {
    const thread = line.split(' ')[0] ?? ''
    if (pattern.test(line) && line.includes('= 0')) found.push(index)
    else if (pattern.test(line) && line.includes('<unfinished')) begun.add(thread)
    else if (begun.has(thread) && /resumed>.*= 0/.test(line)) {
      begun.delete(thread)
      found.push(index)
    }
  }
  return found
}

const LOG = /f(data)?sync\(\d+<[^>]*poststempel\.sqlite-wal>/

describe('what is acknowledged was flushed before', () => {
  it('small submissions on SQLite: the write-ahead log', () => {
    const accepts = tracedAccepts(2000, 30)
    expect(accepts).toHaveLength(30)
    for (const calls of accepts) expect(places(calls, LOG).length).toBeGreaterThan(0)
  })

  it('large ones: the file, its name, its folder, and only then the row', () => {
    const accepts = tracedAccepts(200_000, 10)
    expect(accepts).toHaveLength(10)
    for (const calls of accepts) {
      const [file = Number.NaN] = places(calls, /fdatasync\(\d+<[^>]*\/blobs\/unfinished\/[^>]*>/)
      const [name = Number.NaN] = places(calls, /rename\("/)
      const folder = places(calls, /fsync\(\d+<[^>]*\/blobs\/[0-9a-f]{2}>/).at(-1) ?? Number.NaN
      const [row = Number.NaN] = places(calls, LOG)
      expect(file).toBeLessThan(name)
      expect(name).toBeLessThan(folder)
      expect(folder).toBeLessThan(row)
    }
  })

  it('submissions on PostgreSQL: its write-ahead log, between the call and its answer', async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const folder = mkdtempSync(join(tmpdir(), 'poststempel-trace-'))
    const trace = join(folder, 'trace')
    const args = ['-f', '-ttt', '-y', '-e', 'trace=fsync,fdatasync', '-o', trace, '-p', String(server.pid)]
    const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    onTestFinished(() => {
      strace.kill('SIGKILL')
    })
    await new Promise((resolve) => strace.stderr.once('data', resolve))
    const database = { engine: 'postgres', url: server.url } as const
    const store = await createStore({ dataDir: folder, database, clock: () => new Date() })
    const calls: { from: number; to: number }[] = []
    for (let n = 0; n < 20; n++) {
      const from = performance.timeOrigin + performance.now()
      await acceptOne(store)
      calls.push({ from, to: performance.timeOrigin + performance.now() })
    }
    await store.close()
    const gone = new Promise((resolve) => strace.once('exit', resolve))
    strace.kill('SIGINT')
    await gone
    const flushes = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => /fdatasync\(\d+<[^>]*pg_wal/.test(line))
      .map((line) => Number(line.split(/\s+/)[1]) * 1000)
    rmSync(folder, { recursive: true, force: true })
    for (const { from, to } of calls) expect(flushes.some((at) => at > from && at < to)).toBe(true)
  })
})
