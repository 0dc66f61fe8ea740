import { afterEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/model/ids.ts'
import type { Settings } from '../../src/model/settings.ts'
import { open, stopAll } from './support/browser.ts'
import { fakeDeps } from './support/fakes.ts'
import { seedCase } from './support/seed.ts'
import { webSettings } from './support/settings.ts'
import { signInAs } from './support/staff.ts'

afterEach(stopAll)

const SECRET = '48151623'
const RELAY = { host: '127.0.0.1', port: 25, user: null, password: null, requireTls: false }

/** A gateway in which a citizen was sent a code; gives all that its staff can see of it. */
async function seenByStaff(changes: Partial<Settings>, role: 'caseworker' | 'admin') {
  const deps = fakeDeps({ settings: webSettings(changes) })
  const seeded = await seedCase(deps.store, 5)
  const at = seeded.case.receivedAt
  const raw = Buffer.from(`Subject: Engangskode\r\n\r\nDin engangskode er ${SECRET}`)
  await deps.store.commit(async (write) => {
    await write.keepBlob({ sha256: sha256Hex(raw), size: raw.length, inline: raw })
    await write.addLetter({
      id: 'code-letter',
      cause: 'code:1',
      caseId: seeded.case.id,
      partyId: seeded.party.id,
      kind: 'one-time-code',
      language: 'da',
      subject: 'Engangskode: sag 2026-000005-7',
      bodyText: `Din engangskode er ${SECRET}`,
      documentIds: [],
      createdAt: at,
    })
    await write.addDelivery({
      id: 'code-delivery',
      letterId: 'code-letter',
      caseId: seeded.case.id,
      channel: 'plain-mail',
      routeReason: 'code-to-address',
      address: 'kai@example.dk',
      messageId: '<code@demokobing.example>',
      rawSha256: sha256Hex(raw),
      rawSize: raw.length,
      state: 'accepted',
      attempts: 1,
      possiblyDoubled: 0,
      createdAt: at,
      updatedAt: at,
    })
  })
  const browser = await open(deps)
  await signInAs(browser, deps.store, role)
  const page = await (await browser.get('/staff/outbox/code-delivery')).text()
  const file = await browser.get('/staff/outbox/code-delivery/raw')
  const others = ['/staff/outbox', `/staff/cases/${seeded.case.number}`]
  const text = await Promise.all(others.map(async (path) => (await browser.get(path)).text()))
  return { page, file: { status: file.status, text: await file.text() }, others: text.join('\n') }
}

describe.each(['caseworker', 'admin'] as const)('a one-time code, to the %s', (role) => {
  it('is not shown where mail goes out: they see that one was sent, to whom and when', async () => {
    const { page, file, others } = await seenByStaff({ relay: RELAY }, role)
    expect(file.status).toBe(403)
    for (const text of [page, file.text, others]) expect(text).not.toContain(SECRET)
    expect(page).toContain('En engangskode blev sendt. Koden vises ikke')
    expect(page).toContain('kai@example.dk')
    expect(page).not.toContain('/raw')
    expect(others).toContain('Engangskode: sag 2026-000005-7')
  })

  it.each<[string, Partial<Settings>]>([
    ['in the demo', { demo: true, relay: null }],
    ['where no relay is configured', { relay: null }],
  ])('is shown %s, where the outbox is the only mailbox there is', async (_, changes) => {
    const { page, file, others } = await seenByStaff(changes, role)
    expect(page).toContain(SECRET)
    expect([file.status, file.text.includes(SECRET)]).toEqual([200, true])
    expect(others).not.toContain(SECRET)
  })
})
