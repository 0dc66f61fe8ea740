/**
 * Ctrl-C in a terminal and a service manager's stop signal the whole process group, the children that read documents
 * too. That must cost no citizen's mail anything: each is read in the end, and answered by its receipt.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { afterAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/model/store.ts'
import { createStore } from '../../src/store/index.ts'
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts'

const MAILS = 24
const folder = mkdtempSync(join(tmpdir(), 'poststempel-group-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Large enough that reading it takes a while: the stop comes in the midst of it. */
const mail = (id: string): string =>
  [
    `From: Borger <borger-${id}@example.org>`,
    'To: olietank@demokobing.example',
    `Subject: Attest ${id}`,
    `Message-ID: <${id}@example.org>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'Hermed mine billeder.',
    '--b',
    'Content-Type: application/octet-stream; name=billede.bin',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.alloc(6_000_000, id)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
    '--b--',
    '',
  ].join('\r\n')

function send(port: number, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({ host: '127.0.0.1', port, ignoreTLS: true })
    connection.on('error', reject)
    connection.connect(() => {
      connection.send({ from: `borger-${id}@example.org`, to: ['olietank@demokobing.example'] }, mail(id), (error) => {
        if (error) return reject(error)
        resolve()
        connection.close()
      })
    })
  })
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(['SIGTERM', 'SIGINT'] as const)('%s to the whole process group in the midst of work', (signal) => {
  it('leaves no mail unread and none without its receipt', { timeout: 240_000 }, async () => {
    const dataDir = join(folder, signal)
    mkdirSync(dataDir)
    let gateway: GatewayProcess = await startGatewayProcess(dataDir, {}, {}, { ownGroup: true })
    const store: Store = await createStore({ dataDir, database: { engine: 'sqlite' }, clock: () => new Date() })
    const stopGroup = async () => {
      const gone = new Promise((resolve) => gateway.child.once('exit', resolve))
      process.kill(-(gateway.child.pid ?? 0), signal)
      await gone
    }
    try {
      const ids = Array.from({ length: MAILS }, (_, index) => `${signal}-${index}`)
      let stops = 0
      for (let from = 0; from < MAILS; from += 6) {
        await Promise.all(ids.slice(from, from + 6).map((id) => send(gateway.smtpPort, id)))
        const inHand = (await store.listSubmissions({ limit: 100, offset: 0 })).filter(
          (row) => row.state === 'received',
        )
        if (inHand.length > 0) stops++
        await stopGroup()
        gateway = await startGatewayProcess(dataDir, {}, {}, { ownGroup: true })
      }
      // Else this run has shown nothing.
      expect(stops).toBeGreaterThan(0)
      const cased = async () =>
        (await store.listSubmissions({ limit: 100, offset: 0 })).filter((row) => row.state === 'cased').length
      for (const until = Date.now() + 120_000; (await cased()) < MAILS && Date.now() < until; ) await pause(200)
      const rows = await store.listSubmissions({ limit: 100, offset: 0 })
      expect(rows.filter((row) => row.problem !== null).map((row) => row.problem)).toEqual([])
      expect(rows.map((row) => row.headers?.messageId).toSorted()).toEqual(
        ids.map((id) => `<${id}@example.org>`).toSorted(),
      )
      const receipts = (await store.listLetters({ limit: 100, offset: 0 })).filter((row) => row.kind === 'receipt')
      expect(receipts).toHaveLength(MAILS)
    } finally {
      await stopGroup()
      await store.close()
    }
  })
})
