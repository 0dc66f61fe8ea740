import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/model/ids.ts'
import type { Store } from '../../src/model/store.ts'
import type { TrustAnchor } from '../../src/model/trust-anchor.ts'
import { anchorsFor, trustListVersion } from '../../src/model/trust-list.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { AT, LATER } from './samples.ts'

function anchor(): TrustAnchor {
  const der = Uint8Array.from(randomBytes(20))
  return {
    sha256: sha256Hex(der),
    der,
    subject: 'CN=Rod',
    purposes: ['document'],
    source: 'file',
    note: 'x',
    addedAt: AT,
    addedBy: 'u1',
    disabledAt: null,
    countsFrom: null,
    countsUntil: null,
    constraints: null,
    periods: null,
    listed: null,
  }
}

describe.each(engines())('the list of anchors, on $name', (engine) => {
  let place: TestStore
  let store: Store
  let other: Store
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
    other = await place.openAgain()
  })
  afterAll(async () => {
    await other.close()
    await place.close()
  })
  const names = async (by: Store) => (await by.listAnchors()).map(({ sha256 }) => sha256)

  it('is read once, and again after each change, whoever made it', async () => {
    const [one, two] = [anchor(), anchor()]
    await store.commit((write) => write.addAnchor(one))
    const first = await store.listAnchors()
    expect(await store.listAnchors()).toBe(first)
    await other.commit((write) => write.addAnchor(two))
    expect(await names(store)).toEqual([one.sha256, two.sha256])
    await other.commit((write) => write.updateAnchor(one.sha256, { disabledAt: AT }))
    expect((await store.listAnchors())[0]?.disabledAt).toBe(AT)
    await other.commit((write) => write.removeAnchor(one.sha256))
    expect([await names(store), await names(other)]).toEqual([[two.sha256], [two.sha256]])
  })

  it('within a commit is what the commit sees, and what is undone was never there', async () => {
    const before = await names(store)
    const fresh = anchor()
    const undone = store.commit(async (write) => {
      expect((await write.listAnchors()).length).toBe(before.length)
      await write.addAnchor(fresh)
      expect((await write.listAnchors()).at(-1)?.sha256).toBe(fresh.sha256)
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    expect(await names(store)).toEqual(before)
    // The number that the undone commit counted to is counted to again, by another list.
    const next = anchor()
    await store.commit((write) => write.addAnchor(next))
    expect(await names(store)).toEqual([...before, next.sha256])
  })
})

it('what counts is made of a list once, and anew when a date of an anchor has come', () => {
  const list = [anchor(), { ...anchor(), countsFrom: LATER }]
  const early = anchorsFor(list, 'document', AT)
  expect(anchorsFor(list, 'document', AT)).toBe(early)
  expect(anchorsFor(list, 'mail', AT)).toEqual([])
  const late = anchorsFor(list, 'document', LATER)
  expect([early.length, late.length]).toEqual([1, 2])
  expect(anchorsFor(list, 'document', AT)).toEqual(early)
  expect(trustListVersion(late)).not.toBe(trustListVersion(early))
})
