import { execFileSync, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { type Postfix, startPostfix } from '../../bench/postfix.ts'
import { freePort } from '../support/free-port.ts'
import { type GatewayProcess, listedBeside, startGatewayProcess } from '../support/gateway-process.ts'

/** The figures are 1000 and 10; each run of the tests takes a few. */
const MAILS = Number(process.env['POSTSTEMPEL_TEST_MAILS'] ?? 40)
const KILLS = Number(process.env['POSTSTEMPEL_TEST_KILLS'] ?? 2)
const hasPostfix = process.getuid?.() === 0 && spawnSync('postconf', ['mail_version']).status === 0

async function handToPostfix(port: number): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, pool: true, maxConnections: 8 })
  await Promise.all(
    Array.from({ length: MAILS }, (_, n) =>
      transport.sendMail({
        from: `borger${n}@example.org`,
        to: 'olietank@demokobing.example',
        subject: `Attest ${n}`,
        text: `Hermed attest ${n}.`,
      }),
    ),
  )
  transport.close()
}

describe.skipIf(!hasPostfix)('mail that a real postfix hands on, while the gateway is killed again and again', () => {
  it.each(['SMTP', 'LMTP'])(
    `by %s becomes one submission each: ${MAILS} mails, ${KILLS} kills`,
    { timeout: 900_000 },
    async (by) => {
      const folder = mkdtempSync(join(tmpdir(), 'poststempel-postfix-'))
      execFileSync('chmod', ['755', folder])
      const dataDir = join(folder, 'data')
      const [ours, theirs, byLmtp] = [await freePort(), await freePort(), await freePort()]
      const config = { senderAuthentication: 'off', smtp: { lmtp: by === 'LMTP' ? { port: byLmtp } : null } }
      const start = () => startGatewayProcess(dataDir, config, { POSTSTEMPEL_SMTP_PORT: String(ours) })
      let postfix: Postfix | null = null
      let gateway: GatewayProcess | null = null
      try {
        postfix = startPostfix(theirs, by === 'LMTP' ? `lmtp:inet:127.0.0.1:${byLmtp}` : `smtp:[127.0.0.1]:${ours}`)
        const handing = handToPostfix(theirs)
        for (let kill = 0; kill < KILLS; kill++) {
          gateway = await start()
          await new Promise((resolve) => setTimeout(resolve, randomInt(100, 1500)))
          await gateway.kill()
          gateway = null
        }
        gateway = await start()
        await handing
        while (listedBeside(dataDir, 'cases').length < MAILS) await new Promise((resolve) => setTimeout(resolve, 1000))
        // What postfix would hand over a second time comes within its longest wait.
        await new Promise((resolve) => setTimeout(resolve, 4000))
        expect(await gateway.stop()).toBe(0)
        gateway = null
        const submissions = listedBeside(dataDir, 'submissions')
        expect(submissions).toHaveLength(MAILS)
        expect(new Set(submissions.map((one) => one['messageId'])).size).toBe(MAILS)
        expect(listedBeside(dataDir, 'cases')).toHaveLength(MAILS)
      } finally {
        await gateway?.kill()
        postfix?.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})
