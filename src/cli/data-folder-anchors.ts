import { existsSync } from 'node:fs'
import { loadSettings } from '../config/index.ts'
import { createStore } from '../store/index.ts'

/**
 * Takes the data folder; gives the DER certificates of the anchors enabled there for documents.
 * A folder that does not exist trusts nothing, and is not made by asking.
 */
export async function enabledAnchors(dataDir: string): Promise<Uint8Array[]> {
  const settings = loadSettings({ dataDir })
  if (settings.database.engine === 'sqlite' && !existsSync(settings.dataDir)) return []
  const store = await createStore({ dataDir: settings.dataDir, database: settings.database, clock: () => new Date() })
  try {
    const anchors = await store.listAnchors()
    return anchors.filter((one) => one.disabledAt === null && one.purposes.includes('document')).map((one) => one.der)
  } finally {
    await store.close()
  }
}
