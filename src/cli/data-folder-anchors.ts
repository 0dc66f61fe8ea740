import { loadSettings } from '../config/index.ts'
import { instant } from '../model/time.ts'
import { enabledAnchors as anchorsInForce, type CountingAnchor } from '../model/trust-list.ts'
import { hasStore, openStoreBeside } from './open-store.ts'

/**
 * Takes the data folder; gives the anchors in force there for documents now and for time-stamps, whatever time is judged
 * by: whom the municipality relies on is its decision of today.
 * A folder on which no gateway ever ran trusts nothing, and is not made by asking.
 */
export async function enabledAnchors(dataDir: string): Promise<readonly CountingAnchor[]> {
  if (!hasStore(loadSettings({ dataDir }))) return []
  const { store } = await openStoreBeside({ dataDir })
  try {
    return await anchorsInForce(store, 'document', instant(new Date()))
  } finally {
    await store.close()
  }
}
