import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
async function start(changes: Parameters<typeof fakeDeps>[0] = {}, role: 'admin' | 'caseworker' = 'admin') {
  deps = fakeDeps(changes)
  browser = await open(deps)
  await signInAs(browser, deps.store, role)
}
beforeEach(() => start())
afterEach(stopAll)
const page = async (): Promise<string> => (await browser.get('/staff/seal')).text()

describe('the page of the seal', () => {
  it('says which it is, where its key lies, and what citizens’ programs say', async () => {
    const text = await page()
    expect(text).toContain('CN=Søby Kommune - segl')
    expect(text).toContain('En PKCS #12-fil')
    expect(text).toContain('Om dets CA står på Adobes liste (AATL), ved CA’en.')
    expect(text).toContain('href="/verify"')
  })

  it('says what stands against sealing, and warns of what ends', async () => {
    const before = await deps.sealFacts()
    await stopAll()
    const warnings = [
      { code: 'expires-soon', days: 12, mark: 30 },
      { code: 'weak-key' },
      { code: 'incomplete-chain', issuer: 'CN=Rod' },
    ] as const
    const fault = { code: 'seal-unavailable', message: 'secret words of a service' }
    await start({ sealFacts: async () => ({ ...before, warnings, fault }) })
    const text = await page()
    expect(text).toContain('Tokenet eller signeringstjenesten svarer ikke.')
    expect(text).toContain('Certifikatet udløber om 12 dage.')
    expect(text).toContain('ETSI TS 119 312')
    expect(text).toContain('certifikatet for CN=Rod er ikke med')
    expect(text).not.toContain('secret words')
  })

  it('says whether its CA is on a trusted list, and what a seal is by it', async () => {
    expect(await page()).toContain('Kommunen bruger ingen tillidslister.')
    const before = await deps.sealFacts()
    const listed = { state: 'listed', territory: 'DK', isInForce: true, level: 'qualified' } as const
    const textOf = async (listing: typeof before.listing, readers = before.readers) => {
      await stopAll()
      await start({ sealFacts: async () => ({ ...before, listing, readers }) })
      return page()
    }
    expect(await textOf({ state: 'not-listed' })).toContain('CA’en står ikke på nogen af de tillidslister')
    expect(await textOf(listed)).toContain(
      'CA’en står på tillidslisten fra Danmark. Seglet er et kvalificeret elektronisk segl.',
    )
    expect(await textOf({ ...listed, isInForce: false, level: null })).toContain('står ikke inde for den nu')
    expect(await textOf({ state: 'not-listed' }, 'nobody')).not.toContain('tillidslister, som kommunen')
  })

  it('tries the seal, and says what came of it', async () => {
    expect(await (await browser.postForm('/staff/seal/test', {})).text()).toContain('Seglet virker. Det tog 12 ms.')
    await stopAll()
    await start({ testSeal: () => Promise.reject(new GatewayError('key-unusable', 'no')) })
    const answer = await browser.postForm('/staff/seal/test', {})
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('forkert PIN')
  })

  it('is for admins alone', async () => {
    await stopAll()
    await start({}, 'caseworker')
    expect((await browser.get('/staff/seal')).status).toBe(403)
    expect((await browser.postForm('/staff/seal/test', {})).status).toBe(403)
    expect(deps.called).toEqual([])
  })
})
