import { describe, expect, it } from 'vitest'
import {
  addAnchor,
  addAnchors,
  disableAnchor,
  enableAnchor,
  enabledAnchors,
  readAnchorFile,
  removeAnchor,
  trustListVersion,
} from '../../src/trust/index.ts'
import { memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

const ca = makeCa('Test CA')
const other = makeCa('Other CA')
const AT = '2026-11-24T09:00:00.000Z'
const wanted = (der: Uint8Array) =>
  ({ der, purposes: ['document'], source: 'file', note: 'our attests', actor: 'admin', at: AT }) as const
const change = { actor: 'admin', reason: 'no longer', at: AT }

describe('an anchor', () => {
  it('is taken in under its fingerprint, enabled, with who and why on record', async () => {
    const store = memoryStore()
    const anchor = await store.commit((write) => addAnchor(write, wanted(ca.der)))
    expect(anchor).toMatchObject({ sha256: ca.sha256, subject: 'CN=Test CA, C=DK', disabledAt: null })
    expect(await store.listTrustChanges()).toMatchObject([
      { action: 'added', sha256: ca.sha256, actor: 'admin', reason: 'our attests', at: AT },
    ])
  })

  it('is refused the second time, and nothing is on record then', async () => {
    const store = memoryStore()
    await store.commit((write) => addAnchor(write, wanted(ca.der)))
    const again = store.commit((write) => addAnchor(write, wanted(ca.der)))
    await expect(again).rejects.toMatchObject({ code: 'duplicate' })
    expect(await store.listTrustChanges()).toHaveLength(1)
  })

  it('with bytes behind it is refused: it would have a second fingerprint', async () => {
    const store = memoryStore()
    const longer = Buffer.concat([ca.der, Buffer.of(0)])
    const adding = store.commit((write) => addAnchor(write, wanted(longer)))
    await expect(adding).rejects.toMatchObject({ code: 'malformed-der' })
  })

  it('trusted for nothing is refused', async () => {
    const adding = memoryStore().commit((write) => addAnchor(write, { ...wanted(ca.der), purposes: [] }))
    await expect(adding).rejects.toMatchObject({ code: 'invalid-request' })
  })

  it('counts for its purposes only, and only while it is enabled', async () => {
    const store = memoryStore()
    const fingerprints = async (purpose: 'document' | 'mail') =>
      (await enabledAnchors(store, purpose, AT)).map(({ sha256 }) => sha256)
    await store.commit((write) => addAnchor(write, wanted(ca.der)))
    expect([await fingerprints('document'), await fingerprints('mail')]).toEqual([[ca.sha256], []])
    await store.commit((write) => disableAnchor(write, ca.sha256, change))
    expect(await fingerprints('document')).toEqual([])
    await store.commit((write) => enableAnchor(write, ca.sha256, change))
    expect(await fingerprints('document')).toEqual([ca.sha256])
    await store.commit((write) => removeAnchor(write, ca.sha256, change))
    expect(await fingerprints('document')).toEqual([])
    const actions = (await store.listTrustChanges()).map(({ action }) => action)
    expect(actions).toEqual(['added', 'disabled', 'enabled', 'removed'])
  })

  it('counts from its first date on and to its last, the time of judging being what is compared', async () => {
    const store = memoryStore()
    const dates = { countsFrom: '2026-12-01T00:00:00.000Z', countsUntil: '2027-01-01T00:00:00.000Z' }
    await store.commit((write) => addAnchor(write, { ...wanted(ca.der), ...dates }))
    const counts = async (at: string) => (await enabledAnchors(store, 'document', at)).length
    expect([
      await counts('2026-11-30T23:59:59.999Z'),
      await counts(dates.countsFrom),
      await counts('2026-12-31T23:59:59.999Z'),
      await counts(dates.countsUntil),
    ]).toEqual([0, 1, 1, 0])
    await store.commit((write) => disableAnchor(write, ca.sha256, change))
    expect(await counts(dates.countsFrom)).toBe(0)
  })

  it('that would end before it begins to count is refused', async () => {
    const dates = { countsFrom: AT, countsUntil: AT }
    const adding = memoryStore().commit((write) => addAnchor(write, { ...wanted(ca.der), ...dates }))
    await expect(adding).rejects.toMatchObject({ code: 'invalid-request' })
  })

  describe("from a citizen's own submission", () => {
    const typing = (typedFingerprint?: string) => {
      const store = memoryStore()
      const typed = typedFingerprint === undefined ? {} : { typedFingerprint }
      const adding = store.commit((write) =>
        addAnchor(write, { ...wanted(ca.der), source: 'submission:s-1', ...typed }),
      )
      return { store, adding }
    }
    const pairs = (ca.sha256.match(/../g) ?? []).join(':').toUpperCase()

    it.each([
      ['as openssl prints it', pairs],
      ['in lower case', ca.sha256],
      ['in groups with spaces', ` ${(ca.sha256.match(/.{4}/g) ?? []).join(' ')}\n`],
      ['with hyphens', pairs.replaceAll(':', '-')],
    ])('is taken in where its fingerprint was typed %s', async (_how, typed) => {
      const { store, adding } = typing(typed)
      expect(await adding).toMatchObject({ sha256: ca.sha256, source: 'submission:s-1' })
      expect(await store.listTrustChanges()).toHaveLength(1)
    })

    it.each([
      ['nothing', undefined],
      ['an empty text', ''],
      ['the first half', ca.sha256.slice(0, 32)],
      ['all but the last digit', ca.sha256.slice(0, -1)],
      ['more than it', `${ca.sha256}00`],
      ["another certificate's", other.sha256],
      ['the SHA-1 of old', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ])('is trusted for nothing where %s was typed, and nothing is on record', async (_what, typed) => {
      const { store, adding } = typing(typed)
      await expect(adding).rejects.toMatchObject({ code: 'wrong-fingerprint' })
      expect([await store.listAnchors(), await store.listTrustChanges()]).toEqual([[], []])
    })
  })

  it('of a file is added where it is new; what was there is told and stays as it is', async () => {
    const store = memoryStore()
    await store.commit((write) => addAnchor(write, wanted(ca.der)))
    await store.commit((write) => disableAnchor(write, ca.sha256, change))
    const file = await readAnchorFile(Buffer.from(ca.pem + other.pem))
    const common = { purposes: ['mail'], source: 'file', note: 'both', actor: 'admin', at: AT } as const
    const outcome = await store.commit((write) => addAnchors(write, file, common))
    expect(outcome).toMatchObject({ added: [{ sha256: other.sha256 }], present: [{ sha256: ca.sha256 }] })
    expect(await store.anchor(ca.sha256)).toMatchObject({ purposes: ['document'], disabledAt: AT })
    expect((await store.listTrustChanges()).map((row) => [row.action, row.sha256])).toEqual([
      ['added', ca.sha256],
      ['disabled', ca.sha256],
      ['added', other.sha256],
    ])
    const again = store.commit((write) => addAnchors(write, file, common))
    await expect(again).rejects.toMatchObject({ code: 'duplicate' })
    expect(await store.listTrustChanges()).toHaveLength(3)
  })

  it('of a file is not added where a fingerprint was typed that no certificate in it has', async () => {
    const store = memoryStore()
    const file = await readAnchorFile(Buffer.from(ca.pem + other.pem))
    const common = { purposes: ['document'], source: 'file', note: 'both', actor: 'admin', at: AT } as const
    const adding = (typedFingerprint: string) =>
      store.commit((write) => addAnchors(write, file, { ...common, typedFingerprint }))
    for (const typed of ['aa', 'ab'.repeat(32), `${ca.sha256}\n${'ab'.repeat(32)}`, ca.sha256.slice(0, -1)]) {
      await expect(adding(typed)).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    }
    expect([await store.listAnchors(), await store.listTrustChanges()]).toEqual([[], []])
    expect(await adding(`${ca.sha256.toUpperCase()}, \n`)).toMatchObject({ added: [{}, {}] })
  })

  it('that is not there, or is so already, cannot be changed', async () => {
    const store = memoryStore()
    for (const act of [disableAnchor, enableAnchor, removeAnchor]) {
      const acting = store.commit((write) => act(write, ca.sha256, change))
      await expect(acting).rejects.toMatchObject({ code: 'not-found' })
    }
    await store.commit((write) => addAnchor(write, wanted(ca.der)))
    const enabling = store.commit((write) => enableAnchor(write, ca.sha256, change))
    await expect(enabling).rejects.toMatchObject({ code: 'wrong-state' })
    expect(await store.listTrustChanges()).toHaveLength(1)
  })
})

describe('the trust list’s version', () => {
  it('depends on which anchors there are, not on their order', () => {
    expect(trustListVersion([ca, other])).toBe(trustListVersion([other, ca]))
    expect(new Set([[], [ca], [other], [ca, other]].map(trustListVersion)).size).toBe(4)
  })

  it('changes with what an anchor is trusted for, when and for whom', () => {
    const { sha256 } = ca
    const period = { from: new Date('2020-01-01'), until: null }
    const lists: Parameters<typeof trustListVersion>[0][] = [
      [{ sha256 }],
      [{ sha256, uses: ['timestamp'] }],
      [{ sha256, uses: ['signature', 'timestamp'] }],
      [{ sha256, periods: [period] }],
      [{ sha256, periods: [{ ...period, until: new Date('2026-01-01') }] }],
      [{ sha256, constraints: { emails: ['a.example'] } }],
    ]
    expect(new Set(lists.map(trustListVersion)).size).toBe(lists.length)
    expect(trustListVersion([{ sha256, uses: ['signature'] }])).toBe(trustListVersion([{ sha256 }]))
  })
})
