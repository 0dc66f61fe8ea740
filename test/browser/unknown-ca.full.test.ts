/**
 * The newcomer's journey with a PDF of their own, in a real browser against the demo as `npm run demo` starts it: the
 * CA is unknown and this is said, the admin takes it in by its fingerprint, and the citizen's page turns.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signPdf } from '../../src/seal/index.ts'
import { kaisAttest, makeAttest } from '../../src/typeset/index.ts'

const root = join(import.meta.dirname, '../..')
const bin = join(root, 'bin/poststempel.js')
const folder = mkdtempSync(join(tmpdir(), 'poststempel-unknown-ca-'))
const data = join(folder, 'data')
const env = { PATH: process.env['PATH'], POSTSTEMPEL_SMTP_PORT: '0', POSTSTEMPEL_HTTP_PORT: '0' }
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

let demo: ChildProcess
let said = ''
let browser: Browser
let pdf: string
/** As `openssl x509 -fingerprint -sha256` prints it: the other source that the admin asks. */
let fingerprint: string

const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

async function makeOwnPdf(): Promise<void> {
  const name = '/C=DK/O=Min egen CA/CN=Nabolagets CA'
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', name)
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'own.key', '-out', 'own.csr', '-subj', '/C=DK/CN=Nina Ny')
  writeFileSync(
    join(folder, 'own.ext'),
    'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n',
  )
  openssl(
    ...['x509', '-req', '-in', 'own.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-days', '30', '-extfile', 'own.ext', '-out', 'own.pem'],
  )
  fingerprint = openssl('x509', '-in', 'ca.pem', '-noout', '-fingerprint', '-sha256').trim().split('=')[1] ?? ''
  const der = (file: string): Uint8Array => new X509Certificate(readFileSync(join(folder, file))).raw
  const identity = {
    privateKey: createPrivateKey(readFileSync(join(folder, 'own.key'))),
    certificateChain: [der('own.pem'), der('ca.pem')],
  }
  pdf = join(folder, 'min-attest.pdf')
  const options = { subFilter: 'ETSI.CAdES.detached', signingTime: new Date(), name: 'Nina Ny' } as const
  writeFileSync(pdf, signPdf(await makeAttest(kaisAttest()), identity, options))
}

async function startDemo(): Promise<void> {
  demo = spawn(process.execPath, [bin, 'demo', '--data', data], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    for (const stream of [demo.stdout, demo.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        said += bytes.toString('utf8')
        if (said.includes('Ctrl-C')) resolve()
      })
    }
    demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)))
  })
}

const send = (file: string) =>
  spawnSync(process.execPath, [bin, 'demo', 'send', file, '--data', data], { encoding: 'utf8', env, timeout: 60_000 })

beforeAll(async () => {
  await Promise.all([makeOwnPdf(), startDemo()])
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
})
afterAll(async () => {
  await browser?.close()
  if (demo?.exitCode === null) {
    const gone = new Promise((resolve) => demo.once('exit', resolve))
    demo.kill('SIGTERM')
    await gone
  }
  rmSync(folder, { recursive: true, force: true })
})

const printed = (pattern: RegExp, text = said): string => {
  const found = pattern.exec(text)?.[1]
  if (!found) throw new Error(`${pattern} was not printed:\n${text}`)
  return found
}

/** The pictures of docs/trust.md, taken where POSTSTEMPEL_PICTURES names a folder for them. */
const pictures = process.env['POSTSTEMPEL_PICTURES']
const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

/** A browser of its own, without JavaScript. */
async function newPerson(): Promise<Page> {
  const context = await browser.newContext({ locale: 'da-DK', javaScriptEnabled: false })
  return context.newPage()
}

/** Signs in with what the demo printed. */
async function signIn(username: string): Promise<Page> {
  const page = await newPerson()
  await page.goto(`${http()}/staff/sign-in`)
  await page.getByLabel('Brugernavn').fill(username)
  await page.getByLabel('Adgangskode').fill(printed(new RegExp(`${username} / (\\S+)`)))
  await page.getByRole('button', { name: 'Log ind' }).click()
  // A click does not wait for the page that it leads to.
  await page.getByRole('heading', { level: 1, name: 'Sager til behandling' }).waitFor()
  return page
}

const http = (): string => printed(/Forside:\s+(\S+)\/\s/)

/** Reads the newest one-time code to that address where the demo keeps mail, as soon as it is there. */
async function readCode(staff: Page, address: string): Promise<string> {
  const letter = staff.locator('tr', { hasText: address }).filter({ hasText: 'kode' }).first()
  await expect
    .poll(
      async () => {
        await staff.goto(`${http()}/staff/outbox`)
        return letter.isVisible()
      },
      { timeout: 30_000, interval: 250 },
    )
    .toBe(true)
  await letter.getByRole('link').click()
  return printed(/\b(\d{8})\b/, (await staff.locator('pre').textContent()) ?? '')
}

/** Opens the tracking page again until the document's badge says so. */
async function untilBadge(page: Page, words: string): Promise<void> {
  // The click before this may still be on its way to the page: a reload in its midst has no page to reload.
  await page.locator('.document').first().waitFor()
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    await page.reload()
    if ((await page.locator('.document', { hasText: 'min-attest.pdf' }).locator('.badge').textContent()) === words)
      return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`the badge never said "${words}"`)
}

describe('a PDF whose CA nobody knows', () => {
  it('is said to be so, the admin adds the CA by its fingerprint, and the citizen sees the verdict turn', async () => {
    const sent = send(pdf)
    expect([sent.status, sent.stderr]).toEqual([0, ''])
    const tracking = printed(/(http\S+\/t\/[\w-]{27})/, sent.stdout)
    const address = printed(/(nina\.\S+@borger\.example)/, sent.stdout)

    const citizen = await newPerson()
    await citizen.goto(tracking)
    expect(await citizen.getByText('min-attest.pdf').count()).toBe(0)
    await citizen.getByLabel('Din e-mailadresse').fill(address)
    await citizen.getByRole('button', { name: 'Send mig en kode' }).click()
    const caseworker = await signIn('mette')
    await citizen.getByLabel('Engangskode').fill(await readCode(caseworker, address))
    await citizen.getByRole('button', { name: 'Vis dokumenter' }).click()
    await untilBadge(citizen, 'Kan ikke afgøres')
    expect(await citizen.locator('.document', { hasText: 'min-attest.pdf' }).textContent()).toContain(
      'Filen er ikke ændret siden underskriften',
    )
    await picture(citizen, 'trust-1-citizen-before')

    const admin = await signIn('admin')
    await admin.goto(`${http()}/staff/roots`)
    const card = admin.locator('article', { hasText: 'CN=Nabolagets CA' })
    const shown = (await card.textContent()) ?? ''
    expect(shown).toContain('RSA 2048')
    expect(shown).toContain('min-attest.pdf, med certifikatet for Nina Ny')
    expect(shown).toContain(fingerprint.replaceAll(':', '').toLowerCase())
    expect(await card.getByText('I orden', { exact: true }).count()).toBe(1)
    await picture(admin, 'trust-2-roots')

    const take = async (typed: string): Promise<void> => {
      await card.getByText('Stol på denne udsteder').click()
      const field = card.getByLabel('Fingeraftrykket, som udstederen oplyste det')
      expect(await field.inputValue()).toBe('')
      await field.fill(typed)
      await card.getByLabel('Hvorfor stoler kommunen på den?').fill('Oplyst i telefonen af udstederen')
      await card.getByRole('button', { name: 'Se, hvad det betyder' }).click()
    }
    await take(`${fingerprint.slice(0, -1)}${fingerprint.endsWith('0') ? '1' : '0'}`)
    await admin.getByText('er ikke certifikatets fulde SHA-256-fingeraftryk').first().waitFor()
    expect(await admin.getByText('Oplyst i telefonen af udstederen').count()).toBe(0)
    await untilBadge(citizen, 'Kan ikke afgøres')

    await take(fingerprint)
    await admin.getByRole('heading', { level: 1, name: 'Se, hvad det betyder' }).waitFor()
    const effect = admin.getByRole('row', { name: 'min-attest.pdf' })
    expect(await effect.textContent()).toMatch(/Kan ikke afgøres.*I orden/)
    await picture(admin, 'trust-3-effect')
    await admin.getByLabel('Din adgangskode').fill('ikke min adgangskode')
    await admin.getByRole('button', { name: 'Bekræft' }).click()
    await admin.getByText('Adgangskoden passer ikke').waitFor()
    await untilBadge(citizen, 'Kan ikke afgøres')
    await admin.getByLabel('Din adgangskode').fill(printed(/admin \/ (\S+)/))
    await admin.getByRole('button', { name: 'Bekræft' }).click()
    await admin.getByText('Ændringen er noteret').waitFor()
    const changes = admin.getByRole('row', { name: 'Oplyst i telefonen af udstederen' })
    expect(await changes.textContent()).toContain('Tilføjet')
    expect(await admin.locator('article', { hasText: 'CN=Nabolagets CA' }).textContent()).toContain(
      'Fra det, en borger har sendt',
    )
    expect(await admin.getByText('Stol på denne udsteder').count()).toBeGreaterThan(0)

    await untilBadge(citizen, 'Underskrift i orden')
    await picture(citizen, 'trust-4-citizen-after')
    expect(await citizen.locator('.document', { hasText: 'min-attest.pdf' }).textContent()).toContain(
      'Underskriften er gyldig. Indholdet er ikke ændret, siden Nina Ny underskrev.',
    )

    await caseworker.goto(`${http()}/staff`)
    await caseworker
      .locator('tr', { has: caseworker.getByText('I orden', { exact: true }) })
      .getByRole('link')
      .first()
      .click()
    await caseworker.locator('.history').first().waitFor()
    const events = await caseworker.locator('.history strong').allTextContents()
    expect(events).toContain('Ny kontrol gav et andet resultat')
    expect(events.filter((words) => /^[a-z]+(-[a-z]+)*$/.test(words))).toEqual([])
    const names = await caseworker.locator('.history dt').allTextContents()
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !/^[A-ZÆØÅ]/.test(name))).toEqual([])
  })
})

describe('what is no PDF', () => {
  it.each([
    ['a file that is not there', 'none.pdf', '[not-found]'],
    ['a text', 'ca.pem', '[not-a-pdf]'],
    ['a folder', '.', '[unreadable-input]'],
  ])('%s is named with a code, and nothing is sent', async (_what, file, code) => {
    const { status, stdout, stderr } = send(join(folder, file))
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(code)
    expect(stderr).toContain(join(folder, file))
  })
})

describe("the demo's banner", () => {
  it('leads a newcomer everywhere it says, and gives the citizen who can sign in', async () => {
    const admin = await signIn('admin')
    await admin.goto(`${http()}/`)
    const banner = admin.locator('.demo-banner')
    await banner.getByText('Login og links til at prøve med').click()
    const links = await banner.getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
    expect(new Set(links)).toEqual(
      new Set([
        '/staff/sign-in',
        new URL(printed(/Borger:\s+(\S+)/)).pathname,
        '/',
        '/staff',
        '/staff/outbox',
        '/staff/roots',
        '/staff/archive',
      ]),
    )
    for (const link of new Set(links))
      expect([link, (await admin.goto(`${http()}${link}`))?.status()]).toEqual([link, 200])
    await admin.goto(`${http()}/`)
    expect(await banner.textContent()).toContain('kai.jensen@borger.example')

    const kai = await newPerson()
    await kai.goto(printed(/Borger:\s+(\S+)/))
    await kai.getByLabel('Din e-mailadresse').fill('kai.jensen@borger.example')
    await kai.getByRole('button', { name: 'Send mig en kode' }).click()
    await kai.getByLabel('Engangskode').waitFor()
    await kai.getByLabel('Engangskode').fill(await readCode(admin, 'kai.jensen@borger.example'))
    await kai.getByRole('button', { name: 'Vis dokumenter' }).click()
    await kai.getByText('Godkendt kopi med stempel og segl').waitFor()
  })
})
