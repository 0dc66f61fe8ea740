import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { sha256Hex } from '../../src/model/ids.ts'
import type { PlannedTrust } from '../../src/web/index.ts'
import { makeCa } from '../trust/certificates.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { candidate, type FakeDeps, fakeDeps, NOW } from './support/fakes.ts'
import { seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

const ca = makeCa('Oliefirmaets CA')
const words = {
  key: 'RSA 1024',
  validFrom: '2016-01-01T00:00:00.000Z',
  validTo: '2026-01-01T00:00:00.000Z',
  fit: true,
  warnings: ['Svag nøgle.'],
}
const anchor = {
  sha256: 'c3'.repeat(32),
  der: new Uint8Array([3]),
  subject: 'CN=Kendt CA',
  purposes: ['document'],
  source: 'file',
  note: 'x',
  addedAt: NOW.toISOString(),
  addedBy: 'ida',
  disabledAt: null,
  countsFrom: null,
  countsUntil: null,
  constraints: null,
  periods: null,
  listed: null,
} as const

let deps: FakeDeps
beforeEach(() => {
  deps = fakeDeps()
})
afterEach(stopAll)

/** An admin's browser on pages with these changes. */
async function adminOn(changes: Partial<FakeDeps> = {}): Promise<TinyBrowser> {
  const admin = await open({ ...deps, ...changes })
  await signInAs(admin, deps.store, 'admin')
  return admin
}

/** Sends the form for a file. */
async function sendFile(admin: TinyBrowser, fields: Readonly<Record<string, string>>, bytes: BlobPart = ca.pem) {
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await admin.get('/staff/roots')).text())?.[1] ?? ''
  const data = new FormData()
  const all = { csrf, note: 'fordi', 'purpose-document': 'yes', ...fields }
  for (const [name, value] of Object.entries(all)) data.set(name, value)
  data.set('file', new File([bytes], 'ca.pem'))
  return admin.post('/staff/roots', data)
}

describe('a file of roots', () => {
  it('is planned with its reason, its days and what it counts for, and nothing is trusted yet', async () => {
    const admin = await adminOn()
    expect((await sendFile(admin, { note: '' })).status).toBe(422)
    expect((await sendFile(admin, { csrf: 'x' })).status).toBe(403)
    expect((await sendFile(admin, { until: '2027-13-01' })).status).toBe(422)
    expect(await deps.store.listProposals(['draft'])).toEqual([])
    const only = {
      emails: 'firma.dk\r\n.Bank.dk',
      organizations: ' Olie, Gas og Vand ',
      policies: '0.4.0.194112.1.2',
      excluded: 'dns:ond.firma.dk',
    }
    expect((await sendFile(admin, { ...only, emails: 'ikke et domæne' })).status).toBe(422)
    const answer = await sendFile(admin, { ...only, 'purpose-mail': 'yes', until: '2027-12-31' })
    const [draft] = await deps.store.listProposals(['draft'])
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/staff/roots/changes/${draft?.id}`])
    const dates = { countsFrom: null, countsUntil: '2027-12-31T23:00:00.000Z' }
    const certificates = [Buffer.from(ca.der).toString('base64')]
    const files = [sha256Hex(Buffer.from(ca.pem))]
    const [emails, organizations] = [['firma.dk', '.bank.dk'], ['Olie, Gas og Vand']]
    const constraints = { emails, organizations, policies: ['0.4.0.194112.1.2'], excluded: ['dns:ond.firma.dk'] }
    expect(draft?.steps).toEqual([
      { do: 'add', certificates, purposes: ['document', 'mail'], source: 'file', files, ...dates, constraints },
    ])
    expect([draft?.reason, draft?.proposedBy.name]).toEqual(['fordi', 'Ida Admin'])
    const page = await (await admin.get(`/staff/roots/changes/${draft?.id}`)).text()
    for (const shown of [
      'CN=Oliefirmaets CA',
      ca.sha256,
      'fordi',
      '01.01.2028',
      'firma.dk; .bank.dk',
      'Din adgangskode',
    ]) {
      expect(page).toContain(shown)
    }
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('that would be refused is refused at once, in words', async () => {
    const admin = await adminOn()
    const refused = await sendFile(admin, {}, ca.privateKeyPem)
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('privat nøgle')])
    expect((await sendFile(admin, {}, 'no certificate')).status).toBe(422)
    expect((await sendFile(admin, { 'purpose-document': 'no' })).status).toBe(422)
    await deps.store.commit((write) => write.addAnchor({ ...anchor, sha256: ca.sha256 }))
    expect(await (await sendFile(admin, {})).text()).toContain('Det er her allerede')
    expect(await deps.store.listProposals(['draft'])).toEqual([])
  })

  it('says which file of a ZIP, or which certificate, was refused', async () => {
    const admin = await adminOn({
      planTrust: async () => {
        throw new GatewayError('not-a-ca', 'no', { facts: { entry: 'læsmig.txt', subject: 'CN=Ingen CA' } })
      },
    })
    const answer = await sendFile(admin, {})
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('I ZIP-filen er det: læsmig.txt (CN=Ingen CA)')
  })

  it('of nine megabytes is planned and shown as a small one is', async () => {
    const admin = await adminOn()
    const crowd = `${ca.pem}${'# a long remark of the one who made this file\n'.repeat(200_000)}`
    expect(crowd.length).toBeGreaterThan(9_000_000)
    const answer = await sendFile(admin, {}, crowd)
    expect(answer.status).toBe(303)
    expect(await (await admin.get(answer.headers.get('location') ?? '')).text()).toContain(ca.sha256)
  })
})

describe('a planned change', () => {
  const shown = async (planned: Partial<PlannedTrust['proposal']>, about: Partial<PlannedTrust['anchors'][number]>) => {
    const admin = await adminOn({
      plannedTrust: async () => ({
        proposal: {
          id: 'p1',
          state: 'draft',
          steps: [],
          reason: 'udløbet',
          proposedBy: { kind: 'admin', id: 'a', name: 'Ida' },
          madeAt: NOW.toISOString(),
          expiresAt: NOW.toISOString(),
          trustStamp: 'stamp-1',
          effects: null,
          settledAt: null,
          settledBy: null,
          settledReason: null,
          ...planned,
        },
        anchors: [{ ...anchor, does: 'add', present: false, words, ...about }],
        lists: [],
        obstacle: null,
      }),
    })
    return (await admin.get('/staff/roots/changes/p1')).text()
  }

  it.each([
    ['adding', 'add', 'Tilføj: CN=Kendt CA'],
    ['taking out of use', 'disable', 'Tag ud af brug: CN=Kendt CA'],
    ['taking into use again', 'enable', 'Tag i brug igen: CN=Kendt CA'],
    ['removing', 'remove', 'Fjern helt: CN=Kendt CA'],
  ] as const)('of %s shows what it would do to open cases first', async (_what, does, heading) => {
    const effect = { caseNumber: '2026-000009', caseTitle: 'Olietank', document: 'attest.pdf' }
    const changed = [{ ...effect, before: 'INDETERMINATE', after: 'TOTAL-PASSED' }] as const
    const page = await shown({ effects: { changed, examined: 14, complete: false } }, { does })
    for (const said of [heading, 'udløbet', '1 af 14 dokumenter', 'attest.pdf', '2026-000009', 'ikke tid til']) {
      expect(page).toContain(said)
    }
  })

  it('says what to know of a certificate before it is taken in, and what was there already', async () => {
    const page = await shown({}, {})
    for (const said of ['Svag nøgle.', 'RSA 1024', '01.01.2026', 'Bekræft alligevel']) expect(page).toContain(said)
    const known = await shown({}, { present: true })
    expect(known).toContain('Det her var der allerede: CN=Kendt CA')
    expect(known).not.toContain('Svag nøgle.')
  })
})

describe('the list of roots', () => {
  it('offers to take in use again, and to remove, what is out of use alone', async () => {
    await deps.store.commit((write) => write.addAnchor(anchor))
    const admin = await adminOn()
    const forms = async () =>
      [...(await (await admin.get('/staff/roots')).text()).matchAll(/c3\/(\w+)"/g)].map(([, does]) => does)
    expect(await forms()).toEqual(['disable', 'limit'])
    await deps.store.commit((write) => write.updateAnchor(anchor.sha256, { disabledAt: NOW.toISOString() }))
    expect(await forms()).toEqual(['enable', 'remove'])
  })

  it('says of each how many cases rest on it, and warns of what ends soon', async () => {
    const seeded = await seedCase(deps.store, 1)
    await deps.store.commit(async (write) => {
      await write.addAnchor({ ...anchor, countsUntil: '2026-12-24T10:02:00.000Z' })
      await write.addAnchor({ ...anchor, sha256: 'd4'.repeat(32), subject: 'CN=Ung CA' })
      const [verdict] = await write.verificationsOf([seeded.document.id])
      if (verdict) await write.addVerification({ ...verdict, id: 'v2', anchors: [anchor.sha256] })
    })
    const page = await (await (await adminOn()).get('/staff/roots')).text()
    for (const said of [
      '1 åben, 1 i alt',
      'ingen',
      'CN=Kendt CA</strong>: gælder til 24.12.2026 (30 dage endnu). 1 åben sag',
    ]) {
      expect(page).toContain(said)
    }
    expect(page).not.toContain('CN=Ung CA</strong>')
  })

  it('says in words where each came from, and names nothing by its inner id', async () => {
    const sources = ['submission:01a2-77', 'trusted-list:DK', 'catalogue:den-danske-stat', 'file']
    await deps.store.commit(async (write) => {
      for (const [i, source] of sources.entries())
        await write.addAnchor({ ...anchor, sha256: `${i}`.repeat(64), source })
    })
    const page = await (await (await adminOn()).get('/staff/roots')).text()
    for (const said of [
      'Fra det, en borger har sendt',
      'Tillidslisten for Danmark',
      'Fulgte med systemet: den-danske-stat',
      'Fra fil',
    ]) {
      expect(page).toContain(`<dd>${said}</dd>`)
    }
    expect(page).not.toContain('01a2-77')
  })

  it('says that the fingerprint is missing where a citizen’s file brought the certificate and none was typed', async () => {
    const facts = { subject: 'CN=Firmaets CA', brought: true }
    const refusing = async (untyped: boolean) => {
      const planTrust = () =>
        Promise.reject(new GatewayError('wrong-fingerprint', 'no', { facts: { ...facts, untyped } }))
      const admin = await adminOn({ planTrust })
      const fields = {
        case: (await seedCase(deps.store, untyped ? 8 : 9)).case.number,
        sha256: candidate.sha256,
        note: 'x',
      }
      return (await admin.postForm('/staff/roots/candidate', { ...fields, fingerprint: '' })).text()
    }
    const [missing, wrong] = [await refusing(true), await refusing(false)]
    expect(missing).toContain('Fingeraftrykket mangler. (CN=Firmaets CA)')
    expect(missing).not.toContain('Det, du skrev')
    expect(wrong).toContain('Det, du skrev')
  })

  it('lets whom a root counts for be limited: what stands there is filled in, and shown', async () => {
    const constraints = { emails: ['firma.dk'], organizations: ['Firma ApS'] }
    await deps.store.commit((write) => write.addAnchor({ ...anchor, constraints }))
    const admin = await adminOn()
    const page = await (await admin.get('/staff/roots')).text()
    for (const said of ['Kun organisationerne</dt><dd>Firma ApS', '>firma.dk</textarea>']) expect(page).toContain(said)
    const limit = (fields: object) =>
      admin.postForm(`/staff/roots/${anchor.sha256}/limit`, { reason: 'kun dem', emails: 'firma.dk', ...fields })
    expect((await limit({ organizations: 'Firma ApS' })).status).toBe(422)
    const answer = await limit({ organizations: '' })
    const [draft] = await deps.store.listProposals(['draft'])
    expect(draft?.steps).toEqual([{ do: 'limit', sha256: anchor.sha256, constraints: { emails: ['firma.dk'] } }])
    const shown = await (await admin.get(answer.headers.get('location') ?? '')).text()
    expect(shown).toContain('Begræns, hvem det gælder for: CN=Kendt CA')
    expect(shown).not.toContain('Firma ApS')
  })

  it('offers no change of what the configuration manages, and a form made by hand changes nothing', async () => {
    await deps.store.commit((write) => write.addAnchor({ ...anchor, source: 'configuration' }))
    const admin = await adminOn()
    const page = await (await admin.get('/staff/roots')).text()
    expect(page).toContain('Styres af gatewayens konfigurationsfil')
    expect(page).not.toContain('c3/disable')
    const answer = await admin.postForm(`/staff/roots/${anchor.sha256}/disable`, { reason: 'x' })
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('konfigurationsfil')])
    expect(await deps.store.listProposals(['draft'])).toEqual([])
  })

  it('keep it in the list for as long as they are there', async () => {
    const admin = await open({ ...deps, describeAnchor: () => words })
    await signInAs(admin, deps.store, 'admin')
    const at = {
      addedAt: NOW.toISOString(),
      addedBy: 'ida',
      disabledAt: null,
      note: 'x',
      source: 'file',
      countsFrom: null,
      countsUntil: '2027-02-03T00:00:00.000Z',
      constraints: null,
      periods: null,
      listed: null,
    }
    const { sha256, subject } = { sha256: 'e5'.repeat(32), subject: 'CN=Svag CA' }
    const row = { ...at, sha256, subject, der: new Uint8Array([1]), purposes: ['document'] } as const
    await deps.store.commit((write) => write.addAnchor(row))
    const page = await (await admin.get('/staff/roots')).text()
    for (const shown of ['Svag nøgle.', 'RSA 1024', '01.01.2016 til 01.01.2026', '03.02.2027', 'I brug']) {
      expect(page).toContain(shown)
    }
    const late = { ...row, sha256: 'f6'.repeat(32), countsUntil: NOW.toISOString() }
    await deps.store.commit((write) => write.addAnchor(late))
    expect(await (await admin.get('/staff/roots')).text()).toContain('Gælder ikke i dag')
  })
})

describe('a change of policy that open cases do not follow yet', () => {
  const policy = { name: 'n1', checkRevocation: 'off', algorithms: {}, version: '1.0.0' } as const
  const one = { caseNumber: '2026-000009', caseTitle: 'Olietank', document: 'attest.pdf' }
  const changed = [{ ...one, before: 'TOTAL-PASSED', after: 'INDETERMINATE' }] as const
  const policyReview: FakeDeps['policyReview'] = async () => ({
    before: policy,
    after: { ...policy, name: 'n2', checkRevocation: 'require', version: '1.1.0' },
    since: NOW.toISOString(),
    effects: { changed, examined: 3, complete: true },
  })

  it('is listed with the way to let them follow, which is planned first; the queue says it to admins alone', async () => {
    const planned: unknown[] = []
    const planTrust: FakeDeps['planTrust'] = async (ask) => {
      planned.push(ask.wanted)
      return 'p1'
    }
    const admin = await adminOn({ policyReview, planTrust })
    const page = await (await admin.get('/staff/roots')).text()
    for (const said of ['1.0.0 → 1.1.0', 'checkRevocation: off → require', 'attest.pdf', '1 af 3 dokumenter']) {
      expect(page).toContain(said)
    }
    expect((await admin.postForm('/staff/roots/policy', { policy: 'n2', note: '' })).status).toBe(422)
    const answer = await admin.postForm('/staff/roots/policy', { policy: 'n2', note: 'aftalt' })
    expect(answer.headers.get('location')).toBe('/staff/roots/changes/p1')
    expect(planned).toEqual([{ kind: 'policy', policy: 'n2' }])
    expect(await (await admin.get('/staff')).text()).toContain('1 dokument i åbne sager ville få en anden vurdering')
    admin.cookies.clear()
    await signInAs(admin, deps.store, 'caseworker')
    expect(await (await admin.get('/staff')).text()).not.toContain('Reglerne for kontrol')
  })
})

describe('testing a file', () => {
  const send = async (admin: TinyBrowser, files: Readonly<Record<string, string>>, fields: object = {}) => {
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await admin.get('/staff/roots/test')).text())?.[1] ?? ''
    const data = new FormData()
    for (const [name, value] of Object.entries({ csrf, 'purpose-document': 'yes', ...fields })) data.set(name, value)
    for (const [name, content] of Object.entries(files)) data.set(name, new File([content], `${name}.x`))
    return admin.post('/staff/roots/test', data)
  }

  it('shows its verdict by the list in force, and beside it by the planned one', async () => {
    const asked: Parameters<FakeDeps['testFile']>[0][] = []
    const testFile: FakeDeps['testFile'] = (ask) => {
      asked.push(ask)
      return deps.testFile(ask)
    }
    const admin = await adminOn({ testFile })
    const alone = await (await send(admin, { file: 'PDF' })).text()
    expect(alone).toContain('Med listen, som den er')
    expect(alone).not.toContain('Med den planlagte liste')
    const both = await (await send(admin, { file: 'PDF', certificate: ca.pem })).text()
    for (const said of ['Med den planlagte liste', 'Vurderingen bliver en anden', 'Dom: TOTAL-PASSED', 'file.x']) {
      expect(both).toContain(said)
    }
    await send(admin, { file: 'PDF' }, { change: 'p1' })
    const [one, two, three] = asked.map(({ planned }) => planned)
    expect([one, three]).toEqual([null, { change: 'p1' }])
    expect(two).toMatchObject({ purposes: ['document'] })
    expect(two && 'certificates' in two && Buffer.from(two.certificates).toString()).toBe(ca.pem)
    expect(await deps.store.listProposals(['draft'])).toEqual([])
  })

  it('says what is wrong with what was sent', async () => {
    const admin = await adminOn({
      testFile: async () => {
        throw new GatewayError('private-key-refused', 'no')
      },
    })
    expect((await send(admin, {})).status).toBe(400)
    const refused = await send(admin, { file: 'x', certificate: ca.privateKeyPem })
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('privat nøgle')])
  })
})

describe('unknown issuers', () => {
  it('from waiting cases that may not issue are said to be none, and are not offered', async () => {
    await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const candidateAnchors = async () => ({ anchors: [{ ...candidate, isCa: false }], missing: [] })
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const page = await (await admin.get('/staff/roots')).text()
    expect(page).toContain('står det ikke inde for nogen og kan ikke tilføjes')
    expect(page).not.toContain('/staff/roots/candidate')
  })

  it('that bear the name of one in use are said to have another key', async () => {
    await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const candidateAnchors = async () => ({ anchors: [candidate], missing: [] })
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const said = 'Den hedder det samme som en, kommunen stoler på'
    expect(await (await admin.get('/staff/roots')).text()).not.toContain(said)
    await deps.store.commit((write) => write.addAnchor({ ...anchor, subject: candidate.subject }))
    expect(await (await admin.get('/staff/roots')).text()).toContain(said)
  })

  it('from waiting cases are shown with what they are and whom they would help, with no fingerprint filled in', async () => {
    const first = await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const second = await seedCase(deps.store, 2, { indication: 'TOTAL-FAILED' })
    const passed = await seedCase(deps.store, 3)
    const missing = { issuer: 'CN=Fjern CA', signer: 'Bo', document: 'b.pdf', urls: ['http://ca.example/x.cer'] }
    const asked: string[] = []
    const candidateAnchors = async (caseId: string) => {
      asked.push(caseId)
      return { anchors: [candidate], missing: caseId === first.case.id ? [missing] : [] }
    }
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const page = await (await admin.get('/staff/roots')).text()
    expect(asked).toEqual([first.case.id, second.case.id])
    expect(asked).not.toContain(passed.case.id)
    for (const shown of [
      candidate.subject,
      candidate.key,
      candidate.sha256,
      '01.01.2026',
      '01.01.2036',
      'Anna Møller',
    ]) {
      expect(page).toContain(shown)
    }
    expect(page.match(/<article class="card"><h3>CN=Ukendt CA/g)).toHaveLength(1)
    for (const one of [first, second]) expect(page).toContain(`/staff/cases/${one.case.number}`)
    expect(page).toContain('CN=Fjern CA')
    expect(page).not.toContain('href="http://ca.example')
    expect(/<input[^>]*name="fingerprint"[^>]*>/.exec(page)?.[0]).not.toContain('value=')
  })

  it('are shown after three seconds though a slow document is not looked through yet, and the page says so', async () => {
    await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    await seedCase(deps.store, 2, { indication: 'INDETERMINATE' })
    let asked = 0
    const candidateAnchors = () => {
      asked += 1
      return asked === 1 ? Promise.resolve({ anchors: [candidate], missing: [] }) : new Promise<never>(() => undefined)
    }
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const page = await (await admin.get('/staff/roots')).text()
    expect(page).toContain(candidate.subject)
    expect(page).toContain('Der er flere ventende sager at se igennem')
  })

  it('go on with what was typed; a wrong fingerprint is refused in words', async () => {
    const seeded = await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const asked: Parameters<FakeDeps['planTrust']>[0][] = []
    const planTrust: FakeDeps['planTrust'] = async (ask) => {
      asked.push(ask)
      if (ask.wanted.kind !== 'candidate' || ask.wanted.typedFingerprint !== 'B2:B2') {
        throw new GatewayError('wrong-fingerprint', 'no')
      }
      return 'p1'
    }
    const admin = await adminOn({ planTrust })
    const fields = { case: seeded.case.number, sha256: candidate.sha256, note: 'ringet', 'purpose-document': 'yes' }
    const send = (more: object) =>
      admin.postForm('/staff/roots/candidate', { ...fields, fingerprint: 'B2:B2', ...more })
    const refused = await send({ fingerprint: 'B2:B3' })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('er ikke certifikatets fulde SHA-256-fingeraftryk')
    expect((await send({ note: '' })).status).toBe(422)
    expect((await send({ case: 'none' })).status).toBe(422)
    expect(asked).toHaveLength(1)
    expect((await send({})).headers.get('location')).toBe('/staff/roots/changes/p1')
    expect(asked.at(-1)).toMatchObject({
      wanted: { kind: 'candidate', caseId: seeded.case.id, sha256: candidate.sha256, purposes: ['document'] },
      reason: 'ringet',
      actor: { kind: 'admin' },
    })
  })
})
