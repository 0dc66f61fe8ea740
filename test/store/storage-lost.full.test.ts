import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startPostgres } from '../../scripts/postgres.ts'
import type { Store } from '../../src/model/store.ts'
import { createStore } from '../../src/store/index.ts'
import { acceptOne, addCase } from './samples.ts'

const clock = (): Date => new Date()
const temporary = (): string => mkdtempSync(join(tmpdir(), 'poststempel-lost-'))

/** Accepts until it is refused; gives what was acknowledged before, and the fault. */
async function acceptUntilRefused(store: Store) {
  const acknowledged: string[] = []
  for (let n = 0; n < 100_000; n++) {
    try {
      acknowledged.push((await acceptOne(store)).submission.id)
    } catch (fault) {
      return { acknowledged, fault }
    }
  }
  throw new Error('it was never refused')
}

describe('a disk that is full', () => {
  // A file system of its own needs the right to mount: root, as in the container of the tests.
  it('refuses as storage-full, keeps what it acknowledged, and goes on once there is room', async () => {
    const folder = temporary()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder])
    try {
      const store = await createStore({ dataDir: folder, database: { engine: 'sqlite' }, clock })
      const ballast = new Uint8Array(1_000_000)
      await store.blobs.put(ballast)
      const { acknowledged, fault } = await acceptUntilRefused(store)
      expect(fault).toMatchObject({ code: 'storage-full', retryable: true })
      expect(acknowledged.length).toBeGreaterThan(20)
      const title = 'x'.repeat(400_000)
      await expect(store.commit((write) => addCase(write, { title }))).rejects.toMatchObject({ code: 'storage-full' })
      await expect(store.blobs.put(new Uint8Array(2_000_000))).rejects.toMatchObject({ code: 'storage-full' })
      expect((await store.listSubmissions()).map(({ id }) => id)).toEqual(acknowledged)
      execFileSync('mount', ['-o', 'remount,size=12m', folder])
      await acceptOne(store)
      await store.close()
      const again = await createStore({ dataDir: folder, database: { engine: 'sqlite' }, clock })
      expect(await again.listSubmissions()).toHaveLength(acknowledged.length + 1)
      await again.close()
    } finally {
      // Lazily: a store that a failed test left open must not hide the failure.
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a PostgreSQL that goes away', () => {
  it('in the middle of a commit leaves nothing of it; the next one works', async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const folder = temporary()
    const database = { engine: 'postgres', url: server.url } as const
    const store = await createStore({ dataDir: folder, database, clock })
    const admin = new pg.Client({ connectionString: server.url })
    await admin.connect()
    const cut = () =>
      admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and backend_type = 'client backend'`)
    const work = store.commit(async (write) => {
      await addCase(write)
      await cut()
      await addCase(write)
    })
    await expect(work).rejects.toMatchObject({ code: 'storage-unavailable', retryable: true })
    expect(await store.countCases()).toBe(0)
    await acceptOne(store)
    // Also while nobody uses the connections.
    await cut()
    await expect.poll(() => acceptOne(store).then(() => 'accepted', String)).toBe('accepted')
    await admin.end()

    await server.stop()
    await expect(acceptOne(store)).rejects.toMatchObject({ code: 'storage-unavailable', retryable: true })
    await expect(store.countCases()).rejects.toMatchObject({ code: 'storage-unavailable', retryable: true })
    const opening = createStore({ dataDir: folder, database, clock })
    await expect(opening).rejects.toMatchObject({ code: 'storage-unavailable', retryable: true })
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('that does not flush is refused at start', async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const admin = new pg.Client({ connectionString: server.url })
    await admin.connect()
    await admin.query('alter system set fsync = off')
    await admin.query('select pg_reload_conf()')
    const folder = temporary()
    const database = { engine: 'postgres', url: server.url } as const
    await expect
      .poll(async () => {
        const { rows } = await admin.query<{ fsync: string }>('show fsync')
        return rows[0]?.fsync
      })
      .toBe('off')
    await admin.end()
    const opening = createStore({ dataDir: folder, database, clock })
    await expect(opening).rejects.toMatchObject({ code: 'configuration' })
    rmSync(folder, { recursive: true, force: true })
  })
})
