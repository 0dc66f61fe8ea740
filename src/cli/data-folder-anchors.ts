import { loadSettings } from '../config/index.ts'
import { hasStore, openStoreBeside } from './open-store.ts'

/**
 * Takes the data folder; gives the DER certificates of the anchors enabled there for documents.
 * A folder on which no gateway ever ran trusts nothing, and is not made by asking.
 */
export async function enabledAnchors(dataDir: string): Promise<Uint8Array[]> {
  if (!hasStore(loadSettings({ dataDir }))) return []
  const { store } = await openStoreBeside({ dataDir })
  try {
    const anchors = await store.listAnchors()
    return anchors.filter((one) => one.disabledAt === null && one.purposes.includes('document')).map((one) => one.der)
  } finally {
    await store.close()
  }
}
