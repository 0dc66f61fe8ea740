import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { loadSettings } from '../../src/config/index.ts'
import { createGateway, type Gateway, type Running } from '../../src/gateway.ts'
import type { Case } from '../../src/model/case.ts'
import type { Letter } from '../../src/model/letter.ts'
import type { Settings } from '../../src/model/settings.ts'
import type { Store } from '../../src/model/store.ts'
import type { Submission } from '../../src/model/submission.ts'
import type { Overrides } from '../../src/wiring.ts'

/** A whole gateway in this process, on free ports and a folder of its own; it asks no DNS. */
export interface RunningGateway {
  readonly running: Running
  readonly store: Store
  readonly settings: Settings
  /** Hands raw bytes over by SMTP; gives the last answer of the server. Rejects with the SMTP error. */
  send(raw: string | Buffer, envelope?: { from?: string; to?: string }): Promise<string>
  /** The submission, case and letters that came of the mail with that Message-ID, when all work is done. */
  whatBecameOf(messageId: string | null): Promise<{ submission: Submission; opened: Case; letters: readonly Letter[] }>
  stop(): Promise<void>
}

export async function startRunningGateway(
  change: Partial<Settings> = {},
  overrides: Overrides = {},
): Promise<RunningGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-gateway-'))
  const base = loadSettings({ dataDir: join(folder, 'data'), smtpPort: 0, httpPort: 0 }, {})
  const settings: Settings = { ...base, senderAuthentication: 'off', ...change }
  const gateway: Gateway = createGateway(settings, overrides)
  const running = await gateway.start()
  const { store } = running.parts
  const port = Number(running.smtp.split(':').at(-1))
  return {
    running,
    store,
    settings,
    send: async (raw, { from = 'borger@example.org', to = 'olietank@demokobing.example' } = {}) => {
      const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true })
      try {
        return (await transport.sendMail({ envelope: { from, to: [to] }, raw })).response
      } finally {
        transport.close()
      }
    },
    whatBecameOf: async (messageId) => {
      for (const until = Date.now() + 30_000; Date.now() < until; ) {
        const submission = (await store.listSubmissions({ limit: 500 })).find((row) =>
          messageId === null ? row.state === 'cased' && !row.headers?.messageId : row.headers?.messageId === messageId,
        )
        const opened = submission?.caseId ? await store.case(submission.caseId) : null
        if (submission && opened) {
          await running.idle()
          return { submission, opened, letters: await store.lettersOfCase(opened.id) }
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(
        `no case came of ${messageId}: ${JSON.stringify(await store.listJobs({ states: ['ready', 'dead'] }))}`,
      )
    },
    stop: async () => {
      await gateway.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
