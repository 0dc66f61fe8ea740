import type { Settings } from '../model/settings.ts'
import type { Reader, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { putOnRecord } from './record-change.ts'

const NAME = 'trust-guard'

/**
 * At each start: where the configuration asks for a second admin now and did not before, or the other way round, that
 * goes on record. Whoever may write the configuration can take the second admin away; not unseen.
 */
export async function recordGuard({
  store,
  clock,
  settings,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly settings: Pick<Settings, 'trust'>
}): Promise<void> {
  const { secondAdmin } = settings.trust
  await store.commit(async (write) => {
    const before = await write.setting(NAME)
    if (before === secondAdmin) return
    await write.setSetting(NAME, secondAdmin)
    if (before === null) return
    await putOnRecord(write, {
      at: instant(clock()),
      actor: { kind: 'system', id: null, name: 'configuration' },
      event: 'trust-guard-changed',
      payload: { before: { secondAdmin: before }, after: { secondAdmin } },
    })
  })
}

/**
 * Says whether a second admin is asked for: by the configuration at hand, or by the one that the gateway last started with.
 * A command that is given no configuration, or another, is no way around.
 */
export async function asksForSecondAdmin(read: Reader, { trust }: Pick<Settings, 'trust'>): Promise<boolean> {
  return trust.secondAdmin || (await read.setting(NAME)) === true
}
