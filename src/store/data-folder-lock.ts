import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GatewayError } from '../model/errors.ts'

const LOCK_FILE = 'gateway.lock'

/**
 * Takes the data folder for this gateway alone; gives the way to let it go. A second gateway on it would take the
 * first one's jobs for what a kill left. The lock is the kernel's (SQLite's on a file of its own), so a killed
 * gateway holds nothing. Commands that only read or write rows do not need it.
 * @throws GatewayError data-folder-in-use; storage-unavailable where nothing can be written there
 */
export function lockDataFolder(dataDir: string): () => void {
  const lock = openLock(dataDir)
  try {
    lock.exec('pragma journal_mode = delete; begin exclusive')
  } catch (cause) {
    lock.close()
    if (isBusy(cause)) {
      throw new GatewayError('data-folder-in-use', `Another gateway runs on ${dataDir}.`, { cause })
    }
    throw notWritable(dataDir, cause)
  }
  return () => lock.close()
}

function openLock(dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataDir, LOCK_FILE), { timeout: 0 })
  } catch (cause) {
    throw notWritable(dataDir, cause)
  }
}

const notWritable = (dataDir: string, cause: unknown): GatewayError =>
  new GatewayError('storage-unavailable', `The data folder ${dataDir} cannot be written.`, { cause })

const SQLITE_BUSY = 5

const isBusy = (fault: unknown): boolean =>
  fault instanceof Error && 'errcode' in fault && fault.errcode === SQLITE_BUSY
