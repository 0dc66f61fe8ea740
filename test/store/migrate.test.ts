import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/store/engine.ts'
import { createStore } from '../../src/store/index.ts'
import { checksumOf, migrate } from '../../src/store/migrate.ts'
import { dialects, type Migration, migrations } from '../../src/store/migrations/index.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { engines, type TestEngine } from '../support/engines.ts'
import { acceptOne } from './samples.ts'

const clock = (): Date => new Date()
const next: Migration = {
  number: Math.max(...migrations.map(({ number }) => number)) + 1,
  name: 'next',
  up: ({ text }) => [`alter table cases add column note ${text}`, `update cases set note = 'old'`],
}

describe.each(engines())('the schema on $name', (engine) => {
  let place: Awaited<ReturnType<TestEngine['place']>>
  const opened: Engine[] = []
  beforeEach(async () => {
    place = await engine.place()
  })
  afterEach(async () => {
    for (const it of opened.splice(0)) await it.close()
    await place.close()
  })
  const open = async (): Promise<Engine> => {
    const it =
      place.database.engine === 'sqlite'
        ? await openSqlite(join(place.dataDir, 'poststempel.sqlite'))
        : await openPostgres(place.database.url)
    opened.push(it)
    return it
  }

  it('is made at the first start and found at the next, with what is in it', async () => {
    const first = await place.openAgain()
    const { submission } = await acceptOne(first)
    await first.close()
    const again = await place.openAgain()
    expect(await again.submission(submission.id)).toStrictEqual(submission)
    await again.close()
  })

  it('is brought up to date by pending migrations, and what is in it stays', async () => {
    const store = await place.openAgain()
    await store.commit((write) => write.setSetting('kept', true))
    await store.close()
    const it = await open()
    await migrate(it, [...migrations, next], clock)
    await migrate(it, [...migrations, next], clock)
    const applied = await it.reader.selectFrom('appliedMigrations').selectAll().orderBy('number').execute()
    expect(applied.map(({ number, name }) => [number, name])).toEqual([
      ...migrations.map(({ number, name }) => [number, name]),
      [next.number, 'next'],
    ])
    expect((await sql`select note from cases`.execute(it.reader)).rows).toEqual([])
    expect((await sql<{ value: string }>`select value from settings`.execute(it.reader)).rows).toEqual([
      { value: 'true' },
    ])
  })

  it('of the first version keeps its jobs, with the tries that they had', async () => {
    const it1 = await open()
    await migrate(it1, migrations.slice(0, 1), clock)
    const at = '2026-11-01T10:02:00.000Z'
    await sql`insert into jobs (id, kind, key, payload, state, attempts, run_at, due_at, created_at)
      values ('1', 'deliver', '1', '{}', 'ready', 11, ${at}, ${at}, ${at})`.execute(it1.writer)
    const store = await place.openAgain()
    const [job] = await store.jobs.lease('a', ['deliver'], 1, 1000)
    if (!job) throw new Error('no job')
    expect(job.attempts).toBe(12)
    expect(await store.jobs.fail(job, { code: 'child-crashed', message: 'x', retryable: true })).toBe('dead')
    await store.close()
  })

  it('of the third version keeps its trust anchors, which count without dates', async () => {
    const it1 = await open()
    await migrate(it1, migrations.slice(0, 3), clock)
    const at = '2026-11-01T10:02:00.000Z'
    await sql`insert into trust_anchors (sha256, der, subject, purposes, source, note, added_at, added_by)
      values ('ab', ${Buffer.from([1])}, 'CN=x', '["mail"]', 'file', 'x', ${at}, 'ida')`.execute(it1.writer)
    const store = await place.openAgain()
    expect(await store.listAnchors()).toMatchObject([
      { sha256: 'ab', purposes: ['mail'], disabledAt: null, countsFrom: null, countsUntil: null },
    ])
    await store.close()
  })

  it('of a newer version is refused', async () => {
    const it1 = await open()
    await migrate(it1, [...migrations, next], clock)
    await expect(place.openAgain()).rejects.toMatchObject({
      code: 'migration-mismatch',
      facts: { migration: next.number },
    })
  })

  it('whose migration was changed after it was applied is refused', async () => {
    const it1 = await open()
    await migrate(it1, [...migrations, next], clock)
    const changed = { ...next, up: () => ['alter table cases add column note2 text'] }
    await expect(migrate(it1, [...migrations, changed], clock)).rejects.toMatchObject({ code: 'migration-mismatch' })
  })

  it('is left as it was by a migration that fails half-way', async () => {
    const it1 = await open()
    await migrate(it1, migrations, clock)
    const broken = { ...next, up: () => [...next.up(dialects[engine.name]), 'create nonsense'] }
    await expect(migrate(it1, [...migrations, broken], clock)).rejects.toMatchObject({ code: 'internal' })
    await migrate(it1, migrations, clock)
    await expect(sql`select note from cases`.execute(it1.reader)).rejects.toThrow()
    await migrate(it1, [...migrations, next], clock)
  })

  it('is made once by several that start together', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => place.openAgain()))
    for (const store of stores) {
      await acceptOne(store)
      await store.close()
    }
    const it1 = await open()
    expect(await it1.reader.selectFrom('appliedMigrations').selectAll().execute()).toHaveLength(migrations.length)
  })

  it('has checksums that follow the statements', () => {
    const [first] = migrations
    if (!first) throw new Error('no migrations')
    expect(checksumOf(first, engine.name)).toBe(checksumOf(first, engine.name))
    expect(checksumOf(first, engine.name)).not.toBe(checksumOf(next, engine.name))
  })

  it('lies in a folder for the owner alone', async () => {
    const dataDir = join(place.dataDir, 'new', 'folder')
    const store = await createStore({ dataDir, database: { engine: 'sqlite' }, clock })
    await acceptOne(store)
    const modes = ['', 'poststempel.sqlite', 'poststempel.sqlite-wal', 'poststempel.sqlite-shm'].map((name) =>
      (statSync(join(dataDir, name)).mode & 0o777).toString(8),
    )
    await store.close()
    expect(modes).toEqual(['700', '600', '600', '600'])
  })

  it('cannot be opened where a folder stands in its place', async () => {
    mkdirSync(join(place.dataDir, 'poststempel.sqlite'))
    const opening = createStore({ dataDir: place.dataDir, database: { engine: 'sqlite' }, clock })
    await expect(opening).rejects.toMatchObject({ code: 'storage-unavailable' })
  })
})

it('numbers its migrations from 1, rising, each number once', () => {
  const numbers = migrations.map(({ number }) => number)
  expect(numbers[0]).toBe(1)
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
})
