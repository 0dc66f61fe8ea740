import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadSettings, type Overrides } from '../config/index.ts'
import { GatewayError } from '../model/errors.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import { createStore, SQLITE_FILE } from '../store/index.ts'

/**
 * Says whether a gateway has ever run on these settings' store; PostgreSQL is asked by opening it.
 * @throws GatewayError storage-unavailable where the folder may not be looked into: that is no empty one
 */
export function hasStore(settings: Settings): boolean {
  if (settings.database.engine === 'postgres') return true
  try {
    return statSync(join(settings.dataDir, SQLITE_FILE), { throwIfNoEntry: false }) !== undefined
  } catch (cause) {
    throw new GatewayError('storage-unavailable', `The data folder ${settings.dataDir} cannot be looked into.`, {
      cause,
    })
  }
}

/**
 * Opens the store that a gateway uses, for a command beside it; gives it with the settings. Close it.
 * A typing mistake in --data must not make an empty database and call it an answer.
 * @throws GatewayError not-found where no gateway ever ran on that data folder; configuration, storage-unavailable
 */
export async function openStoreBeside(overrides: Overrides): Promise<{ store: Store; settings: Settings }> {
  const settings = loadSettings(overrides)
  if (!hasStore(settings)) {
    throw new GatewayError('not-found', `No gateway has run on ${settings.dataDir} yet (--data names another folder).`)
  }
  return openOrMakeStore(overrides)
}

/** The same for a command that prepares a data folder before the first start. @throws GatewayError configuration, storage-unavailable */
export async function openOrMakeStore(overrides: Overrides): Promise<{ store: Store; settings: Settings }> {
  const settings = loadSettings(overrides)
  const { dataDir, database } = settings
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return { settings, store: await createStore({ dataDir, database, clock: () => new Date() }) }
}
