import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { hashToken } from '../../src/model/ids.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { acceptInto, candidate, type FakeDeps, fakeDeps, NOW } from './support/fakes.ts'
import { seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

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

describe('roots', () => {
  it('are added by file with the reason, by the admin', async () => {
    await signInAs(browser, deps.store, 'admin')
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await browser.get('/staff/roots')).text())?.[1] ?? ''
    const send = (fields: Readonly<Record<string, string>>) => {
      const data = new FormData()
      for (const [name, value] of Object.entries({ csrf, ...fields })) data.set(name, value)
      data.set('file', new File(['PEM'], 'ca.pem'))
      return browser.post('/staff/roots', data)
    }
    expect((await send({ 'purpose-document': 'yes', note: '' })).status).toBe(422)
    expect((await send({ csrf: 'x', note: 'fordi' })).status).toBe(403)
    expect((await send({ 'purpose-mail': 'yes', note: 'fordi', until: '2027-13-01' })).status).toBe(422)
    expect(deps.called).toEqual([])
    expect(
      (await send({ 'purpose-document': 'yes', 'purpose-mail': 'yes', note: 'fordi', until: '2027-12-31' })).status,
    ).toBe(303)
    const dates = { countsFrom: null, countsUntil: '2027-12-31T23:00:00.000Z' }
    expect(deps.called).toMatchObject([
      { name: 'addAnchorFromFile', with: { note: 'fordi', purposes: ['document', 'mail'], source: 'file', ...dates } },
    ])
  })

  it('say what of a file was there already', async () => {
    const sha256 = 'c3'.repeat(32)
    await deps.store.commit((write) =>
      write.addAnchor({
        sha256,
        der: new Uint8Array([3]),
        subject: 'CN=Kendt CA',
        purposes: ['document'],
        source: 'file',
        note: 'x',
        addedAt: NOW.toISOString(),
        addedBy: 'ida',
        disabledAt: null,
        countsFrom: null,
        countsUntil: null,
      }),
    )
    const addAnchorFromFile = async () => ({ added: ['d4'.repeat(32)], present: [sha256] })
    const admin = await open({ ...deps, addAnchorFromFile })
    await signInAs(admin, deps.store, 'admin')
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await admin.get('/staff/roots')).text())?.[1] ?? ''
    const data = new FormData()
    for (const [name, value] of Object.entries({ csrf, note: 'fordi', 'purpose-document': 'yes' }))
      data.set(name, value)
    data.set('file', new File(['PEM'], 'ca.pem'))
    const answer = await admin.post('/staff/roots', data)
    expect(answer.headers.get('location')).toBe(`/staff/roots?done=1&there=${sha256}`)
    const page = await (await admin.get(answer.headers.get('location') ?? '')).text()
    expect(page).toContain('Det her var der allerede')
    expect(page).toMatch(/<li>CN=Kendt CA \(I brug\)<\/li>/)
  })

  describe('with something to know first', () => {
    const words = {
      key: 'RSA 1024',
      validFrom: '2016-01-01T00:00:00.000Z',
      validTo: '2026-01-01T00:00:00.000Z',
      fit: true,
      warnings: ['Svag nøgle.'],
    }
    const preview = {
      der: new Uint8Array(),
      sha256: 'e5'.repeat(32),
      subject: 'CN=Svag CA',
      pem: 'PEM-OF-IT',
      present: false,
      words,
    }
    const sendTo = async (changes: Partial<FakeDeps>) => {
      const admin = await open({ ...deps, ...changes })
      await signInAs(admin, deps.store, 'admin')
      const csrf = /name="csrf" value="([^"]+)"/.exec(await (await admin.get('/staff/roots')).text())?.[1] ?? ''
      return (fields: Readonly<Record<string, string>>, file = true) => {
        const data = new FormData()
        const all = { csrf, note: 'fordi', 'purpose-mail': 'yes', ...fields }
        for (const [name, value] of Object.entries(all)) data.set(name, value)
        if (file) data.set('file', new File(['PEM'], 'ca.pem'))
        return admin.post('/staff/roots', data)
      }
    }

    it('are shown with it before they are added, and added when that is confirmed', async () => {
      const send = await sendTo({ lookAtAnchors: async () => [preview] })
      const asked = await send({ from: '2026-12-01' })
      expect(asked.status).toBe(200)
      const page = await asked.text()
      for (const shown of [
        'Se på det her først',
        'Svag nøgle.',
        preview.sha256,
        'RSA 1024',
        '01.01.2026',
        'fordi',
        '01.12.2026',
      ]) {
        expect(page).toContain(shown)
      }
      expect(page).toContain('name="purpose-mail"')
      expect(page).toContain('name="from" value="2026-12-01"')
      expect(deps.called).toEqual([])
      expect((await send({ certificates: 'PEM-OF-IT' }, false)).status).toBe(303)
      expect(deps.called).toMatchObject([
        { name: 'addAnchorFromFile', with: { bytes: Buffer.from('PEM-OF-IT'), purposes: ['mail'], note: 'fordi' } },
      ])
    })

    it('are shown with what they would do to open cases, as is taking one out of use', async () => {
      const effect = { caseNumber: '2026-000009', caseTitle: 'Olietank', document: 'attest.pdf' }
      const changed = [{ ...effect, before: 'INDETERMINATE', after: 'TOTAL-PASSED' }]
      const planned: unknown[] = []
      const effectsOf: FakeDeps['effectsOf'] = async (change) => {
        planned.push(change)
        return { changed, examined: 14, complete: false }
      }
      const said = ['1 af 14 dokumenter', 'attest.pdf', '2026-000009', 'Underskrift i orden', 'ikke tid til']
      const send = await sendTo({
        lookAtAnchors: async () => [{ ...preview, words: { ...words, warnings: [] } }],
        effectsOf,
      })
      const page = await (await send({})).text()
      for (const shown of said) expect(page).toContain(shown)

      const sha256 = 'ad'.repeat(32)
      const anchor = {
        sha256,
        der: new Uint8Array(),
        subject: 'CN=Gammel CA',
        purposes: ['document'],
        source: 'file',
        note: 'x',
        addedAt: NOW.toISOString(),
        addedBy: 'ida',
        disabledAt: null,
        countsFrom: null,
        countsUntil: null,
      } as const
      await deps.store.commit((write) => write.addAnchor(anchor))
      const admin = await open({ ...deps, effectsOf })
      await signInAs(admin, deps.store, 'admin')
      const disable = (more: object) => admin.postForm(`/staff/roots/${sha256}/disable`, { reason: 'udløbet', ...more })
      const asked = await (await disable({})).text()
      for (const shown of ['Tag ud af brug', 'CN=Gammel CA', 'udløbet', ...said]) expect(asked).toContain(shown)
      expect(planned).toEqual([{ add: [preview.der], purposes: ['mail'] }, { disable: sha256 }])
      expect(deps.called).toEqual([])
      expect((await disable({ confirmed: 'yes' })).status).toBe(303)
      expect(deps.called).toMatchObject([{ name: 'disableAnchor', with: { sha256, reason: 'udløbet' } }])
    })

    it('are not asked about where they are there already, or would be refused anyway', async () => {
      const unfit = { ...preview, words: { ...words, fit: false } }
      for (const previews of [[{ ...preview, present: true }], [unfit, preview], [{ ...preview, words: null }]]) {
        const send = await sendTo({ lookAtAnchors: async () => previews })
        expect((await send({})).status).toBe(303)
      }
    })

    it('keep it in the list for as long as they are there', async () => {
      const admin = await open({ ...deps, describeAnchor: () => words })
      await signInAs(admin, deps.store, 'admin')
      const at = {
        addedAt: NOW.toISOString(),
        addedBy: 'ida',
        disabledAt: null,
        note: 'x',
        source: 'file',
        countsFrom: null,
        countsUntil: '2027-02-03T00:00:00.000Z',
      }
      const { sha256, subject } = preview
      const row = { ...at, sha256, subject, der: new Uint8Array([1]), purposes: ['document'] } as const
      await deps.store.commit((write) => write.addAnchor(row))
      const page = await (await admin.get('/staff/roots')).text()
      for (const shown of ['Svag nøgle.', 'RSA 1024', '01.01.2016 til 01.01.2026', '03.02.2027', 'I brug']) {
        expect(page).toContain(shown)
      }
      const late = { ...row, sha256: 'f6'.repeat(32), countsUntil: NOW.toISOString() }
      await deps.store.commit((write) => write.addAnchor(late))
      expect(await (await admin.get('/staff/roots')).text()).toContain('Gælder ikke i dag')
    })
  })

  it('say which file of a ZIP, or which certificate, was refused', async () => {
    const facts = { entry: 'læsmig.txt', subject: 'CN=Ingen CA' }
    const addAnchorFromFile = async () => {
      throw new GatewayError('not-a-ca', 'no', { facts })
    }
    const admin = await open({ ...deps, addAnchorFromFile })
    await signInAs(admin, deps.store, 'admin')
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await admin.get('/staff/roots')).text())?.[1] ?? ''
    const data = new FormData()
    for (const [name, value] of Object.entries({ csrf, note: 'x', 'purpose-mail': 'yes' })) data.set(name, value)
    data.set('file', new File(['PEM'], 'ca.zip'))
    const answer = await admin.post('/staff/roots', data)
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('I ZIP-filen er det: læsmig.txt (CN=Ingen CA)')
  })

  it('from waiting cases that may not issue are said to be none, and are not offered', async () => {
    await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const candidateAnchors = async () => ({ anchors: [{ ...candidate, isCa: false }], missing: [] })
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const page = await (await admin.get('/staff/roots')).text()
    expect(page).toContain('står det ikke inde for nogen og kan ikke tilføjes')
    expect(page).not.toContain('/staff/roots/candidate')
  })

  it('from waiting cases are shown with what they are and whom they would help, with no fingerprint filled in', async () => {
    const first = await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const second = await seedCase(deps.store, 2, { indication: 'TOTAL-FAILED' })
    const passed = await seedCase(deps.store, 3)
    const missing = { issuer: 'CN=Fjern CA', signer: 'Bo', document: 'b.pdf', urls: ['http://ca.example/x.cer'] }
    const asked: string[] = []
    const candidateAnchors = async (caseId: string) => {
      asked.push(caseId)
      return { anchors: [candidate], missing: caseId === first.case.id ? [missing] : [] }
    }
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const page = await (await admin.get('/staff/roots')).text()
    expect(asked).toEqual([first.case.id, second.case.id])
    expect(asked).not.toContain(passed.case.id)
    for (const shown of [
      candidate.subject,
      candidate.key,
      candidate.sha256,
      '01.01.2026',
      '01.01.2036',
      'Anna Møller',
    ]) {
      expect(page).toContain(shown)
    }
    expect(page.match(/<article class="card"><h3>CN=Ukendt CA/g)).toHaveLength(1)
    for (const one of [first, second]) expect(page).toContain(`/staff/cases/${one.case.number}`)
    expect(page).toContain('CN=Fjern CA')
    expect(page).not.toContain('href="http://ca.example')
    expect(/<input[^>]*name="fingerprint"[^>]*>/.exec(page)?.[0]).not.toContain('value=')
  })

  it('are shown after three seconds though a slow document is not looked through yet, and the page says so', async () => {
    await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    await seedCase(deps.store, 2, { indication: 'INDETERMINATE' })
    let asked = 0
    const candidateAnchors = () => {
      asked += 1
      return asked === 1 ? Promise.resolve({ anchors: [candidate], missing: [] }) : new Promise<never>(() => undefined)
    }
    const admin = await open({ ...deps, candidateAnchors })
    await signInAs(admin, deps.store, 'admin')
    const page = await (await admin.get('/staff/roots')).text()
    expect(page).toContain(candidate.subject)
    expect(page).toContain('Der er flere ventende sager at se igennem')
  })

  it('from waiting cases go on with what was typed; a wrong fingerprint is refused in words', async () => {
    const seeded = await seedCase(deps.store, 1, { indication: 'INDETERMINATE' })
    const asked: unknown[] = []
    const addCandidateAnchor: FakeDeps['addCandidateAnchor'] = async (ask) => {
      asked.push(ask)
      if (ask.typedFingerprint !== 'B2:B2') throw new GatewayError('wrong-fingerprint', 'no')
    }
    const admin = await open({ ...deps, addCandidateAnchor })
    await signInAs(admin, deps.store, 'admin')
    const fields = { case: seeded.case.number, sha256: candidate.sha256, note: 'ringet', 'purpose-document': 'yes' }
    const refused = await admin.postForm('/staff/roots/candidate', { ...fields, fingerprint: 'B2:B3' })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('er ikke certifikatets fulde SHA-256-fingeraftryk')
    expect((await admin.postForm('/staff/roots/candidate', { ...fields, note: '', fingerprint: 'B2:B2' })).status).toBe(
      422,
    )
    expect(
      (await admin.postForm('/staff/roots/candidate', { ...fields, case: 'none', fingerprint: 'B2:B2' })).status,
    ).toBe(422)
    expect(asked).toHaveLength(1)
    expect((await admin.postForm('/staff/roots/candidate', { ...fields, fingerprint: 'B2:B2' })).status).toBe(303)
    expect(asked.at(-1)).toMatchObject({
      caseId: seeded.case.id,
      sha256: candidate.sha256,
      typedFingerprint: 'B2:B2',
      purposes: ['document'],
      note: 'ringet',
      actor: { kind: 'admin' },
    })
    expect(deps.called).toEqual([])
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
