import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendHistory } from '../../src/model/history.ts'
import { da } from '../../src/web/texts/da.ts'
import { en } from '../../src/web/texts/en.ts'
import { open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { HOSTILE, type SeededCase, seedCase } from './support/seed.ts'
import { signInAs } from './support/staff.ts'

const src = join(import.meta.dirname, '../../src')

/** Calls of appendHistory whose event is no plain string, and what it may be. A new one must be named here. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'archive/preserve-case.ts': ['time-stamped', 'time-stamp-renewed'],
  'casework/decide.ts': ['approved', 'rejected'],
  'casework/set-aside.ts': ['auto-reply-came', 'report-came'],
  'delivery/delivery-outcome.ts': [
    'receipt-sent',
    'answer-sent',
    'code-sent',
    'notice-sent',
    'letter-kept',
    'delivery-refused',
    'delivery-possibly-doubled',
  ],
}

/** The event names that a source file gives to appendHistory, and how many of its calls compute theirs. */
function eventsOf(file: string): { readonly names: readonly string[]; readonly computed: number } {
  const calls = readFileSync(file, 'utf8').split('await appendHistory(').slice(1)
  // A call's argument ends with the first line that closes it.
  const named = calls.map((call) => /\bevent: '([\w-]+)'/.exec(call.split(/\n\s*\}\)/)[0] ?? '')?.[1])
  return { names: named.flatMap((name) => name ?? []), computed: named.filter((name) => name === undefined).length }
}

const sources = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => readFileSync(file, 'utf8').includes('await appendHistory('))

describe('every event that the sources write into a history', () => {
  const found = sources.map((file) => ({ file: relative(src, file), ...eventsOf(file) }))
  const names = [...found.flatMap((one) => one.names), ...Object.values(COMPUTED).flat()]

  it('is found by this test', () => {
    expect(found.filter((one) => one.computed > 0).map((one) => [one.file, one.computed])).toEqual(
      Object.keys(COMPUTED)
        .sort()
        .map((file) => [file, 1]),
    )
    for (const [file, computed] of Object.entries(COMPUTED)) {
      const text = readFileSync(join(src, file), 'utf8')
      if (file !== 'casework/decide.ts') for (const name of computed) expect(text).toContain(`'${name}'`)
    }
    expect(names).toContain('verdict-changed')
    expect(new Set(names).size).toBeGreaterThan(15)
  })

  it.each([
    ['Danish', da],
    ['English', en],
  ])('has words in %s', (_language, texts) => {
    const words: Readonly<Record<string, string>> = texts.events
    expect(names.filter((name) => !words[name])).toEqual([])
  })
})

describe('the history on the case page', () => {
  let deps: FakeDeps
  let browser: TinyBrowser
  let seeded: SeededCase
  beforeEach(async () => {
    deps = fakeDeps()
    seeded = await seedCase(deps.store, 5)
    browser = await open(deps)
    await signInAs(browser, deps.store, 'caseworker')
  })
  afterEach(stopAll)

  const write = (event: string, payload: Readonly<Record<string, unknown>>) =>
    deps.store.commit((commit) =>
      appendHistory(commit, {
        caseId: seeded.case.id,
        at: '2026-11-24T09:00:00.000Z',
        actor: { kind: 'system', id: null, name: null },
        event,
        payload,
      }),
    )
  const history = async (): Promise<string> => {
    const page = await (await browser.get(`/staff/cases/${seeded.case.number}`)).text()
    return /<section aria-labelledby="history">[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
  }

  it('tells values in words, and leaves out what no person reads', async () => {
    await write('verdict-changed', {
      before: 'INDETERMINATE',
      after: 'TOTAL-PASSED',
      trustListVersion: 'f'.repeat(64),
      documents: [{ documentId: seeded.document.id, indication: 'TOTAL-PASSED', subIndication: null }],
    })
    await write('letter-planned', {
      letterId: 'letter-1',
      kind: 'receipt',
      deliveryId: 'delivery-1',
      state: 'planned',
      channel: 'notice-mail',
      routeReason: 'unproven-address',
    })
    const shown = await history()
    expect(shown).toContain('Ny kontrol gav et andet resultat')
    expect(shown).toContain(`${seeded.document.name}: I orden`)
    for (const words of ['Kan ikke afgøres', 'Kvittering', 'Mail med link', 'da: unproven-address']) {
      expect(shown).toContain(words)
    }
    for (const raw of [
      'trustListVersion',
      'f'.repeat(64),
      'letterId',
      'letter-1',
      'delivery-1',
      'INDETERMINATE',
      '{',
    ]) {
      expect(shown).not.toContain(raw)
    }
    expect([...shown.matchAll(/<dt>([^<]*)<\/dt>/g)].map(([, name]) => name)).not.toContain('routeReason')
  })

  it("shows a decision's reason as written, harmless, and a refusal's as words", async () => {
    await write('rejected', { reason: HOSTILE, indication: 'NO-SIGNATURE' })
    await write('delivery-unsendable', { reason: 'key-expired', kind: 'decision' })
    const shown = await history()
    expect(shown).toContain('<dt>Begrundelse</dt>')
    expect(shown).not.toContain('<script>')
    expect(shown).toContain('<dt>Årsag</dt><dd>da: key-expired</dd>')
  })

  it('has no details where there is nothing to read, and bears what it does not know', async () => {
    await write('sealed', { genuineTokenHash: 'a'.repeat(64), copies: [] })
    await write('letter-kept', { kind: 7, channel: {}, attempt: 'x', documents: 'y' })
    const shown = await history()
    const last = shown.split('<li>').slice(-2)
    expect(last.filter((entry) => entry.includes('<details>'))).toEqual([])
    expect(last[1]).toContain('Brevet er lagt i udbakken')
  })
})
