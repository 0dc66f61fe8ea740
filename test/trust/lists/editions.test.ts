import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeList } from '../../../scripts/fixtures/trusted-list.ts'
import type { WebFetcher } from '../../../src/model/ports.ts'
import { type MadeIdentity, makeCa, validYears } from '../../../src/seal/index.ts'
import { carryOut, listSteps, readCertificate, readEdition, refreshLists } from '../../../src/trust/index.ts'
import { anchorsWithList } from '../../../src/trust/lists/use-list.ts'
import { silentLog } from '../../casework/scene.ts'
import { type MemoryStore, memoryStore } from '../../support/memory-store.ts'

const validity = validYears(new Date('2020-01-01T00:00:00Z'), 20)
const LOTL = 'https://lists.example/lotl.xml'
const DK = 'https://lists.example/dk.xml'
const DAY_MS = 86_400_000

let eu: MadeIdentity
let denmark: MadeIdentity
let ca: MadeIdentity
beforeAll(async () => {
  const make = (commonName: string) => makeCa({ country: 'DK', commonName }, validity, 'ec-p256')
  ;[eu, denmark, ca] = await Promise.all([make('EU'), make('Tilsyn'), make('CA')])
})

let now: Date
let store: MemoryStore
let web: Map<string, Uint8Array>
beforeEach(() => {
  now = new Date('2026-11-24T09:00:00Z')
  store = memoryStore({ clock: () => now })
  web = new Map([
    [LOTL, lotl()],
    [DK, granted(1)],
  ])
})

const lotl = () =>
  makeList(
    {
      type: 'EUlistofthelists',
      territory: 'EU',
      pointers: [
        { territory: 'EU', type: 'EUlistofthelists', location: LOTL, certificates: [eu.certificate] },
        { territory: 'DK', location: DK, certificates: [denmark.certificate] },
      ],
    },
    eu,
  )
type Statuses = readonly (readonly [string, string])[]
const dk = (sequence: number, statuses: Statuses) =>
  makeList(
    { territory: 'DK', sequence, services: [{ name: 'CA', type: 'CA/QC', certificates: [ca.certificate], statuses }] },
    denmark,
  )
const granted = (sequence: number) => dk(sequence, [['granted', '2021-01-01T00:00:00Z']])
const withdrawn = (sequence: number) =>
  dk(sequence, [
    ['withdrawn', '2026-11-20T00:00:00Z'],
    ['granted', '2021-01-01T00:00:00Z'],
  ])
const fetcher: WebFetcher = {
  fetch: async ({ url }) => ({ bytes: web.get(url) ?? Buffer.alloc(0), freshUntil: null }),
}
const parts = () => ({
  ...{ store, fetcher, clock: () => now, log: silentLog },
  listOfLists: async () => ({ url: LOTL, signers: [eu.certificate] }),
})
const steps = (kind: 'territory' | 'drop' = 'territory') =>
  listSteps({ kind, territory: 'DK', services: ['CA/QC'] }, parts())
const carry = async (all: Awaited<ReturnType<typeof steps>>) =>
  store.commit((write) => carryOut(write, all, { actor: 'ida', reason: 'liste', at: now.toISOString() }))
const refresh = async () => {
  await store.commit((write) => write.addJob('refresh-lists', `${now.getTime()}`, {}, now.toISOString()))
  for (const job of await store.jobs.lease('w', ['refresh-lists'], 10, 60_000)) await refreshLists(job, parts())
}
const later = (days: number) => {
  now = new Date(now.getTime() + days * DAY_MS)
}
const at = (day: string) => `${day}T12:00:00.000Z`
const numbers = async (territory: string) => (await store.listEditions(territory)).map(({ sequence }) => sequence)

describe('a list that counted once', () => {
  it('is kept with its document, and the list of the lists with it, once it counts', async () => {
    const planned = await steps()
    expect(await numbers('DK')).toEqual([])
    await carry(planned)
    expect([await numbers('EU'), await numbers('DK')]).toEqual([[1], [1]])
    const { bytes, edition, vouched } = await readEdition('DK', at('2026-11-24'), store)
    expect(Buffer.from(bytes).equals(web.get(DK) ?? Buffer.alloc(0))).toBe(true)
    expect(edition).toMatchObject({ territory: 'DK', sequence: 1, services: ['CA/QC'] })
    expect(vouched).toBe('list-of-lists')
    expect((await readEdition('EU', at('2026-11-24'), store)).list.pointers).toHaveLength(2)
  })

  it('gives the very anchors of its time when others have followed it', async () => {
    await carry(await steps())
    const then = await store.listAnchors()
    later(3)
    web.set(DK, withdrawn(2))
    await refresh()
    expect(await store.listAnchors()).not.toEqual(then)
    const { edition, entries, until } = await readEdition('DK', at('2026-11-25'), store)
    expect([edition.sequence, until]).toEqual([1, now.toISOString()])
    expect(anchorsWithList([], 'DK', entries, edition.takenAt)).toEqual(then)
    const newest = await readEdition('DK', now.toISOString(), store)
    expect([newest.edition.sequence, newest.until]).toEqual([2, null])
    expect(anchorsWithList([], 'DK', newest.entries, then[0]?.addedAt ?? '')).toEqual(await store.listAnchors())
  })

  it('is none before it was taken, and none after it was dropped; taken again, it is one again', async () => {
    await carry(await steps())
    later(2)
    await carry(await steps('drop'))
    later(2)
    await carry(await steps())
    const numberAt = async (day: string) => (await readEdition('DK', at(day), store)).edition.sequence
    await expect(numberAt('2026-11-23')).rejects.toMatchObject({ code: 'not-found' })
    expect(await numberAt('2026-11-25')).toBe(1)
    await expect(numberAt('2026-11-27')).rejects.toMatchObject({ code: 'not-found' })
    expect(await numberAt('2026-11-29')).toBe(1)
  })

  it('is not believed where its document is not what it was, or another signed it', async () => {
    await carry(await steps())
    const [edition] = await store.listEditions('DK')
    if (!edition) throw new Error('no list is kept')
    const forged = await store.blobs.put(makeList({ territory: 'DK', sequence: 9 }, ca))
    await store.commit((write) => write.keepBlob(forged))
    const { sha256 } = readCertificate(ca.certificate)
    const other = { ...edition, sha256: forged.sha256, signer: sha256 }
    const says = (row: typeof edition) => ({ ...store, listEditions: async () => [row] })
    const unknown = { code: 'not-found', message: expect.stringContaining('The history does not say') }
    await expect(readEdition('DK', at('2026-11-25'), says(other))).rejects.toMatchObject(unknown)
    // Where the history were written anew as well, the document would still have to be signed by whom it names.
    const history = (await store.adminHistory()).map((entry) => {
      const after = { sha256: forged.sha256, signer: edition.signer }
      return entry.at === edition.takenAt ? { ...entry, payload: { ...entry.payload, after } } : entry
    })
    const rewritten = { ...says({ ...other, signer: edition.signer }), adminHistory: async () => history }
    await expect(readEdition('DK', at('2026-11-25'), rewritten)).rejects.toMatchObject({ code: 'list-refused' })
  })

  it('of a change that was planned before documents were kept counts all the same, and is kept by the next refresh', async () => {
    const planned = await steps()
    store.tables().blobs.clear()
    await carry(planned)
    expect([await numbers('DK'), (await store.listAnchors()).length]).toEqual([[], 1])
    const taken = now.toISOString()
    later(1)
    await refresh()
    await refresh()
    expect((await store.listEditions('DK')).map(({ takenAt }) => takenAt)).toEqual([taken])
    expect(await numbers('EU')).toEqual([1])
  })
})
