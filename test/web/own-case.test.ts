import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { CODE, type FakeDeps, fakeDeps } from './support/fakes.ts'
import { type SeededCase, seedCase } from './support/seed.ts'

let deps: FakeDeps
let browser: TinyBrowser
let seeded: SeededCase
let base: string

beforeEach(async () => {
  deps = fakeDeps()
  seeded = await seedCase(deps.store, 5)
  base = `/t/${seeded.token}`
  browser = await open(deps)
})
afterEach(stopAll)

async function signIn(by: TinyBrowser, at = base): Promise<void> {
  await by.post(`${at}/code`, new URLSearchParams({ email: 'kai@example.dk' }))
  await by.post(`${at}/open`, new URLSearchParams({ code: CODE }))
}

const addForm = async (by: TinyBrowser, at = base): Promise<string> =>
  /action="([^"]+\/add\?n=[\w-]{27})"/.exec(await (await by.get(at)).text())?.[1] ?? ''

function form(content = 'x', fields: Readonly<Record<string, string>> = {}): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  data.append('files', new File([content], 'kort.pdf', { type: 'application/pdf' }))
  return data
}

const added = () => deps.called.filter(({ name }) => name === 'acceptAddition')
const chosen = () => deps.called.filter(({ name }) => name === 'chooseChannel')
const stored = () => [...deps.store.tables().submissions.values()].filter(({ channel }) => channel === 'upload')

describe('a key of one’s own', () => {
  const handIn = (by: TinyBrowser, fields: Readonly<Record<string, string>>, file?: File) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) data.set(name, value)
    if (file) data.set('file', file)
    return by.post(`${base}/key`, data)
  }
  const told = (answer: Response) => new URL(answer.headers.get('location') ?? '', 'https://x').searchParams.get('told')

  it('is handed in after the code alone, as text or as a file', async () => {
    expect(told(await handIn(browser, { key: 'x' }))).toBe('no-session')
    expect(await (await browser.get(base)).text()).not.toContain('Din nøgle (OpenPGP)')
    await signIn(browser)
    expect(await (await browser.get(base)).text()).toContain('Din nøgle (OpenPGP)')
    expect(told(await handIn(browser, { key: '-----BEGIN PGP' }))).toBe('key-asked')
    expect(told(await handIn(browser, {}, new File([Buffer.of(0x99, 1)], 'key.gpg')))).toBe('key-asked')
    expect(told(await handIn(browser, {}))).toBe('key-unreadable')
    const offered = deps.called.filter(({ name }) => name === 'offerKey')
    const keys = offered.map(({ with: ask }) => Buffer.from((ask as { key: Uint8Array }).key).toString('latin1'))
    expect(keys).toEqual(['-----BEGIN PGP', '\x99\x01'])
  })

  it.each([
    ['private-key', 'key-private', 'Det er din private nøgle.'],
    ['other-address', 'key-other-address', 'ikke til den mailadresse'],
    ['something-new', 'key-unreadable', 'kan ikke læses'],
  ])('says why one is of no use: %s', async (reason, word, said) => {
    const refused = fakeDeps({
      offerKey: async () => {
        throw new GatewayError('key-unusable', 'no', { facts: { reason } })
      },
    })
    const one = await seedCase(refused.store, 5)
    base = `/t/${one.token}`
    const by = await open(refused)
    await signIn(by)
    expect(told(await handIn(by, { key: 'x' }))).toBe(word)
    expect(await (await by.get(`${base}?told=${word}`)).text()).toContain(said)
  })

  it('is confirmed by the code, which is asked for where one is waited for', async () => {
    const waiting = fakeDeps({ keyChoice: async () => ({ inForce: null, asked: 'ab'.repeat(20) }) })
    const one = await seedCase(waiting.store, 5)
    base = `/t/${one.token}`
    const by = await open(waiting)
    const prove = () => by.post(`${base}/key-code`, new URLSearchParams({ code: '1234 5678' }))
    expect(told(await prove())).toBe('no-session')
    await signIn(by)
    expect(await (await by.get(base)).text()).toContain('ABAB ABAB ABAB ABAB')
    expect(told(await prove())).toBe('key-counts')
    expect(waiting.called.at(-1)).toMatchObject({ name: 'proveKey', with: { code: '12345678' } })
  })
})

describe('adding to a case', () => {
  it('is offered after the code, and not by the link alone', async () => {
    expect(await addForm(browser)).toBe('')
    await signIn(browser)
    expect(await addForm(browser)).toMatch(new RegExp(`^${base}/add`))
  })

  it('by the link alone stores nothing, and says what is missing', async () => {
    const answer = await browser.post(`${base}/add?n=${'n'.repeat(27)}`, form())
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${base}?told=no-session`])
    expect([added(), stored()]).toEqual([[], []])
    expect(await (await browser.get(`${base}?told=no-session`)).text()).toContain('Intet blev modtaget')
  })

  it('with the session of another case stores nothing', async () => {
    const other = await seedCase(deps.store, 6)
    await signIn(browser, `/t/${other.token}`)
    const answer = await browser.post(`${base}/add?n=${'n'.repeat(27)}`, form())
    expect(answer.headers.get('location')).toBe(`${base}?told=no-session`)
    expect([added(), stored()]).toEqual([[], []])
  })

  it('goes to the session’s case, whatever the form says', async () => {
    const other = await seedCase(deps.store, 6)
    await signIn(browser)
    const path = await addForm(browser)
    const answer = await browser.post(path, form('x', { caseId: other.case.id, case: other.case.number }))
    expect(answer.headers.get('location')).toBe(`${base}?told=added`)
    expect(added()).toMatchObject([{ with: { caseId: seeded.case.id, nonce: path.slice(-27) } }])
    expect(stored()).toMatchObject([{ caseId: seeded.case.id }])
  })

  it('from another site takes nothing', async () => {
    await signIn(browser)
    const answer = await browser.post(await addForm(browser), form(), { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(403)
    expect(stored()).toEqual([])
  })

  it('that is too large is refused before it is read', async () => {
    const big = await open({
      ...deps,
      settings: { ...deps.settings, web: { ...deps.settings.web, maxUploadBytes: 900 } },
    })
    await signIn(big)
    expect((await big.post(await addForm(big), form('x'.repeat(2000)))).status).toBe(413)
    expect(stored()).toEqual([])
  })

  it('to a decided case is refused in a clear sentence, with the way that is open', async () => {
    const decided = await seedCase(deps.store, 7, { state: 'decided', decision: 'approved' })
    const at = `/t/${decided.token}`
    await signIn(browser, at)
    const page = await (await browser.get(at)).text()
    expect(page).toContain('Sagen er afgjort, så der kan ikke føjes mere til den.')
    expect(page).toContain('href="/send?type=oil-tank"')
    expect(await addForm(browser, at)).toBe('')
    const answer = await browser.post(`${at}/add?n=${'n'.repeat(27)}`, form())
    expect(answer.headers.get('location')).toBe(`${at}?told=decided`)
    expect(await (await browser.get(`${at}?told=decided`)).text()).toContain('Send det i stedet som en ny henvendelse')
    expect(added()).toEqual([])
  })

  it('that meets a decision at the door says the same', async () => {
    const late = await open({
      ...deps,
      acceptAddition: async () => {
        throw new GatewayError('wrong-state', 'decided')
      },
    })
    await signIn(late)
    expect((await late.post(await addForm(late), form())).headers.get('location')).toBe(`${base}?told=decided`)
  })

  it('that the store cannot take is told as that: nothing is acknowledged', async () => {
    const broken = await open({
      ...deps,
      acceptAddition: async () => {
        throw new GatewayError('storage-unavailable', 'no', { retryable: true })
      },
    })
    await signIn(broken)
    expect((await broken.post(await addForm(broken), form())).status).toBe(503)
  })
})

describe('choosing how the answer comes', () => {
  const post = (by: TinyBrowser, channel: string) => by.post(`${base}/channel`, new URLSearchParams({ channel }))

  it('takes the code', async () => {
    expect((await post(browser, 'plain-mail')).headers.get('location')).toBe(`${base}?told=no-session`)
    expect(chosen()).toEqual([])
  })

  it.each([
    ['none', null],
    ['plain-mail', 'plain-mail'],
    ['pickup', 'pickup'],
  ])('%s is handed on for the session’s case', async (name, channel) => {
    await signIn(browser)
    expect((await post(browser, name)).headers.get('location')).toBe(`${base}?told=chosen`)
    expect(chosen()).toEqual([{ name: 'chooseChannel', with: { caseId: seeded.case.id, channel } }])
  })

  it.each(['', 'notice-mail', '__proto__', 'constructor'])('%s is none of the ways', async (name) => {
    await signIn(browser)
    expect((await post(browser, name)).headers.get('location')).toBe(`${base}?told=not-offered`)
    expect(chosen()).toEqual([])
  })

  it('says so where the way is not offered, and where the case is decided', async () => {
    for (const [code, told] of [
      ['forbidden', 'not-offered'],
      ['wrong-state', 'too-late'],
    ] as const) {
      const refusing = await open({
        ...deps,
        chooseChannel: async () => {
          throw new GatewayError(code, 'no')
        },
      })
      await signIn(refusing)
      expect((await post(refusing, 'pickup')).headers.get('location')).toBe(`${base}?told=${told}`)
    }
  })

  it('shows the way in force and only what is offered', async () => {
    const encrypted = await open({
      ...deps,
      channelChoice: async () => ({ chosen: null, offered: ['openpgp-mail', 'pickup'] }),
    })
    await signIn(encrypted)
    const page = await (await encrypted.get(base)).text()
    expect(page).toContain('Derfor sender vi dig intet ukrypteret')
    expect(page).not.toContain('value="plain-mail"')
    expect(page).toMatch(/value="openpgp-mail" checked/)
    const nothing = await open({ ...deps, channelChoice: async () => null })
    const again = browserOf(nothing.web)
    await signIn(again)
    expect(await (await again.get(base)).text()).not.toContain('name="channel"')
  })
})
