import { execFileSync } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '../support/engines.ts'
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

const MAILS = 200
const KILLS = 10
const root = join(import.meta.dirname, '../..')
const attest = readFileSync(join(root, 'fixtures/pdf/attest-rsa.pdf'))
  .toString('base64')
  .replace(/(.{76})/g, '$1\r\n')

const mail = (id: string): string =>
  [
    `From: Borger <borger-${id}@example.org>`,
    'To: olietank@demokobing.example',
    `Subject: Attest ${id}`,
    `Message-ID: <${id}@example.org>`,
    'Date: Tue, 24 Nov 2026 10:02:00 +0100',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Hermed min attest.',
    '--b',
    'Content-Type: application/pdf; name=attest.pdf',
    'Content-Disposition: attachment; filename=attest.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    attest,
    '--b--',
    '',
  ].join('\r\n')

/** Sends one mail; true only where 250 was seen after DATA. */
function send(port: number, id: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = new SMTPConnection({
      host: '127.0.0.1',
      port,
      ignoreTLS: true,
      connectionTimeout: 5000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
    })
    // A killed gateway may end a connection in any of these ways; whichever comes first counts.
    const patience = setTimeout(() => end(false), 15_000)
    const end = (accepted: boolean): void => {
      clearTimeout(patience)
      // First, for close() says 'end' at once.
      resolve(accepted)
      connection.close()
    }
    connection.on('error', () => end(false))
    connection.on('end', () => end(false))
    connection.connect((fault) => {
      if (fault) return end(false)
      const envelope = { from: `borger-${id}@example.org`, to: ['olietank@demokobing.example'] }
      connection.send(envelope, mail(id), (error) => end(!error))
    })
  })
}

interface LetterRow {
  readonly cause: string
  readonly kind: string
  readonly deliveries: readonly {
    readonly state: string
    readonly messageId: string | null
    readonly possiblyDoubled: number
  }[]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(engines())('kill -9 at ten random moments of 200 mails on $name', ({ name: engine, place }) => {
  const folder = mkdtempSync(join(tmpdir(), `poststempel-kill-${engine}-`))
  const dataDir = join(folder, 'data')
  let sink: SmtpSink
  let gateway: GatewayProcess
  let config: Record<string, unknown>
  let database: Awaited<ReturnType<typeof place>>
  let env: Record<string, string> = {}
  const acknowledged = new Set<string>()

  const list = <Row>(what: string): Row[] =>
    execFileSync(
      process.execPath,
      [
        join(root, 'bin/poststempel.js'),
        what,
        'list',
        '--format',
        'json',
        '--data',
        dataDir,
        '--config',
        join(folder, 'config-data.json'),
      ],
      {
        encoding: 'utf8',
        env: { ...process.env, ...env },
        maxBuffer: 1 << 28,
      },
    )
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))

  beforeAll(async () => {
    sink = await startSmtpSink()
    database = await place()
    const relay = { host: '127.0.0.1', port: sink.port, requireTls: false }
    config = { relay, senderAuthentication: 'off', database: { engine } }
    if (database.database.engine === 'postgres') env = { POSTSTEMPEL_DATABASE_URL: database.database.url }
    gateway = await startGatewayProcess(dataDir, config, env)
  })

  afterAll(async () => {
    await gateway?.stop()
    await sink?.stop()
    await database?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('each mail that got 250 is one submission, and each receipt has one Message-ID', {
    timeout: 240_000,
  }, async () => {
    const ids = Array.from({ length: MAILS }, () => randomUUID())
    let killsLeft = KILLS
    let sending = true
    let fault: unknown = null
    const senders = Array.from({ length: 5 }, async (_, lane) => {
      for (const id of ids.filter((_, index) => index % 5 === lane)) {
        while (!acknowledged.has(id) && fault === null) {
          if (await send(gateway.smtpPort, id)) acknowledged.add(id)
          else await pause(50)
        }
        await pause(randomInt(150))
      }
    })
    const killer = (async () => {
      while (killsLeft > 0 && sending) {
        await pause(200 + randomInt(900))
        await gateway.kill()
        killsLeft -= 1
        gateway = await startGatewayProcess(dataDir, config, env)
      }
    })().catch((thrown: unknown) => {
      fault = thrown
    })
    await Promise.all(senders)
    sending = false
    await killer
    // A gateway that does not start again is the fault that this test is about.
    expect(fault).toBeNull()
    while (killsLeft > 0) {
      await pause(100 + randomInt(500))
      await gateway.kill()
      killsLeft -= 1
      gateway = await startGatewayProcess(dataDir, config, env)
    }

    expect(acknowledged.size).toBe(MAILS)
    const submissions = list<{ messageId: string | null; id: string }>('submissions')
    const receipts = await waitForReceipts(() => list<LetterRow>('letters').filter((one) => one.kind === 'receipt'))

    const perMessageId = new Map<string | null, number>()
    for (const one of list<{ messageId: string | null }>('submissions'))
      perMessageId.set(one.messageId, (perMessageId.get(one.messageId) ?? 0) + 1)
    expect([...perMessageId.values()].filter((count) => count !== 1)).toEqual([])
    expect(submissions).toHaveLength(MAILS)
    expect(ids.filter((id) => !perMessageId.has(`<${id}@example.org>`))).toEqual([])

    expect(receipts).toHaveLength(MAILS)
    expect(new Set(receipts.map((one) => one.cause)).size).toBe(MAILS)
    const distinct = new Set(sink.mails.map((one) => one.messageId))
    const recorded = receipts.flatMap((one) => one.deliveries).reduce((sum, one) => sum + one.possiblyDoubled, 0)
    const repeats = sink.mails.length - distinct.size
    console.log(
      `${engine}: ${sink.mails.length} hand-overs of ${distinct.size} receipts, ${repeats} repeats, ${recorded} recorded as possibly doubled`,
    )
    expect(distinct.size).toBe(MAILS)
    expect(repeats).toBeLessThanOrEqual(recorded)
    // A repeat is the same bytes: whoever gets it twice can see that it is one mail.
    expect(new Set(sink.mails.map((one) => `${one.messageId} ${one.sha256}`)).size).toBe(MAILS)
    expect(list('cases')).toHaveLength(MAILS)
  })

  async function waitForReceipts(read: () => LetterRow[]): Promise<LetterRow[]> {
    for (let tries = 0; ; tries += 1) {
      const rows = read()
      const settled = rows.filter((row) => row.deliveries.some((one) => one.state === 'accepted'))
      if (settled.length === MAILS || tries > 120) return settled
      await pause(1000)
    }
  }
})

describe('the run above', () => {
  it('was on both engines', () => {
    expect(engines().map((one) => one.name)).toEqual(['sqlite', 'postgres'])
  })
})
