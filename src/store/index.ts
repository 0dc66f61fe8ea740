import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GatewayError } from '../model/errors.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import type { Clock } from '../model/time.ts'
import { createBlobFiles } from './blobs/blob-files.ts'
import { nodeFileSystem } from './blobs/file-system.ts'
import type { Engine } from './engine.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { openStore } from './open-store.ts'
import { openPostgres } from './postgres/engine.ts'
import { openSqlite } from './sqlite/engine.ts'

export { MAX_INLINE_BYTES } from './blobs/blobs.ts'
export { lockDataFolder } from './data-folder-lock.ts'
export { type JobHandlers, type JobRunner, startJobRunner } from './job-runner.ts'

/** The database's name in the data folder. */
export const SQLITE_FILE = 'poststempel.sqlite'

/**
 * Opens the store: the data folder is made where it is missing (mode 0700, files 0600), the schema brought up to date.
 * A second process may open the same store at the same time.
 * @throws GatewayError migration-mismatch, storage-unavailable, configuration
 */
export async function createStore(parts: {
  readonly dataDir: string
  readonly database: Settings['database']
  readonly clock: Clock
}): Promise<Store> {
  const { dataDir, database, clock } = parts
  await makeDataFolder(dataDir)
  const blobFiles = createBlobFiles(join(dataDir, 'blobs'), nodeFileSystem)
  const engine = database.engine === 'sqlite' ? await openSqliteIn(dataDir) : await openPostgres(database.url)
  try {
    await migrate(engine, migrations, clock)
    await blobFiles.sweep(clock().getTime())
  } catch (fault) {
    await engine.close()
    throw fault
  }
  return openStore({ engine, blobFiles, clock, random: Math.random })
}

async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: 0o700 })
    if (made !== undefined) await flushFolder(dirname(made))
  } catch (cause) {
    throw new GatewayError('storage-unavailable', 'the data folder cannot be made', { cause })
  }
}

async function openSqliteIn(dataDir: string): Promise<Engine> {
  const path = join(dataDir, SQLITE_FILE)
  try {
    // Made here, so that it is nobody else's to read from the first byte; SQLite gives the files beside it its mode.
    const handle = await open(path, 'a', 0o600)
    await handle.close()
    await chmod(path, 0o600)
    await flushFolder(dataDir)
  } catch (cause) {
    throw new GatewayError('storage-unavailable', 'the database file cannot be opened', { cause })
  }
  return openSqlite(path)
}

async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
