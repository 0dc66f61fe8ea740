import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMailComposer } from '../../src/delivery/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { Job } from '../../src/model/job.ts'
import type { HandOver, MailRelay } from '../../src/model/ports.ts'
import type { TrustSettings } from '../../src/model/settings.ts'
import { createFetcher, parseNetworks } from '../../src/net/index.ts'
import { makeOpenPgpKey } from '../../src/seal/index.ts'
import {
  addAnchor,
  disableAnchor,
  limitAnchor,
  putOnRecord,
  type TellParts,
  tellTrustChange,
} from '../../src/trust/index.ts'
import { tellInWords } from '../../src/trust/tell-words.ts'
import { settings, silentLog } from '../casework/scene.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

const ca = makeCa('Test CA')
const AT = '2026-11-24T09:00:00.000Z'
const NOW = new Date('2026-11-24T10:00:00.000Z')
const ida = { kind: 'admin', id: 'account-1', name: 'Ida Admin' } as const
const SECRET = 'en hemmelighed på mange tegn'

let composer: TellParts['composer']
beforeAll(async () => {
  const { name, mailAddress: address } = settings.municipality
  const key = await makeOpenPgpKey({ name, address, since: new Date('2026-01-01') })
  composer = await createMailComposer({ openpgpPrivateKeyArmored: key.privateKeyArmored, domain: 'demokobing.example' })
})

let store: MemoryStore
let sent: { readonly to: string; readonly raw: string }[]
let answers: HandOver[]
let ids: number
beforeEach(async () => {
  store = memoryStore({ clock: () => NOW })
  sent = []
  answers = []
  ids = 0
  const about = { purposes: ['document'], source: 'file', note: 'ringet op', actor: ida, at: AT } as const
  await store.commit((write) => addAnchor(write, { ...about, der: ca.der }))
})

const relay: MailRelay = {
  kind: 'smtp',
  handOver: async ({ to, raw }) => {
    sent.push({ to, raw: Buffer.from(raw).toString('utf8') })
    return answers.shift() ?? { outcome: 'accepted', response: 'ok' }
  },
}

function parts(notify: Partial<TrustSettings['notify']>, webhook: TellParts['webhook'] = null): TellParts {
  const trust = { secondAdmin: false, anchors: [], notify: { mail: [], webhook: null, ...notify } }
  const newMessageId = () => {
    ids += 1
    return `<${ids}@demokobing.example>`
  }
  return {
    store,
    clock: () => NOW,
    log: silentLog,
    settings: { ...settings, trust },
    composer,
    relay,
    newMessageId,
    webhook,
  }
}

const lease = async (): Promise<readonly Job[]> => store.jobs.lease('worker', ['tell-trust-change'], 10, 60_000)
async function work(by: TellParts): Promise<number> {
  const jobs = await lease()
  for (const job of jobs) await tellTrustChange(job, by)
  return jobs.length
}

describe('a change of trust is told', () => {
  it('to each address by mail: what, who, when, why, which fingerprint, before and after', async () => {
    const by = parts({ mail: ['ida@kommune.example', 'it@kommune.example'] })
    await work(by)
    expect(sent).toEqual([])
    expect(await work(by)).toBe(2)
    expect(sent.map(({ to }) => to)).toEqual(['ida@kommune.example', 'it@kommune.example'])
    const text = (sent[0]?.raw ?? '').replaceAll('=\r\n', '')
    for (const said of [
      'Message-ID: <1@demokobing.example>',
      'Auto-Submitted: auto-generated',
      'CN=3DTest CA, C=3DDK',
      ca.sha256,
      'Hvem: Ida Admin',
      AT,
      'ringet op',
      'ikke p=C3=A5 listen; efter: i brug',
      'https://post.example/staff/roots',
    ]) {
      expect(text).toContain(said)
    }
    expect((await store.adminHistory()).slice(1).map(({ event, payload }) => [event, payload?.['to']])).toEqual([
      ['trust-change-told', 'ida@kommune.example'],
      ['trust-change-told', 'it@kommune.example'],
    ])
    expect(await work(by)).toBe(0)
  })

  it('to nobody where the mail stays here: that is on record as it is', async () => {
    const by = parts({ mail: ['ida@kommune.example'] })
    answers = [{ outcome: 'kept', response: 'kept in the outbox' }]
    await work(by)
    await work(by)
    expect((await store.adminHistory()).at(-1)).toMatchObject({
      event: 'trust-change-told',
      payload: { to: 'ida@kommune.example', outcome: 'kept' },
    })
  })

  it('by the same bytes and Message-ID where it must be repeated', async () => {
    const by = parts({ mail: ['ida@kommune.example'] })
    await work(by)
    const [job] = await lease()
    if (!job) throw new Error('no job')
    answers = [{ outcome: 'unknown', response: 'the line broke', smtpCode: null }]
    await expect(tellTrustChange(job, by)).rejects.toMatchObject({ code: 'relay-unavailable', retryable: true })
    await tellTrustChange(job, by)
    expect(sent).toHaveLength(2)
    expect(sent[0]).toEqual(sent[1])
  })

  it('no more where the relay says no for good: a person sees it', async () => {
    const by = parts({ mail: ['ida@kommune.example'] })
    await work(by)
    answers = [{ outcome: 'refused', response: 'no such user', smtpCode: 550 }]
    await expect(work(by)).rejects.toMatchObject({ code: 'relay-refused', retryable: false })
    expect((await store.adminHistory()).map(({ event }) => event)).toEqual(['trust-changed'])
  })

  it('to nobody where nobody is named, and the job is done', async () => {
    expect([await work(parts({})), await work(parts({}))]).toEqual([1, 0])
  })

  it('in the commit of the change: what is undone is not told', async () => {
    const before = store.tables().jobs.size
    const undone = store.commit(async (write) => {
      await disableAnchor(write, ca.sha256, { actor: ida, reason: 'x', at: AT })
      throw new GatewayError('internal', 'power is gone')
    })
    await expect(undone).rejects.toThrow()
    expect(store.tables().jobs.size).toBe(before)
  })
})

describe('the webhook', () => {
  let server: Server
  let got: { readonly headers: IncomingHttpHeaders; readonly body: string }[]
  let status: number
  beforeEach(async () => {
    got = []
    status = 204
    server = createServer(async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece)
      got.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') })
      response.writeHead(status).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => server.close())

  const by = (allowedNetworks: readonly string[]) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?room=7`
    const fetcher = createFetcher({ allowed: parseNetworks(allowedNetworks), now: () => NOW })
    return parts({ webhook: { url, secret: SECRET, allowedNetworks } }, fetcher)
  }

  it('gets the change as JSON, signed over time and body, with no secret in it', async () => {
    const here = by(['127.0.0.0/8'])
    await work(here)
    await work(here)
    const [{ headers, body } = { headers: {}, body: '' }] = got
    const seconds = NOW.getTime() / 1000
    const mac = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex')
    expect(headers['poststempel-signature']).toBe(`t=${seconds},v1=${mac}`)
    expect(headers['content-type']).toBe('application/json')
    const [entry] = await store.adminHistory()
    expect(headers['poststempel-delivery']).toBe(entry?.hash)
    expect(JSON.parse(body)).toMatchObject({
      event: 'trust-changed',
      at: AT,
      actor: { name: 'Ida Admin' },
      action: 'added',
      reason: 'ringet op',
      anchors: [{ sha256: ca.sha256, before: null, after: { purposes: ['document'] } }],
      trustListVersion: { before: {}, after: {} },
      municipality: 'Demokøbing Kommune',
    })
    expect(body).not.toContain(SECRET)
    expect((await store.adminHistory()).at(-1)).toMatchObject({ event: 'trust-change-told' })
  })

  it('that is away is asked again; one in a private network is not asked at all, unless that is allowed', async () => {
    const here = by(['127.0.0.0/8'])
    await work(here)
    status = 503
    await expect(work(here)).rejects.toMatchObject({ code: 'fetch-failed', retryable: true })
    const [job] = [...store.tables().jobs.values()].filter(({ key }) => key.endsWith(':webhook'))
    if (!job) throw new Error('no job')
    await expect(tellTrustChange(job, by([]))).rejects.toMatchObject({ code: 'fetch-refused', retryable: false })
    expect(got).toHaveLength(1)
  })
})

it('who is told no more is told of that', async () => {
  const before = { mail: ['former@example.org'], webhook: null }
  await store.commit((write) =>
    putOnRecord(write, {
      ...{ at: AT, actor: { kind: 'system', id: null, name: 'configuration' }, event: 'trust-told-changed' },
      payload: { before, after: { mail: ['now@example.org'], webhook: null } },
    }),
  )
  const by = parts({ mail: ['now@example.org'] })
  while ((await work(by)) > 0);
  const about = sent.filter(({ raw }) => raw.includes('configuration'))
  expect(about.map(({ to }) => to).sort()).toEqual(['former@example.org', 'now@example.org'])
})

describe('what others read', () => {
  const change = { actor: ida, at: AT, reason: 'x' }
  const told = async () => {
    const entry = (await store.adminHistory()).at(-1)
    if (!entry) throw new Error('no entry')
    return tellInWords(entry, 'da', { name: 'Søby', page: 'https://post.example/staff/roots' })
  }

  it('is a line of ours alone where it looks like one, and says what cannot be seen', async () => {
    const reason = 'aftalt\nHvem: Borgmesteren\u2028\u202emoc.dno\u200b\r\nBcc: alle@example.org'
    const actor = { ...ida, name: 'Ida\u202e nimdA\nHvornår: aldrig' }
    await store.commit((write) => disableAnchor(write, ca.sha256, { actor, at: AT, reason }))
    const { subject, text } = await told()
    expect(subject).toBe('Rodcertifikater ændret: CN=Test CA, C=DK taget ud af brug')
    const lines = text.split(/[\n\r\u2028]/)
    expect(lines.filter((line) => line.startsWith('Hvem:'))).toEqual(['Hvem: Ida\\u{202e} nimdA Hvornår: aldrig'])
    expect(lines.filter((line) => /^(Hvornår|Bcc):/.test(line))).toEqual([`Hvornår: ${AT}`])
    expect(lines).toContain('Hvorfor: aftalt Hvem: Borgmesteren \\u{202e}moc.dno\\u{200b} Bcc: alle@example.org')
    expect(text).not.toMatch(/[\u202e\u200b\u2028]/)
  })

  it('names limits and days before and after: that one is taken away is no small thing', async () => {
    await store.commit((write) =>
      limitAnchor(write, ca.sha256, { emails: ['firma.dk'], excluded: ['dns:ond.dk'] }, change),
    )
    expect((await told()).text).toContain(
      'før: i brug, gælder for document; efter: i brug, gælder for document, afgrænset af emails: firma.dk, excluded: dns:ond.dk',
    )
    await store.commit((write) => limitAnchor(write, ca.sha256, null, change))
    expect((await told()).text).toContain('excluded: dns:ond.dk; efter: i brug, gælder for document\n')
    const dates = { countsFrom: AT, countsUntil: '2027-01-01T00:00:00.000Z' }
    const other = { purposes: ['mail'], source: 'file', note: 'x', actor: ida, at: AT, ...dates } as const
    await store.commit((write) => addAnchor(write, { ...other, der: makeCa('Anden CA').der }))
    expect((await told()).text).toContain(`gælder for mail, fra ${AT}, til 2027-01-01T00:00:00.000Z`)
  })
})
