import { afterEach, describe, expect, it } from 'vitest'
import { open, stopAll } from './support/browser.ts'
import { fakeDeps } from './support/fakes.ts'
import { setPassword, signInAs } from './support/staff.ts'

const PASSWORD = 'fire røde heste'

afterEach(stopAll)

describe('the page of other systems’ tokens', () => {
  it('makes one, shows it once, says when it was used, and takes it out of use at once; all on record', async () => {
    const deps = fakeDeps()
    const browser = await open(deps)
    const admin = await signInAs(browser, deps.store, 'admin')
    await setPassword(deps.store, admin, PASSWORD)
    const shown = await (
      await browser.postForm('/staff/api-tokens', { name: 'Selvbetjening <b>', days: '30', password: PASSWORD })
    ).text()
    const [, token = ''] = /<code class="fingerprint">(pst_[\w-]{27})<\/code>/.exec(shown) ?? []
    const ask = () => browser.get('/api/v1/submissions/none', { authorization: `Bearer ${token}` })
    const list = async () => (await browser.get('/staff/api-tokens')).text()
    expect(await list()).toContain('Selvbetjening &lt;b>')
    expect(await list()).toContain('aldrig')
    expect(await list()).not.toContain(token)
    expect((await ask()).status).toBe(404)
    expect(await list()).not.toContain('aldrig')
    const [row] = await deps.store.apiTokens()
    expect(row).toMatchObject({ lastUsedAt: deps.clock().toISOString(), revokedAt: null })
    expect((await browser.postForm(`/staff/api-tokens/${row?.id}/revoke`, {})).status).toBe(303)
    expect((await ask()).status).toBe(401)
    expect(await list()).toContain('Taget ud af brug')
    expect((await browser.postForm(`/staff/api-tokens/${row?.id}/revoke`, {})).status).toBe(404)
    const record = (await deps.store.adminHistory()).filter(({ event }) => event.startsWith('api-token'))
    expect(record.map(({ event, actor }) => [event, actor.id])).toEqual([
      ['api-token-made', admin.id],
      ['api-token-revoked', admin.id],
    ])
    expect(JSON.stringify([record, deps.logged])).not.toContain(token)
  })

  it.each(['0', '3651', 'mange'])('makes none for %s days, and says what is taken', async (days) => {
    const deps = fakeDeps()
    const browser = await open(deps)
    await setPassword(deps.store, await signInAs(browser, deps.store, 'admin'), PASSWORD)
    const answer = await browser.postForm('/staff/api-tokens', { name: 'ESDH', days, password: PASSWORD })
    expect([answer.status, (await answer.text()).includes('1 til 3650.')]).toEqual([422, true])
    expect(await deps.store.apiTokens()).toEqual([])
  })

  it.each([{}, { password: 'gættet' }])('makes none for who finds an open browser: %j', async (sent) => {
    const deps = fakeDeps()
    const browser = await open(deps)
    await setPassword(deps.store, await signInAs(browser, deps.store, 'admin'), PASSWORD)
    const shown = await (await browser.postForm('/staff/api-tokens', { name: 'ESDH', days: '30', ...sent })).text()
    expect(shown).toContain('Skriv din adgangskode')
    expect(shown).not.toContain('pst_')
    expect(await deps.store.apiTokens()).toEqual([])
    const kept = /name="kept" value="([^"]+)"/.exec(shown)?.[1] ?? ''
    expect(await (await browser.postForm('/staff/api-tokens', { kept, password: PASSWORD })).text()).toContain('pst_')
    expect(await deps.store.apiTokens()).toMatchObject([{ name: 'ESDH' }])
  })
})
