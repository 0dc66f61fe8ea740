import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendHistory } from '../../src/model/history.ts'
import { newId, sha256Hex } from '../../src/model/ids.ts'
import type { Preservation, PreservationFacts } from '../../src/model/preservation.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps, NOW } from './support/fakes.ts'
import { HOSTILE, seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

const FACTS: PreservationFacts = {
  authority: 'tsa.example',
  status: { held: 41, without: 3, due: 2, firstEnd: '2029-01-01T00:00:00.000Z' },
  last: { at: '2026-11-24T04:00:00.000Z', stamped: 7, fault: null, failed: [] },
}

let deps: FakeDeps
let browser: TinyBrowser
let facts: PreservationFacts
beforeEach(async () => {
  facts = FACTS
  deps = fakeDeps({ preservationFacts: async () => facts })
  browser = await open(deps)
  await signInAs(browser, deps.store, 'caseworker')
})
afterEach(stopAll)

const textOf = async (path: string) => (await (await browser.get(path)).text()).replace(/<[^>]*>/g, ' ')

describe('the page Arkiv', () => {
  it('says how many cases are time-stamped, by whom, and when the first ends', async () => {
    const page = await textOf('/staff/archive')
    for (const said of ['tsa.example', '41', '1. januar 2029', '7 sager tidsstemplet']) expect(page).toContain(said)
    expect(page).not.toContain('Der kan ikke tidsstemples')
    expect(await textOf('/staff/archive?lang=en')).toContain('7 cases time-stamped')
  })

  it('says what stands against it, and of which cases', async () => {
    const { case: one } = await seedCase(deps.store, 5)
    const failed = [
      { caseId: one.id, code: 'internal' },
      { caseId: newId(), code: 'too-large' },
    ]
    facts = { ...FACTS, last: { at: NOW.toISOString(), stamped: 0, fault: `no root ${HOSTILE}`, failed } }
    const page = await (await browser.get('/staff/archive')).text()
    expect(page).toContain('Der kan ikke tidsstemples')
    expect(page).toContain(`href="/staff/cases/${one.number}"`)
    expect(page).toContain('too-large')
    expect(page).not.toContain('<script')
  })

  it('says that no authority is chosen', async () => {
    facts = { authority: null, status: { held: 0, without: 9, due: 0, firstEnd: null }, last: null }
    expect(await textOf('/staff/archive')).toContain('Ingen tidsstemplingstjeneste er valgt')
  })
})

describe('a case that is time-stamped', () => {
  const stamped = async (holdsUntil: string) => {
    const seeded = await seedCase(deps.store, 6)
    const blob = await deps.store.blobs.put(Buffer.from('list'))
    const row: Preservation = {
      id: newId(),
      caseId: seeded.case.id,
      seq: 1,
      manifestSha256: blob.sha256,
      tokenSha256: sha256Hex(Buffer.from('list')),
      at: '2026-11-24T10:00:00.000Z',
      authority: `Prøve-tidsstempel ${HOSTILE}`,
      holdsUntil,
      renewAt: holdsUntil,
      algorithms: ['sha512'],
      validationData: [],
      createdAt: '2026-11-24T10:00:00.000Z',
    }
    await deps.store.commit(async (write) => {
      await write.keepBlob(blob)
      await write.addPreservation(row)
    })
    return seeded
  }

  it('says so to staff and to the citizen, with until when that holds', async () => {
    const { case: one, token } = await stamped('2029-01-01T12:00:00.000Z')
    const staff = await textOf(`/staff/cases/${one.number}`)
    for (const said of ['Tidsstemplet af', 'Prøve-tidsstempel', 'nr. 1', '1. januar 2029'])
      expect(staff).toContain(said)
    expect(staff).not.toContain('Udløbet')
    const citizen = await (await browser.get(`/t/${token}`)).text()
    expect(citizen).toContain('er tidsstemplet af Prøve-tidsstempel')
    expect(citizen).toContain('1. januar 2029')
    expect(citizen).not.toContain('<script')
  })

  it('whose renewal came too late says so in its history', async () => {
    const { case: one } = await seedCase(deps.store, 8)
    const entry = { caseId: one.id, at: NOW.toISOString(), actor: { kind: 'system', id: null, name: null } } as const
    const payload = { authority: 'TSA 2040', holdsUntil: '2045-01-01T00:00:00.000Z' }
    await deps.store.commit(async (write) => {
      await appendHistory(write, { ...entry, event: 'time-stamp-renewed', payload: { ...payload, inTime: true } })
    })
    expect(await textOf(`/staff/cases/${one.number}`)).not.toContain('det forrige var udløbet')
    await deps.store.commit(async (write) => {
      await appendHistory(write, { ...entry, event: 'time-stamp-renewed', payload: { ...payload, inTime: false } })
    })
    const page = await textOf(`/staff/cases/${one.number}`)
    for (const said of ['TSA 2040', '1. januar 2045', 'det forrige var udløbet']) expect(page).toContain(said)
  })

  it('says where that is over', async () => {
    const { case: one } = await stamped('2026-11-24T10:01:00.000Z')
    expect(await textOf(`/staff/cases/${one.number}`)).toContain('Udløbet')
  })

  it('says nothing where there is none', async () => {
    const { case: one, token } = await seedCase(deps.store, 7)
    expect(await textOf(`/staff/cases/${one.number}`)).not.toContain('Tidsstemplet af')
    expect(await textOf(`/t/${token}`)).not.toContain('tidsstemplet')
  })
})
