/** That the report of a file that is kept nowhere can be taken along in a real browser, under the pages' own policy. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
const fixture = join(import.meta.dirname, '../../fixtures/pdf/attest-two-signatures.pdf')

let gateway: RunningGateway
let browser: Browser
beforeAll(async () => {
  gateway = await startRunningGateway()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

describe('in a browser, the page that checks a file', () => {
  it.each([
    ['PDF', 'attest-two-signatures.kontrolrapport.pdf', /^%PDF-/],
    ['ETSI-XML', 'attest-two-signatures.kontrolrapport.xml', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Valid/],
    ['JSON', 'attest-two-signatures.kontrolrapport.json', /^\{"schemaVersion":1/],
  ])('saves the report as %s', async (format, name, head) => {
    const context = await browser.newContext({ locale: 'da-DK', acceptDownloads: true })
    const page = await context.newPage()
    const refused: string[] = []
    page.on('console', (message) => refused.push(message.text()))
    await page.goto(`${gateway.running.http}/verify`)
    await page.setInputFiles('input[type=file]', fixture)
    await page.click('button[type=submit]')
    const link = page.getByText(`Hent kontrolrapport (${format})`)
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toBe(name)
    expect(readFileSync(await download.path()).toString('latin1')).toMatch(head)
    expect(refused).toEqual([])
    await context.close()
  })
})
