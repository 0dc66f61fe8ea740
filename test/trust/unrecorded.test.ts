import { beforeEach, describe, expect, it } from 'vitest'
import { appendAdminHistory } from '../../src/model/history.ts'
import {
  addAnchor,
  disableAnchor,
  enableAnchor,
  findUnrecorded,
  limitAnchor,
  removeAnchor,
  reportUnrecorded,
} from '../../src/trust/index.ts'
import { createInvitation } from '../../src/web/index.ts'
import { silentLog } from '../casework/scene.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

const [ours, theirs] = [makeCa('Vores CA'), makeCa('Deres CA')]
const AT = '2026-11-24T09:00:00.000Z'
const change = { actor: 'ida', reason: 'x', at: AT }
const wanted = { purposes: ['document'], source: 'file', note: 'ringet', actor: 'ida', at: AT } as const

let store: MemoryStore
beforeEach(async () => {
  store = memoryStore()
  await store.commit((write) => addAnchor(write, { ...wanted, der: ours.der }))
})

const problems = async () => (await findUnrecorded(store)).map(({ sha256, problem }) => [sha256, problem])
const anchor = async () => {
  const found = await store.anchor(ours.sha256)
  if (!found) throw new Error('no anchor')
  return found
}

describe('anchors and the history', () => {
  it('agree after whatever the gateway does', async () => {
    const { sha256 } = ours
    expect(await problems()).toEqual([])
    await store.commit((write) => limitAnchor(write, sha256, { excluded: ['dns:ond.dk'] }, change))
    await store.commit((write) => disableAnchor(write, sha256, change))
    expect(await problems()).toEqual([])
    await store.commit((write) => enableAnchor(write, sha256, change))
    await store.commit((write) => addAnchor(write, { ...wanted, der: theirs.der }))
    await store.commit((write) => removeAnchor(write, theirs.sha256, change))
    expect(await problems()).toEqual([])
  })

  it('do not where one came, went or was changed past the gateway', async () => {
    const { sha256 } = ours
    await store.commit(async (write) =>
      write.addAnchor({ ...(await anchor()), sha256: theirs.sha256, der: theirs.der }),
    )
    expect(await problems()).toEqual([[theirs.sha256, 'not-on-record']])
    await store.commit((write) => write.removeAnchor(theirs.sha256))
    await store.commit((write) => write.updateAnchor(sha256, { purposes: ['document', 'mail'] }))
    expect(await problems()).toEqual([[sha256, 'not-as-recorded']])
    await store.commit((write) => write.updateAnchor(sha256, { purposes: ['document'] }))
    expect(await problems()).toEqual([])
    await store.commit((write) => write.removeAnchor(sha256))
    expect(await problems()).toEqual([[sha256, 'gone-without-record']])
  })

  it('do not where one that was disabled or removed on record is back, or stands for another certificate', async () => {
    const before = await anchor()
    await store.commit((write) => disableAnchor(write, ours.sha256, change))
    await store.commit((write) => write.updateAnchor(ours.sha256, { disabledAt: null }))
    expect(await problems()).toEqual([[ours.sha256, 'not-as-recorded']])
    await store.commit((write) => removeAnchor(write, ours.sha256, change))
    expect(await problems()).toEqual([])
    await store.commit((write) => write.addAnchor(before))
    expect(await problems()).toEqual([[ours.sha256, 'not-on-record']])
    store.tables().anchors.set(ours.sha256, { ...before, der: theirs.der })
    expect(await problems()).toEqual([[ours.sha256, 'another-certificate']])
  })

  it('an admin whom nobody invited, or who was shut out, is none that the history knows', async () => {
    const clock = () => new Date(AT)
    const invite = (username: string, role: 'admin' | 'caseworker') =>
      createInvitation(store, { username, displayName: username, role }, clock, { kind: 'admin', id: 'a', name: 'Ida' })
    await invite('ida', 'admin')
    await invite('bo', 'caseworker')
    expect(await problems()).toEqual([])
    const [ida, bo] = [await store.accountByUsername('ida'), await store.accountByUsername('bo')]
    if (!ida || !bo) throw new Error('no accounts')
    store.tables().accounts.set(bo.id, { ...bo, role: 'admin' })
    expect(await problems()).toEqual([[bo.id, 'admin-not-on-record']])
    store.tables().accounts.set(bo.id, bo)
    await store.commit((write) => write.addAccount({ ...ida, id: 'x', username: 'tyv' }))
    expect(await problems()).toEqual([['x', 'admin-not-on-record']])
    store.tables().accounts.delete('x')
    const actor = { kind: 'admin', id: 'a', name: 'Ida' } as const
    const shut = { at: AT, actor, event: 'account-disabled', payload: { account: ida.id } }
    await store.commit((write) => appendAdminHistory(write, shut))
    expect(await problems()).toEqual([[ida.id, 'admin-not-on-record']])
  })

  it('others are told, once for the same', async () => {
    const report = () => reportUnrecorded({ store, clock: () => new Date(AT), log: silentLog })
    const told = async () => (await store.adminHistory()).filter(({ event }) => event === 'trust-not-on-record')
    await report()
    expect(await told()).toEqual([])
    await store.commit((write) => write.updateAnchor(ours.sha256, { purposes: ['mail'] }))
    await report()
    await report()
    expect(await told()).toMatchObject([
      { payload: { count: 1, anchors: [{ sha256: ours.sha256, problem: 'not-as-recorded' }] } },
    ])
    expect(await store.listJobs({ kinds: ['tell-trust-change'] })).toHaveLength(2)
    await store.commit((write) => write.removeAnchor(ours.sha256))
    await report()
    expect(await told()).toHaveLength(2)
  })
})
