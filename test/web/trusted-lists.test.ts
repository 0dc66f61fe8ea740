import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeList } from '../../scripts/fixtures/trusted-list.ts'
import type { TrustedList } from '../../src/model/trusted-list.ts'
import { type MadeIdentity, makeCa, validYears } from '../../src/seal/index.ts'
import { carryOut, listSteps } from '../../src/trust/index.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
let operator: MadeIdentity
let ca: MadeIdentity
const validity = validYears(new Date('2020-01-01T00:00:00Z'), 20)
beforeAll(async () => {
  operator = await makeCa({ commonName: 'Tilsyn' }, validity, 'ec-p256')
  ca = await makeCa({ commonName: 'Kvalificeret CA' }, validity, 'ec-p256')
})
beforeEach(async () => {
  deps = fakeDeps()
  browser = await open(deps)
  await signInAs(browser, deps.store, 'admin')
})
afterEach(stopAll)

type Plan = Parameters<typeof makeList>[0]
type Statuses = NonNullable<Plan['services']>[number]['statuses']
const list = (plan: Partial<Plan> = {}, statuses: Statuses = [['granted', '2021-01-01T00:00:00Z']]) =>
  makeList(
    { territory: 'DK', services: [{ name: 'CA', type: 'CA/QC', certificates: [ca.certificate], statuses }], ...plan },
    operator,
  )
/** Carries out what page and command would, and gives the page of the next change. */
async function planned(bytes: Uint8Array): Promise<string> {
  const answer = await sendFile(bytes, await fingerprintOf(operator.certificate))
  return (await browser.get(answer.headers.get('location') ?? '')).text()
}
async function use(bytes: Uint8Array, at: string): Promise<void> {
  const fingerprint = await fingerprintOf(operator.certificate)
  const wanted = { list: bytes, lists: null, pivots: [], typedFingerprint: fingerprint, services: ['CA/QC'] } as const
  const clock = () => new Date(at)
  const listOfLists = async () => ({ url: 'https://lists.example/lotl.xml', signers: [] })
  const steps = await listSteps({ kind: 'files', ...wanted }, { store: deps.store, fetcher: null, clock, listOfLists })
  await deps.store.commit((write) => carryOut(write, steps, { actor: 'ida', reason: 'aftalt', at }))
}
async function sendFile(bytes: Uint8Array, fingerprint: string): Promise<Response> {
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await browser.get('/staff/lists')).text())?.[1] ?? ''
  const data = new FormData()
  const fields = { csrf, fingerprint, note: 'aftalt', 'service-CA/QC': 'yes' }
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  data.set('list', new Blob([Buffer.from(bytes)]), 'dk.xml')
  return browser.post('/staff/lists/files', data)
}
const fingerprintOf = async (der: Uint8Array): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(der))).toString('hex')

describe('the page of trusted lists', () => {
  it('trusts nothing at first, and offers Denmark’s list by one step', async () => {
    const text = await (await browser.get('/staff/lists')).text()
    expect(text).toContain('Kommunen bruger ingen lister')
    expect(text).toContain('Brug Danmarks tillidsliste')
    expect(await (await browser.get('/staff/roots')).text()).toContain(
      '<a href="/staff/lists">Begynd med Danmarks tillidsliste</a>',
    )
    await browser.postForm('/staff/lists/use', { territory: 'DK', note: 'x', 'service-CA/QC': 'yes' })
    expect(deps.called).toMatchObject([
      { name: 'planLists', with: { wanted: { kind: 'territory', territory: 'DK', services: ['CA/QC'] }, reason: 'x' } },
    ])
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('draws up a list from a file, whose change is confirmed on its own page', async () => {
    const answer = await sendFile(list(), await fingerprintOf(operator.certificate))
    expect(answer.headers.get('location')).toMatch(/^\/staff\/roots\/changes\//)
    const change = await (await browser.get(answer.headers.get('location') ?? '')).text()
    expect(change).toContain('Kvalificeret CA')
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('says before it counts whose list it is, who signed it and who says that he may', async () => {
    const change = await planned(list({ sequence: 7, nextUpdate: '2027-01-31T00:00:00Z' }))
    const fingerprint = await fingerprintOf(operator.certificate)
    const said = [
      'Tag i brug: tillidslisten for Danmark',
      'Prøvetilsynet',
      'CN=Tilsyn',
      fingerprint,
      '>7<',
      '31.01.2027',
      'Fra en fil',
    ]
    for (const one of [...said, 'skrevet fra en anden kilde', 'underskrifter', '1 kommer til']) {
      expect(change).toContain(one)
    }
    const english = await (await browser.get('/staff/lists?lang=en')).text()
    expect(english).toContain('Trusted lists')
    expect(await planned(list())).toContain('1 comes')
    expect(await planned(list())).toContain('The fingerprint that an administrator typed from another source')
  })

  it('offers to take its roots out of use, and not to remove them: they would come back', async () => {
    await use(list(), '2026-11-24T08:00:00.000Z')
    const sha256 = (await deps.store.listAnchors())[0]?.sha256 ?? ''
    expect(await (await browser.get('/staff/roots')).text()).toContain(`/staff/roots/${sha256}/disable`)
    await deps.store.commit((write) => write.updateAnchor(sha256, { disabledAt: '2026-11-24T09:00:00.000Z' }))
    const page = await (await browser.get('/staff/roots')).text()
    expect(page).toContain(`/staff/roots/${sha256}/enable`)
    expect(page).not.toContain(`/staff/roots/${sha256}/remove`)
  })

  it('says where a list brings nothing that could be used', async () => {
    expect(await planned(list({}, [['withdrawn', '2026-06-01T00:00:00Z']]))).toContain('Den får ingen betydning.')
    expect(await planned(list())).not.toContain('Den får ingen betydning.')
  })

  it('says which number follows which, and whose times change', async () => {
    await use(list({ sequence: 7 }), '2026-11-24T08:00:00.000Z')
    expect(await (await browser.get('/staff/roots')).text()).toMatch(/Landet står inde for den.*01\.01\.2021.*stadig/s)
    const withdrawn = [
      ['withdrawn', '2026-06-01T00:00:00Z'],
      ['granted', '2021-01-01T00:00:00Z'],
    ] as const
    const change = await planned(list({ sequence: 8, nextUpdate: null }, withdrawn))
    for (const one of ['8; nu bruges 7', 'Lukket: den afløses ikke', '1 gælder i andre tider', 'Kvalificeret CA']) {
      expect(change).toContain(one)
    }
    expect(change).toMatch(/01\.01\.2021.*stadig.*01\.01\.2021.*01\.06\.2026/s)
    await browser.postForm('/staff/lists/drop', { territory: 'DK' })
    const [drop] = deps.called.filter(({ name }) => name === 'planLists').slice(-1)
    expect(drop).toMatchObject({ with: { wanted: { kind: 'drop', territory: 'DK' } } })
    const proposals = await deps.store.listProposals(['draft'])
    const id = proposals.find(({ steps }) => steps.some((step) => step.do === 'drop-list'))?.id
    const dropped = await (await browser.get(`/staff/roots/changes/${id}`)).text()
    for (const one of ['Tag ud af brug: tillidslisten for Danmark', '1 går ud', 'Fjern helt']) {
      expect(dropped).toContain(one)
    }
  })

  it('says of a planned list that a newer one, or a drop, came before it', async () => {
    const older = await sendFile(list({ sequence: 7 }), await fingerprintOf(operator.certificate))
    await use(list({ sequence: 8 }), '2026-11-24T08:00:00.000Z')
    const text = await (await browser.get(older.headers.get('location') ?? '')).text()
    expect(text).toContain('Ændringen kan ikke gennemføres mere')
    expect(text).toContain('Listen er ældre end den, der er i brug.')
    expect(text).not.toContain('/confirm"')
    const drops = [1, 2].map(() => browser.postForm('/staff/lists/drop', { territory: 'DK' }))
    const [first, second] = (await Promise.all(drops)).map((one) => one.headers.get('location') ?? '')
    const seen = /name="seen" value="([^"]+)"/.exec(await (await browser.get(second ?? '')).text())?.[1]
    expect(seen).toBeDefined()
    const change = { actor: 'ida', reason: 'x', at: '2026-11-24T09:00:00.000Z' }
    await deps.store.commit((write) => carryOut(write, [{ do: 'drop-list', territory: 'DK' }], change))
    for (const path of [first, second]) {
      expect(await (await browser.get(path ?? '')).text()).toContain('Listen er ikke i brug.')
    }
    const again = await browser.postForm('/staff/lists/drop', { territory: 'DK' })
    expect([again.status, await again.text()]).toEqual([422, expect.stringContaining('Listen er ikke i brug.')])
  })

  it('says where the list of the lists goes with the last list that rests on it', async () => {
    const row = (territory: string, vouched: TrustedList['vouched']): TrustedList => ({
      ...{ territory, vouched, url: null, signers: [], signer: 'ab', services: [], operator: 'x', sequence: 1 },
      ...{ issuedAt: '2026-01-01T00:00:00.000Z', nextUpdate: null, sha256: 'cd', problem: null },
      ...{ takenAt: '2026-01-01T00:00:00.000Z', triedAt: '2026-01-01T00:00:00.000Z' },
    })
    const put = (one: TrustedList) => deps.store.commit((write) => write.putTrustedList(one))
    for (const one of [row('EU', 'shipped'), row('DK', 'list-of-lists'), row('SE', 'list-of-lists')]) await put(one)
    const dropped = async () => {
      const answer = await browser.postForm('/staff/lists/drop', { territory: 'DK' })
      return (await browser.get(answer.headers.get('location') ?? '')).text()
    }
    const said = 'EU’s liste over lister går ud af brug sammen med den'
    expect(await dropped()).not.toContain(said)
    await put(row('SE', 'typed-fingerprint'))
    expect(await dropped()).toContain(said)
    await put(row('DK', 'list-of-lists'))
    expect(await planned(list({ sequence: 2 }))).toContain(said)
  })

  it('draws up a list at its own address, and says why one is not taken', async () => {
    const text = await (await browser.get('/staff/lists')).text()
    expect(text).toContain('Følg en liste på dens egen adresse')
    const fields = { address: ' https://x.example/uk.xml ', fingerprint: 'ab', note: 'x', 'service-CA/QC': 'yes' }
    const answer = await browser.postForm('/staff/lists/address', fields)
    expect(deps.called.at(-1)).toMatchObject({
      with: {
        wanted: { kind: 'address', url: 'https://x.example/uk.xml', typedFingerprint: 'ab', services: ['CA/QC'] },
      },
    })
    // Nothing is fetched in these tests.
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('Adressen må ikke hentes.')
    expect(await (await sendFile(list(), 'ab'.repeat(32))).text()).toContain('hvis fingeraftryk er skrevet')
  })

  it('says why a list is not taken', async () => {
    const changed = Buffer.from(list().toString('utf8').replace('Prøvetilsynet', 'Andet tilsyn'))
    const answer = await sendFile(changed, await fingerprintOf(operator.certificate))
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('Listen er ændret, efter at den blev underskrevet.')
  })

  it('shows the lists in use, what is wrong with them, and has them fetched', async () => {
    await deps.store.commit((write) =>
      write.putTrustedList({
        ...{
          territory: 'SE',
          url: 'https://x.example',
          signers: [],
          signer: 'ab',
          services: ['CA/QC'],
          operator: 'PTS',
          vouched: null,
        },
        ...{ sequence: 62, issuedAt: '2026-01-01T00:00:00.000Z', nextUpdate: '2026-07-01T00:00:00.000Z', sha256: 'cd' },
        ...{ takenAt: '2026-01-01T00:00:00.000Z', triedAt: '2026-11-01T00:00:00.000Z', problem: 'fetch-failed' },
      }),
    )
    const text = await (await browser.get('/staff/lists')).text()
    expect(text).toContain('Sverige')
    expect(text).toContain('Serveren svarer ikke.')
    expect(text).toContain('Listen for Sverige skulle være afløst.')
    const answer = await browser.postForm('/staff/lists/refresh', {})
    expect(answer.headers.get('location')).toBe('/staff/lists?done=refresh')
    expect(await deps.store.listJobs({ kinds: ['refresh-lists'] })).toHaveLength(1)
  })

  it('is for admins alone', async () => {
    await stopAll()
    deps = fakeDeps()
    browser = await open(deps)
    await signInAs(browser, deps.store, 'caseworker')
    for (const path of ['use', 'files', 'address', 'drop', 'refresh']) {
      expect((await browser.postForm(`/staff/lists/${path}`, {})).status).toBe(403)
    }
    expect((await browser.get('/staff/lists')).status).toBe(403)
  })
})
