import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeList, usesXml } from '../../../scripts/fixtures/trusted-list.ts'
import { type MadeIdentity, makeCa, makeEndEntity, validYears } from '../../../src/seal/index.ts'
import { carryOut, listingOf, listSteps, readCertificate } from '../../../src/trust/index.ts'
import { type MemoryStore, memoryStore } from '../../support/memory-store.ts'

const validity = validYears(new Date('2022-01-01T00:00:00Z'), 20)
const NOW = '2026-11-24T09:00:00.000Z'
let denmark: MadeIdentity
let ca: MadeIdentity
let other: MadeIdentity
let seal: MadeIdentity
let stranger: MadeIdentity
beforeAll(async () => {
  const make = (commonName: string) => makeCa({ country: 'DK', commonName }, validity, 'ec-p256')
  ;[denmark, ca, other] = await Promise.all([make('Tilsyn'), make('CA'), make('CA')])
  const under = (above: MadeIdentity) =>
    makeEndEntity(above, { profile: 'seal', subject: { commonName: 'Segl' }, validity, kind: 'ec-p256' })
  ;[seal, stranger] = await Promise.all([under(ca), under(other)])
})

let store: MemoryStore
beforeEach(() => {
  store = memoryStore({ clock: () => new Date(NOW) })
})

async function use(statuses: readonly (readonly [status: string, from: string, extensions?: string])[]) {
  const services = [{ name: 'CA', type: 'CA/QC', certificates: [ca.certificate], statuses }]
  const steps = await listSteps(
    {
      kind: 'files',
      list: makeList({ territory: 'DK', services }, denmark),
      lists: null,
      pivots: [],
      typedFingerprint: readCertificate(denmark.certificate).sha256,
      services: ['CA/QC'],
    },
    {
      ...{ store, fetcher: null, clock: () => new Date(NOW) },
      listOfLists: async () => ({ url: 'https://lists.example', signers: [] }),
    },
  )
  await store.commit((write) => carryOut(write, steps, { actor: 'ida', reason: 'liste', at: NOW }))
}
const granted = ['granted', '2021-01-01T00:00:00Z', usesXml('ForeSeals')] as const
const ask = (...chain: readonly MadeIdentity[]) =>
  listingOf(
    store,
    chain.map(({ certificate }) => certificate),
    NOW,
  )

describe('whether a CA is on a list in use', () => {
  it('cannot be told where there is none', async () => {
    expect(await ask(seal, ca)).toEqual({ state: 'no-lists' })
  })

  it('is told of a chain that holds it, and of one that ends below it', async () => {
    await use([granted])
    // The certificate says nothing of itself.
    const listing = { state: 'listed', territory: 'DK', isInForce: true, level: 'not-qualified' }
    expect(await ask(seal, ca)).toEqual(listing)
    expect(await ask(seal)).toEqual(listing)
  })

  it('is not told of another CA of the same name', async () => {
    await use([granted])
    expect(await ask(stranger)).toEqual({ state: 'not-listed' })
    expect(await ask(stranger, other)).toEqual({ state: 'not-listed' })
  })

  it('says that the country does not vouch for it any more', async () => {
    await use([['withdrawn', '2026-01-01T00:00:00Z'], granted])
    expect(await ask(seal)).toEqual({ state: 'listed', territory: 'DK', isInForce: false, level: null })
  })
})
