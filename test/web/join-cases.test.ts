import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { appendHistory } from '../../src/model/history.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { type SeededCase, seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

let deps: FakeDeps
let browser: TinyBrowser
let one: SeededCase
let other: SeededCase
let fault: GatewayError | null = null
beforeEach(async () => {
  fault = null
  deps = fakeDeps()
  const { joinCases } = deps
  deps = {
    ...deps,
    joinCases: async (join) => {
      if (fault) throw fault
      return joinCases(join)
    },
  }
  browser = await open(deps)
  one = await seedCase(deps.store, 1)
  other = await seedCase(deps.store, 2)
  await signInAs(browser, deps.store, 'caseworker')
})
afterEach(stopAll)
const path = (more = ''): string => `/staff/cases/${one.case.number}${more}`
const page = async (more = ''): Promise<string> => (await browser.get(path(more))).text()
const note = (event: string) =>
  deps.store.commit((write) =>
    appendHistory(write, {
      ...{ caseId: one.case.id, at: '2026-11-25T08:00:00.000Z', event },
      actor: { kind: 'system', id: null, name: null },
      payload: { number: other.case.number, by: 'letter' },
    }),
  )

describe('joining cases', () => {
  it('is offered beside the decision, open and filled in where the mail named the other case', async () => {
    expect(await page()).toMatch(/<details class="panel no-print" id="join"><summary>Læg sammen/)
    await note('may-belong-to')
    expect(await page()).toMatch(new RegExp(`id="join" open>.*name="into"[^>]*value="${other.case.number}"`, 's'))
  })

  it('puts this case into the other, by whoever is signed in, with what they saw', async () => {
    const seen = /name="seen" value="([^"]+)"/.exec(await page())?.[1] ?? ''
    const typed = ` ${other.case.number.replaceAll('-', ' – ')} `
    const answer = await browser.postForm(path('/join'), { into: typed, seen })
    expect(answer.headers.get('location')).toBe(`/staff/cases/${other.case.number}?done=joined`)
    expect(deps.called).toMatchObject([
      {
        name: 'joinCases',
        with: { caseId: one.case.id, into: other.case.number, seen, actor: { kind: 'caseworker', name: 'Søren Sag' } },
      },
    ])
    const shown = await (await browser.get(`/staff/cases/${other.case.number}?done=joined`)).text()
    expect(shown).toContain('Sagerne er lagt sammen')
  })

  it.each([
    ['nothing like a number', { into: 'Kai' }, null, 'join-number', 'ingen anden sag med det nummer'],
    ['a number that no case has', { into: '2026-000099-4' }, null, 'join-number', 'ingen anden sag med det nummer'],
    ['a decided case', {}, {}, 'join-state', 'En af sagerne er afgjort'],
    ['what is still being checked', {}, { stillChecking: true }, 'join-checking', 'kontrolleres stadig'],
    ['papers that came meanwhile', {}, { documentsChanged: true }, 'changed', 'siden du åbnede'],
  ])('says in words why %s joins nothing', async (_, fields, facts, problem, words) => {
    fault = facts && new GatewayError('wrong-state', 'no', { facts })
    const answer = await browser.postForm(path('/join'), { into: other.case.number, seen: 'x', ...fields })
    expect(answer.headers.get('location')).toMatch(new RegExp(`\\?p=${problem}(?:#join)?$`))
    expect(await page(`?p=${problem}`)).toContain(words)
  })

  it('leaves a page that leads on, and offers no decision any more', async () => {
    await deps.store.commit((write) => write.updateCase(one.case.id, { state: 'joined' }))
    await note('joined-into')
    const shown = await page()
    expect(shown).toContain(`Sagen er lagt sammen med sag ${other.case.number}`)
    expect(shown).not.toContain('id="join"')
    expect(shown).not.toContain('/approve')
  })

  it('is told on the citizen’s page, which tells nothing of the other case', async () => {
    await deps.store.commit((write) => write.updateCase(one.case.id, { state: 'joined' }))
    await note('joined-into')
    const shown = await (await browser.get(`/t/${one.token}`)).text()
    expect(shown).toContain('hører til en sag, der allerede er i gang')
    expect(shown).not.toContain(other.case.number)
    expect(shown).not.toContain('name="email"')
  })
})
