import { canonicalJson } from '../model/history.ts'
import type { Settings } from '../model/settings.ts'
import type { Reader, Store, Writer } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import { putOnRecord } from './record-change.ts'

const NAME = 'trust-guard'
const TOLD = 'trust-told'
const CONFIGURATION = { kind: 'system', id: null, name: 'configuration' } as const

/**
 * At each start: where the configuration asks for a second admin now and did not before, or the other way round, that
 * goes on record; likewise who is told of changes. Whoever may write the configuration can take these away; not unseen.
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
  const { secondAdmin, notify } = settings.trust
  const told = { mail: [...notify.mail].sort(), webhook: notify.webhook && new URL(notify.webhook.url).host }
  await store.commit(async (write) => {
    await recordTold(write, told, instant(clock()))
    const before = await write.setting(NAME)
    if (before === secondAdmin) return
    await write.setSetting(NAME, secondAdmin)
    if (before === null) return
    await putOnRecord(write, {
      at: instant(clock()),
      actor: CONFIGURATION,
      event: 'trust-guard-changed',
      payload: { before: { secondAdmin: before }, after: { secondAdmin } },
    })
  })
}

interface ToldOfChanges {
  readonly mail: readonly string[]
  /** Its host; a path may hold a secret. */
  readonly webhook: string | null
}

/** Those who were told before are told of this, too: see tell-others.ts. */
async function recordTold(write: Writer, after: ToldOfChanges, at: Instant): Promise<void> {
  const before = await write.setting(TOLD)
  if (canonicalJson(before) === canonicalJson(after)) return
  await write.setSetting(TOLD, after)
  if (before === null) return
  await putOnRecord(write, { at, actor: CONFIGURATION, event: 'trust-told-changed', payload: { before, after } })
}

/**
 * Says whether a second admin is asked for: by the configuration at hand, or by the one that the gateway last started with.
 * A command that is given no configuration, or another, is no way around.
 */
export async function asksForSecondAdmin(read: Reader, { trust }: Pick<Settings, 'trust'>): Promise<boolean> {
  return trust.secondAdmin || (await read.setting(NAME)) === true
}
