import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeList, usesXml } from '../../../scripts/fixtures/trusted-list.ts'
import { GatewayError } from '../../../src/model/errors.ts'
import type { WebFetcher } from '../../../src/model/ports.ts'
import { enabledAnchors, trustListVersion } from '../../../src/model/trust-list.ts'
import type { TrustedList, WantedList } from '../../../src/model/trusted-list.ts'
import { type MadeIdentity, makeCa, makeEndEntity, signPdf, validYears } from '../../../src/seal/index.ts'
import {
  addAnchor,
  carryOut,
  disableAnchor,
  findUnrecorded,
  listSteps,
  proposeChange,
  readCertificate,
  refreshLists,
  removeAnchor,
} from '../../../src/trust/index.ts'
import { tellInWords } from '../../../src/trust/tell-words.ts'
import { verifyDocument } from '../../../src/verify/index.ts'
import { silentLog } from '../../casework/scene.ts'
import { plainPdf } from '../../seal/identities.ts'
import { type MemoryStore, memoryStore } from '../../support/memory-store.ts'

const validity = validYears(new Date('2020-01-01T00:00:00Z'), 20)
const LOTL = 'https://lists.example/lotl.xml'
const DK = 'https://lists.example/dk.xml'
const BOTH = ['CA/QC', 'TSA/QTST'] as const

let eu: MadeIdentity
let denmark: MadeIdentity
let ca: MadeIdentity
let other: MadeIdentity
beforeAll(async () => {
  const make = (commonName: string) => makeCa({ country: 'DK', commonName }, validity, 'ec-p256')
  ;[eu, denmark, ca, other] = await Promise.all([make('EU'), make('Tilsyn'), make('CA'), make('Anden CA')])
})

let now: Date
let store: MemoryStore
let web: Map<string, Uint8Array>
let asked: string[]
/** Whatever a list did to the anchors stands in the history as it is. */
afterEach(async () => {
  const ofAnchors = (await findUnrecorded(store)).filter(({ problem }) => problem !== 'list-not-as-recorded')
  expect(ofAnchors).toEqual([])
})
beforeEach(() => {
  now = new Date('2026-11-24T09:00:00Z')
  store = memoryStore({ clock: () => now })
  asked = []
  web = new Map([
    [LOTL, lotl(1)],
    [DK, dk(1, [[ca, 'granted', '2021-01-01T00:00:00Z']])],
  ])
})

const lotl = (sequence: number, signers: readonly MadeIdentity[] = [denmark]) =>
  makeList(
    {
      type: 'EUlistofthelists',
      territory: 'EU',
      sequence,
      pointers: [
        { territory: 'EU', type: 'EUlistofthelists', location: LOTL, certificates: [eu.certificate] },
        { territory: 'DK', location: DK, certificates: signers.map(({ certificate }) => certificate) },
      ],
    },
    eu,
  )
type Status = readonly [MadeIdentity, string, string]
const dk = (sequence: number, cas: readonly Status[], signer = denmark, nextUpdate = '2027-05-01T00:00:00Z') =>
  makeList(
    {
      territory: 'DK',
      sequence,
      nextUpdate,
      services: cas.map(([{ certificate }, status, from], index) => ({
        name: `CA ${index}`,
        type: 'CA/QC',
        certificates: [certificate],
        statuses: [[status, from], ...(status === 'withdrawn' ? [['granted', '2021-01-01T00:00:00Z'] as const] : [])],
      })),
    },
    signer,
  )

const fetcher: WebFetcher = {
  fetch: async ({ url }) => {
    asked.push(url)
    const bytes = web.get(url)
    if (!bytes) throw new GatewayError('fetch-failed', 'away', { retryable: true })
    return { bytes, freshUntil: null }
  },
}
const parts = () => ({
  ...{ store, fetcher, clock: () => now, log: silentLog },
  listOfLists: async () => ({ url: LOTL, signers: [eu.certificate] }),
})
const use = async (wanted: WantedList = { kind: 'territory', territory: 'DK', services: BOTH }) => {
  const steps = await listSteps(wanted, parts())
  await store.commit((write) => carryOut(write, steps, { actor: 'ida', reason: 'liste', at: now.toISOString() }))
}
const refresh = async () => {
  const key = `${now.getTime()}`
  await store.commit((write) => write.addJob('refresh-lists', key, {}, now.toISOString()))
  for (const job of await store.jobs.lease('w', ['refresh-lists'], 10, 60_000)) await refreshLists(job, parts())
}
const anchors = async () =>
  (await store.listAnchors()).map(({ sha256, source, periods }) => ({ sha256, source, periods }))
const events = async () => (await store.adminHistory()).map(({ event }) => event)
const later = (days: number) => {
  now = new Date(now.getTime() + days * 86_400_000)
}

describe('a trusted list in use', () => {
  it('changes nothing before it is confirmed, and then brings its CAs, on record', async () => {
    const steps = await listSteps({ kind: 'territory', territory: 'DK', services: BOTH }, parts())
    expect(steps.map((step) => step.do)).toEqual(['use-list', 'use-list'])
    expect(await store.listAnchors()).toEqual([])
    await use()
    expect(await anchors()).toMatchObject([
      { source: 'trusted-list:DK', periods: [{ from: '2021-01-01T00:00:00.000Z', until: null }] },
    ])
    expect((await store.trustedLists()).map(({ territory, sequence }) => [territory, sequence])).toEqual([
      ['DK', 1],
      ['EU', 1],
    ])
    expect(await events()).toEqual(['trusted-list-used', 'trust-changed', 'trusted-list-used'])
    expect(await store.listJobs({ kinds: ['tell-trust-change'] })).toHaveLength(3)
  })

  it('lets a signature pass while the country vouches for its CA, and no later one', async () => {
    web.set(DK, dk(1, [[ca, 'withdrawn', '2026-06-01T00:00:00Z']]))
    await use()
    const anna = await makeEndEntity(ca, {
      profile: 'citizen',
      subject: { commonName: 'Anna' },
      validity,
      kind: 'ec-p256',
    })
    const judge = async (signedAt: string) => {
      const signingTime = new Date(signedAt)
      const pdf = signPdf(await plainPdf(), anna, { subFilter: 'ETSI.CAdES.detached', signingTime })
      const trustAnchors = await enabledAnchors(store, 'document', now.toISOString())
      const proven = { validationTime: signingTime, poe: signingTime }
      return (await verifyDocument(pdf, { trustAnchors, checkRevocation: 'off', ...proven })).indication
    }
    expect(await judge('2026-05-01T00:00:00Z')).toBe('TOTAL-PASSED')
    expect(await judge('2026-07-01T00:00:00Z')).not.toBe('TOTAL-PASSED')
  })

  it('says of a signature below its CA whether it is qualified', async () => {
    await use()
    const anna = await makeEndEntity(ca, {
      profile: 'citizen',
      subject: { commonName: 'Anna' },
      validity,
      kind: 'ec-p256',
    })
    const pdf = signPdf(await plainPdf(), anna, { subFilter: 'ETSI.CAdES.detached', signingTime: now })
    const trustAnchors = await enabledAnchors(store, 'document', now.toISOString())
    const { signatures } = await verifyDocument(pdf, { trustAnchors, checkRevocation: 'off', validationTime: now })
    // Issued in 2020, before the list had the CA.
    expect(signatures[0]).toMatchObject({
      indication: 'TOTAL-PASSED',
      qualified: { level: 'not-qualified', list: 'DK' },
    })
  })

  it('is another list of trust where only what it says of certificates changed', async () => {
    await use()
    const version = async () => trustListVersion(await enabledAnchors(store, 'document', now.toISOString()))
    const before = await version()
    const uses = usesXml('ForeSignatures')
    const services = [
      {
        name: 'CA 0',
        type: 'CA/QC',
        certificates: [ca.certificate],
        statuses: [['granted', '2021-01-01T00:00:00Z', uses] as const],
      },
    ]
    web.set(DK, makeList({ territory: 'DK', sequence: 2, services }, denmark))
    await refresh()
    expect((await store.listAnchors())[0]?.listed?.[0]?.statuses[0]?.uses).toEqual(['signature'])
    expect(await version()).not.toBe(before)
  })

  it('whose next signers somebody writes into the database is not as the history says, nor is one that is written in', async () => {
    await use()
    const list = (await store.trustedLists()).find(({ territory }) => territory === 'DK')
    if (!list) throw new Error('no list')
    const problems = async () => (await findUnrecorded(store)).map(({ subject, problem }) => `${subject} ${problem}`)
    await store.commit((write) =>
      write.putTrustedList({ ...list, signers: [Buffer.from(other.certificate).toString('base64')] }),
    )
    expect(await problems()).toEqual(['DK list-not-as-recorded'])
    await store.commit((write) =>
      write.putTrustedList({ ...list, triedAt: '2027-01-01T00:00:00.000Z', problem: 'away' }),
    )
    expect(await problems()).toEqual([])
    await store.commit((write) => write.putTrustedList({ ...list, territory: 'SE' }))
    expect(await problems()).toEqual(['SE list-not-as-recorded'])
    await store.commit(async (write) => {
      await write.removeTrustedList('SE')
      await write.removeTrustedList('DK')
    })
    expect(await problems()).toEqual(['DK list-not-as-recorded'])
    await store.commit((write) => write.putTrustedList(list))
  })

  it('brings its newest names of provider and service with what else it says', async () => {
    await use()
    later(1)
    const noteOf = async () =>
      (await store.listAnchors()).find(({ der }) => Buffer.from(ca.certificate).equals(der))?.note
    expect(await noteOf()).toContain('CA 0')
    web.set(
      DK,
      dk(2, [
        [other, 'granted', '2021-01-01T00:00:00Z'],
        [ca, 'withdrawn', '2026-01-01T00:00:00Z'],
      ]),
    )
    await refresh()
    expect(await noteOf()).toContain('CA 1')
  })

  it('leaves what an admin did with a certificate as it is', async () => {
    await use()
    const [anchor] = await anchors()
    const sha256 = anchor?.sha256 ?? ''
    const change = { actor: 'ida', reason: 'x', at: now.toISOString() }
    await store.commit((write) => disableAnchor(write, sha256, change))
    web.set(DK, dk(2, [[ca, 'withdrawn', '2026-06-01T00:00:00Z']]))
    await refresh()
    expect(await store.anchor(sha256)).toMatchObject({
      disabledAt: now.toISOString(),
      periods: [{ until: '2026-06-01T00:00:00.000Z' }],
    })
    await expect(store.commit((write) => removeAnchor(write, sha256, change))).rejects.toMatchObject({
      code: 'managed-by-list',
    })
  })

  it('only adds what it says to a certificate that an admin took in, and takes that away again', async () => {
    const change = { actor: 'ida', source: 'file', note: 'aftale', at: now.toISOString() } as const
    await store.commit((write) => addAnchor(write, { ...change, der: ca.certificate, purposes: ['document', 'mail'] }))
    const of = async () => {
      const [{ source, purposes, periods, listed } = { source: null }, ...more] = await store.listAnchors()
      return { source, purposes, periods, listed: listed?.map(({ territory }) => territory) ?? null, more }
    }
    const before = await of()
    expect(before).toEqual({ source: 'file', purposes: ['document', 'mail'], periods: null, listed: null, more: [] })
    await use()
    expect(await of()).toEqual({ ...before, listed: ['DK'] })
    const entry = (await store.adminHistory()).find(
      ({ event, payload }) => event === 'trust-changed' && payload?.['action'] === 'changed',
    )
    expect(entry).toBeDefined()
    later(1)
    web.set(DK, dk(2, [[other, 'granted', '2022-01-01T00:00:00Z']]))
    await refresh()
    expect((await store.anchor(readCertificate(ca.certificate).sha256))?.listed).toBeNull()
    await use({ kind: 'drop', territory: 'DK' })
    expect(await of()).toEqual(before)
  })

  it('goes with its certificates, and the list of the lists with the last one', async () => {
    await use()
    await use({ kind: 'drop', territory: 'DK' })
    expect(await store.listAnchors()).toEqual([])
    expect(await store.trustedLists()).toEqual([])
    expect((await events()).slice(-3)).toEqual(['trust-changed', 'trusted-list-dropped', 'trusted-list-dropped'])
  })

  it('is decided when it is carried out: another country’s list that came meanwhile keeps the list of the lists', async () => {
    await use()
    const drop = await listSteps({ kind: 'drop', territory: 'DK' }, parts())
    const [kept] = await store.trustedLists()
    await store.commit((write) => write.putTrustedList({ ...(kept as TrustedList), territory: 'SE' }))
    await store.commit((write) => carryOut(write, drop, { actor: 'ida', reason: 'x', at: now.toISOString() }))
    expect((await store.trustedLists()).map(({ territory }) => territory).sort()).toEqual(['EU', 'SE'])
  })
})

it('a proposed list stands on record in brief: what it is, and of how many certificates', async () => {
  const steps = await listSteps({ kind: 'territory', territory: 'DK', services: BOTH }, parts())
  const by = { kind: 'system', id: null, name: 'ida' } as const
  await proposeChange({ steps, reason: 'liste', by }, { store, clock: () => now })
  const payload = (await store.adminHistory()).at(-1)?.payload
  expect(payload?.['steps']).toMatchObject([
    { do: 'use-list', territory: 'EU', certificates: 0 },
    { do: 'use-list', territory: 'DK', list: { sequence: 1, vouched: 'list-of-lists' }, certificates: 1 },
  ])
  const entry = (await store.adminHistory()).at(-1)
  if (!entry) throw new Error('nothing is on record')
  const { text } = tellInWords(entry, 'da', { name: 'Søby', page: 'https://post.example' })
  expect(text).toContain(`* use-list DK 1 (list-of-lists)\n  SHA-256 ${readCertificate(denmark.certificate).sha256}\n`)
  expect(JSON.stringify(payload)).not.toContain(Buffer.from(ca.certificate).toString('base64'))
})

describe('a list as a file', () => {
  const file = { kind: 'files', services: BOTH, pivots: [] } as const

  it('is checked by the list of the lists beside it, with nothing fetched', async () => {
    const list = web.get(DK) ?? new Uint8Array()
    await use({ ...file, list, lists: lotl(1), typedFingerprint: null })
    expect(asked).toEqual([])
    expect((await store.trustedLists())[0]).toMatchObject({ territory: 'DK', url: null })
    const forged = dk(2, [[other, 'granted', '2021-01-01T00:00:00Z']], other)
    const refused = listSteps({ ...file, list: forged, lists: lotl(1), typedFingerprint: null }, parts())
    await expect(refused).rejects.toMatchObject({ facts: { problem: 'unknown-signer' } })
  })

  it('is refused where a fingerprint that was typed as well is another’s', async () => {
    const list = web.get(DK) ?? new Uint8Array()
    const of = (typedFingerprint: string) => listSteps({ ...file, list, lists: lotl(1), typedFingerprint }, parts())
    await expect(of('ab'.repeat(32))).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    const { createHash } = await import('node:crypto')
    const right = createHash('sha256').update(denmark.certificate).digest('hex')
    expect(await of(right)).toMatchObject([{ list: { vouched: 'shipped' } }, { list: { vouched: 'list-of-lists' } }])
  })

  it('or by its signer’s fingerprint from another source', async () => {
    const list = web.get(DK) ?? new Uint8Array()
    const of = (typedFingerprint: string) => listSteps({ ...file, list, lists: null, typedFingerprint }, parts())
    await expect(of('ab'.repeat(32))).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    await expect(of('')).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    const { createHash } = await import('node:crypto')
    const right = createHash('sha256').update(denmark.certificate).digest('hex').replace(/(..)/g, '$1:')
    expect(await of(right)).toMatchObject([{ do: 'use-list', list: { territory: 'DK' } }])
  })
})

describe('a list at an address of its own', () => {
  const CH = 'https://tilsyn.example/ch.xml'
  const ch = (
    sequence: number,
    by = denmark,
    cas: readonly MadeIdentity[] = [ca],
    type: 'CHlist' | 'DElist' = 'CHlist',
  ) =>
    makeList(
      {
        ...{ type, territory: 'CH', sequence },
        services: cas.map(({ certificate }) => ({
          ...{ name: 'CA', type: 'CA/QC', certificates: [certificate] },
          statuses: [['granted', '2021-01-01T00:00:00Z']],
        })),
      },
      by,
    )
  const wanted = (by = denmark): WantedList => ({
    ...{ kind: 'address', url: CH, services: BOTH },
    typedFingerprint: readCertificate(by.certificate).sha256,
  })
  const row = async (territory = 'CH') => (await store.trustedLists()).find((one) => one.territory === territory)
  beforeEach(() => web.set(CH, ch(1)))

  it('is taken by its signer’s fingerprint; the list of the lists is not asked, then or later', async () => {
    await use(wanted())
    expect(await row()).toMatchObject({ url: CH, vouched: 'typed-fingerprint', sequence: 1 })
    expect(await anchors()).toMatchObject([{ source: 'trusted-list:CH' }])
    later(1)
    web.set(CH, ch(2, denmark, [other]))
    await refresh()
    expect(asked).toEqual([CH, CH])
    expect(await row()).toMatchObject({ url: CH, vouched: 'typed-fingerprint', sequence: 2, problem: null })
    expect(await anchors()).toMatchObject([{ sha256: readCertificate(other.certificate).sha256 }])
  })

  it.each([
    ['another’s fingerprint', () => wanted(other), { code: 'wrong-fingerprint' }],
    ['no fingerprint', () => ({ ...wanted(), typedFingerprint: '' }), { code: 'wrong-fingerprint' }],
    ['no answer', () => ({ ...wanted(), url: 'https://away.example' }), { code: 'fetch-failed' }],
    ['the list of the lists there', () => ({ ...wanted(eu), url: LOTL }), { facts: { problem: 'wrong-type' } }],
  ] as const)('is not taken with %s', async (_what, asWanted, refused) => {
    await expect(listSteps(asWanted() as WantedList, parts())).rejects.toMatchObject(refused)
  })

  it('is not taken with another country’s type, nor by the list of the lists with a type of its own', async () => {
    web.set(CH, ch(1, denmark, [ca], 'DElist'))
    await expect(listSteps(wanted(), parts())).rejects.toMatchObject({ facts: { problem: 'wrong-type' } })
    web.set(DK, makeList({ type: 'DKlist', territory: 'DK' }, denmark))
    await expect(use()).rejects.toMatchObject({ facts: { problem: 'wrong-type' } })
  })

  it('is not fetched where nothing may be', async () => {
    const refused = listSteps(wanted(), { ...parts(), fetcher: null })
    await expect(refused).rejects.toMatchObject({ code: 'fetch-refused' })
  })

  it.each([
    ['is signed by somebody else', () => web.set(CH, ch(2, other, [other])), 'unknown-signer'],
    ['is another country’s', () => web.set(CH, dk(2, [])), 'wrong-territory'],
    ['is older', () => web.set(CH, ch(0)), 'older'],
    ['does not come', () => web.delete(CH), 'fetch-failed'],
  ] as const)('stays where the next %s; it is said once, and others are followed', async (_how, spoil, problem) => {
    await use()
    await use({ ...wanted(), services: ['CA/QC'] } as WantedList)
    spoil()
    web.set(DK, dk(2, [[ca, 'granted', '2021-01-01T00:00:00Z']]))
    for (const _ of [1, 2]) {
      later(1)
      await refresh()
    }
    expect(await row()).toMatchObject({ sequence: 1, problem })
    expect(await row('DK')).toMatchObject({ sequence: 2, problem: null })
    expect((await events()).filter((event) => event === 'trusted-list-problem')).toHaveLength(1)
  })

  it('needs no list of the lists: that goes with the last one that it speaks for', async () => {
    await use()
    await use(wanted())
    await use({ kind: 'drop', territory: 'DK' })
    expect((await store.trustedLists()).map(({ territory }) => territory)).toEqual(['CH'])
    await use()
    await use({ ...wanted(), url: DK } as WantedList)
    expect((await store.trustedLists()).map(({ territory }) => territory)).toEqual(['CH', 'DK'])
  })
})

describe('the list of the lists as a file', () => {
  const PIVOTS = [20, 10].map((number) => `https://lists.example/eu-lotl-pivot-${number}.xml`)
  const signedBy = (sequence: number, by: MadeIdentity, next: MadeIdentity) =>
    makeList(
      {
        type: 'EUlistofthelists',
        territory: 'EU',
        sequence,
        schemeUris: PIVOTS,
        pointers: [
          { territory: 'EU', type: 'EUlistofthelists', location: LOTL, certificates: [next.certificate] },
          { territory: 'DK', location: DK, certificates: [denmark.certificate] },
        ],
      },
      by,
    )
  const list = () => web.get(DK) ?? new Uint8Array()
  const wanted = (...pivots: readonly Uint8Array[]): WantedList => ({
    ...{ kind: 'files', services: BOTH, list: list(), lists: signedBy(21, other, other) },
    ...{ pivots, typedFingerprint: null },
  })

  it('is followed through pivots as files, in any order, with nothing fetched', async () => {
    await use(wanted(signedBy(20, ca, other), signedBy(10, eu, ca)))
    expect(asked).toEqual([])
    expect((await store.trustedLists()).map(({ territory, sequence }) => [territory, sequence])).toEqual([
      ['DK', 1],
      ['EU', 21],
    ])
  })

  it('is not reached where a pivot is missing, or a stranger signed it', async () => {
    await expect(listSteps(wanted(signedBy(20, ca, other)), parts())).rejects.toMatchObject({ code: 'fetch-failed' })
    const forged = listSteps(wanted(signedBy(20, ca, other), signedBy(10, other, ca)), parts())
    await expect(forged).rejects.toMatchObject({ facts: { problem: 'unknown-signer' } })
  })

  it('is taken for no country’s, and stays while one is in use', async () => {
    const refused = { facts: { problem: 'wrong-type' } }
    const asNational = {
      kind: 'files',
      services: BOTH,
      pivots: [],
      list: lotl(1),
      lists: lotl(1),
      typedFingerprint: null,
    }
    for (const one of [
      asNational,
      { ...asNational, lists: null, typedFingerprint: readCertificate(eu.certificate).sha256 },
      { kind: 'territory', territory: 'EU', services: BOTH },
      { kind: 'drop', territory: 'EU' },
    ] as const) {
      await expect(listSteps(one as WantedList, parts())).rejects.toMatchObject(refused)
    }
  })
})

describe('each day', () => {
  it('that a list from a file is out of date is said once, and it stays', async () => {
    const list = dk(1, [[ca, 'granted', '2021-01-01T00:00:00Z']], denmark, '2026-11-25T00:00:00Z')
    await use({ kind: 'files', services: BOTH, pivots: [], list, lists: lotl(1), typedFingerprint: null })
    await refresh()
    expect((await store.trustedLists())[0]?.problem).toBeNull()
    for (const _ of [1, 2]) {
      later(1)
      await refresh()
    }
    expect((await store.trustedLists())[0]).toMatchObject({ territory: 'DK', problem: 'expired' })
    expect((await events()).filter((one) => one === 'trusted-list-problem')).toHaveLength(1)
    expect(await anchors()).toHaveLength(1)
    expect(asked).toEqual([])
  })

  it('the next list takes the place of the one before, and open cases are judged again', async () => {
    await use()
    later(1)
    web.set(DK, dk(2, [[other, 'granted', '2022-01-01T00:00:00Z']]))
    await refresh()
    const [only, ...more] = await anchors()
    expect(more).toEqual([])
    expect(only?.periods?.[0]?.from).toBe('2022-01-01T00:00:00.000Z')
    expect((await store.trustedLists())[0]).toMatchObject({ sequence: 2, problem: null })
  })

  it('the same list is only noted as looked for', async () => {
    await use()
    const before = await events()
    later(1)
    await refresh()
    expect(await events()).toEqual(before)
    expect((await store.trustedLists())[0]?.triedAt).toBe(now.toISOString())
  })

  it.each([
    ['is forged', () => web.set(DK, dk(2, [[other, 'granted', '2022-01-01T00:00:00Z']], other)), 'unknown-signer'],
    ['is older', () => web.set(DK, dk(0, [[other, 'granted', '2022-01-01T00:00:00Z']])), 'older'],
    ['is out of date', () => web.set(DK, dk(2, [], denmark, '2026-11-24T00:00:00Z')), 'expired'],
    ['does not come', () => web.delete(DK), 'fetch-failed'],
    ['is no list', () => web.set(DK, Buffer.from('<html>')), 'malformed'],
  ] as const)('the one before stays where the next %s; it is said once', async (_how, spoil, problem) => {
    await use()
    const before = await anchors()
    spoil()
    later(1)
    await refresh()
    later(1)
    await refresh()
    expect(await anchors()).toEqual(before)
    expect((await store.trustedLists())[0]).toMatchObject({ sequence: 1, problem })
    expect((await events()).filter((event) => event === 'trusted-list-problem')).toHaveLength(1)
  })

  it('who may sign is asked of the list of the lists each time', async () => {
    await use()
    later(1)
    web.set(LOTL, lotl(2, [other]))
    web.set(DK, dk(2, [[other, 'granted', '2022-01-01T00:00:00Z']], other))
    await refresh()
    expect((await store.trustedLists()).map(({ sequence }) => sequence)).toEqual([2, 2])
  })

  it('an older list of the lists brings nothing back', async () => {
    web.set(LOTL, lotl(5))
    await use()
    later(1)
    web.set(LOTL, lotl(4, [other]))
    web.set(DK, dk(2, [], other))
    await refresh()
    expect((await store.trustedLists()).map(({ sequence, problem }) => [sequence, problem])).toEqual([
      [1, null],
      [5, 'older'],
    ])
  })

  it('nobody is asked where no list is in use', async () => {
    await refresh()
    expect(asked).toEqual([])
  })
})
