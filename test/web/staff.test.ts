import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { appendHistory } from '../../src/model/history.ts'
import { hashToken } from '../../src/model/ids.ts'
import { createInvitation } from '../../src/web/index.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps, NOW } from './support/fakes.ts'
import { HOSTILE, type SeededCase, seedCase } from './support/seed.ts'
import { setPassword, signInAs } from './support/staff.ts'

const PASSWORD = 'fire røde heste'

let deps: FakeDeps
let browser: TinyBrowser
let seeded: SeededCase

beforeEach(async () => {
  deps = fakeDeps()
  seeded = await seedCase(deps.store, 5)
  browser = await open(deps)
})
afterEach(stopAll)

describe('a case that was judged anew', () => {
  it('is marked in the queue, where trust or evidence changed its verdict and not what was handed in', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    const change = (payload: Readonly<Record<string, string>>) =>
      deps.store.commit((write) =>
        appendHistory(write, {
          caseId: seeded.case.id,
          at: '2026-11-25T08:00:00.000Z',
          actor: { kind: 'system', id: null, name: null },
          event: 'verdict-changed',
          payload: { before: 'INDETERMINATE', after: 'TOTAL-PASSED', ...payload },
        }),
      )
    await change({ submissionId: 'added' })
    expect(await (await browser.get('/staff')).text()).not.toContain('Ændret ved ny kontrol')
    await change({})
    expect(await (await browser.get('/staff')).text()).toMatch(/Ændret ved ny kontrol.*25\.11\.2026/s)
  })
})

describe('roles', () => {
  const filled = (path: string) =>
    path
      .replace(':number', seeded.case.number)
      .replace(':document', seeded.document.id)
      .replace(/:sha256/, 'ab'.repeat(32))
      .replace(/:\w+/g, 'x')

  it('open no route for other systems: not to strangers, and to nobody who signed in as a person', async () => {
    const admin = browserOf(browser.web)
    await signInAs(admin, deps.store, 'admin')
    for (const route of ROUTES.filter(({ access }) => access === 'api')) {
      for (const by of [browserOf(browser.web), admin]) {
        const path = filled(route.path)
        expect((await (route.method === 'GET' ? by.get(path) : by.postForm(path, {}))).status).toBe(401)
      }
    }
  })

  it('guard every staff route: nobody without sign-in, no caseworker where an admin is asked for', async () => {
    const caseworker = browserOf(browser.web)
    await signInAs(caseworker, deps.store, 'caseworker')
    const wrong: string[] = []
    for (const route of ROUTES.filter(({ access }) => access === 'caseworker' || access === 'admin')) {
      const ask = (by: TinyBrowser) =>
        route.method === 'GET' ? by.get(filled(route.path)) : by.postForm(filled(route.path), {})
      const stranger = await ask(browserOf(browser.web))
      const turnedAway =
        route.method === 'GET'
          ? stranger.status === 303 && (stranger.headers.get('location') ?? '').startsWith('/staff/sign-in')
          : stranger.status === 401
      if (!turnedAway) wrong.push(`${route.method} ${route.path} let a stranger in: ${stranger.status}`)
      if (route.path === '/staff/sign-out') continue
      const { status } = await ask(caseworker)
      if ((status === 403) !== (route.access === 'admin')) {
        wrong.push(`${route.method} ${route.path} answered a caseworker with ${status}`)
      }
    }
    expect(wrong).toEqual([])
    expect(deps.called.map((call) => call.name)).toEqual(['approve', 'takeUp'])
  })

  it('leave only these routes open to everybody', () => {
    const open = ROUTES.filter((route) => route.access === 'public').map((route) => `${route.method} ${route.path}`)
    expect(open.filter((route) => route.includes('/staff'))).toEqual([
      'GET /staff/sign-in',
      'POST /staff/sign-in',
      'GET /staff/invite/:token',
      'POST /staff/invite/:token',
    ])
    expect(new Set(ROUTES.map((route) => `${route.method} ${route.path}`)).size).toBe(ROUTES.length)
  })

  it('end with the account: a disabled one is out at once', async () => {
    const account = await signInAs(browser, deps.store, 'caseworker')
    expect((await browser.get('/staff')).status).toBe(200)
    await deps.store.commit((write) => write.updateAccount(account.id, { disabledAt: NOW.toISOString() }))
    expect((await browser.get('/staff')).status).toBe(303)
  })

  it('let nobody disable the own account', async () => {
    const account = await signInAs(browser, deps.store, 'admin')
    await setPassword(deps.store, account, PASSWORD)
    expect((await browser.postForm(`/staff/accounts/${account.id}/disable`, { password: PASSWORD })).status).toBe(409)
  })
})

describe('forms of signed-in people', () => {
  const path = () => `/staff/cases/${seeded.case.number}/approve`
  beforeEach(() => signInAs(browser, deps.store, 'caseworker'))

  it('approve with their token, as the person who is signed in', async () => {
    const answer = await browser.postForm(path(), {})
    expect(answer.headers.get('location')).toBe(`/staff/cases/${seeded.case.number}?done=approved`)
    expect(deps.called).toMatchObject([
      { name: 'approve', with: { caseId: seeded.case.id, actor: { kind: 'caseworker', name: 'Søren Sag' } } },
    ])
  })

  it('say what they showed, and decide nothing where something came in since', async () => {
    const page = await (await browser.get(`/staff/cases/${seeded.case.number}`)).text()
    const seen = [...page.matchAll(/name="seen" value="([0-9a-f]{64})"/g)].map(([, value]) => value)
    expect(seen).toHaveLength(3)
    expect(new Set(seen).size).toBe(1)
    await deps.store.commit((write) => write.addDocument({ ...seeded.document, id: 'later' }))
    expect(await (await browser.get(`/staff/cases/${seeded.case.number}`)).text()).not.toContain(seen[0])
    const strict = await open({
      ...deps,
      approve: async () => {
        throw new GatewayError('wrong-state', 'changed', { facts: { documentsChanged: true } })
      },
    })
    await signInAs(strict, deps.store, 'caseworker')
    const answer = await strict.postForm(path(), { seen: seen[0] ?? '' })
    expect(answer.headers.get('location')).toBe(`/staff/cases/${seeded.case.number}?p=changed`)
    expect(await (await strict.get(`/staff/cases/${seeded.case.number}?p=changed`)).text()).toContain(
      'kommet noget nyt',
    )
  })

  it('are refused without a token, with a wrong one, and with that of another session', async () => {
    const other = browserOf(browser.web)
    await signInAs(other, deps.store, 'admin')
    const theirs = /name="csrf" value="([^"]+)"/.exec(await (await other.get('/staff')).text())?.[1] ?? ''
    expect(theirs).not.toBe('')
    for (const csrf of ['', 'x', theirs]) {
      expect((await browser.post(path(), new URLSearchParams({ csrf }))).status).toBe(403)
    }
    expect(deps.called).toEqual([])
  })

  it('are refused from another site, token or not', async () => {
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await browser.get('/staff')).text())?.[1] ?? ''
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      expect((await browser.post(path(), new URLSearchParams({ csrf }), headers)).status).toBe(403)
    }
    expect(deps.called).toEqual([])
  })

  it('reject with a reason, and ask for it where it is missing', async () => {
    const reject = `/staff/cases/${seeded.case.number}/reject`
    const empty = await browser.postForm(reject, { reason: '  ' })
    expect(empty.headers.get('location')).toBe(`/staff/cases/${seeded.case.number}?p=reason`)
    expect(deps.called).toEqual([])
    await browser.postForm(reject, { reason: 'Attesten er ikke underskrevet.' })
    expect(deps.called).toMatchObject([{ name: 'reject', with: { reason: 'Attesten er ikke underskrevet.' } }])
  })
})

describe('sign-in', () => {
  const signIn = (by: TinyBrowser, username: string, password: string, next = '') =>
    by.post('/staff/sign-in', new URLSearchParams({ username, password, next }))

  async function invited(username: string): Promise<void> {
    const path = await createInvitation(deps.store, { username, displayName: 'Ida', role: 'admin' }, deps.clock)
    const answer = await browserOf(browser.web).post(path, new URLSearchParams({ password: PASSWORD, again: PASSWORD }))
    expect(answer.status).toBe(303)
  }

  it('takes the password that was set, whatever the case of the name, and stores the session hashed', async () => {
    await invited('ida')
    const answer = await signIn(browser, ' IDA ', PASSWORD)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/staff'])
    const [cookie] = answer.headers.getSetCookie()
    expect(cookie).toMatch(/^staff=[\w-]{27}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=28800$/)
    expect(deps.store.tables().sessions.has(hashToken(browser.cookies.get('staff') ?? ''))).toBe(true)
    expect((await browser.get('/staff')).status).toBe(200)
  })

  it('says the same of a wrong password and an unknown name', async () => {
    await invited('ida')
    const wrong = await signIn(browser, 'ida', 'noget helt andet')
    const unknown = await signIn(browser, 'abc', PASSWORD)
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect((await wrong.text()).replaceAll('ida', '')).toBe((await unknown.text()).replaceAll('abc', ''))
    expect(deps.logged.filter((line) => line.includes(PASSWORD))).toEqual([])
  })

  it('is refused after five tries of one account from one place, and others still sign in', async () => {
    await invited('ida')
    await invited('bo')
    for (let n = 0; n < 5; n += 1) expect((await signIn(browser, 'ida', 'forkert')).status).toBe(401)
    const sixth = await signIn(browser, 'ida', PASSWORD)
    expect(sixth.status).toBe(429)
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await signIn(browser, 'bo', PASSWORD)).status).toBe(303)
  }, 30_000)

  it('leads back to where the person wanted to go, and never elsewhere', async () => {
    await invited('ida')
    const turnedAway = await browser.get(`/staff/cases/${seeded.case.number}?x=https://evil.example`)
    const target = turnedAway.headers.get('location') ?? ''
    expect(target).toBe(`/staff/sign-in?next=${encodeURIComponent(`/staff/cases/${seeded.case.number}`)}`)
    const page = await (await browser.get(target)).text()
    expect(page).toContain(`name="next" value="/staff/cases/${seeded.case.number}"`)
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/t/x', '/staff/sign-out']) {
      expect(await (await browser.get(`/staff/sign-in?next=${encodeURIComponent(next)}`)).text()).toContain(
        'name="next" value="/staff"',
      )
    }
    const answer = await signIn(browser, 'ida', PASSWORD, '//evil.example')
    expect(answer.headers.get('location')).toBe('/staff')
  })

  it('ends by signing out and after eight hours', async () => {
    let now = NOW
    const timed = await open({ ...deps, clock: () => now })
    await signInAs(timed, deps.store, 'caseworker')
    now = new Date(NOW.getTime() + 3_600_001)
    expect((await timed.get('/staff')).status).toBe(303)
    await signInAs(browser, deps.store, 'caseworker')
    const sessions = deps.store.tables().sessions.size
    expect((await browser.postForm('/staff/sign-out', {})).status).toBe(303)
    expect(deps.store.tables().sessions.size).toBe(sessions - 1)
    expect((await browser.get('/staff')).status).toBe(303)
  })
})

describe('invitations', () => {
  const invite = (role: 'caseworker' | 'admin' = 'caseworker') =>
    createInvitation(deps.store, { username: 'nynne', displayName: 'Nynne', role }, deps.clock)
  const set = (path: string, password: string, again = password) =>
    browserOf(browser.web).post(path, new URLSearchParams({ password, again }))

  it('are shown without being used up, and stored only as a hash', async () => {
    const path = await invite()
    for (let n = 0; n < 3; n += 1) expect((await browser.get(path)).status).toBe(200)
    expect(JSON.stringify([...deps.store.tables().invitations])).not.toContain(path.split('/').at(-1))
    expect((await set(path, PASSWORD)).status).toBe(303)
  })

  it('work once', async () => {
    const path = await invite()
    const both = await Promise.all([set(path, PASSWORD), set(path, 'en helt anden kode')])
    expect(both.map((answer) => answer.status).sort()).toEqual([303, 410])
    expect((await set(path, PASSWORD)).status).toBe(410)
    expect((await browser.get(path)).status).toBe(410)
  })

  it('refuse weak passwords and typing errors, and stay open then', async () => {
    const path = await invite()
    for (const [password, again] of [
      ['kort', 'kort'],
      ['velkommen2026', 'velkommen2026'],
      [PASSWORD, `${PASSWORD}x`],
    ] as const) {
      expect((await set(path, password, again)).status).toBe(422)
    }
    expect((await set(path, PASSWORD)).status).toBe(303)
  })

  it('end after seven days', async () => {
    const path = await invite()
    const later = await open({ ...deps, clock: () => new Date(NOW.getTime() + 7 * 86_400_000 + 1) })
    expect((await later.get(path)).status).toBe(410)
  })

  it('for a known name give a new password and keep the role; the old sessions end', async () => {
    await set(await invite('caseworker'), PASSWORD)
    const account = await deps.store.accountByUsername('nynne')
    await set(await invite('admin'), 'en helt anden kode')
    expect(await deps.store.accountByUsername('nynne')).toMatchObject({ id: account?.id, role: 'caseworker' })
    expect(deps.store.tables().sessions.size).toBe(1)
  })

  it('are made for nobody whose name is not what it looks like', async () => {
    for (const displayName of ['Ida\u202enimdA', 'Ida\u200bAdmin', 'Ida\nAdmin', 'Ida\u3164']) {
      const person = { username: 'ny', displayName, role: 'admin' } as const
      await expect(createInvitation(deps.store, person, deps.clock)).rejects.toMatchObject({ code: 'invalid-request' })
    }
    expect(await deps.store.listAccounts()).toEqual([])
  })

  it('are shown once to the admin who makes them', async () => {
    await setPassword(deps.store, await signInAs(browser, deps.store, 'admin'), PASSWORD)
    const answer = await browser.postForm('/staff/accounts', {
      password: PASSWORD,
      username: 'nynne',
      displayName: 'Nynne Ny',
      role: 'caseworker',
    })
    const page = await answer.text()
    const link = /https:\/\/post\.demokobing\.example(\/staff\/invite\/[\w-]+)/.exec(page)?.[1] ?? ''
    expect((await browser.get(link)).status).toBe(200)
    expect(await (await browser.get('/staff/accounts')).text()).not.toContain('/staff/invite/')
    expect(
      (await browser.postForm('/staff/accounts', { username: 'æ æ', displayName: 'X', password: PASSWORD })).status,
    ).toBe(422)
  })
})

describe('what strangers wrote', () => {
  it('is text on every page, whatever it holds', async () => {
    const evil = await seedCase(deps.store, 66, { title: HOSTILE, senderName: HOSTILE, caseType: HOSTILE })
    await deps.store.commit((write) => write.addDocument({ ...evil.document, id: 'evil', name: HOSTILE }))
    await signInAs(browser, deps.store, 'admin')
    const paths = ['/staff', '/staff/all', `/staff/cases/${evil.case.number}`, '/staff/outbox', `/t/${evil.token}`]
    await browser.post(`/t/${evil.token}/code`, new URLSearchParams({ email: HOSTILE }))
    await browser.post(`/t/${evil.token}/open`, new URLSearchParams({ code: '12345678' }))
    for (const path of paths) {
      const page = await (await browser.get(path)).text()
      expect([path, /<script|<img/i.test(page)]).toEqual([path, false])
      // Quotes are escaped too, so that no attribute ends early.
      expect([path, page.includes(`"'`)]).toEqual([path, false])
    }
    const shown = await (await browser.get(`/staff/cases/${evil.case.number}`)).text()
    expect(shown).toContain('&lt;script>alert(1)&lt;/script>')
  })

  it('does not come back as markup from the sign-in form or an address', async () => {
    const answer = await browser.post('/staff/sign-in', new URLSearchParams({ username: HOSTILE, password: 'x' }))
    expect(await answer.text()).not.toContain('<script')
    const page = await (
      await browser.get(`/send?type=${encodeURIComponent(HOSTILE)}&x=${encodeURIComponent(HOSTILE)}`)
    ).text()
    const ours = /<script src="\/assets\/send\.js\?v=\w+" nonce="[\w-]+" defer><\/script>/
    expect(page.replace(ours, '')).not.toContain('<script')
  })
})

describe('staff pages', () => {
  it('mark a history that was tampered with', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    const path = `/staff/cases/${seeded.case.number}`
    expect(await (await browser.get(path)).text()).toContain('Kæden er hel (2)')
    const history = deps.store.tables().history
    for (const [key, entry] of history) if (entry.seq === 2) history.set(key, { ...entry, event: 'approved' })
    expect(await (await browser.get(path)).text()).toContain('Kæden er brudt ved nr. 2')
  })

  it('show PDFs in the browser and nothing else', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    await deps.store.commit((write) =>
      write.addDocument({ ...seeded.document, id: 'html', name: 'x.html', mediaType: 'text/html' }),
    )
    const pdf = await browser.get(`/staff/cases/${seeded.case.number}/documents/${seeded.document.id}/view`)
    expect(pdf.headers.get('content-disposition')).toMatch(/^inline/)
    expect(pdf.headers.get('content-type')).toBe('application/pdf')
    expect((await browser.get(`/staff/cases/${seeded.case.number}/documents/html/view`)).status).toBe(404)
  })

  it('give a document only by its own case', async () => {
    const other = await seedCase(deps.store, 6)
    await signInAs(browser, deps.store, 'caseworker')
    expect((await browser.get(`/staff/cases/${other.case.number}/documents/${seeded.document.id}`)).status).toBe(404)
  })

  it('download the exact mail from the outbox', async () => {
    await signInAs(browser, deps.store, 'caseworker')
    const [delivery] = await deps.store.listDeliveries()
    const answer = await browser.get(`/staff/outbox/${delivery?.id}/raw`)
    expect(answer.headers.get('content-disposition')).toContain('.eml')
    expect(await answer.text()).toBe('Subject: Kvittering\r\n\r\nTak')
  })

  it('change closing days, once each and in order, and refuse what is no day', async () => {
    await signInAs(browser, deps.store, 'admin')
    const path = '/staff/settings/closing-days'
    await browser.postForm(path, { day: '2026-12-31' })
    await browser.postForm(path, { day: '2026-05-15' })
    await browser.postForm(path, { day: '2026-12-31' })
    expect((await browser.postForm(path, { day: '2026-02-30' })).headers.get('location')).toBe(`${path}?p=day`)
    expect(await deps.store.setting('closing-days')).toEqual(['2026-05-15', '2026-12-31'])
    await browser.postForm(`${path}/remove`, { day: '2026-12-31' })
    expect(await deps.store.setting('closing-days')).toEqual(['2026-05-15'])
  })
})
