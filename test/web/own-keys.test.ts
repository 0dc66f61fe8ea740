import { afterEach, describe, expect, it } from 'vitest'
import type { OwnKey } from '../../src/model/own-key.ts'
import { hashPassword } from '../../src/web/sign-in/password.ts'
import { open, stopAll } from './support/browser.ts'
import { fakeDeps } from './support/fakes.ts'
import { signInAs } from './support/staff.ts'

const key: OwnKey = {
  ...{ id: 'ab'.repeat(20), kind: 'openpgp', state: 'active', source: 'self-made', certificate: 'PUBLIC BLOCK' },
  ...{ subject: 'Søby Kommune', addresses: ['post@soeby.example'], algorithm: 'Ed25519', file: 'openpgp-private.asc' },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-12-20T00:00:00.000Z' },
  ...{ stateSince: '2026-01-01T00:00:00.000Z', reason: null, backedUpAt: null },
}
afterEach(stopAll)

describe('the page of the municipality’s keys', () => {
  it('shows each with its state and what to look after, and no private key', async () => {
    const warnings = [{ code: 'expires-soon', days: 26, level: 30 }, { code: 'never-backed-up' }] as const
    const former = { ...key, id: 'cd'.repeat(20), state: 'revoked', reason: 'Kom til andre' } as const
    const shown = [
      { key, warnings },
      { key: former, warnings: [] },
    ]
    const deps = fakeDeps({ ownKeys: async () => shown })
    const browser = await open(deps)
    await signInAs(browser, deps.store, 'admin')
    const page = await (await browser.get('/staff/keys')).text()
    for (const words of [
      'Søby Kommune',
      'ab'.repeat(20),
      'I brug',
      'Den udløber om 26 dage.',
      'Den er ikke i nogen sikkerhedskopi.',
      'Tilbagekaldt',
      'Kom til andre',
    ]) {
      expect(page).toContain(words)
    }
    expect(page).not.toContain('openpgp-private.asc')
  })

  it('shows citizens’ keys, and takes one out of use for a reason and the own password', async () => {
    const deps = fakeDeps()
    const browser = await open(deps)
    const account = await signInAs(browser, deps.store, 'admin')
    const passwordHash = await hashPassword('en lang adgangskode')
    const seen = { firstSeenAt: key.createdAt, lastSeenAt: key.createdAt, stateSince: key.createdAt }
    await deps.store.commit(async (write) => {
      await write.updateAccount(account.id, { passwordHash })
      await write.addCitizenKey({
        ...{ id: 'k1', address: 'kai@example.org', kind: 'openpgp', fingerprint: 'ef'.repeat(20), certificate: 'x' },
        ...{ source: 'autocrypt', proof: 'dmarc', state: 'counts', ...seen },
      })
    })
    const page = await (await browser.get('/staff/keys')).text()
    for (const words of [
      'kai@example.org',
      'ef'.repeat(20),
      'med Autocrypt',
      'domænet står inde for mailen',
      'gælder',
    ]) {
      expect(page).toContain(words)
    }
    const asked = await browser.postForm('/staff/keys/k1/withdraw', { reason: 'tabt' })
    expect(await asked.text()).toContain('Skriv din adgangskode')
    expect(deps.called).toEqual([])
    const form = { reason: 'tabt', password: 'en lang adgangskode' }
    const done = await browser.postForm('/staff/keys/k1/withdraw', form)
    expect(done.headers.get('location')).toBe('/staff/keys?done=withdrawn')
    expect(deps.called).toMatchObject([{ name: 'withdrawCitizenKey', with: { id: 'k1', reason: 'tabt' } }])
  })

  it('says when a citizen’s key was proven, and warns before it ends', async () => {
    const shown = async (state: 'counts' | 'replaced', english = false) => {
      const at = '2026-12-01T12:00:00.000Z'
      const end = { code: 'soon', at, days: 3 } as const
      const deps = fakeDeps({ citizenKeyTimes: async () => ({ provenAt: '2026-11-03T12:00:00.000Z', end }) })
      const browser = await open(deps)
      await signInAs(browser, deps.store, 'admin')
      const seen = { firstSeenAt: key.createdAt, lastSeenAt: key.createdAt, stateSince: key.createdAt }
      await deps.store.commit((write) =>
        write.addCitizenKey({
          ...{ id: 'k1', address: 'kai@example.org', kind: 'smime', fingerprint: 'ef'.repeat(32), certificate: 'x' },
          ...{ source: 'uploaded', proof: 'challenge', state, ...seen },
        }),
      )
      return (await browser.get(english ? '/staff/keys?lang=en' : '/staff/keys')).text()
    }
    const used = await shown('counts')
    expect(used).toContain('en kode, der var krypteret til den, <time datetime="2026-11-03T12:00:00.000Z"')
    expect(used).toContain('om 3 dage')
    expect(await shown('counts', true)).toContain('in 3 days')
    const former = await shown('replaced')
    expect(former).toContain('2026-12-01T12:00:00.000Z')
    expect(former).not.toContain('om 3 dage')
  })

  it('is for admins alone', async () => {
    const deps = fakeDeps()
    const browser = await open(deps)
    await signInAs(browser, deps.store, 'caseworker')
    expect((await browser.get('/staff/keys')).status).toBe(403)
    expect((await browser.postForm('/staff/keys/k1/withdraw', { reason: 'x' })).status).toBe(403)
  })
})
