import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendAdminHistory } from '../../src/model/history.ts'
import { createInvitation } from '../../src/web/index.ts'
import { da } from '../../src/web/texts/da.ts'
import { en } from '../../src/web/texts/en.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { HOSTILE } from './support/seed.ts'
import { setPassword, signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
beforeEach(async () => {
  deps = fakeDeps()
  browser = await open(deps)
})
afterEach(stopAll)

const chain = () => deps.store.adminHistory()
const events = async () => (await chain()).map(({ event }) => event)
const days = () => deps.store.setting('closing-days')
const CLOSING = '/staff/settings/closing-days'

describe('the record of what was done to the gateway', () => {
  it('holds who invited, disabled, enabled and gave a new link, and to whom', async () => {
    const admin = await signInAs(browser, deps.store, 'admin')
    const password = 'fire røde heste'
    await setPassword(deps.store, admin, password)
    const invite = () => browser.postForm('/staff/accounts', { username: 'mette', displayName: 'Mette', password })
    await invite()
    await invite()
    const mette = await deps.store.accountByUsername('mette')
    await browser.postForm(`/staff/accounts/${mette?.id}/disable`, { password })
    await browser.postForm(`/staff/accounts/${mette?.id}/enable`, { password })
    expect(await events()).toEqual(['account-invited', 'account-link-renewed', 'account-disabled', 'account-enabled'])
    for (const entry of await chain()) {
      expect(entry.actor).toEqual({ kind: 'admin', id: admin.id, name: 'Ida Admin' })
      expect(entry.payload).toMatchObject({ account: mette?.id, username: 'mette' })
    }
    expect(deps.findBrokenLink(await chain())).toBeNull()
  })

  it('holds sign-ins and refused ones, and no name that may be a password', async () => {
    const path = await createInvitation(deps.store, { username: 'ida', displayName: 'Ida', role: 'admin' }, deps.clock)
    await browser.post(path, new URLSearchParams({ password: 'fire røde heste', again: 'fire røde heste' }))
    const signIn = (username: string, password: string) =>
      browser.post('/staff/sign-in', new URLSearchParams({ username, password }))
    await signIn('ida', 'wrong')
    await signIn('typed-my-secret-here', 'x')
    await signIn('ida', 'fire røde heste')
    await browser.postForm('/staff/sign-out', {})
    expect(await events()).toEqual([
      'account-invited',
      'account-password-set',
      'signed-in',
      'sign-in-refused',
      'sign-in-refused',
      'signed-in',
      'signed-out',
    ])
    expect((await chain())[3]?.payload).toMatchObject({ username: 'ida', place: '127.0.0.1' })
    const text = JSON.stringify(await chain())
    for (const secret of ['typed-my-secret', 'røde', path.split('/').at(-1) ?? '?']) expect(text).not.toContain(secret)
  })

  it('names the country of a trusted list, and what is the matter with it, in words', async () => {
    await signInAs(browser, deps.store, 'admin')
    const system = { kind: 'system', id: null, name: null } as const
    const at = '2026-11-24T09:02:00.000Z'
    await deps.store.commit(async (write) => {
      const used = { territory: 'SE', before: null, after: {}, reason: 'Svenske borgere' }
      await appendAdminHistory(write, { at, actor: system, event: 'trusted-list-used', payload: used })
      const failed = { territory: 'DK', problem: 'expired', nextUpdate: null }
      await appendAdminHistory(write, { at, actor: system, event: 'trusted-list-problem', payload: failed })
    })
    const page = await (await browser.get('/staff/history')).text()
    expect(page).toContain('Sverige · Svenske borgere')
    expect(page).toContain('Danmark · Listen er forældet')
  })

  it('does not say that others were told where the mail stayed here', async () => {
    await signInAs(browser, deps.store, 'admin')
    const told = (to: string, outcome: string) =>
      deps.store.commit((write) =>
        appendAdminHistory(write, {
          at: '2026-11-24T09:02:00.000Z',
          actor: { kind: 'system', id: null, name: null },
          event: 'trust-change-told',
          payload: { entry: 1, to, outcome },
        }),
      )
    await told('it@kommune.example', 'kept')
    const kept = await (await browser.get('/staff/history')).text()
    expect(kept).toContain('Ingen fik besked: der er ingen mailserver sat op')
    expect(kept).not.toContain('Andre har fået besked')
    await told('it@kommune.example', 'accepted')
    expect(await (await browser.get('/staff/history')).text()).toContain('Andre har fået besked')
  })

  it('holds a retried job, once it is there to be retried', async () => {
    await signInAs(browser, deps.store, 'admin')
    expect((await browser.postForm('/staff/jobs/nothing/retry', {})).status).toBe(404)
    await deps.store.commit((write) => write.addJob('archive', '1', {}))
    const [job] = await deps.store.jobs.lease('t', ['archive'], 1, 1000)
    if (!job) throw new Error('no job')
    await deps.store.jobs.fail(job, { code: 'internal', message: 'x', retryable: false })
    await browser.postForm(`/staff/jobs/${job.id}/retry`, {})
    expect((await chain()).map(({ event, payload }) => [event, payload])).toEqual([
      ['job-retried', { job: job.id, jobKind: 'archive' }],
    ])
  })

  it('holds each change of the closing days, of which none is lost to another at the same moment', async () => {
    await signInAs(browser, deps.store, 'admin')
    const wanted = ['2026-12-23', '2026-12-30', '2026-12-31', '2027-01-04', '2027-01-05']
    await Promise.all(wanted.map((day) => browser.postForm(CLOSING, { day })))
    expect(await days()).toEqual(wanted)
    await browser.postForm(`${CLOSING}/remove`, { day: '2026-12-23' })
    expect(await days()).toEqual(wanted.slice(1))
    expect(await events()).toEqual([...wanted.map(() => 'closing-day-added'), 'closing-day-removed'])
  })

  it('is shown to admins, harmless, with the mark of its chain', async () => {
    await signInAs(browser, deps.store, 'admin')
    await browser.postForm(CLOSING, { day: '2026-12-23' })
    const by = { kind: 'system', id: null, name: HOSTILE } as const
    await createInvitation(deps.store, { username: 'bo', displayName: 'Bo', role: 'caseworker' }, deps.clock, by)
    const page = await (await browser.get('/staff/history')).text()
    expect(page).toContain('Kæden er hel (2)')
    for (const words of [
      'Lukkedag tilføjet',
      'onsdag den 23. december 2026',
      'Bruger inviteret',
      'bo · Sagsbehandler',
    ]) {
      expect(page).toContain(words)
    }
    expect(page).not.toContain('<script>')
    const [first] = await chain()
    if (first) deps.store.tables().adminHistory.set('1', { ...first, payload: { day: '2026-12-24' } })
    expect(await (await browser.get('/staff/history')).text()).toContain('Kæden er brudt ved nr. 1')
  })

  it('has words for every event that the sources write', () => {
    const src = join(import.meta.dirname, '../../src')
    const calls = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('model'))
      .flatMap((name) =>
        readFileSync(join(src, name), 'utf8')
          .split(/appendAdminHistory\(|putOnRecord\(/)
          .slice(1),
      )
      .map((call) => call.split(/\n\s*\}\)/)[0] ?? '')
    const names = calls.flatMap((call) =>
      [...(/\bevent: ?(.*)/.exec(call)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, name]) => name ?? ''),
    )
    // The events of closing days and proposals are arguments.
    const days = ['closing-day-added', 'closing-day-removed']
    const proposals = ['trust-proposed', 'trust-proposal-declined', 'trust-proposal-expired']
    const keys = readFileSync(join(src, 'seal/own-keys/keyring.ts'), 'utf8').match(/'own-keys?-[\w-]+'/g) ?? []
    const all = new Set([...names, ...days, ...proposals, ...keys.map((name) => name.slice(1, -1))])
    expect([...all].sort()).toEqual(Object.keys({ ...da.adminEvents, ...da.guardEvents }).sort())
    expect(Object.keys({ ...en.adminEvents, ...en.guardEvents }).sort()).toEqual([...all].sort())
  })
})
