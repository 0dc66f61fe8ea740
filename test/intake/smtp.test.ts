import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { startSmtp } from '../../src/intake/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { sha256Hex } from '../../src/model/ids.ts'
import type { Log } from '../../src/model/ports.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { dotStuffed, type SmtpClient, smtpClient } from '../support/smtp-client.ts'

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const hasIpv6 = Object.values(networkInterfaces()).some((one) => one?.some(({ family }) => family === 'IPv6'))
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function gateway(
  change: {
    maxMessageBytes?: number
    maxClients?: number
    maxHoldMs?: number
    maxClientsPerAddress?: number
    greetingDelayMs?: number
    host?: string
  } = {},
) {
  const store = memoryStore()
  const smtp = await startSmtp({
    store,
    clock: () => new Date('2026-11-24T09:00:00Z'),
    log,
    maxHoldMs: change.maxHoldMs ?? 5000,
    settings: {
      municipality: {
        name: 'Eksempel Kommune',
        cvr: '00000000',
        timeZone: 'Europe/Copenhagen',
        language: 'da',
        mailAddress: 'post@eksempel.example',
        phone: '',
      },
      smtp: {
        host: change.host ?? '127.0.0.1',
        port: 0,
        recipients: ['teknik@eksempel.example', '@digital.example'],
        maxMessageBytes: change.maxMessageBytes ?? 1_000_000,
        tls: null,
        maxClients: change.maxClients ?? 20,
        maxClientsPerAddress: change.maxClientsPerAddress ?? 20,
        greetingDelayMs: change.greetingDelayMs ?? 0,
        lmtp: null,
      },
    },
  })
  endings.push(() => smtp.stop())
  return { store, smtp }
}

async function client(port: number): Promise<SmtpClient & { greeting: string }> {
  const one = await smtpClient(port)
  endings.push(() => one.close())
  return one
}

async function ready(port: number, recipient = 'teknik@eksempel.example'): Promise<SmtpClient> {
  const one = await client(port)
  await one.say('EHLO kai.example')
  expect(await one.say('MAIL FROM:<kai@example.dk>')).toMatch(/^250/)
  expect(await one.say(`RCPT TO:<${recipient}>`)).toMatch(/^250/)
  return one
}

async function data(one: SmtpClient, message: string): Promise<string> {
  expect(await one.say('DATA')).toMatch(/^354/)
  await one.send(dotStuffed(message))
  return one.reply()
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Bytes of buffers that somebody still holds. */
async function heldBytes(): Promise<number> {
  // Twice, a turn apart: the first frees the views, the second what stood behind them.
  for (let round = 0; round < 2; round++) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return process.memoryUsage().arrayBuffers
}

const MAIL = 'From: kai@example.dk\r\nSubject: attest\r\n\r\nHej\r\n.dot\r\nfarvel'
const rows = (store: MemoryStore) => [...store.tables().submissions.values()]

describe('a mail that is taken', () => {
  it('is a submission with its raw bytes, its envelope and its job when 250 comes', async () => {
    const { store, smtp } = await gateway()
    expect(await data(await ready(smtp.port, 'Teknik+2026-000123-7@Eksempel.Example'), MAIL)).toMatch(/^250 2\./)
    const [row] = rows(store)
    expect(row).toMatchObject({
      channel: 'smtp',
      state: 'received',
      receivedAt: '2026-11-24T09:00:00.000Z',
      rawMediaType: 'message/rfc822',
      rawSha256: sha256Hex(Buffer.from(`${MAIL}\r\n`)),
      rawSize: MAIL.length + 2,
      envelope: {
        from: 'kai@example.dk',
        to: ['Teknik+2026-000123-7@Eksempel.Example'],
        helo: 'kai.example',
        tls: false,
      },
    })
    expect(row && Buffer.from(await store.blobs.get(row.rawSha256)).toString()).toBe(`${MAIL}\r\n`)
    expect((await store.listJobs()).map((job) => [job.kind, job.key])).toEqual([['normalise', row?.id]])
  })

  it('comes from the null sender too', async () => {
    const { store, smtp } = await gateway()
    const one = await client(smtp.port)
    await one.say('EHLO x')
    expect(await one.say('MAIL FROM:<>')).toMatch(/^250/)
    await one.say('RCPT TO:<hvad.som.helst@digital.example>')
    expect(await data(one, MAIL)).toMatch(/^250/)
    expect(rows(store)[0]?.envelope.from).toBe('')
  })

  it('is one submission when it is sent again, and another when its envelope differs', async () => {
    const { store, smtp } = await gateway()
    const one = await ready(smtp.port)
    expect(await data(one, MAIL)).toMatch(/^250/)
    await one.say('MAIL FROM:<kai@example.dk>')
    await one.say('RCPT TO:<teknik@eksempel.example>')
    expect(await data(one, MAIL)).toMatch(/^250/)
    expect(rows(store)).toHaveLength(1)
    await one.say('MAIL FROM:<eva@example.dk>')
    await one.say('RCPT TO:<teknik@eksempel.example>')
    expect(await data(one, MAIL)).toMatch(/^250/)
    expect(rows(store)).toHaveLength(2)
  })

  it('is taken when all its commands come in one packet, and the next one too', async () => {
    const { store, smtp } = await gateway()
    const one = await client(smtp.port)
    await one.say('EHLO x')
    const commands = (name: string) => `MAIL FROM:<${name}@example.dk>\r\nRCPT TO:<teknik@eksempel.example>\r\nDATA\r\n`
    await one.send(`${commands('a')}${dotStuffed(MAIL)}${commands('b')}${dotStuffed(MAIL)}QUIT\r\n`)
    const replies: string[] = []
    for (let count = 0; count < 9; count++) replies.push((await one.reply()).slice(0, 3))
    expect(replies).toEqual(['250', '250', '354', '250', '250', '250', '354', '250', '221'])
    expect(rows(store)).toHaveLength(2)
  })
})

describe('recipients', () => {
  const cases: readonly [string, RegExp][] = [
    ['teknik@eksempel.example', /^250/],
    ['TEKNIK@EKSEMPEL.EXAMPLE', /^250/],
    ['teknik+sag-7@eksempel.example', /^250/],
    ['alle@digital.example', /^250/],
    ['postmaster@eksempel.example', /^250/],
    ['Postmaster', /^250/],
    ['postmaster@fremmed.example', /^550 5\.1\.1 .+ \/ .+/],
    ['andre@eksempel.example', /^550 5\.1\.1 /],
    ['teknik@under.eksempel.example', /^550 5\.1\.1 /],
    ['x@notdigital.example', /^550 5\.1\.1 /],
    ['teknik@eksempel.example@fremmed.example', /^5/],
  ]
  it.each(cases)('%s is answered as it should be', async (recipient, wanted) => {
    const { smtp } = await gateway()
    const one = await client(smtp.port)
    await one.say('EHLO x')
    await one.say('MAIL FROM:<kai@example.dk>')
    expect(await one.say(`RCPT TO:<${recipient}>`)).toMatch(wanted)
  })

  it('without one, DATA is refused with 503', async () => {
    const { smtp } = await gateway()
    const one = await client(smtp.port)
    await one.say('EHLO x')
    await one.say('MAIL FROM:<kai@example.dk>')
    await one.say('RCPT TO:<andre@fremmed.example>')
    expect(await one.say('DATA')).toMatch(/^503 5\.5\.1 .+ \/ /)
  })
})

describe('size', () => {
  it('is announced, and a larger SIZE= is refused before any byte is sent', async () => {
    const { smtp } = await gateway({ maxMessageBytes: 5000 })
    const one = await client(smtp.port)
    expect(await one.say('EHLO x')).toMatch(/^250[- ]SIZE 5000$/m)
    expect(await one.say('MAIL FROM:<kai@example.dk> SIZE=5001')).toMatch(/^552 5\.3\.4 .+ \/ .+/)
    expect(await one.say('MAIL FROM:<kai@example.dk> SIZE=5000')).toMatch(/^250/)
  })

  it('is enforced where none was announced, and the connection goes on', async () => {
    const { store, smtp } = await gateway({ maxMessageBytes: 5000 })
    const one = await ready(smtp.port)
    expect(await data(one, 'x'.repeat(6000))).toMatch(/^552 5\.3\.4 .+ \/ .+/)
    expect(rows(store)).toEqual([])
    await one.say('MAIL FROM:<kai@example.dk>')
    await one.say('RCPT TO:<teknik@eksempel.example>')
    expect(await data(one, MAIL)).toMatch(/^250/)
    expect(rows(store)).toHaveLength(1)
  })

  it('a mail of exactly the limit is taken', async () => {
    const { store, smtp } = await gateway({ maxMessageBytes: 5000 })
    expect(await data(await ready(smtp.port), 'x'.repeat(4998))).toMatch(/^250/)
    expect(rows(store)[0]?.rawSize).toBe(5000)
  })

  it('a mail of 60 MB is refused with 552 and never stands in memory', async () => {
    const { store, smtp } = await gateway({ maxMessageBytes: 1_000_000 })
    const one = await ready(smtp.port)
    await one.say('DATA')
    const block = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(1000))
    const before = await heldBytes()
    let peak = 0
    for (let sent = 0; sent < 60; sent++) {
      await one.send(block)
      if (sent % 10 === 9) peak = Math.max(peak, (await heldBytes()) - before)
    }
    await one.send('\r\n.\r\n')
    expect(await one.reply()).toMatch(/^552 5\.3\.4/)
    expect(rows(store)).toEqual([])
    expect(peak).toBeLessThan(5_000_000)
  })
})

describe('trouble', () => {
  it('a store that cannot write is answered with 451, and the same mail is taken later', async () => {
    const { store, smtp } = await gateway()
    store.failWith(new GatewayError('storage-full', 'secret detail of the disk', { retryable: true }))
    const one = await ready(smtp.port)
    const refused = await data(one, MAIL)
    expect(refused).toMatch(/^451 4\.3\.0 .+ \/ .+/)
    expect(refused).not.toContain('secret')
    expect(rows(store)).toEqual([])
    store.failWith(null)
    await one.say('MAIL FROM:<kai@example.dk>')
    await one.say('RCPT TO:<teknik@eksempel.example>')
    expect(await data(one, MAIL)).toMatch(/^250/)
    expect(rows(store)).toHaveLength(1)
  })

  it('a store that does not answer is answered for: 451, and the repeat is one submission', async () => {
    const { store, smtp } = await gateway({ maxHoldMs: 100 })
    const accept = store.accept
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    Object.assign(store, { accept: (...args: Parameters<typeof accept>) => held.then(() => accept(...args)) })
    const one = await ready(smtp.port)
    expect(await data(one, MAIL)).toMatch(/^451 4\.3\.0/)
    Object.assign(store, { accept })
    await one.say('MAIL FROM:<kai@example.dk>')
    await one.say('RCPT TO:<teknik@eksempel.example>')
    expect(await data(one, MAIL)).toMatch(/^250/)
    release()
    await held
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(rows(store)).toHaveLength(1)
  })

  it('a connection that breaks in the middle of DATA leaves nothing', async () => {
    const { store, smtp } = await gateway()
    for (const ending of ['destroy', 'end'] as const) {
      const one = await ready(smtp.port)
      await one.say('DATA')
      await one.send(`${MAIL}\r\n`)
      await new Promise((resolve) => setTimeout(resolve, 50))
      one.socket[ending]()
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(rows(store)).toEqual([])
    expect(store.tables().blobs.size).toBe(0)
  })

  it('too many clients get 421, and the next one is served when one has gone', async () => {
    const { smtp } = await gateway({ maxClients: 2 })
    const first = await client(smtp.port)
    await client(smtp.port)
    expect((await client(smtp.port)).greeting).toMatch(/^421 .+ \/ .+/)
    await first.say('QUIT')
    expect((await client(smtp.port)).greeting).toMatch(/^220 eksempel\.example /)
  })

  it('neither AUTH nor STARTTLS is offered without certificates', async () => {
    const { smtp } = await gateway()
    const one = await client(smtp.port)
    expect(await one.say('EHLO x')).not.toMatch(/AUTH|STARTTLS/)
    expect(await one.say('AUTH PLAIN AGEAYg==')).toMatch(/^50[023]/)
    expect(await one.say('STARTTLS')).toMatch(/^50[023]/)
  })

  it('a lone dot among bare line feeds does not end a mail (no smuggling)', async () => {
    const { store, smtp } = await gateway()
    const one = await ready(smtp.port)
    await one.say('DATA')
    await one.send('Subject: a\r\n\r\nx\n.\nMAIL FROM:<eve@example.com>\r\n.\r\n')
    expect(await one.reply()).toMatch(/^250/)
    expect(rows(store)).toHaveLength(1)
    expect(rows(store)[0]?.envelope.from).toBe('kai@example.dk')
  })

  it.each(['\n.\n', '\n.\r\n', '\r.\r\n', '\r\n.\n', '\r.\r', '\r\n.\r', '\r\n\x00.\r\n', '\n\n.\r\n'])(
    'what another server may take for the end of a mail, %j, ends none here, and smuggles none in behind it',
    async (end) => {
      const { store, smtp } = await gateway()
      const one = await ready(smtp.port)
      await one.say('DATA')
      const smuggled = 'MAIL FROM:<eve@example.com>\r\nRCPT TO:<teknik@eksempel.example>\r\nDATA\r\nSubject: b\r\n\r\ny'
      await one.send(`Subject: a\r\n\r\nx${end}${smuggled}\r\n.\r\n`)
      expect(await one.reply()).toMatch(/^250/)
      expect(await one.say('NOOP')).toMatch(/^250/)
      expect(rows(store).map(({ envelope }) => envelope.from)).toEqual(['kai@example.dk'])
    },
  )

  // Where IPv6 and IPv4 are heard on one socket, an IPv4 client's address is written so.
  it.each(hasIpv6 ? ['127.0.0.1', '::ffff:127.0.0.1'] : ['127.0.0.1'])(
    'one address has so many connections at once, and others have theirs, heard on %s',
    async (host) => {
      const { smtp } = await gateway({ maxClientsPerAddress: 2, host })
      const first = await client(smtp.port)
      await client(smtp.port)
      expect((await client(smtp.port)).greeting).toMatch(/^421 .+adresse.+ \/ .+address/)
      await first.say('QUIT')
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect((await client(smtp.port)).greeting).toMatch(/^220 /)
    },
  )

  it('who speaks before the greeting is turned away, who waits is greeted', async () => {
    const { store, smtp } = await gateway({ greetingDelayMs: 300 })
    const early = connect(smtp.port, '127.0.0.1')
    early.write('EHLO robot\r\nMAIL FROM:<a@b>\r\nRCPT TO:<teknik@eksempel.example>\r\nDATA\r\n')
    const heard = await new Promise<string>((resolve) => {
      let text = ''
      early.on('data', (piece) => {
        text += piece
      })
      early.on('close', () => resolve(text))
    })
    expect(heard).toMatch(/^554 [^\r\n]+\r\n$/)
    const began = Date.now()
    const patient = await ready(smtp.port)
    expect(Date.now() - began).toBeGreaterThan(250)
    expect(await data(patient, 'Subject: a\r\n\r\nx')).toMatch(/^250/)
    expect(rows(store)).toHaveLength(1)
  })

  it('a busy port is named', async () => {
    const { smtp } = await gateway()
    const settings = {
      smtp: {
        ...{ host: '127.0.0.1', port: smtp.port, recipients: [], maxMessageBytes: 1, tls: null },
        ...{ maxClients: 1, maxClientsPerAddress: 1, greetingDelayMs: 0, lmtp: null },
      },
    }
    const municipality = { name: '', cvr: '', timeZone: 'UTC', language: 'da' as const, mailAddress: 'a@b', phone: '' }
    const starting = startSmtp({
      store: memoryStore(),
      clock: () => new Date(),
      log,
      settings: { ...settings, municipality },
    })
    await expect(starting).rejects.toMatchObject({ code: 'port-in-use' })
  })
})

describe('stopping', () => {
  it('lets the mail in hand finish, answers it, and turns idle clients away', async () => {
    const { store, smtp } = await gateway()
    const idle = await client(smtp.port)
    const busy = await ready(smtp.port)
    await busy.say('DATA')
    await busy.send('Subject: in hand\r\n\r\nhalf')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const stopped = smtp.stop()
    expect(await idle.reply()).toMatch(/^421 .+ \/ /)
    await busy.send(' and half\r\n.\r\n')
    expect(await busy.reply()).toMatch(/^250/)
    await stopped
    expect(rows(store)).toHaveLength(1)
    endings.shift()
  })
})
