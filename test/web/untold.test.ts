import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { type SeededCase, seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
let seeded: SeededCase
let isUntold = true
beforeEach(async () => {
  isUntold = true
  deps = fakeDeps({ isUntold: async () => isUntold })
  browser = await open(deps)
  seeded = await seedCase(deps.store, 1, { state: 'decided' })
  await signInAs(browser, deps.store, 'caseworker')
})
afterEach(stopAll)
const path = (more = ''): string => `/staff/cases/${seeded.case.number}${more}`
const page = async (more = ''): Promise<string> => (await browser.get(path(more))).text()

describe('a decision that reached nobody', () => {
  it('stands in red over the case, and never beside words that the answer is on its way', async () => {
    expect(await page('?done=approved')).toMatch(
      /alert-error"[^>]*><p class="alert-heading">Borgeren har ikke fået besked/,
    )
    expect(await page('?done=approved')).not.toContain('svaret er på vej')
    isUntold = false
    expect(await page('?done=approved')).not.toContain('ikke fået besked')
  })

  it('is settled by a note of who is signed in, and not without one', async () => {
    const without = await browser.postForm(path('/told'), { note: ' ' })
    expect(without.headers.get('location')).toBe(path('?p=note'))
    expect(await page('?p=note')).toContain('Skriv, hvordan borgeren fik besked.')
    expect(deps.called).toEqual([])
    const answer = await browser.postForm(path('/told'), { note: 'Ringet op' })
    expect(answer.headers.get('location')).toBe(path('?done=told'))
    expect(deps.called).toMatchObject([
      {
        name: 'settleToldOtherwise',
        with: { caseId: seeded.case.id, note: 'Ringet op', actor: { kind: 'caseworker', name: 'Søren Sag' } },
      },
    ])
    isUntold = false
    expect(await page('?done=told')).toContain('Sagen er besvaret.')
  })
})
