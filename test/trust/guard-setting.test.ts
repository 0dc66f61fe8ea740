import { expect, it } from 'vitest'
import { recordGuard } from '../../src/trust/index.ts'
import { memoryStore } from '../support/memory-store.ts'

it('a start that asks for another number of admins than the last one is on record, the first one is not', async () => {
  const store = memoryStore()
  const start = (secondAdmin: boolean) =>
    recordGuard({
      store,
      clock: () => new Date('2026-11-24T09:00:00Z'),
      settings: { trust: { secondAdmin, notify: { mail: [], webhook: null } } },
    })
  for (const secondAdmin of [true, true, false, false, true]) await start(secondAdmin)
  expect((await store.adminHistory()).map(({ event, payload }) => [event, payload])).toEqual([
    ['trust-guard-changed', { before: { secondAdmin: true }, after: { secondAdmin: false } }],
    ['trust-guard-changed', { before: { secondAdmin: false }, after: { secondAdmin: true } }],
  ])
})
