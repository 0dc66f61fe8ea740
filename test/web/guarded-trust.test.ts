import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/model/case.ts'
import { appendAdminHistory } from '../../src/model/history.ts'
import { newId } from '../../src/model/ids.ts'
import { trustStamp } from '../../src/model/trust-list.ts'
import type { Context, Handler } from '../../src/web/http/context.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { isGuarded } from '../../src/web/sign-in/changes-trust.tsx'
import { hashPassword } from '../../src/web/sign-in/password.ts'
import { makeCa } from '../trust/certificates.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps, NOW } from './support/fakes.ts'
import { webSettings } from './support/settings.ts'
import { signInAs } from './support/staff.ts'

const PASSWORD = 'fire røde heste '
const ca = makeCa('Oliefirmaets CA')
/** Somebody whom an intruder would have let in. */
const TARGET = 'ny-admin'

/** Admins' forms that plan a change of trust and make none. */
const PLANS = [
  '/staff/roots',
  '/staff/roots/candidate',
  '/staff/roots/catalogue',
  '/staff/roots/policy',
  '/staff/roots/:sha256/disable',
  '/staff/roots/:sha256/enable',
  '/staff/roots/:sha256/remove',
  '/staff/roots/:sha256/limit',
  '/staff/roots/test',
  '/staff/lists/use',
  '/staff/lists/files',
  '/staff/lists/address',
  '/staff/lists/drop',
]
/** Admins' forms that have nothing to do with trust. */
const OTHERS = [
  '/staff/jobs/:job/retry',
  '/staff/seal/test',
  '/staff/lists/refresh',
  '/staff/settings/closing-days',
  '/staff/settings/closing-days/remove',
  '/staff/api-tokens/:system/revoke',
]

let passwordHash: string
let deps: FakeDeps
let browser: TinyBrowser
beforeAll(async () => {
  passwordHash = await hashPassword(PASSWORD)
})
beforeEach(async () => {
  deps = fakeDeps({ settings: webSettings() })
  browser = await open(deps)
})
afterEach(stopAll)

async function admin(by = browser, store = deps.store) {
  const account = await signInAs(by, store, 'admin')
  await store.commit((write) => write.updateAccount(account.id, { passwordHash }))
  return account
}

/** An admin's draft that takes CA in; gives its address. */
async function draft(by = browser): Promise<string> {
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await by.get('/staff/roots')).text())?.[1] ?? ''
  const data = new FormData()
  for (const [name, value] of Object.entries({ csrf, note: 'ringet', 'purpose-document': 'yes' })) data.set(name, value)
  data.set('file', new File([ca.pem], 'ca.pem'))
  return (await by.post('/staff/roots', data)).headers.get('location') ?? ''
}

const seenOn = async (path: string, by = browser) =>
  /name="seen" value="([^"]+)"/.exec(await (await by.get(path)).text())?.[1] ?? ''

const confirm = async (path: string, password: string, by = browser) =>
  by.postForm(`${path}/confirm`, { seen: await seenOn(path, by), password })

/** All of the store that says what is trusted. */
const trust = () => {
  const { anchors, trustChanges, settings, invitations } = deps.store.tables()
  const accounts = [...deps.store.tables().accounts.values()].filter(({ username }) => username === TARGET)
  const proposals = [...deps.store.tables().proposals.values()].map(({ id, state }) => [id, state])
  return JSON.stringify([[...anchors], [...trustChanges], [...settings], [...invitations], accounts, proposals])
}

const adminPosts = ROUTES.filter(({ method, access }) => method === 'POST' && access === 'admin')
const guarded = ROUTES.filter(({ handle }) => isGuarded(handle))

describe('every form of admins', () => {
  it('asks for the password, or only plans, or has nothing to do with trust', () => {
    const free = adminPosts.filter(({ handle }) => !isGuarded(handle)).map(({ path }) => path)
    expect(free.sort()).toEqual([...PLANS, ...OTHERS].sort())
    expect(guarded.length).toBeGreaterThan(1)
  })

  it('that asks for the password is open to admins alone, and is no link that can be followed', () => {
    expect(guarded.filter(({ method, access }) => method !== 'POST' || access !== 'admin')).toEqual([])
  })

  const cases = [...guarded.map(({ path }) => path), ...PLANS]
  it.each(cases)('%s changes nothing for a stranger, a caseworker, and without the password', async (pattern) => {
    await admin()
    const path = await draft()
    const filled = pattern.replace('/staff/roots/changes/:change', path).replace(/:\w+/, ca.sha256)
    const fields = {
      seen: await seenOn(path),
      reason: 'x',
      note: 'x',
      username: TARGET,
      displayName: 'Ny',
      role: 'admin',
    }
    const before = trust()
    const calls = deps.called.length
    const stranger = await browserOf(browser.web).postForm(filled, { ...fields, password: PASSWORD })
    const caseworker = browserOf(browser.web)
    const account = await signInAs(caseworker, deps.store, 'caseworker')
    await deps.store.commit((write) => write.updateAccount(account.id, { passwordHash }))
    expect([stranger.status, (await caseworker.postForm(filled, { ...fields, password: PASSWORD })).status]).toEqual([
      401, 403,
    ])
    expect([trust(), deps.called.length]).toEqual([before, calls])
    if (PLANS.includes(pattern)) return
    const wrong = await browser.postForm(filled, { ...fields, password: PASSWORD.trim() })
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('Adgangskoden passer ikke')])
    // A page of its own asks for it, or the one that the form stands on.
    const without = await browser.postForm(filled, fields)
    expect([200, 422]).toContain(without.status)
    expect(await without.text()).toContain('Din adgangskode')
    expect([trust(), deps.called.length]).toEqual([before, calls])
  })
})

describe('a planned change', () => {
  it('is made by its admin with the own password, on record, and once', async () => {
    const me = await admin()
    const path = await draft()
    const answer = await confirm(path, PASSWORD)
    expect(answer.headers.get('location')).toBe('/staff/roots?done=1')
    expect(await deps.store.listAnchors()).toMatchObject([{ sha256: ca.sha256, addedBy: 'Ida Admin' }])
    const last = (await deps.store.adminHistory()).at(-1)
    expect(last).toMatchObject({ event: 'trust-changed', actor: { id: me.id, kind: 'admin' } })
    expect((await browser.postForm(`${path}/confirm`, { seen: 'x', password: PASSWORD })).status).toBe(410)
    expect(await deps.store.listTrustChanges()).toHaveLength(1)
    const page = await (await browser.get('/staff/history')).text()
    for (const said of ['Rodcertifikater ændret', 'Tilføjet: CN=Oliefirmaets CA', 'ringet', 'ikke på listen']) {
      expect(page).toContain(said)
    }
  })

  it('that another one came before says so, and can only be closed', async () => {
    await admin()
    const [first, second] = [await draft(), await draft()]
    const seen = await seenOn(first)
    expect((await confirm(second, PASSWORD)).status).toBe(303)
    const stale = await browser.postForm(`${first}/confirm`, { seen, password: PASSWORD })
    expect([stale.status, await stale.text()]).toEqual([409, expect.stringContaining('Herunder står, hvad der kom')])
    const text = await (await browser.get(first)).text()
    expect(text).toContain('Ændringen kan ikke gennemføres mere')
    expect(text).toContain('Det er her allerede.')
    expect(text).not.toContain(`${first}/confirm`)
    const state = await trustStamp(deps.store, NOW.toISOString())
    const refused = await browser.postForm(`${first}/confirm`, { seen: state, password: PASSWORD })
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('Det er her allerede.')])
    expect(await deps.store.listTrustChanges()).toHaveLength(1)
  })

  it('is not made by the password of another admin, nor seen by one before it is proposed', async () => {
    await admin()
    const path = await draft()
    const other = browserOf(browser.web)
    await admin(other)
    expect((await other.get(path)).status).toBe(404)
    expect((await other.postForm(`${path}/confirm`, { seen: await seenOn(path), password: PASSWORD })).status).toBe(404)
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('is shown anew where the list changed since it was looked at, and is not made by that', async () => {
    await admin()
    const path = await draft()
    const seen = await seenOn(path)
    await deps.store.commit((write) =>
      write.addTrustChange({
        id: newId(),
        at: NOW.toISOString(),
        actor: 'b',
        action: 'enabled',
        sha256: 'x',
        reason: '',
        seq: null,
      }),
    )
    const answer = await browser.postForm(`${path}/confirm`, { seen, password: PASSWORD })
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('Listen er ændret')])
    expect(await deps.store.listAnchors()).toEqual([])
    expect((await confirm(path, PASSWORD)).status).toBe(303)
  })

  it('ends after an hour in which nobody confirmed it', async () => {
    let now = NOW
    deps = fakeDeps({ clock: () => now })
    browser = await open(deps)
    await admin(browser)
    const path = await draft()
    now = new Date(NOW.getTime() + 59 * 60_000)
    expect((await browser.get(path)).status).toBe(200)
    now = new Date(NOW.getTime() + 60 * 60_000)
    expect((await browser.get(path)).status).toBe(303)
  })
})

describe('wrong passwords', () => {
  it('are on record, count as at sign-in, and end in the same pause', async () => {
    const me = await admin()
    const path = await draft()
    for (let n = 0; n < 5; n += 1) expect((await confirm(path, 'gæt nummer et')).status).toBe(422)
    expect((await confirm(path, PASSWORD)).status).toBe(429)
    const signIn = new URLSearchParams({ username: me.username, password: PASSWORD })
    expect((await browser.post('/staff/sign-in', signIn)).status).toBe(429)
    const refused = (await deps.store.adminHistory()).filter(({ event }) => event === 'password-refused')
    expect(refused).toHaveLength(5)
    expect(JSON.stringify(refused) + deps.logged.join()).not.toContain('gæt nummer')
    expect(await deps.store.listAnchors()).toEqual([])
  })
})

describe('where a second admin is asked for', () => {
  let other: TinyBrowser
  let path: string
  beforeEach(async () => {
    deps = fakeDeps({ settings: webSettings({ trust: { ...webSettings().trust, secondAdmin: true } }) })
    browser = await open(deps)
    other = browserOf(browser.web)
    await admin()
    await admin(other)
    path = await draft()
    expect((await confirm(path, PASSWORD)).headers.get('location')).toBe('/staff/roots?done=proposed')
  })
  const events = async () => (await deps.store.adminHistory()).map(({ event }) => event)

  it('one admin only proposes, and another makes the change: both are on record', async () => {
    expect([await deps.store.listAnchors(), await events()]).toEqual([[], ['trust-proposed']])
    const page = await (await other.get('/staff/roots')).text()
    for (const said of ['venter på en anden administrator', path, 'ringet', 'Ida Admin']) expect(page).toContain(said)
    expect((await confirm(path, PASSWORD, other)).headers.get('location')).toBe('/staff/roots?done=1')
    expect(await deps.store.listAnchors()).toMatchObject([{ addedBy: 'Ida Admin + Ida Admin' }])
    const last = (await deps.store.adminHistory()).at(-1)
    const account = await deps.store.session([...deps.store.tables().sessions.keys()][1] ?? '')
    expect(last).toMatchObject({ event: 'trust-changed', actor: { id: account?.accountId } })
    expect(last?.payload).toMatchObject({ proposedBy: { kind: 'admin' } })
    expect(last?.payload?.['proposedBy']).not.toMatchObject({ id: last?.actor.id })
  })

  it('the one who proposed cannot confirm, not through a second session either', async () => {
    const page = await (await browser.get(path)).text()
    expect(page).toContain('Du har selv foreslået det')
    expect(page).not.toContain(`${path}/confirm`)
    const stamp = (await deps.store.listProposals(['open']))[0]?.trustStamp ?? ''
    const again = browserOf(browser.web)
    const [session] = [...deps.store.tables().sessions.values()]
    const me = await deps.store.account(session?.accountId ?? '')
    const signedIn = await again.post(
      '/staff/sign-in',
      new URLSearchParams({ username: me?.username ?? '', password: PASSWORD }),
    )
    expect(signedIn.status).toBe(303)
    for (const by of [browser, again]) {
      expect((await by.postForm(`${path}/confirm`, { seen: stamp, password: PASSWORD })).status).toBe(403)
    }
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('an account that was made or given a new link since cannot confirm', async () => {
    const young = browserOf(browser.web)
    const account = await admin(young)
    await browser.postForm('/staff/accounts', { username: account.username, displayName: 'x', password: PASSWORD })
    expect((await confirm(path, PASSWORD, young)).status).toBe(403)
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('for a week, no account confirms that the same hand may hold, made before or not', async () => {
    const [mine, theirs] = [...deps.store.tables().accounts.values()]
    const me = { kind: 'admin', id: mine?.id ?? '', name: 'Ida Admin' } as const
    const made = (days: number, event: string, account: string, actor: Actor = me) =>
      deps.store.commit((write) =>
        appendAdminHistory(write, {
          ...{ at: new Date(NOW.getTime() - days * 86_400_000).toISOString(), actor, event },
          payload: { account, username: 'x', role: 'admin' },
        }),
      )
    // Long ago: the others had time to notice.
    await made(8, 'account-invited', theirs?.id ?? '')
    const third = { kind: 'admin', id: 'third', name: 'Tredje' } as const
    await made(2, 'account-link-renewed', me.id, third)
    await made(1, 'account-enabled', theirs?.id ?? '', third)
    const refused = await confirm(path, PASSWORD, other)
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('samme person kan stå bag')])
    expect(await deps.store.listAnchors()).toEqual([])
  })

  it('an account that was invited long ago by whoever proposed confirms', async () => {
    const [mine, theirs] = [...deps.store.tables().accounts.values()]
    const at = new Date(NOW.getTime() - 8 * 86_400_000).toISOString()
    const actor = { kind: 'admin', id: mine?.id ?? '', name: 'Ida Admin' } as const
    const payload = { account: theirs?.id ?? '' }
    await deps.store.commit((write) => appendAdminHistory(write, { at, actor, event: 'account-invited', payload }))
    expect((await confirm(path, PASSWORD, other)).headers.get('location')).toBe('/staff/roots?done=1')
  })

  it('others are told of each admin who is made or let in again', async () => {
    const tells = async () => (await deps.store.listJobs({ kinds: ['tell-trust-change'] })).length
    const before = await tells()
    const form = { displayName: 'Ny', password: PASSWORD }
    await browser.postForm('/staff/accounts', { ...form, username: 'sagsbehandler', role: 'caseworker' })
    expect(await tells()).toBe(before)
    await browser.postForm('/staff/accounts', { ...form, username: 'nyadmin', role: 'admin' })
    expect(await tells()).toBe(before + 1)
    const account = await deps.store.accountByUsername('nyadmin')
    for (const does of ['disable', 'enable']) {
      await browser.postForm(`/staff/accounts/${account?.id}/${does}`, { password: PASSWORD })
    }
    expect(await tells()).toBe(before + 3)
  })

  it('it is declined with a reason and the own password; a wrong one loses nothing of what was written', async () => {
    const decline = (password: string, reason = 'ukendt firma') =>
      other.postForm(`${path}/decline`, { reason, password })
    const wrong = await (await decline('noget andet')).text()
    expect(wrong).toContain('value="ukendt firma"')
    expect((await decline(PASSWORD, '')).status).toBe(400)
    expect((await decline(PASSWORD)).headers.get('location')).toBe('/staff/roots?done=declined')
    expect(await events()).toEqual(['trust-proposed', 'password-refused', 'trust-proposal-declined'])
    expect((await other.get(path)).status).toBe(410)
    expect(await deps.store.listAnchors()).toEqual([])
  })
})

describe('the guard', () => {
  const handled: Context[] = []
  const plain: Handler = async (context) => {
    handled.push(context)
    return { kind: 'text', mediaType: 'text/plain', text: 'done' }
  }

  it('around any handler asks on a page of its own, and nothing of the form is lost, its files least of all', async () => {
    const { changesTrust } = await import('../../src/web/sign-in/changes-trust.tsx')
    const guard = changesTrust(plain)
    const account = await admin()
    const { keptForms } = await import('../../src/web/sign-in/kept-forms.ts')
    const { webLimits } = await import('../../src/web/http/limits.ts')
    const { da } = await import('../../src/web/texts/da.ts')
    const bytes = new Uint8Array(12_000_000).fill(7)
    const base = {
      deps,
      limits: webLimits(deps.clock),
      keptForms: keptForms(deps.clock),
      path: '/staff/lists',
      staff: { account, tokenHash: 'x', csrf: 'c' },
      view: {
        t: da,
        language: 'da',
        municipality: deps.settings.municipality,
        search: '',
        section: '',
        staff: null,
        demo: null,
        stylesheet: '',
        sendScript: '',
      },
      remoteAddress: '10.0.0.1',
    }
    const ask = (fields: Record<string, string>, files: Context['form']['files'] = []) =>
      guard({ ...base, form: { fields, files } } as unknown as Context)
    const nameOf = async (fields: Record<string, string>, files?: Context['form']['files']) => {
      const reply = await ask(fields, files)
      const { renderToString } = await import('preact-render-to-string')
      if (reply.kind !== 'page') throw new Error(`a ${reply.kind}`)
      return /name="kept" value="([^"]+)"/.exec(renderToString(reply.page))?.[1] ?? ''
    }
    const file = { field: 'list', name: 'dk.xml', bytes }
    const first = await nameOf({ csrf: 'c', country: 'DK' }, [file])
    const second = await nameOf({ csrf: 'c', kept: first, password: 'forkert kode' })
    expect(handled).toEqual([])
    expect(await ask({ csrf: 'c', kept: second, password: PASSWORD })).toMatchObject({ text: 'done' })
    expect(handled[0]?.form).toEqual({ fields: { csrf: 'c', country: 'DK' }, files: [file] })
    await expect(ask({ csrf: 'c', kept: 'nothing', password: PASSWORD })).rejects.toMatchObject({ code: 'gone' })
    const stranger = { ...base, staff: { ...base.staff, account: { ...account, id: 'another' } } }
    const theirs = guard({
      ...stranger,
      form: { fields: { kept: first, password: 'x' }, files: [] },
    } as unknown as Context)
    await expect(theirs).rejects.toMatchObject({ code: 'gone' })
  })
})
