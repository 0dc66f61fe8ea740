/**
 * A citizen's whole way in a real browser, without JavaScript, against a whole gateway: sends a form, gives the code,
 * adds to the case, chooses how the answer comes, and gets it that way.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { type Browser, chromium, type Page } from 'playwright-core'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBrokenLink } from '../../src/model/history.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
const pictures = process.env['POSTSTEMPEL_PICTURES'] ?? mkdtempSync(join(tmpdir(), 'poststempel-citizen-'))
const EMAIL = 'kai@borger.example'

let gateway: RunningGateway
let browser: Browser
let http: string
/** Kai at home; Mette at the town hall; somebody who found Kai's link. */
let kai: Page
let mette: Page
let stranger: Page
/** Kai's page, from the redirect after sending. */
let ownPage = ''

const newPage = async (width: number): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: 'da-DK',
    javaScriptEnabled: false,
  })
  return context.newPage()
}

beforeAll(async () => {
  gateway = await startRunningGateway()
  http = gateway.running.http
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
  ;[kai, mette, stranger] = await Promise.all([newPage(360), newPage(1280), newPage(360)])
  await mette.goto(gateway.running.invitation ?? '')
  await mette.getByLabel('Ny adgangskode').fill('fire ord efter hinanden')
  await mette.getByLabel('Samme adgangskode igen').fill('fire ord efter hinanden')
  await mette.getByRole('button', { name: 'Gem og log ind' }).click()
})
afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
})

async function aPdf(name: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const pdf = await PDFDocument.create()
  pdf.addPage([300, 200]).drawText(name, { x: 20, y: 150, size: 14 })
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(await pdf.save()) }
}

async function theCase() {
  const [one, ...others] = await gateway.store.listCases()
  if (!one || others.length > 0) throw new Error(`there are ${others.length + 1} cases`)
  return one
}

const picture = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
const radio = (page: Page, name: RegExp) => page.getByRole('radio', { name })

describe('a citizen', () => {
  it('sends a form, whose subject becomes the title of the case', async () => {
    await kai.goto(`${http}/send`)
    await kai.getByLabel('Hvad drejer det sig om?').fill('Olietank, Møllevej 4')
    await kai.getByLabel('Dit navn').fill('Kai Jensen')
    await kai.getByLabel('Din e-mailadresse').fill(EMAIL)
    await kai.getByLabel('Dokumenter').setInputFiles([await aPdf('attest.pdf')])
    await kai.getByRole('button', { name: 'Send', exact: true }).click()
    await kai.waitForURL(/\/t\/[\w-]{27}$/)
    ownPage = kai.url()
    await gateway.running.idle()
    expect((await theCase()).title).toBe('Olietank, Møllevej 4')
  })

  it('with the link alone can neither add nor choose: nothing is stored', async () => {
    await stranger.goto(ownPage)
    expect(await stranger.getByText('Føj noget til sagen').count()).toBe(0)
    const body = new FormData()
    body.append('files', new File(['%PDF-1.7'], 'fremmed.pdf'))
    const origin = { origin: http }
    const add = await fetch(`${ownPage}/add?n=${'n'.repeat(27)}`, {
      method: 'POST',
      body,
      headers: origin,
      redirect: 'manual',
    })
    const choose = await fetch(`${ownPage}/channel`, {
      method: 'POST',
      body: new URLSearchParams({ channel: 'plain-mail' }),
      headers: origin,
      redirect: 'manual',
    })
    for (const answer of [add, choose]) expect(answer.headers.get('location')).toMatch(/told=no-session$/)
    expect(await gateway.store.listSubmissions()).toHaveLength(1)
    expect((await gateway.store.partiesOfCase((await theCase()).id))[0]?.chosenChannel).toBeNull()
  })

  it('gives the code that came by mail, and sees the case', async () => {
    await kai.goto(ownPage)
    await kai.getByLabel('Din e-mailadresse').fill(EMAIL)
    await kai.getByRole('button', { name: 'Send mig en kode' }).click()
    await gateway.running.idle()
    const letters = await gateway.store.lettersOfCase((await theCase()).id)
    const code = /\b\d{8}\b/.exec(letters.find(({ kind }) => kind === 'one-time-code')?.bodyText ?? '')?.[0] ?? ''
    await kai.getByLabel('Engangskode').fill(code)
    await kai.getByRole('button', { name: 'Vis dokumenter' }).click()
    await kai.getByRole('heading', { name: 'attest.pdf' }).waitFor()
  })

  it('adds two files and a message, which join the case, in its place in the queue, with a receipt', async () => {
    const before = await theCase()
    await mette.goto(`${http}/staff/cases/${before.number}`)
    await kai.getByLabel('Dokumenter', { exact: true }).setInputFiles([await aPdf('kort.pdf'), await aPdf('foto.pdf')])
    await kai.getByLabel('Besked').fill('Her er kortet, som jeg glemte.')
    await kai.getByRole('button', { name: 'Føj til sagen' }).click()
    await kai.waitForURL(/told=added$/)
    await gateway.running.idle()
    await kai.reload()
    await picture(kai, 'added-360')
    for (const name of ['attest.pdf', 'kort.pdf', 'foto.pdf']) {
      expect(await kai.getByRole('heading', { name }).count()).toBe(1)
    }
    const one = await theCase()
    expect(one).toEqual(before)
    const [first, second] = await gateway.store.submissionsOfCase(one.id)
    expect(second).toMatchObject({ channel: 'upload', state: 'cased' })
    expect(second?.headers?.bodyText).toContain('Her er kortet')
    const receipt = await gateway.store.letterByCause(`receipt:${second?.id}`)
    expect(receipt?.subject).toBe(`Kvittering: tilføjet til sag ${one.number}`)
    expect(await gateway.store.letterByCause(`receipt:${first?.id}`)).not.toBeNull()
    const [delivery] = await gateway.store.deliveriesOfLetter(receipt?.id ?? '')
    expect(delivery).toMatchObject({ channel: 'plain-mail', state: 'kept', address: EMAIL })
  })

  it('is not decided on by a caseworker whose page is older than that', async () => {
    await mette.getByRole('button', { name: 'Godkend' }).click()
    await mette.getByText('der er kommet noget nyt ind').waitFor()
    await picture(mette, 'changed-1280')
    expect((await theCase()).state).toBe('with-caseworker')
    expect(await mette.getByRole('heading', { name: 'kort.pdf' }).count()).toBe(1)
  })

  it('chooses pickup, then plain mail instead, and the history has both', async () => {
    for (const [way, channel] of [
      [/^Ingen mail/, 'pickup'],
      [/^Almindelig, ukrypteret mail/, 'plain-mail'],
    ] as const) {
      await radio(kai, way).check()
      await kai.getByRole('button', { name: 'Gem valget' }).click()
      await kai.getByText('Dit valg er gemt.').waitFor()
      expect(await radio(kai, way).isChecked()).toBe(true)
      expect((await gateway.store.partiesOfCase((await theCase()).id))[0]?.chosenChannel).toBe(channel)
    }
    expect(await radio(kai, /^Krypteret/).count()).toBe(0)
    const history = await gateway.store.history((await theCase()).id)
    expect(history.filter(({ event }) => event === 'channel-chosen').map(({ payload }) => payload)).toMatchObject([
      { channel: 'pickup', channelBefore: null, means: 'one-time-code' },
      { channel: 'plain-mail', channelBefore: 'pickup', means: 'one-time-code' },
    ])
    expect(findBrokenLink(history)).toBeNull()
  })

  it('gets the answer with a sealed copy of each document, as plain mail, as chosen', async () => {
    await mette.goto(`${http}/staff/cases/${(await theCase()).number}`)
    await mette.getByRole('button', { name: 'Godkend' }).click()
    await mette.getByText('Sagen er godkendt.').waitFor()
    await expect.poll(async () => (await theCase()).state, { timeout: 30_000 }).toMatch(/answered|archived/)
    const one = await theCase()
    const letter = await gateway.store.letterByCause(`decision:${one.id}`)
    const [delivery] = await gateway.store.deliveriesOfLetter(letter?.id ?? '')
    expect(delivery).toMatchObject({ channel: 'plain-mail', routeReason: 'chosen-plain', address: EMAIL })
    const mail = await PostalMime.parse(await gateway.store.blobs.get(delivery?.rawSha256 ?? ''))
    expect(mail.attachments.map(({ filename }) => filename).sort()).toEqual([
      'attest-godkendt.pdf',
      'foto-godkendt.pdf',
      'kort-godkendt.pdf',
    ])
  })

  it('is told that a decided case takes no more, and where to go instead', async () => {
    const form = kai.getByRole('button', { name: 'Føj til sagen' })
    expect(await form.count()).toBe(1)
    await kai.getByLabel('Besked').fill('En ting til.')
    await form.click()
    await kai.getByText('Send det i stedet som en ny henvendelse').waitFor()
    expect(await form.count()).toBe(0)
    await picture(kai, 'decided-360')
    expect(await gateway.store.listSubmissions()).toHaveLength(2)
    await kai.getByRole('link', { name: 'Send en ny henvendelse' }).click()
    await kai.getByRole('heading', { level: 1, name: 'Send til kommunen' }).waitFor()
  })
})
