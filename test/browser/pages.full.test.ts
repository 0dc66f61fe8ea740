import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInvitation, type RunningWeb, startWeb } from '../../src/web/index.ts'
import { CODE, candidate, type FakeDeps, fakeDeps } from '../web/support/fakes.ts'
import { webSettings } from '../web/support/settings.ts'
import { seedStaff } from '../web/support/staff.ts'
import { seedTown, type Town } from '../web/support/town.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PAGE_BYTES_AT_MOST = 100_000
const WIDTHS = [360, 1280] as const
const pictures = process.env['POSTSTEMPEL_PICTURES'] ?? mkdtempSync(join(tmpdir(), 'poststempel-pages-'))

let browser: Browser
let deps: FakeDeps
let web: RunningWeb
let town: Town
let addresses: readonly (readonly [name: string, path: string, signedIn: boolean])[]
let staffToken: string

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
  deps = fakeDeps({
    settings: webSettings({ demo: true }),
    candidateAnchors: async () => ({
      anchors: [candidate],
      missing: [
        {
          issuer: 'CN=Fjern CA,C=DK',
          signer: 'Bo Bo',
          document: 'b.pdf',
          urls: [`http://ca.example/${'a'.repeat(90)}`],
        },
      ],
    }),
    demoHints: () => ({
      signIns: [
        { who: 'Sagsbehandler', username: 'sara', password: 'en-god-lang-kode' },
        { who: 'Administrator', username: 'ida', password: 'en-anden-lang-kode' },
      ],
      citizens: [{ who: 'Kai', email: 'kai@borger.example', trackingHref: '/t/x', codeHref: '/staff/outbox' }],
      links: [{ label: { da: 'Kais sag', en: "Kai's case" }, href: '/t/x' }],
    }),
  })
  town = await seedTown(deps)
  staffToken = (await seedStaff(deps.store, 'admin')).token
  const invitation = await createInvitation(
    deps.store,
    { username: 'ny', displayName: 'Nynne Ny', role: 'caseworker' },
    deps.clock,
  )
  const deliveries = await deps.store.listDeliveries()
  web = await startWeb(deps)
  addresses = [
    ['front', '/', false],
    ['send', '/send', false],
    ['tracking', `/t/${town.open.token}`, false],
    ['tracking-late', `/t/${town.late.token}`, false],
    ['tracking-archived', `/t/${town.archived.token}`, false],
    ['code', `/t/${town.open.token}/code`, false],
    ['code-wrong', `/t/${town.open.token}/code?p=wrong`, false],
    ['genuine', `/g/${town.approved.genuineToken}`, false],
    ['key', '/key', false],
    ['verify', '/verify', false],
    ['not-found', '/t/unknown-unknown-unknown', false],
    ['sign-in', '/staff/sign-in', false],
    ['invite', invitation, false],
    ['queue', '/staff', true],
    ['all', '/staff/all', true],
    ['case', `/staff/cases/${town.unclear.case.number}`, true],
    ['case-decided', `/staff/cases/${town.approved.case.number}?done=approved`, true],
    ['outbox', '/staff/outbox', true],
    ['set-aside', '/staff/set-aside', true],
    ['delivery', `/staff/outbox/${deliveries[0]?.id}`, true],
    ['jobs', '/staff/jobs', true],
    ['archive', '/staff/archive', true],
    ['roots', '/staff/roots', true],
    ['closing-days', '/staff/settings/closing-days', true],
    ['accounts', '/staff/accounts', true],
  ]
})

afterAll(async () => {
  await browser?.close()
  await web?.stop()
})

async function newPage(width: number, signedIn: boolean): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    locale: 'da-DK',
    javaScriptEnabled: false,
  })
  if (signedIn) await context.addCookies([{ name: 'staff', value: staffToken, url: web.url }])
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (fault) => complaints.push(fault.message))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && origin !== web.url) complaints.push(`went elsewhere: ${request.url()}`)
  })
  return { page, complaints }
}

/** How far the page is wider than its window, by the browser's own layout: without page scripts, over CDP. */
async function overhang(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  const { cssContentSize, cssLayoutViewport } = await session.send('Page.getLayoutMetrics')
  return cssContentSize.width - cssLayoutViewport.clientWidth
}

describe.each(WIDTHS)('at %i px', (width) => {
  it('every page fits, stays under 100 kB, and gives the browser nothing to complain about', async () => {
    for (const [name, path, signedIn] of addresses) {
      const { page, complaints } = await newPage(width, signedIn)
      const bodies: Promise<Buffer>[] = []
      page.on('response', (response) => {
        bodies.push(response.body().catch(() => Buffer.alloc(0)))
      })
      const answer = await page.goto(`${web.url}${path}`, { waitUntil: 'networkidle' })
      await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true })
      const missing = name === 'not-found'
      expect([name, answer?.status()]).toEqual([name, missing ? 404 : 200])
      // Chromium names every 404 in its console.
      expect([name, complaints.filter((text) => !(missing && text.includes('404')))]).toEqual([name, []])
      expect([name, await overhang(page)]).toEqual([name, 0])
      const bytes = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0)
      expect([name, bytes > 1000 && bytes < PAGE_BYTES_AT_MOST]).toEqual([name, true])
      await page.context().close()
    }
  })
})

describe('in English', () => {
  it('every page fits a narrow screen too', async () => {
    const { page, complaints } = await newPage(360, true)
    for (const [name, path] of addresses.filter(([one]) => one !== 'not-found')) {
      await page.goto(`${web.url}${path}${path.includes('?') ? '&' : '?'}lang=en`)
      expect([name, await overhang(page)]).toEqual([name, 0])
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
    }
    expect(complaints).toEqual([])
  })
})

describe('without JavaScript', () => {
  it('a citizen sends a form with two files and sees the tracking page', async () => {
    const { page, complaints } = await newPage(360, false)
    await page.goto(`${web.url}/send`)
    await page.getByLabel('Sagstype').selectOption('oil-tank')
    await page.getByLabel('Hvad drejer det sig om?').fill('Møllevej 4')
    await page.getByLabel('Dit navn').fill('Kai Jensen')
    await page.getByLabel('Din e-mailadresse').fill('kai@example.dk')
    await page.getByLabel('Dokumenter').setInputFiles([
      { name: 'attest.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 one') },
      { name: 'kort.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 two') },
    ])
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.waitForURL(/\/t\/[\w-]{27}$/)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Din sag')
    await page.screenshot({ path: join(pictures, 'sent-360.png'), fullPage: true })
    const stored = [...deps.store.tables().blobs.values()].map((bytes) => Buffer.from(bytes).toString('latin1'))
    expect(stored.filter((text) => text.includes('%PDF-1.7 one') && text.includes('%PDF-1.7 two'))).toHaveLength(1)
    expect(complaints).toEqual([])
  })

  it('a citizen opens the documents with a one-time code and hides them again', async () => {
    const { page } = await newPage(1280, false)
    await page.goto(`${web.url}/t/${town.approved.token}`)
    await page.getByLabel('Din e-mailadresse').fill('kai@example.dk')
    await page.getByRole('button', { name: 'Send mig en kode' }).click()
    await page.getByLabel('Engangskode').fill('00000000')
    await page.getByRole('button', { name: 'Vis dokumenter' }).click()
    await page.getByText('Koden er ikke rigtig').waitFor()
    await page.getByLabel('Engangskode').fill(CODE)
    await page.getByRole('button', { name: 'Vis dokumenter' }).click()
    await page.getByRole('heading', { name: 'attest-olietank-godkendt.pdf' }).waitFor()
    await page.screenshot({ path: join(pictures, 'documents-1280.png'), fullPage: true })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Hent attest-olietank.pdf' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('attest-olietank.pdf')
    await page.getByRole('button', { name: 'Skjul dokumenterne igen' }).click()
    await page.getByLabel('Din e-mailadresse').waitFor()
    expect(await page.getByRole('heading', { name: 'attest-olietank.pdf' }).count()).toBe(0)
  })

  it('a caseworker approves, and rejects with a reason', async () => {
    const { page } = await newPage(1280, true)
    await page.goto(`${web.url}/staff`)
    await page.getByRole('link', { name: town.open.case.title }).click()
    await page.getByRole('button', { name: 'Godkend' }).click()
    await page.getByText('Sagen er godkendt.').waitFor()
    await page.goto(`${web.url}/staff/cases/${town.late.case.number}`)
    await page.getByText('Afslå i stedet').click()
    await page.getByLabel('Begrundelse').fill('Attesten mangler matrikelnummer.')
    await page.getByRole('button', { name: 'Afslå og send svar' }).click()
    await page.getByText('Sagen er afslået.').waitFor()
    expect(deps.called.map((call) => call.name).filter((name) => name === 'approve' || name === 'reject')).toEqual([
      'approve',
      'reject',
    ])
  })

  it('the keyboard comes to the content first, and sees where it is', async () => {
    const { page } = await newPage(1280, false)
    await page.goto(web.url)
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Gå til sidens indhold' })
    expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0)
    await page.screenshot({ path: join(pictures, 'skip-1280.png') })
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toBe(`${web.url}/#main`)
  })
})
