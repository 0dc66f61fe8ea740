import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { type GatewayProcess, listedBeside, startGatewayProcess } from '../support/gateway-process.ts'

/** The figures are 1000 and 10; each run of the tests takes a few. */
const MAILS = Number(process.env['POSTSTEMPEL_TEST_MAILS'] ?? 40)
const KILLS = Number(process.env['POSTSTEMPEL_TEST_KILLS'] ?? 2)

const mailOf = (n: number): string =>
  [
    `Return-Path: <borger${n}@example.org>`,
    'Received: from out.example.org by mx.eksempel.example; Tue, 24 Nov 2026 10:00:00 +0100',
    `From: Borger ${n} <borger${n}@example.org>`,
    'To: post@eksempel.example',
    `Subject: Attest ${n}`,
    `Message-ID: <${n}@example.org>`,
    '',
    `Hermed attest ${n}.`,
    '',
  ].join('\r\n')

describe.skipIf(!hasDovecot)('mail in a mailbox, while the gateway is killed again and again', () => {
  it(`becomes one submission each: ${MAILS} mails, ${KILLS} kills`, { timeout: 600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'poststempel-imap-'))
    const dovecot: Dovecot = await startDovecot()
    const dataDir = join(folder, 'data')
    const { port, user, passwordFile, caFile } = dovecot
    const config = {
      senderAuthentication: 'off',
      imap: [{ host: 'localhost', port, user, passwordFile, caFile, pollSeconds: 2 }],
    }
    let gateway: GatewayProcess | null = null
    try {
      for (let n = 0; n < MAILS; n++) dovecot.deliver(mailOf(n), `m${n}`)
      for (let kill = 0; kill < KILLS; kill++) {
        gateway = await startGatewayProcess(dataDir, config)
        const wanted = Math.floor(((kill + 1) * MAILS) / (KILLS + 1))
        while (dovecot.count('Poststempel') < wanted) await new Promise((resolve) => setTimeout(resolve, randomInt(30)))
        await gateway.kill()
        gateway = null
      }
      gateway = await startGatewayProcess(dataDir, config)
      while (dovecot.count() > 0) await new Promise((resolve) => setTimeout(resolve, 100))
      while (listedBeside(dataDir, 'cases').length < MAILS) await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(await gateway.stop()).toBe(0)
      gateway = null
      expect(dovecot.count('Poststempel')).toBe(MAILS)
      const submissions = listedBeside(dataDir, 'submissions')
      expect(submissions).toHaveLength(MAILS)
      expect(new Set(submissions.map((one) => one['caseId'])).size).toBe(MAILS)
      expect(listedBeside(dataDir, 'cases')).toHaveLength(MAILS)
    } finally {
      await gateway?.kill()
      dovecot.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
