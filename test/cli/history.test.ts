import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/history.ts'
import { appendAdminHistory } from '../../src/model/history.ts'
import { createStore, SQLITE_FILE } from '../../src/store/index.ts'
import { addAnchor } from '../../src/trust/index.ts'
import { makeCa } from '../trust/certificates.ts'

let folder: string
let out: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-history-'))
  const store = await createStore({ dataDir: folder, database: { engine: 'sqlite' }, clock: () => new Date() })
  for (const day of ['2026-12-23', '2026-12-24', '2026-12-31']) {
    await store.commit((write) =>
      appendAdminHistory(write, {
        at: '2026-11-24T10:00:00.000Z',
        actor: { kind: 'system', id: null, name: null },
        event: 'closing-day-added',
        payload: { day },
      }),
    )
  }
  await store.close()
  out = ''
  vi.spyOn(console, 'log').mockImplementation((line) => {
    out += `${line}\n`
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

/** What somebody does who can write the database. */
function spoil(sql: string): void {
  const database = new DatabaseSync(join(folder, SQLITE_FILE))
  database.exec(sql)
  database.close()
}
const check = () => run(['check', '--data', folder])

describe('poststempel history check', () => {
  it('says that all holds, and the newest hash to write down', async () => {
    expect(await check()).toBe(0)
    expect(out).toMatch(/^3 entries checked, all chains hold\.\nNewest entry of the gateway: number 3, [0-9a-f]{64}\n$/)
  })

  it.each([
    ['changed', `update admin_history set payload = replace(payload, '2026-12-24', '2026-12-25')`, 2],
    ['removed', 'delete from admin_history where seq = 2', 2],
    [
      'said to be somebody else’s',
      `update admin_history set actor = replace(actor, 'system', 'admin') where seq = 1`,
      1,
    ],
    [
      'put in another place',
      [
        'update admin_history set seq = 9 where seq = 2',
        'update admin_history set seq = 2 where seq = 3',
        'update admin_history set seq = 3 where seq = 9',
      ].join('; '),
      2,
    ],
  ])('notices an entry that was %s', async (_how, sql, at) => {
    spoil(sql)
    expect(await check()).toBe(1)
    expect(out).toContain(`Broken: the history of the gateway, at number ${at}`)
  })

  it('notices a root that somebody wrote into the database, though all chains hold', async () => {
    const store = await createStore({ dataDir: folder, database: { engine: 'sqlite' }, clock: () => new Date() })
    const { der } = makeCa('Vores CA')
    const at = '2026-11-24T10:00:00.000Z'
    const wanted = { der, purposes: ['document'], source: 'file', note: 'ringet', actor: 'ida', at } as const
    await store.commit((write) => addAnchor(write, wanted))
    await store.close()
    expect(await check()).toBe(0)
    spoil(`update trust_anchors set purposes = '["document","mail"]'`)
    expect(await check()).toBe(1)
    expect(out).toContain('Root that is another than its newest entry says: CN=Vores CA')
    expect(out).toContain('all chains hold')
    spoil('delete from trust_anchors')
    expect(await check()).toBe(1)
    expect(out).toContain('Root that went without an entry: CN=Vores CA')
    // An entry whose words were erased says nothing any more.
    spoil(`update admin_history set payload = null, salt = null where event = 'trust-changed'`)
    expect(await check()).toBe(1)
    expect(out).toContain('Entry about roots that lost what it said: #4')
  })
})
