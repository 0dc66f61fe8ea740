import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { places } from '../../src/web/http/places.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { emptyReport, fakeDeps } from './support/fakes.ts'
import { webSettings } from './support/settings.ts'

afterEach(stopAll)

const settings = webSettings()
/** As behind a proxy on loopback, so that several places ask. */
const proxied = () => fakeDeps({ settings: { ...settings, web: { ...settings.web, behindProxy: true } } })

/** Begins a form with a file, sends a piece of it and goes on sending nothing. Gives the way to break off. */
function begin(browser: TinyBrowser, place: string): { readonly status: Promise<number>; stop(): void } {
  const headers = {
    'content-type': 'multipart/form-data; boundary=x',
    'content-length': 20_000_000,
    'sec-fetch-site': 'same-origin',
    'x-forwarded-for': place,
  }
  const asked = httpRequest(new URL('/verify', browser.web.url), { method: 'POST', headers })
  const status = new Promise<number>((resolve) => {
    asked.on('response', (response) => resolve(response.statusCode ?? 0))
    asked.on('error', () => resolve(0))
  })
  asked.write('--x\r\n')
  return { status, stop: () => asked.destroy() }
}

const file = (): FormData => {
  const data = new FormData()
  data.set('file', new Blob(['%PDF-1.7']), 'a.pdf')
  return data
}
const from = (place: string) => ({ 'x-forwarded-for': place })

describe('files of strangers', () => {
  it('are taken four at once: the fifth is told to come back, unread, and comes in once one has left', async () => {
    const browser = await open(proxied())
    const sending = ['a', 'b', 'c', 'd'].map((_, i) => begin(browser, `192.0.2.${i}`))
    await expect
      .poll(async () => (await browser.post('/verify', file(), from('192.0.2.77'))).status, { timeout: 5000 })
      .toBe(503)
    const fifth = await browser.post('/verify', file(), from('192.0.2.78'))
    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([503, '15'])
    expect(await fifth.text()).toContain('Filen er ikke modtaget')
    sending[0]?.stop()
    await expect
      .poll(async () => (await browser.post('/verify', file(), from('192.0.2.79'))).status, { timeout: 5000 })
      .toBe(200)
    for (const one of sending) one.stop()
  })

  it('beyond the rate of one place are refused before a byte of the body is read', async () => {
    const browser = await open(proxied())
    for (let n = 0; n < 30; n += 1) await browser.post('/verify', 'x=1', from('192.0.2.1'))
    // The body never comes: only who does not wait for it can answer.
    const one = begin(browser, '192.0.2.1')
    expect(await one.status).toBe(429)
    one.stop()
  })

  it('that say themselves too large are refused before they are read', async () => {
    const browser = await open(proxied())
    const read: number[] = []
    const asked = await open({
      ...proxied(),
      readForm: (_type, body) => {
        read.push(body.length)
        return { fields: {}, files: [] }
      },
      verifyFile: async () => emptyReport,
    })
    expect((await asked.post('/verify', new Uint8Array(26 * 1024 * 1024))).status).toBe(413)
    expect(read).toEqual([])
    expect((await browser.post('/verify', file())).status).toBe(200)
  })

  it('take places that one sender does not fill alone, and that are free again', () => {
    const room = places(4, 3)
    const leave = [room.enter('a'), room.enter('a'), room.enter('a')]
    expect(() => room.enter('a')).toThrow(expect.objectContaining({ code: 'busy' }))
    room.enter('b')
    expect(() => room.enter('c')).toThrow(expect.objectContaining({ code: 'busy' }))
    leave[0]?.()
    room.enter('a')
  })
})
