import { expect, it } from 'vitest'
import type { Actor } from '../../src/model/case.ts'
import { appendAdminHistory } from '../../src/model/history.ts'
import { mayBeOneHand } from '../../src/trust/same-hand.ts'
import { memoryStore } from '../support/memory-store.ts'

const NOW = '2026-11-24T09:00:00.000Z'
const admin = (id: string): Actor => ({ kind: 'admin', id, name: id })
const gateway: Actor = { kind: 'system', id: null, name: null }
const accountsCommand: Actor = { kind: 'system', id: null, name: 'poststempel accounts' }
const rootsCommand: Actor = { kind: 'system', id: null, name: 'cli:ida' }

type Made = readonly [maker: Actor, account: string, daysAgo: number]

async function oneHand(a: Actor, b: Actor, made: readonly Made[]): Promise<boolean> {
  const store = memoryStore()
  for (const [actor, account, daysAgo] of made) {
    const at = new Date(Date.parse(NOW) - daysAgo * 86_400_000).toISOString()
    await store.commit((write) =>
      appendAdminHistory(write, { at, actor, event: 'account-invited', payload: { account } }),
    )
  }
  return mayBeOneHand(a, b, await store.adminHistory(), NOW)
}

it.each<[string, Actor, Actor, readonly Made[], boolean]>([
  ['the same account', admin('a'), admin('a'), [], true],
  ['two accounts of old', admin('a'), admin('b'), [[admin('a'), 'b', 8]], false],
  ['one made by the other this week', admin('a'), admin('b'), [[admin('a'), 'b', 6]], true],
  ['the other way round', admin('b'), admin('a'), [[admin('a'), 'b', 6]], true],
  [
    'two made by a third this week',
    admin('b'),
    admin('c'),
    [
      [admin('a'), 'b', 2],
      [admin('a'), 'c', 1],
    ],
    true,
  ],
  [
    'one made by one made by the other',
    admin('a'),
    admin('c'),
    [
      [admin('a'), 'b', 2],
      [admin('b'), 'c', 1],
    ],
    true,
  ],
  ['one made by somebody else', admin('a'), admin('b'), [[admin('c'), 'b', 1]], false],
  [
    'the first account, which the gateway makes',
    admin('a'),
    admin('b'),
    [
      [gateway, 'a', 0],
      [gateway, 'b', 0],
    ],
    false,
  ],
  ['the command line and who was invited by it', rootsCommand, admin('b'), [[accountsCommand, 'b', 1]], true],
  ['the command line and an admin of old', rootsCommand, admin('b'), [[accountsCommand, 'b', 8]], false],
])('%s', async (_what, a, b, made, same) => {
  expect(await oneHand(a, b, made)).toBe(same)
})
