import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RunningImap, startImap } from '../../src/intake/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { ImapSettings } from '../../src/model/settings.ts'
import type { Store } from '../../src/model/store.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

const mailOf = (n: number | string, more = ''): string =>
  [
    'Return-Path: <kai@example.dk>',
    'Delivered-To: olietank@eksempel.example',
    'Received: from out.example.dk by mx.eksempel.example; Tue, 24 Nov 2026 10:00:00 +0100',
    'Delivered-To: forged@eksempel.example',
    'From: Kai <kai@example.dk>',
    `Subject: Attest ${n}`,
    `Message-ID: <${n}@example.dk>`,
    '',
    `Tanken er sløjfet.${more}`,
    '',
  ].join('\r\n')

describe.skipIf(!hasDovecot)('a mailbox of a real Dovecot', () => {
  let dovecot: Dovecot
  let store: MemoryStore
  let running: RunningImap | null = null
  let lines: { level: string; facts: Record<string, unknown>; text: string }[] = []
  const note = (level: string) => (facts: object, text: string) => {
    lines.push({ level, facts: { ...facts }, text })
  }
  const log = { info: note('info'), warn: note('warn'), error: note('error') }
  const codes = (): unknown[] => lines.flatMap(({ facts }) => (facts['code'] === undefined ? [] : [facts['code']]))

  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot.stop())
  beforeEach(() => {
    store = memoryStore()
    lines = []
  })
  afterEach(async () => {
    await running?.stop()
    running = null
  })

  const settings = (change: Partial<ImapSettings> = {}): ImapSettings => ({
    ...{ host: 'localhost', port: dovecot.port, tls: 'implicit', ca: readFileSync(dovecot.caFile, 'utf8') },
    ...{ user: dovecot.user, credentials: { kind: 'password', password: 'hemmelig' } },
    ...{ folder: 'INBOX', moveTo: 'Poststempel', recipient: dovecot.user, pollSeconds: 600 },
    ...change,
  })
  const start = (change: Partial<ImapSettings> = {}, over: Partial<Store> = {}, maxMessageBytes = 1_000_000) => {
    const parts = { maxMessageBytes, clock: () => new Date(), log, fetcher: null }
    running = startImap({ ...parts, mailbox: settings(change), store: { ...store, ...over } })
  }
  const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 })
  const received = async (count: number) => until(async () => expect(await store.listSubmissions()).toHaveLength(count))
  const moved = (count: number) => until(() => expect(dovecot.count('Poststempel')).toBe(count))
  let before = 0
  beforeEach(() => {
    before = dovecot.count('Poststempel')
  })

  it('gives each mail once, read or not, with the envelope that the delivering server wrote; and moves it after that', async () => {
    dovecot.deliver(mailOf('a1'), 'a1:2,S')
    dovecot.deliver(mailOf('a2'), 'a2')
    start()
    await received(2)
    await moved(before + 2)
    expect(dovecot.count()).toBe(0)
    const rows = await store.listSubmissions()
    expect(rows.map(({ channel, envelope }) => [channel, envelope.from, envelope.to, envelope.remoteAddress])).toEqual(
      Array.from({ length: 2 }, () => ['imap', 'kai@example.dk', ['olietank@eksempel.example', dovecot.user], null]),
    )
    expect(Buffer.from(await store.blobs.get(rows[0]?.rawSha256 ?? '')).toString()).toContain('Attest a')
  })

  it('tells of new mail at once, long before it would be looked for', async () => {
    start()
    await until(() => expect(dovecot.count('Poststempel')).toBe(before))
    await new Promise((resolve) => setTimeout(resolve, 500))
    const began = Date.now()
    dovecot.deliver(mailOf('b1'), 'b1')
    await received(1)
    expect(Date.now() - began).toBeLessThan(10_000)
  })

  it('gives at once what comes while others are being stored', async () => {
    dovecot.deliver(mailOf('w1'), 'w1')
    const accept: Store['accept'] = async (...given) => {
      if ((await store.listSubmissions()).length === 0) {
        dovecot.deliver(mailOf('w2'), 'w2')
        await new Promise((resolve) => setTimeout(resolve, 1500))
      }
      return store.accept(...given)
    }
    start({}, { accept })
    await received(2)
    await moved(before + 2)
  })

  it('that holds a mail which was stored, and not moved before a kill, gives it no second time', async () => {
    dovecot.deliver(mailOf('c1'), 'c1')
    start()
    await received(1)
    await moved(before + 1)
    await running?.stop()
    // The same bytes under a new number, as after a kill, or a mailbox that was restored.
    dovecot.deliver(mailOf('c1'), 'c1-again')
    start()
    await moved(before + 2)
    expect(await store.listSubmissions()).toHaveLength(1)
    expect(lines.filter(({ facts }) => facts['duplicate'] === true)).toHaveLength(1)
  })

  it('with one mail that is too large gives the others, leaves that one, and says so once', async () => {
    dovecot.deliver(mailOf('d1', 'x'.repeat(20_000)), 'd1')
    dovecot.deliver(mailOf('d2'), 'd2')
    start({ pollSeconds: 1 }, {}, 10_000)
    await received(1)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(dovecot.count()).toBe(1)
    expect(codes()).toEqual(['too-large'])
    await running?.stop()
    start()
    await received(2)
  })

  it('keeps what cannot be stored, and gives it once the store is back', async () => {
    dovecot.deliver(mailOf('e1'), 'e1')
    let isAway = true
    const full = new GatewayError('storage-unavailable', 'the disk is full', { retryable: true })
    const accept: Store['accept'] = (...given) => (isAway ? Promise.reject(full) : store.accept(...given))
    start({ pollSeconds: 1 }, { accept })
    await until(() => expect(codes()).toContain('storage-unavailable'))
    expect(dovecot.count()).toBe(1)
    expect(dovecot.count('Poststempel')).toBe(before)
    isAway = false
    await received(1)
    await moved(before + 1)
  })

  it('says that the password is wrong, and that the folder is not there, without a word of the server’s', async () => {
    start({ folder: 'Findes ikke' })
    await until(() => expect(codes()).toContain('imap-folder-missing'))
    await running?.stop()
    start({ credentials: { kind: 'password', password: 'forkert' } })
    await until(() => expect(codes()).toContain('imap-sign-in-refused'))
    await running?.stop()
    start({ ca: null })
    await until(() => expect(codes().some((code) => /SELF_SIGNED|UNABLE|CERT/.test(String(code)))).toBe(true))
    expect(JSON.stringify(lines)).not.toContain('hemmelig')
  })

  it('says that the folder of stored mail holds what it never moved there', async () => {
    dovecot.deliver(mailOf('f1'), 'f1')
    start()
    await received(1)
    await moved(before + 1)
    await running?.stop()
    // As if the database were of last week: it knows of less than the mailbox holds.
    const [name = ''] = [...store.tables().settings.keys()].filter((one) => one.startsWith('imap:'))
    const known = (await store.setting(name)) as { moved: { uidValidity: string; uid: number } }
    const moved0 = { ...known.moved, uid: known.moved.uid - 5 }
    await store.commit((write) => write.setSetting(name, { ...known, moved: moved0 }))
    start()
    await until(() => expect(codes()).toContain('imap-unknown-moved'))
    expect(lines.find(({ facts }) => facts['code'] === 'imap-unknown-moved')).toMatchObject({
      level: 'error',
      facts: { count: 5 },
    })
  })
})

describe('a mail server that is away', () => {
  it('is asked again, and said once', async () => {
    const sockets: Socket[] = []
    const server: Server = createServer((socket) => {
      sockets.push(socket)
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const said: unknown[] = []
    const log = { info: () => undefined, warn: () => undefined, error: (facts: object) => said.push(facts) }
    const running = startImap({
      mailbox: {
        ...{ host: '127.0.0.1', port, tls: 'off', ca: null, user: 'u', pollSeconds: 1, recipient: 'u@example.dk' },
        ...{ credentials: { kind: 'password', password: 'p' }, folder: 'INBOX', moveTo: 'Poststempel' },
      },
      ...{ maxMessageBytes: 1000, store: memoryStore(), clock: () => new Date(), log, fetcher: null },
    })
    await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(1), { timeout: 15_000 })
    expect(said).toHaveLength(1)
    await running.stop()
    server.close()
  })
})

describe('a mailbox that takes no passwords', () => {
  it('is signed in to with the token, as XOAUTH2 says', async () => {
    const heard: string[] = []
    const server = createServer((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n')
      socket.on('error', () => socket.destroy())
      socket.on('data', (data) => {
        for (const line of data.toString().split('\r\n').filter(Boolean)) {
          heard.push(line)
          const [tag = ''] = line.split(' ')
          socket.write(`${tag} ${/ AUTHENTICATE /.test(line) ? 'NO refused' : 'OK done'}\r\n`)
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const bytes = new Uint8Array(Buffer.from('{"access_token":"abc","expires_in":3600}'))
    const said: unknown[] = []
    const log = { info: () => undefined, warn: () => undefined, error: (facts: object) => said.push(facts) }
    const running = startImap({
      mailbox: {
        ...{ host: '127.0.0.1', port, tls: 'off', ca: null, user: 'post@kommune.example', pollSeconds: 60 },
        ...{ recipient: 'post@kommune.example', folder: 'INBOX', moveTo: 'Poststempel' },
        credentials: {
          ...{ kind: 'oauth2', tokenUrl: 'https://login.example/t', clientId: 'app', clientSecret: 's', scope: 'x' },
          allowedNetworks: [],
        },
      },
      fetcher: { fetch: async () => ({ bytes, freshUntil: null }) },
      ...{ maxMessageBytes: 1000, store: memoryStore(), clock: () => new Date(), log },
    })
    await vi.waitFor(() => expect(said).toMatchObject([{ code: 'imap-sign-in-refused' }]), { timeout: 15_000 })
    const sent = / AUTHENTICATE XOAUTH2 (\S+)/.exec(heard.join('\n'))?.[1] ?? ''
    const said1 = 'user=post@kommune.example\u0001auth=Bearer abc\u0001\u0001'
    expect(Buffer.from(sent, 'base64').toString()).toBe(said1)
    await running.stop()
    server.close()
  })
})
