import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
beforeEach(async () => {
  deps = fakeDeps()
  browser = await open(deps)
})
afterEach(stopAll)

/** A mail that was acknowledged and cannot be read: no case, only a dead job. */
async function bury(): Promise<void> {
  await deps.store.commit((write) => write.addJob('normalise', 'lost', { submissionId: 'lost' }))
  const [job] = await deps.store.jobs.lease('test', ['normalise'], 1, 60_000)
  if (job) await deps.store.jobs.fail(job, { code: 'child-crashed', message: 'secret words', retryable: false })
}
const page = async (path: string): Promise<string> => (await browser.get(path)).text()

describe('what is stuck', () => {
  it.each(['caseworker', 'admin'] as const)('is told the %s on every page, and in red over the queue', async (role) => {
    await signInAs(browser, deps.store, role)
    expect(await page('/staff')).not.toMatch(/kræver en administrator|gået i stå/)
    await bury()
    // Its receipt was refused, and it is not answered.
    await seedCase(deps.store, 9, { state: 'decided' })
    expect(await page('/staff/all')).toContain('1 opgave kræver en administrator')
    expect(await page('/staff/archive')).toContain('1 brev er ikke nået frem')
    const queue = await page('/staff')
    const alert = /<div class="alert alert-error"[\s\S]*?<\/div><\/div>/.exec(queue)?.[0] ?? ''
    expect(alert).toContain('1 opgave kræver en administrator')
    expect(alert).toContain('1 brev er ikke nået frem')
    expect(alert.includes('href="/staff/jobs"')).toBe(role === 'admin')
  })

  it('is counted in /health, without its contents', async () => {
    await bury()
    await seedCase(deps.store, 9, { state: 'decided' })
    await seedCase(deps.store, 10, { state: 'archived' })
    const text = await page('/health')
    expect(JSON.parse(text)).toEqual({ status: 'ok', store: 'ok', deadJobs: 1, unsentLetters: 1 })
  })

  it('is not told to strangers on pages', async () => {
    await bury()
    for (const path of ['/', '/staff/sign-in']) expect(await page(path)).not.toContain('administrator')
  })
})
