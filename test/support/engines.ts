import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Settings } from '../../src/model/settings.ts'
import type { Store } from '../../src/model/store.ts'
import type { Clock } from '../../src/model/time.ts'
import { createStore } from '../../src/store/index.ts'

/** Where POSTSTEMPEL_TEST_POSTGRES_URL is set (scripts/postgres.ts prints one), each test runs on both engines. */
const POSTGRES_URL = process.env['POSTSTEMPEL_TEST_POSTGRES_URL']

export interface TestStore {
  readonly store: Store
  readonly dataDir: string
  readonly database: Settings['database']
  /** Opens the same store once more, as a second process would. Close what it gives. */
  openAgain(clock?: Clock): Promise<Store>
  /** Closes the store and removes all of it. */
  close(): Promise<void>
}

export interface TestEngine {
  readonly name: 'sqlite' | 'postgres'
  /** A fresh place for a store, nothing opened yet. */
  place(): Promise<Omit<TestStore, 'store'>>
  /** A fresh store of its own. */
  open(clock?: Clock): Promise<TestStore>
}

const systemClock: Clock = () => new Date()

/** Gives SQLite always, and PostgreSQL where the tests have a server: for `describe.each(engines())`. */
export function engines(): readonly TestEngine[] {
  const sqlite = testEngine('sqlite', async () => ({ database: { engine: 'sqlite' }, remove: async () => {} }))
  // test/store/engines.test.ts says so, once for all files.
  if (POSTGRES_URL === undefined || POSTGRES_URL === '') return [sqlite]
  return [sqlite, testEngine('postgres', () => freshSchema(POSTGRES_URL))]
}

type Place = { readonly database: Settings['database']; remove(): Promise<void> }

function testEngine(name: TestEngine['name'], makePlace: () => Promise<Place>): TestEngine {
  const place: TestEngine['place'] = async () => {
    const { database, remove } = await makePlace()
    const dataDir = mkdtempSync(join(tmpdir(), 'poststempel-store-'))
    return {
      dataDir,
      database,
      openAgain: (clock = systemClock) => createStore({ dataDir, database, clock }),
      async close() {
        await remove()
        rmSync(dataDir, { recursive: true, force: true })
      },
    }
  }
  return {
    name,
    place,
    async open(clock = systemClock) {
      const where = await place()
      const store = await where.openAgain(clock)
      const close = async (): Promise<void> => {
        await store.close()
        await where.close()
      }
      return { ...where, store, close }
    },
  }
}

/** A schema of its own in the one server: test files do not see each other. */
async function freshSchema(server: string): Promise<Place> {
  const schema = `test_${randomBytes(8).toString('hex')}`
  const url = new URL(server)
  url.searchParams.set('search_path', schema)
  return {
    database: { engine: 'postgres', url: url.href },
    async remove() {
      const client = new pg.Client({ connectionString: server })
      await client.connect()
      await client.query(`drop schema if exists ${schema} cascade`)
      await client.end()
    },
  }
}
