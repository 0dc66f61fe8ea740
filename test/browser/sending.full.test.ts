/**
 * The page for sending in a real browser with its script: what it says before sending, how far it is, and what becomes
 * of a connection that breaks. Without the script: citizen.full.test.ts.
 */
import { mkdtempSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/index.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
const pictures = process.env['POSTSTEMPEL_PICTURES'] ?? mkdtempSync(join(tmpdir(), 'poststempel-sending-'))
const MAX_BYTES = 1_000_000

let gateway: RunningGateway
let browser: Browser
let page: Page
let faults: string[] = []
let line: Line

/** A line between browser and gateway that can be cut. */
interface Line {
  readonly url: string
  /** Cuts what is posted: before the gateway has it, or so that its answer is lost; null lets it through again. */
  cut(where: 'on the way' | 'before the answer' | null): void
  readonly posts: () => number
  close(): void
}

function openLine(target: URL): Promise<Line> {
  let cut: 'on the way' | 'before the answer' | null = null
  let posts = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname)
    for (const one of [inner, outer]) {
      sockets.add(one)
      one.on('error', () => undefined)
    }
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
    let mine: typeof cut = null
    inner.on('data', (bytes) => {
      if (bytes.subarray(0, 5).toString('latin1') === 'POST ') {
        posts += 1
        mine = cut
      }
      if (mine === 'on the way') inner.destroy()
      else outer.write(bytes)
    })
    outer.on('data', (bytes) => {
      if (mine === 'before the answer') inner.destroy()
      else inner.write(bytes)
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
        cut: (where) => {
          cut = where
        },
        posts: () => posts,
        close: () => {
          for (const socket of sockets) socket.destroy()
          server.close()
        },
      })
    })
  })
}

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
})
afterAll(() => browser?.close())
beforeEach(async () => {
  const { web } = loadSettings({ dataDir: tmpdir(), smtpPort: 0, httpPort: 0 }, {})
  gateway = await startRunningGateway({ web: { ...web, maxUploadBytes: MAX_BYTES } })
  line = await openLine(new URL(gateway.running.http))
  page = await openPage(360, 'da-DK')
})
afterEach(async () => {
  await page.context().close()
  line.close()
  await gateway.stop()
  // A policy that refused something of ours would stand here.
  expect(faults.filter((text) => !text.includes('net::ERR'))).toEqual([])
})

async function openPage(width: number, locale: string): Promise<Page> {
  faults = []
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale })
  const one = await context.newPage()
  one.setDefaultTimeout(15_000)
  one.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  one.on('pageerror', (fault) => faults.push(String(fault)))
  await one.goto(`${line.url}/send`)
  return one
}

const file = (name: string, bytes: number) => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(bytes, name)]),
})
const picture = (name: string) => page.screenshot({ path: join(pictures, `sending-${name}.png`), fullPage: true })
const send = () => page.getByRole('button', { name: 'Send', exact: true }).click()

async function fillIn(...files: ReturnType<typeof file>[]): Promise<void> {
  await page.getByLabel('Dit navn').fill('Kai Jensen')
  await page.getByLabel('Din e-mailadresse').fill('kai@borger.example')
  for (const one of files) await page.getByLabel('Dokumenter', { exact: true }).setInputFiles([one])
}

/** The one case, with the names of its documents. */
async function theCase(): Promise<readonly string[]> {
  await gateway.running.idle()
  const [one, ...others] = await gateway.store.listCases()
  expect([one !== undefined, others.length]).toEqual([true, 0])
  expect(await gateway.store.listSubmissions()).toHaveLength(1)
  return (await gateway.store.documentsOfCase(one?.id ?? '')).map(({ name }) => name)
}

describe('the page for sending', () => {
  it('takes files one after another, lets one be taken out again, and leads to the case', async () => {
    await fillIn(file('forside.pdf', 2000), file('forkert.pdf', 2000), file('bagside.pdf', 300_000))
    await page.getByRole('button', { name: 'Fjern forkert.pdf' }).click()
    await picture('chosen-360')
    await send()
    await page.waitForURL(/\/t\/[\w-]{27}$/)
    const names = await theCase()
    expect(names).toEqual(expect.arrayContaining(['forside.pdf', 'bagside.pdf']))
    expect(names).not.toContain('forkert.pdf')
    expect(line.posts()).toBe(1)
  })

  it('says before sending that it is too much, and sends nothing', async () => {
    await fillIn(file('a.pdf', 600_000), file('b.pdf', 600_000))
    const said = page.getByRole('alert')
    await said.waitFor()
    expect(await said.textContent()).toBe(
      'Filerne fylder 1,2 MB i alt. Vi kan tage imod 1 MB ad gangen. Fjern noget, og send resten bagefter.',
    )
    await send()
    await picture('too-large-360')
    expect(line.posts()).toBe(0)
    await page.getByRole('button', { name: 'Fjern b.pdf' }).click()
    expect(await said.isVisible()).toBe(false)
    await send()
    await page.waitForURL(/\/t\//)
    expect(await theCase()).toContain('a.pdf')
  })

  it.each(['on the way', 'before the answer'] as const)(
    'sends again by itself where the connection breaks %s, and it is one case',
    async (where) => {
      await fillIn(file('attest.pdf', 500_000))
      line.cut(where)
      await send()
      await page.getByText('Vi prøver igen om').waitFor()
      const isStored = where === 'before the answer'
      await expect.poll(async () => (await gateway.store.listSubmissions()).length).toBe(isStored ? 1 : 0)
      line.cut(null)
      await picture(`broken-${where.replaceAll(' ', '-')}-360`)
      await page.waitForURL(/\/t\/[\w-]{27}$/)
      expect(line.posts()).toBeGreaterThan(1)
      expect(await theCase()).toContain('attest.pdf')
    },
  )

  it('can be called off while it waits, and is sent later as one case', async () => {
    await fillIn(file('attest.pdf', 1000))
    line.cut('on the way')
    await send()
    await page.getByText('Vi prøver igen om').waitFor()
    const before = line.posts()
    line.cut(null)
    await page.getByRole('button', { name: 'Annullér' }).click()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(line.posts()).toBe(before)
    await send()
    await page.waitForURL(/\/t\//)
    expect(await theCase()).toContain('attest.pdf')
  })

  it('looks the same way in English on a wide window', async () => {
    await page.context().close()
    page = await openPage(1280, 'en-GB')
    await page
      .getByLabel('Documents', { exact: true })
      .setInputFiles([file('a long name of a scan.pdf', 900_000), file('b.pdf', 200_000)])
    expect(await page.getByRole('alert').textContent()).toContain('We can take 1 MB at a time')
    await picture('too-large-1280')
    await page.getByRole('button', { name: 'Remove b.pdf' }).click()
    await page.getByLabel('Your name').fill('Kai')
    await page.getByLabel('Your e-mail address').fill('kai@borger.example')
    line.cut('on the way')
    await send()
    await page.getByText('The connection broke.').waitFor()
    line.cut(null)
    await picture('broken-1280')
    await page.waitForURL(/\/t\//)
  })
})
