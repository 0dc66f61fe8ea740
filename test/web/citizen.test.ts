import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { hashToken } from '../../src/model/ids.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { CODE, type FakeDeps, fakeDeps } from './support/fakes.ts'
import { type SeededCase, seedCase } from './support/seed.ts'

let deps: FakeDeps
let browser: TinyBrowser
let seeded: SeededCase
let base: string

beforeEach(async () => {
  deps = fakeDeps()
  seeded = await seedCase(deps.store, 5)
  base = `/t/${seeded.token}`
  browser = await open(deps)
})
afterEach(stopAll)

/** Words that only a proven citizen may read. */
const SECRETS = [
  'Kai',
  'kai@example.dk',
  'Møllevej',
  'attest',
  'TOTAL',
  'Underskrift i orden',
  '2026-000005-7',
  'Demo CA',
]

async function signIn(with_: TinyBrowser): Promise<Response> {
  await with_.post(`${base}/code`, new URLSearchParams({ email: 'kai@example.dk' }))
  return with_.post(`${base}/open`, new URLSearchParams({ code: CODE }))
}

describe('the tracking link alone', () => {
  it('shows status, dates and place, and leaks nothing else', async () => {
    const page = await (await browser.get(base)).text()
    expect(page).toContain('Nr. 1 i køen')
    expect(page).toContain('30. november 2026')
    expect(SECRETS.filter((secret) => page.includes(secret))).toEqual([])
  })

  it('says honestly that the answer is late', async () => {
    const late = await seedCase(deps.store, 6, { dueOn: '2026-11-20' })
    const page = await (await browser.get(`/t/${late.token}?lang=en`)).text()
    expect(page).toContain('We are 4 working days late')
  })

  it('is kept from search engines, caches and the next site', async () => {
    const { headers } = await browser.get(base)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-robots-tag')).toContain('noindex')
  })

  it('changes nothing when a scanner follows it', async () => {
    const before = JSON.stringify([...deps.store.tables().history], null, 1)
    await browser.get(base)
    await browser.get(`${base}/code`)
    expect(JSON.stringify([...deps.store.tables().history], null, 1)).toBe(before)
    expect(deps.called).toEqual([])
    expect(deps.store.tables().sessions.size).toBe(0)
  })

  it('is the same 404 for unknown, expired, revoked and genuineness tokens', async () => {
    const expired = await seedCase(deps.store, 7)
    const revoked = await seedCase(deps.store, 8)
    await deps.store.commit(async (write) => {
      await write.updateToken(hashToken(expired.token), { expiresAt: '2020-01-01T00:00:00.000Z' })
      await write.updateToken(hashToken(revoked.token), { revokedAt: '2026-01-01T00:00:00.000Z' })
    })
    const bodies = new Set<string>()
    for (const token of ['never-minted-token-xxxxxxxx', 'x', expired.token, revoked.token, seeded.genuineToken]) {
      const answer = await browser.get(`/t/${token}`)
      expect(answer.status).toBe(404)
      bodies.add(await answer.text())
    }
    expect(bodies.size).toBe(1)
  })

  it('gives no document without the code', async () => {
    const answer = await browser.get(`${base}/documents/${seeded.document.id}`)
    expect(answer.status).toBe(404)
  })

  it('is never logged', async () => {
    await signIn(browser)
    await browser.get(`${base}?x=${seeded.token}`)
    await browser.get(`/g/${seeded.genuineToken}`)
    expect(deps.logged.length).toBeGreaterThan(3)
    expect(deps.logged.filter((line) => line.includes(seeded.token) || line.includes(seeded.genuineToken))).toEqual([])
    expect(deps.logged.filter((line) => line.includes('kai@') || line.includes(CODE))).toEqual([])
  })
})

describe('the one-time code', () => {
  it('is asked for by POST, with the same answer whatever the address', async () => {
    const known = await browser.post(`${base}/code`, new URLSearchParams({ email: 'kai@example.dk' }))
    const unknown = await browserOf(browser.web).post(`${base}/code`, new URLSearchParams({ email: 'x@example.org' }))
    expect([known.status, known.headers.get('location')]).toEqual([303, `${base}/code`])
    expect([unknown.status, unknown.headers.get('location')]).toEqual([303, `${base}/code`])
  })

  it('is answered the same where too many were asked for, and shows a fault where the store is gone', async () => {
    const refusing = (code: 'rate-limited' | 'storage-unavailable') =>
      open({
        ...deps,
        requestCode: async () => {
          throw new GatewayError(code, 'no')
        },
      })
    const limited = await (await refusing('rate-limited')).post(
      `${base}/code`,
      new URLSearchParams({ email: 'k@x.dk' }),
    )
    expect(limited.status).toBe(303)
    const broken = await refusing('storage-unavailable')
    expect((await broken.post(`${base}/code`, new URLSearchParams({ email: 'k@x.dk' }))).status).toBe(503)
  })

  it('says how many there are in an hour, and is answered no sooner where none was sent', async () => {
    const told = async (requestCode: typeof deps.requestCode): Promise<string> => {
      const one = await open({ ...deps, requestCode })
      const began = performance.now()
      const answer = await one.post(`${base}/code`, new URLSearchParams({ email: 'k@x.dk' }))
      expect(performance.now() - began).toBeGreaterThan(390)
      return (await one.get(answer.headers.get('location') ?? '')).text()
    }
    const limited = await told(async () => {
      throw new GatewayError('rate-limited', 'no')
    })
    expect(limited).toContain('Vi sender højst fem koder i timen')
    expect(await told(async () => undefined)).toBe(limited)
  })

  it('opens documents, verdicts and letters in this browser, for this case', async () => {
    expect((await signIn(browser)).headers.get('location')).toBe(base)
    const page = await (await browser.get(base)).text()
    expect(page).toContain('attest-olietank.pdf')
    expect(page).toContain('Dom: TOTAL-PASSED')
    expect(page).toContain('Kvittering: sag 2026-000005-7')
    const other = await seedCase(deps.store, 9)
    expect(await (await browser.get(`/t/${other.token}`)).text()).not.toContain('attest-olietank.pdf')
    expect((await browser.get(`/t/${other.token}/documents/${other.document.id}`)).status).toBe(404)
  })

  it('is bound to the browser that asked', async () => {
    await browser.post(`${base}/code`, new URLSearchParams({ email: 'kai@example.dk' }))
    const stranger = browserOf(browser.web)
    const answer = await stranger.post(`${base}/open`, new URLSearchParams({ code: CODE }))
    expect(answer.headers.get('location')).toBe(`${base}/code?p=gone`)
    expect(deps.called.filter((call) => call.name === 'redeemCode')).toEqual([])
  })

  it('that is wrong is said, and opens nothing', async () => {
    await browser.post(`${base}/code`, new URLSearchParams({ email: 'kai@example.dk' }))
    const answer = await browser.post(`${base}/open`, new URLSearchParams({ code: '0000 0000' }))
    expect(answer.headers.get('location')).toBe(`${base}/code?p=wrong`)
    expect(browser.cookies.has('citizen')).toBe(false)
    expect(deps.called.at(-1)?.with).toMatchObject({ code: '00000000' })
  })

  it('leaves a session that is stored hashed, ends after an hour, and ends at once when closed', async () => {
    let now = new Date('2026-11-24T10:00:00.000Z')
    const timed = await open({ ...deps, clock: () => now })
    await signIn(timed)
    const token = timed.cookies.get('citizen') ?? ''
    expect([...deps.store.tables().sessions.keys()]).toEqual([hashToken(token)])
    now = new Date('2026-11-24T11:00:01.000Z')
    expect(await (await timed.get(base)).text()).not.toContain('attest-olietank.pdf')
    await signIn(browser)
    await browser.post(`${base}/close`, '')
    expect(deps.store.tables().sessions.size).toBe(1)
    expect(await (await browser.get(base)).text()).not.toContain('attest-olietank.pdf')
  })

  it('form works where the browser names its origin "null", as no-referrer pages make it', async () => {
    const answer = await fetch(new URL(`${base}/code`, browser.web.url), {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'null' },
      body: new URLSearchParams({ email: 'kai@example.dk' }),
    })
    expect(answer.status).toBe(303)
  })
})

describe('downloads', () => {
  it('are attachments that run nothing', async () => {
    await signIn(browser)
    const answer = await browser.get(`${base}/documents/${seeded.document.id}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="attest-olietank.pdf"/)
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
  })

  it('of HTML or SVG come as bytes without a type', async () => {
    await deps.store.commit((write) =>
      write.addDocument({ ...seeded.document, id: 'evil', name: 'x.html', mediaType: 'text/html' }),
    )
    await signIn(browser)
    const answer = await browser.get(`${base}/documents/evil`)
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  })
})

describe('the genuineness page', () => {
  it('says what was approved, over which bytes, and no names', async () => {
    const approved = await seedCase(deps.store, 20, {
      state: 'answered',
      decision: 'approved',
      decidedAt: '2026-11-24T09:00:00.000Z',
      decidedBy: 'Søren Sag',
    })
    await deps.store.commit((write) =>
      write.addDocument({
        ...approved.document,
        id: 'copy',
        role: 'approved',
        sha256: 'c0'.repeat(32),
        derivedFrom: approved.document.id,
      }),
    )
    const page = await (await browser.get(`/g/${approved.genuineToken}`)).text()
    for (const fact of ['2026-000020-7', 'c0'.repeat(32), approved.document.sha256, '24. november 2026']) {
      expect(page).toContain(fact)
    }
    expect(['Kai', 'Søren', 'Møllevej'].filter((name) => page.includes(name))).toEqual([])
  })

  it('does not open by a tracking token', async () => {
    expect((await browser.get(`/g/${seeded.token}`)).status).toBe(404)
  })
})
