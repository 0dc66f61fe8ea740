import { describe, expect, it } from 'vitest'
import { findBrokenLink } from '../../src/model/history.ts'
import {
  addAnchor,
  addAnchors,
  disableAnchor,
  enableAnchor,
  readAnchorFile,
  removeAnchor,
  trustListVersion,
} from '../../src/trust/index.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

const [ca, other] = [makeCa('Test CA'), makeCa('Other CA')]
const AT = '2026-11-24T09:00:00.000Z'
const ida = { kind: 'admin', id: 'account-1', name: 'Ida Admin' } as const
const wanted = { purposes: ['document'], source: 'file', note: 'ringet op', actor: ida, at: AT } as const
const change = { actor: ida, reason: 'udløbet', at: AT }
const none = trustListVersion([])
const withCa = trustListVersion([ca])

const record = async (store: MemoryStore) =>
  (await store.adminHistory()).map(({ actor, payload }) => ({ actor, payload }))

describe('a change of trust', () => {
  it('stands in the hash-chained history with what was in force before and after', async () => {
    const store = memoryStore()
    await store.commit((write) => addAnchor(write, { ...wanted, der: ca.der }))
    await store.commit((write) => disableAnchor(write, ca.sha256, change))
    await store.commit((write) => enableAnchor(write, ca.sha256, change))
    await store.commit((write) => removeAnchor(write, ca.sha256, change))
    const entries = await record(store)
    const about = { sha256: ca.sha256, subject: 'CN=Test CA, C=DK' }
    const inForce = {
      purposes: ['document'],
      source: 'file',
      note: 'ringet op',
      addedBy: 'Ida Admin',
      disabledAt: null,
    }
    const versions = (before: string, after: string) => ({
      before: { document: before, mail: none },
      after: { document: after, mail: none },
    })
    expect(entries.every(({ actor }) => actor.id === ida.id)).toBe(true)
    expect(entries.map(({ payload }) => payload)).toMatchObject([
      {
        action: 'added',
        reason: 'ringet op',
        anchors: [{ ...about, before: null, after: inForce }],
        trustListVersion: versions(none, withCa),
      },
      {
        action: 'disabled',
        reason: 'udløbet',
        anchors: [{ ...about, before: inForce, after: { ...inForce, disabledAt: AT } }],
        trustListVersion: versions(withCa, none),
      },
      { action: 'enabled', anchors: [{ ...about, after: inForce }], trustListVersion: versions(none, withCa) },
      { action: 'removed', anchors: [{ ...about, before: inForce, after: null }] },
    ])
    expect(findBrokenLink(await store.adminHistory())).toBeNull()
    expect((await store.listTrustChanges()).map(({ seq, actor }) => [seq, actor])).toEqual(
      [1, 2, 3, 4].map((seq) => [seq, 'Ida Admin']),
    )
  })

  it('that was altered afterwards, or taken out, breaks the chain', async () => {
    const store = memoryStore()
    await store.commit((write) => addAnchor(write, { ...wanted, der: ca.der }))
    await store.commit((write) => disableAnchor(write, ca.sha256, change))
    const [added, disabled] = await store.adminHistory()
    if (!added || !disabled) throw new Error('no entries')
    const altered = { ...added, payload: { ...added.payload, reason: 'aldrig' } }
    expect([findBrokenLink([altered, disabled]), findBrokenLink([disabled])]).toEqual([1, 1])
  })

  it('with several certificates is one entry that names them all', async () => {
    const store = memoryStore()
    const file = await readAnchorFile(Buffer.from(ca.pem + other.pem))
    await store.commit((write) => addAnchors(write, file, wanted))
    expect(await record(store)).toMatchObject([
      { payload: { anchors: [{ sha256: ca.sha256 }, { sha256: other.sha256 }] } },
    ])
    expect((await store.listTrustChanges()).map(({ seq, sha256 }) => [seq, sha256])).toEqual([
      [1, ca.sha256],
      [1, other.sha256],
    ])
  })

  it('that is refused leaves nothing on record', async () => {
    const store = memoryStore()
    await expect(store.commit((write) => addAnchor(write, { ...wanted, der: ca.der, purposes: [] }))).rejects.toThrow()
    await expect(store.commit((write) => disableAnchor(write, ca.sha256, change))).rejects.toThrow()
    expect([await store.adminHistory(), await store.listTrustChanges()]).toEqual([[], []])
  })

  it('by nobody with an account stands under the name that was given', async () => {
    const store = memoryStore()
    await store.commit((write) => addAnchor(write, { ...wanted, der: ca.der, actor: 'cli:ida' }))
    expect(await record(store)).toMatchObject([{ actor: { kind: 'system', id: null, name: 'cli:ida' } }])
    expect(await store.listAnchors()).toMatchObject([{ addedBy: 'cli:ida' }])
  })
})
