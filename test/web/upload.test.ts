import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { hashToken } from '../../src/model/ids.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { acceptInto, type FakeDeps, fakeDeps } from './support/fakes.ts'
import { seedCase } from './support/seed.ts'
import { webSettings } from './support/settings.ts'

let deps: FakeDeps
let browser: TinyBrowser

beforeEach(async () => {
  deps = fakeDeps()
  browser = await open(deps)
})
afterEach(stopAll)

async function action(by: TinyBrowser): Promise<string> {
  const page = await (await by.get('/send')).text()
  return /action="(\/send\?n=[\w-]{27})"/.exec(page)?.[1] ?? ''
}

function form(size: number): FormData {
  const data = new FormData()
  data.set('name', 'Kai')
  data.set('files', new File([new Uint8Array(size).fill(120)], 'attest.pdf', { type: 'application/pdf' }))
  return data
}

const stored = () => [...deps.store.tables().submissions.values()]

describe('the form', () => {
  it('carries its nonce in the address and its tracking token in a cookie for /send alone', async () => {
    const answer = await browser.get('/send')
    const page = await answer.text()
    const [cookie = ''] = answer.headers.getSetCookie()
    const [, nonce = '', token = ''] = /^form-([\w-]{27})=([\w-]{27});/.exec(cookie) ?? []
    expect(cookie).toMatch(/; Path=\/send; HttpOnly; SameSite=Strict; Max-Age=86400$/)
    expect(page).toContain(`/send?n=${nonce}`)
    expect(page).not.toContain(token)
    expect(token).not.toBe(nonce)
  })

  it('does not fill the browser with cookies, however often it is opened', async () => {
    for (let n = 0; n < 20; n += 1) await browser.get('/send')
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('form-')).length).toBeLessThanOrEqual(8)
    expect((await browser.post(await action(browser), form(10))).status).toBe(303)
  })
})

describe('sending', () => {
  it('stores the bytes as they came and leads to the tracking page once the case is open', async () => {
    const slow = await open({ ...deps, acceptUpload: (upload) => acceptInto(deps.store, deps.settings, upload, null) })
    const path = await action(slow)
    const [token = ''] = slow.cookies.values()
    const started = Date.now()
    const sent = slow.post(path, form(5000))
    await expect.poll(() => stored().length).toBe(1)
    const seeded = await seedCase(deps.store, 1)
    const [submission] = stored()
    await deps.store.commit((write) =>
      write.updateSubmission(submission?.id ?? '', { state: 'cased', caseId: seeded.case.id }),
    )
    const answer = await sent
    expect(Date.now() - started).toBeLessThan(2500)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/t/${token}`])
    expect(submission).toMatchObject({ language: 'da', channel: 'upload' })
    const raw = Buffer.from(await deps.store.blobs.get(submission?.rawSha256 ?? '')).toString('latin1')
    expect(raw).toContain('name="name"\r\n\r\nKai')
    expect(raw).toContain('x'.repeat(5000))
    expect(await (await slow.get(`/t/${token}`)).text()).toContain('Nr. 1 i køen')
  })

  it('leads there after three seconds where the case is not open yet, and the page says so', async () => {
    const slow = await open({ ...deps, acceptUpload: (upload) => acceptInto(deps.store, deps.settings, upload, null) })
    const started = Date.now()
    const answer = await slow.post(await action(slow), form(10))
    expect(Date.now() - started).toBeGreaterThan(2900)
    expect(Date.now() - started).toBeLessThan(8000)
    const page = await (await slow.get(answer.headers.get('location') ?? '')).text()
    expect(page).toContain('Vi kontrollerer dine dokumenter')
    expect(page).not.toContain('Send mig en kode')
  })

  it('uses a form once: going back with other files is refused clearly, not taken for a repeat', async () => {
    const path = await action(browser)
    expect((await browser.post(path, form(10))).status).toBe(303)
    const again = await browser.post(path, form(20))
    expect(again.status).toBe(410)
    expect(await again.text()).toContain('Der er ikke modtaget noget')
    expect(stored()).toHaveLength(1)
  })

  it('by the script is answered with data; sent again after a lost answer it is the same, with the same link', async () => {
    const path = await action(browser)
    const json = { accept: 'application/json' }
    const answers = [await browser.post(path, form(10), json), await browser.post(path, form(10), json)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    const links = await Promise.all(answers.map((answer) => answer.json()))
    expect(links[0]).toEqual({ location: expect.stringMatching(/^\/t\/[\w-]{27}$/) })
    expect(links[1]).toEqual(links[0])
    expect(stored()).toHaveLength(1)
    const large = await browser.post(path, form(1_200_000), json)
    expect([large.status, await large.json()]).toMatchObject([413, { code: 'too-large', detail: expect.any(String) }])
  })

  it('twice at once is one submission', async () => {
    const path = await action(browser)
    const twin = browserOf(browser.web)
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value)
    const answers = await Promise.all([browser.post(path, form(10)), twin.post(path, form(10))])
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1)
    expect(stored()).toHaveLength(1)
  })

  it('without the cookie, or with a nonce that was never served, takes nothing', async () => {
    const path = await action(browser)
    expect((await browserOf(browser.web).post(path, form(10))).status).toBe(410)
    expect((await browser.post('/send?n=short', form(10))).status).toBe(410)
    expect((await browser.post('/send', form(10))).status).toBe(410)
    expect(stored()).toEqual([])
  })

  it('from another site takes nothing', async () => {
    const path = await action(browser)
    expect((await browser.post(path, form(10), { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(stored()).toEqual([])
  })
})

describe('a browser that goes away in the middle', () => {
  it('leaves nothing, and is no fault of ours', async () => {
    const path = await action(browser)
    const [name, token] = [...browser.cookies][0] ?? []
    const client = request(new URL(path, browser.web.url), {
      method: 'POST',
      headers: {
        cookie: `${name}=${token}`,
        'sec-fetch-site': 'same-origin',
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': '100000',
      },
    })
    client.on('error', () => undefined)
    client.write('--x\r\n')
    await new Promise((resolve) => setTimeout(resolve, 200))
    client.destroy()
    await expect.poll(() => deps.logged.filter((line) => line.includes('went away')).length).toBe(1)
    expect(deps.logged.filter((line) => line.includes('could not be served'))).toEqual([])
    expect(stored()).toEqual([])
  })
})

describe('too much', () => {
  it('is refused by its announced length with 413, in words, before it is stored', async () => {
    const answer = await browser.post(await action(browser), form(1_200_000))
    expect(answer.status).toBe(413)
    const page = await answer.text()
    expect(page).toContain('Det er for stort')
    expect(page).toContain('too-large')
    expect(stored()).toEqual([])
  })

  it('is refused with 413 while it streams without a length, and leaves nothing', async () => {
    const path = await action(browser)
    const [name, token] = [...browser.cookies][0] ?? []
    const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const client = request(
        new URL(path, browser.web.url),
        {
          method: 'POST',
          headers: {
            cookie: `${name}=${token}`,
            'sec-fetch-site': 'same-origin',
            'content-type': 'multipart/form-data; boundary=x',
            accept: 'text/html',
          },
        },
        (answer) => {
          const pieces: Buffer[] = []
          answer.on('data', (piece) => pieces.push(piece))
          answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(pieces).toString() }))
        },
      )
      client.on('error', reject)
      client.write('--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n')
      for (let n = 0; n < 15; n += 1) client.write(Buffer.alloc(100_000, 120))
      client.end('\r\n--x--\r\n')
    })
    expect(status).toBe(413)
    expect(body).toContain('Det er for stort')
    expect(stored()).toEqual([])
  })

  it('in a small form is refused too', async () => {
    const big = new URLSearchParams({ username: 'x'.repeat(70_000), password: 'x' })
    expect((await browser.post('/staff/sign-in', big)).status).toBe(413)
  })
})

describe('a store that cannot take it', () => {
  it.each(['storage-unavailable', 'storage-full'] as const)('%s is 503 with words, a code and a time', async (code) => {
    const path = await action(browser)
    deps.store.failWith(new GatewayError(code, 'no', { retryable: true }))
    const answer = await browser.post(path, form(10))
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const page = await answer.text()
    expect(page).toContain('Der er ikke modtaget noget')
    expect(page).toContain(code)
    deps.store.failWith(null)
    expect((await browser.post(path, form(10))).status).toBe(303)
  })
})

describe('a file to check', () => {
  it('is judged and not kept', async () => {
    const data = new FormData()
    data.set('file', new File(['%PDF-x'], 'a<b>.pdf'))
    const answer = await browser.post('/verify', data)
    const page = await answer.text()
    expect(answer.status).toBe(200)
    expect(page).toContain('a&lt;b>.pdf')
    expect(page).toContain('Dom: NO-SIGNATURE')
    expect(deps.store.tables().blobs.size).toBe(0)
  })

  it('that is empty is judged as such, and is not taken for none', async () => {
    const data = new FormData()
    data.set('file', new File([], 'tom.pdf'))
    const answer = await browser.post('/verify', data)
    expect([answer.status, (await answer.text()).includes('tom.pdf')]).toEqual([200, true])
    const none = new FormData()
    none.set('file', new File([], ''))
    expect((await browser.post('/verify', none)).status).toBe(400)
  })

  it.each([
    ['on', 'spørger vi dets udsteder om'],
    ['off', 'Vi spørger ingen andre'],
  ] as const)('is checked on a page that says whether others are asked (fetch: %s)', async (fetch, words) => {
    await stopAll()
    browser = await open(fakeDeps({ settings: webSettings({ validationData: { fetch, allowedNetworks: [] } }) }))
    expect(await (await browser.get('/verify')).text()).toContain(words)
  })

  it('that is missing, or a form that is broken, is refused in words', async () => {
    expect((await browser.post('/verify', new FormData())).status).toBe(400)
    const broken = await browser.post('/verify', 'no boundary', { 'content-type': 'multipart/form-data; boundary=x' })
    expect(broken.status).toBe(422)
  })

  it('comes at most thirty times in ten minutes from one place', async () => {
    const statuses = new Set<number>()
    for (let n = 0; n < 31; n += 1) statuses.add((await browser.post('/verify', new FormData())).status)
    expect([...statuses]).toEqual([400, 429])
  })
})

describe('tokens', () => {
  it('of submissions are stored hashed', async () => {
    const path = await action(browser)
    const [token = ''] = browser.cookies.values()
    await browser.post(path, form(1))
    expect([...deps.store.tables().tokens.keys()]).toEqual([hashToken(token)])
    expect(deps.logged.filter((line) => line.includes(token))).toEqual([])
  })
})
