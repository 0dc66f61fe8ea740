import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { engines, type TestEngine } from '../support/engines.ts'

const LOOP = join(import.meta.dirname, 'accept-loop.ts')

type Place = Awaited<ReturnType<TestEngine['place']>>

/** Starts the loop; gives what it has printed so far, line by line. */
function startLoop({ dataDir, database }: Place, callers: number, bytes: number) {
  const args = [LOOP, dataDir, JSON.stringify(database), String(callers), String(bytes)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A test that fails half-way must not leave it running.
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let printed = ''
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.toString()
  })
  // What follows the last line end was cut by the kill.
  return { child, lines: () => printed.split('\n').slice(0, -1) }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await gone
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const isAck = (line: string): boolean => line.startsWith('ack ')

describe.each(engines())('a gateway killed on $name', (engine) => {
  it.each([
    ['small', 2000],
    ['large', 200_000],
  ])('keeps every %s submission that it acknowledged, with its bytes and one job', async (_, bytes) => {
    const place = await engine.place()
    onTestFinished(() => place.close())
    const acknowledged: string[] = []
    for (let round = 0; round < 6; round++) {
      const { child, lines } = startLoop(place, 20, bytes)
      await expect.poll(() => lines().filter(isAck).length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(10)
      await pause(Math.random() * 200)
      await kill(child)
      acknowledged.push(...lines().filter(isAck))
    }
    const store = await place.openAgain()
    const jobs = new Map((await store.listJobs()).map((job) => [job.key, job]))
    const stored = new Set((await store.listSubmissions()).map(({ id }) => id))
    for (const line of acknowledged) {
      const [, , id = '', sha256 = ''] = line.split(' ')
      expect(stored.has(id)).toBe(true)
      expect(jobs.get(id)).toMatchObject({ kind: 'normalise', state: 'ready' })
      expect((await store.blobs.get(sha256)).byteLength).toBe(bytes)
    }
    // Nothing stands half: each row has its bytes and its job, acknowledged or not.
    expect(jobs.size).toBe(stored.size)
    await store.close()
    expect(acknowledged.length).toBeGreaterThan(60)
  })

  // The other process commits without a pause, so each write of ours may wait long for its turn.
  it('was read by another process all the while, which may write too', async () => {
    const place = await engine.place()
    onTestFinished(() => place.close())
    const { child, lines } = startLoop(place, 10, 2000)
    await expect.poll(() => lines().some(isAck), { timeout: 30_000 }).toBe(true)
    const store = await place.openAgain()
    let seen = 0
    for (let look = 0; look < 6; look++) {
      const before = lines().filter(isAck).length
      const now = (await store.listJobs()).length
      expect(now).toBeGreaterThanOrEqual(Math.max(seen, before))
      seen = now
      await store.commit((write) => write.setSetting('looked', look))
    }
    await kill(child)
    expect(await store.setting('looked')).toBe(5)
    await store.close()
  })
})
