import { createServer, type Server, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { createOutboxRelay, createSmtpRelay, type SmtpRelayOptions } from '../../src/delivery/index.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

/** What the server does when a command, or the mail, is in: an answer, or what it does to the line. */
type Act = string | 'drop' | 'hang'
interface Script {
  readonly greeting?: Act
  readonly extensions?: string
  readonly auth?: Act
  readonly mail?: Act
  readonly rcpt?: Act
  readonly data?: Act
  /** After this many bytes of the mail. */
  readonly during?: { readonly afterBytes: number; readonly act: Act }
  readonly dot?: Act
}

const running: { server: Server; sockets: Set<Socket> }[] = []
afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A mail server that does exactly what its script says, so that the line can break at each point. */
async function startServer(script: Script): Promise<{ port: number; mails: string[] }> {
  const mails: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    converse(socket, script, mails)
  })
  running.push({ server, sockets })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, mails }
}

function converse(socket: Socket, script: Script, mails: string[]): void {
  let pending = ''
  let inData = false
  const act = (what: Act): void => {
    if (what === 'drop') socket.destroy()
    else if (what !== 'hang') socket.write(`${what}\r\n`)
  }
  const onCommand = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') act(`250-sink\r\n${script.extensions ?? '250 8BITMIME'}`)
    else if (verb === 'AUTH') act(script.auth ?? '235 ok')
    else if (verb === 'MAIL') act(script.mail ?? '250 ok')
    else if (verb === 'RCPT') act(script.rcpt ?? '250 ok')
    else if (verb === 'QUIT') act('221 bye')
    else if (verb === 'DATA') {
      inData = (script.data ?? '354').startsWith('354')
      act(script.data ?? '354 go on')
    } else act('250 ok')
  }
  const onData = (): void => {
    if (script.during && pending.length >= script.during.afterBytes) {
      act(script.during.act)
      return
    }
    const end = pending.indexOf('\r\n.\r\n')
    if (end < 0) return
    mails.push(pending.slice(0, end + 2).replaceAll('\r\n..', '\r\n.'))
    pending = pending.slice(end + 5)
    inData = false
    act(script.dot ?? '250 2.0.0 kept as 77')
  }
  act(script.greeting ?? '220 sink')
  socket.on('data', (piece) => {
    pending += piece.toString('latin1')
    while (!inData && pending.includes('\r\n')) {
      const line = pending.slice(0, pending.indexOf('\r\n'))
      pending = pending.slice(line.length + 2)
      onCommand(line)
    }
    if (inData) onData()
  })
}

const TIMEOUTS = { connect: 500, greeting: 300, silence: 300, total: 2_000 }
const MAIL = Buffer.from('From: a@b.example\r\n\r\n.punktum først\r\n.\r\n\r\nslut\r\n', 'latin1')

async function send(script: Script, raw: Buffer = MAIL, more: Partial<SmtpRelayOptions> = {}) {
  const { port, mails } = await startServer(script)
  const relay = createSmtpRelay({
    host: '127.0.0.1',
    port,
    user: null,
    password: null,
    requireTls: false,
    timeouts: TIMEOUTS,
    ...more,
  })
  const answer = await relay.handOver({ envelopeFrom: 'post@a.example', to: 'kai@b.example', raw })
  return { answer, mails }
}

describe('the SMTP relay', () => {
  it('says accepted after the 250, and the bytes come through unchanged, dots included', async () => {
    const { answer, mails } = await send({})
    expect(answer).toMatchObject({ outcome: 'accepted' })
    expect(answer.response).toContain('kept as 77')
    expect(mails).toEqual([MAIL.toString('latin1')])
  })

  it.each<[string, Script, object]>([
    [
      'refused: 550 to the recipient',
      { rcpt: '550 5.1.1 no such user' },
      { outcome: 'refused', smtpCode: 550, refusedAt: 'recipient' },
    ],
    ['refused: 553 to the sender', { mail: '553 no' }, { outcome: 'refused', smtpCode: 553, refusedAt: 'sender' }],
    ['refused: 554 to DATA', { data: '554 no' }, { outcome: 'refused', smtpCode: 554, refusedAt: 'content' }],
    [
      'refused: 554 after the final dot',
      { dot: '554 looks like spam' },
      { outcome: 'refused', smtpCode: 554, refusedAt: 'content' },
    ],
    [
      'refused: larger than the server takes',
      { extensions: '250 SIZE 20' },
      { outcome: 'refused', smtpCode: 552, refusedAt: 'content' },
    ],
    [
      'refused: 552 to the recipient, for its size',
      { rcpt: '552 5.3.4 message too large' },
      { outcome: 'refused', smtpCode: 552, refusedAt: 'content' },
    ],
    ['deferred: 451 to the recipient', { rcpt: '451 4.7.1 later' }, { outcome: 'deferred', smtpCode: 451 }],
    ['deferred: 452 after the final dot', { dot: '452 disk full' }, { outcome: 'deferred', smtpCode: 452 }],
    ['deferred: 421 in the greeting', { greeting: '421 busy' }, { outcome: 'deferred', smtpCode: 421 }],
    ['deferred: 554 in the greeting is not about the mail', { greeting: '554 no' }, { outcome: 'deferred' }],
    ['deferred: 530 asks for a sign-in', { mail: '530 sign in first' }, { outcome: 'deferred', smtpCode: 530 }],
    ['deferred: the line breaks at the greeting', { greeting: 'drop' }, { outcome: 'deferred', smtpCode: null }],
    ['deferred: no greeting', { greeting: 'hang' }, { outcome: 'deferred', smtpCode: null }],
    ['deferred: the line breaks at RCPT', { rcpt: 'drop' }, { outcome: 'deferred', smtpCode: null }],
    ['deferred: no answer to DATA', { data: 'hang' }, { outcome: 'deferred', smtpCode: null }],
    ['unknown: the line breaks after the final dot', { dot: 'drop' }, { outcome: 'unknown', smtpCode: null }],
    ['unknown: no answer after the final dot', { dot: 'hang' }, { outcome: 'unknown', smtpCode: null }],
  ])('%s', async (_, script, expected) => {
    expect((await send(script)).answer).toMatchObject(expected)
  })

  it('deferred: the line breaks within the mail, before the final dot', async () => {
    const large = Buffer.concat([MAIL, Buffer.alloc(30_000_000, 'x\r\n')])
    const { answer, mails } = await send({ during: { afterBytes: 100_000, act: 'drop' } }, large)
    expect(answer).toMatchObject({ outcome: 'deferred', smtpCode: null })
    expect(mails).toEqual([])
  })

  it('deferred: nobody listens', async () => {
    const { port } = await startServer({})
    await new Promise((resolve) => running.splice(0)[0]?.server.close(resolve))
    const relay = createSmtpRelay({ host: '127.0.0.1', port, user: null, password: null, requireTls: false })
    const answer = await relay.handOver({ envelopeFrom: 'post@a.example', to: 'kai@b.example', raw: MAIL })
    expect(answer).toMatchObject({ outcome: 'deferred', smtpCode: null })
  })

  it('deferred: a wrong password throws no letter away, and does not stand in the answer', async () => {
    const script = { extensions: '250 AUTH PLAIN', auth: '535 5.7.8 wrong' }
    const { answer, mails } = await send(script, MAIL, { user: 'sag', password: 'hemmelig-kode' })
    expect(answer).toMatchObject({ outcome: 'deferred', smtpCode: 535 })
    expect(JSON.stringify(answer)).not.toContain('hemmelig')
    expect(mails).toEqual([])
  })

  it('deferred: where TLS is required and not offered, nothing is sent', async () => {
    const { answer, mails } = await send({}, MAIL, { requireTls: true })
    expect(answer.outcome).toBe('deferred')
    expect(mails).toEqual([])
  })

  it('refuses an envelope that would carry a command of its own', async () => {
    const { port, mails } = await startServer({})
    const relay = createSmtpRelay({ host: '127.0.0.1', port, user: null, password: null, requireTls: false })
    const to = 'kai@b.example>\r\nRCPT TO:<ond@c.example'
    const answer = await relay.handOver({ envelopeFrom: 'post@a.example', to, raw: MAIL })
    expect(answer.outcome).toBe('deferred')
    expect(mails).toEqual([])
  })
})

describe('a real mail server', () => {
  it('takes the bytes as they are, and its 550 is a refusal', async () => {
    const sink = await startSmtpSink((to) => (to.startsWith('ukendt') ? 550 : 250))
    const hop = { host: '127.0.0.1', port: sink.port, user: null, password: null, requireTls: false }
    const relay = createSmtpRelay({ ...hop, timeouts: TIMEOUTS })
    const taken = await relay.handOver({ envelopeFrom: 'post@a.example', to: 'kai@b.example', raw: MAIL })
    const refused = await relay.handOver({ envelopeFrom: 'post@a.example', to: 'ukendt@b.example', raw: MAIL })
    await sink.stop()
    expect(taken.outcome).toBe('accepted')
    expect(refused).toMatchObject({ outcome: 'refused', smtpCode: 550 })
    expect(sink.mails.map(({ raw }) => raw)).toEqual([MAIL])
  })

  it.each([
    ['is used where TLS is only wished for: it hides the mail from who listens', false, 'accepted', [true]],
    ['is not trusted where TLS is required: nothing is sent', true, 'deferred', []],
  ] as const)('a certificate that does not hold %s', async (_, requireTls, outcome, overTls) => {
    const sessions: boolean[] = []
    const server = new SMTPServer({
      authOptional: true,
      onData: (stream, session, done) => {
        sessions.push(session.secure)
        stream.on('end', () => done())
        stream.resume()
      },
    })
    server.on('error', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const hop = { host: '127.0.0.1', port, user: null, password: null, requireTls }
    const relay = createSmtpRelay({ ...hop, timeouts: TIMEOUTS })
    const answer = await relay.handOver({ envelopeFrom: 'post@a.example', to: 'kai@b.example', raw: MAIL })
    await new Promise<void>((resolve) => server.close(() => resolve()))
    expect(answer.outcome).toBe(outcome)
    expect(sessions).toEqual(overTls)
  })
})

describe('the outbox', () => {
  it('keeps the mail and says so', async () => {
    const answer = await createOutboxRelay().handOver({ envelopeFrom: 'a@b.example', to: 'c@d.example', raw: MAIL })
    expect(answer.outcome).toBe('kept')
  })
})
