import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import type { CatalogueAnchor, WebDeps } from '../../src/web/index.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { HOSTILE, type SeededCase, seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
let seeded: SeededCase
let base: string
beforeEach(async () => {
  deps = fakeDeps()
  seeded = await seedCase(deps.store, 5)
  base = `/staff/cases/${seeded.case.number}`
  browser = await open(deps)
  await signInAs(browser, deps.store, 'caseworker')
})
afterEach(stopAll)

describe('the page of a case’s links', () => {
  it('is reached from the case, and says how many are in force', async () => {
    expect(await (await browser.get(base)).text()).toContain(`href="${base}/link"`)
    expect(await (await browser.get(`${base}/link`)).text()).toContain('1 link til at følge sagen virker nu')
  })

  it('takes them back with a reason, and never without', async () => {
    const empty = await browser.postForm(`${base}/link/revoke`, { reason: ' ' })
    expect(empty.headers.get('location')).toBe(`${base}/link?p=reason`)
    expect(deps.called).toEqual([])
    await browser.postForm(`${base}/link/revoke`, { reason: 'Gik til en forkert' })
    expect(deps.called).toMatchObject([
      {
        name: 'revokeLinks',
        with: { caseId: seeded.case.id, reason: 'Gik til en forkert', actor: { name: 'Søren Sag' } },
      },
    ])
  })

  it('sends a new one to a party of this case alone', async () => {
    expect(await (await browser.get(`${base}/link`)).text()).toContain('Send et nyt link til kai@example.dk')
    const other = await seedCase(deps.store, 6)
    await browser.postForm(`${base}/link/send`, { party: other.party.id, number: '1' })
    expect(deps.called).toEqual([])
    await browser.postForm(`${base}/link/send`, { party: seeded.party.id, number: '1' })
    expect(deps.called).toMatchObject([{ name: 'sendNewLink', with: { partyId: seeded.party.id, number: 1 } }])
  })
})

const entry: CatalogueAnchor = {
  id: 'town-ca',
  subject: `CN=${HOSTILE}`,
  fingerprint: 'c3'.repeat(32),
  source: { url: 'https://ca.example/', takenOn: '2026-11-01', confirmedBy: 'telefon' },
  purposes: ['document'],
  note: '',
  certificate: { der: new Uint8Array([1]) },
}

describe('the catalogue on the page of roots', () => {
  const roots = async (changes: Partial<Omit<WebDeps, 'store'>>) => {
    const enabled: unknown[] = []
    const more = {
      planTrust: async (ask: unknown) => {
        enabled.push(ask)
        return 'p1'
      },
    }
    const own = fakeDeps({ ...more, ...changes })
    const admin = await open(own)
    await signInAs(admin, own.store, 'admin')
    return { admin, enabled, text: await (await admin.get('/staff/roots')).text() }
  }

  it('says in one sentence that it is empty', async () => {
    expect((await roots({ catalogue: async () => [] })).text).toContain('Der fulgte ingen udstedere med denne udgave.')
  })

  it('is planned entry by entry, with a reason, by an admin', async () => {
    const { admin, enabled, text } = await roots({ catalogue: async () => [entry] })
    expect(text).toContain(entry.fingerprint)
    expect(text).not.toContain('<script>')
    const enable = (note: string) => admin.postForm('/staff/roots/catalogue', { id: 'town-ca', note })
    expect((await enable('')).status).toBe(422)
    expect(enabled).toEqual([])
    expect((await enable('Bekræftet i telefonen')).headers.get('location')).toBe('/staff/roots/changes/p1')
    expect(enabled).toMatchObject([
      { wanted: { kind: 'catalogue', id: 'town-ca' }, reason: 'Bekræftet i telefonen', actor: { kind: 'admin' } },
    ])
  })

  it('that cannot be read offers nothing, and the page still stands', async () => {
    const { text } = await roots({
      catalogue: async () => {
        throw new GatewayError('configuration', 'wrong')
      },
    })
    expect(text).toContain('Listen over medfølgende udstedere kan ikke læses')
    expect(text).toContain('Tilføj fra fil')
  })
})
