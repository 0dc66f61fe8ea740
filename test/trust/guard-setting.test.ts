import { expect, it } from 'vitest'
import { recordGuard } from '../../src/trust/index.ts'
import { memoryStore } from '../support/memory-store.ts'

it('a start that asks for another number of admins than the last one is on record, the first one is not', async () => {
  const store = memoryStore()
  const start = (secondAdmin: boolean) =>
    recordGuard({
      store,
      clock: () => new Date('2026-11-24T09:00:00Z'),
      settings: { trust: { secondAdmin, anchors: [], notify: { mail: [], webhook: null } } },
    })
  for (const secondAdmin of [true, true, false, false, true]) await start(secondAdmin)
  expect((await store.adminHistory()).map(({ event, payload }) => [event, payload])).toEqual([
    ['trust-guard-changed', { before: { secondAdmin: true }, after: { secondAdmin: false } }],
    ['trust-guard-changed', { before: { secondAdmin: false }, after: { secondAdmin: true } }],
  ])
})

it('whom the configuration has told of changes is on record where it changes, by host and address alone', async () => {
  const store = memoryStore()
  const start = (mail: readonly string[], url: string | null) =>
    recordGuard({
      store,
      clock: () => new Date('2026-11-24T09:00:00Z'),
      settings: {
        trust: {
          secondAdmin: false,
          anchors: [],
          notify: { mail, webhook: url === null ? null : { url, secret: 's'.repeat(20), allowedNetworks: [] } },
        },
      },
    })
  const hook = 'https://hook.example/path-with-a-secret'
  await start(['b@example.org', 'a@example.org'], hook)
  await start(['a@example.org', 'b@example.org'], hook)
  expect(await store.adminHistory()).toEqual([])
  await start(['c@example.org'], null)
  const both = { mail: ['a@example.org', 'b@example.org'], webhook: 'hook.example' }
  expect((await store.adminHistory()).map(({ event, payload }) => [event, payload])).toEqual([
    ['trust-told-changed', { before: both, after: { mail: ['c@example.org'], webhook: null } }],
  ])
})
