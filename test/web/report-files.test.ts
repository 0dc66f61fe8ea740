import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { emptyReport, type FakeDeps, fakeDeps } from './support/fakes.ts'
import { HOSTILE, type SeededCase, seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
let seeded: SeededCase
const path = (format: string, document = seeded.document.id): string =>
  `/staff/cases/${seeded.case.number}/documents/${document}/report/${format}`

beforeEach(async () => {
  deps = fakeDeps()
  seeded = await seedCase(deps.store, 5)
  browser = await open(deps)
})
afterEach(stopAll)

describe('the reports on a case’s document', () => {
  it('are linked from the case page, and are files with the document’s name', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    const page = await (await browser.get(`/staff/cases/${seeded.case.number}`)).text()
    for (const format of ['pdf', 'xml', 'json']) {
      expect(page).toContain(`href="${path(format)}"`)
      const reply = await browser.get(path(format))
      expect(reply.status).toBe(200)
      expect(reply.headers.get('content-disposition')).toContain(
        `attachment; filename="attest-olietank.kontrolrapport.${format}"`,
      )
      expect(await reply.json()).toMatchObject({
        ...{ file: 'attest-olietank.pdf', format, language: 'da', caseNumber: seeded.case.number },
        judgedAt: expect.stringMatching(/^2026-11-2/),
      })
    }
    expect(page).toContain('Hent kontrolrapport (PDF)')
    const english = await browser.get(`${path('pdf')}?lang=en`)
    expect(english.headers.get('content-disposition')).toContain('attest-olietank.verification-report.pdf')
  })

  it('change nothing, and are for staff alone', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    const before = JSON.stringify(await deps.store.history(seeded.case.id))
    await browser.get(path('pdf'))
    expect(JSON.stringify(await deps.store.history(seeded.case.id))).toBe(before)
    const stranger = await browserOf(browser.web).get(path('pdf'))
    expect([stranger.status, stranger.headers.get('location')?.startsWith('/staff/sign-in')]).toEqual([303, true])
  })

  it('of another case, another format or no document are not found', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    const other = await seedCase(deps.store, 6)
    for (const wrong of [path('pdf', other.document.id), path('html'), path('pdf', 'x')]) {
      expect((await browser.get(wrong)).status).toBe(404)
    }
  })

  it('are not offered to a citizen', async () => {
    expect(await (await browser.get(`/t/${seeded.token}`)).text()).not.toContain('kontrolrapport')
  })
})

describe('a document that bears a seal alone', () => {
  it('is not called signed on the case page', async () => {
    await stopAll()
    const words = { headline: 'Seglet er gyldigt.', details: [], whatToDo: null }
    for (const sealed of [true, false]) {
      deps = fakeDeps({ describeVerdict: () => ({ ...words, sealed }) })
      seeded = await seedCase(deps.store, 5)
      browser = await open(deps)
      await signInAs(browser, deps.store, 'caseworker')
      const page = await (await browser.get(`/staff/cases/${seeded.case.number}`)).text()
      expect([page.includes('Segl i orden'), page.includes('Underskrift i orden')]).toEqual([sealed, !sealed])
      const queue = await (await browser.get('/staff')).text()
      expect(queue).toMatch(/badge-success">I orden</)
      expect(queue).not.toMatch(/Segl i orden|Underskrift i orden/)
    }
  })
})

describe('the page that checks a file', () => {
  const check = async (name: string): Promise<string> => {
    const data = new FormData()
    data.set('file', new Blob(['%PDF-1.7']), name)
    return (await browser.post('/verify', data)).text()
  }
  const links = (page: string) =>
    [...page.matchAll(/<a href="data:([^;]+);base64,([^"]+)" download="([^"]*)"/g)].map(
      ([, type, body = '', name]) => ({ type, name, said: JSON.parse(Buffer.from(body, 'base64').toString('utf8')) }),
    )

  it('hands out the report in each format at once, as nothing is kept', async () => {
    const found = links(await check('attest.pdf'))
    expect(found.map(({ name }) => name)).toEqual([
      'attest.kontrolrapport.pdf',
      'attest.kontrolrapport.xml',
      'attest.kontrolrapport.json',
    ])
    for (const { said } of found) expect(said).toMatchObject({ file: 'attest.pdf', caseNumber: null })
  })

  it('puts a hostile name nowhere but into text', async () => {
    const page = await check(`${HOSTILE}.pdf`)
    expect(page).not.toContain('<script>')
    expect(page).not.toContain('<img src=x')
    expect(links(page).length).toBe(3)
  })

  it('offers none that its address cannot hold', async () => {
    const huge = { mediaType: 'application/pdf', bytes: new Uint8Array(1_200_000) }
    const small = { mediaType: 'application/json', bytes: Buffer.from('{}') }
    await stopAll()
    browser = await open(
      fakeDeps({
        verifyFile: async () => emptyReport,
        writeReport: async (_, format) => (format === 'pdf' ? huge : small),
      }),
    )
    expect(links(await check('a.pdf')).map(({ name }) => name)).toEqual([
      'a.kontrolrapport.xml',
      'a.kontrolrapport.json',
    ])
  })
})
