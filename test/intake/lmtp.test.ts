import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningSmtp, startLmtp } from '../../src/intake/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { settings } from '../casework/scene.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
let folder: string
let socketPath: string
let store: MemoryStore
let running: RunningSmtp

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lmtp-'))
  socketPath = join(folder, 'lmtp.sock')
  store = memoryStore()
  running = await startLmtp({ settings, store, log, clock: () => new Date() }, { socketPath })
})
afterEach(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Says each line once the one before was answered, but for a mail's own; gives the answers, one a line. */
function talk(...lines: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const heard: string[] = []
    const left = [...lines, 'QUIT']
    const socket: Socket = connect(socketPath)
    const sayNext = (): void => {
      const line = left.shift()
      if (line !== undefined) socket.write(`${line}\r\n`)
    }
    let held = ''
    socket.on('data', (piece) => {
      const whole = `${held}${piece}`.split('\r\n')
      held = whole.pop() ?? ''
      const finals = whole.filter((line) => /^\d{3} /.test(line))
      heard.push(...finals)
      if (finals.some((line) => line.startsWith('354'))) while (left[0] !== undefined && left[0] !== 'QUIT') sayNext()
      else if (finals.length > 0) setTimeout(sayNext, 5)
    })
    socket.on('close', () => resolve(heard))
  })
}

const MAIL = ['MAIL FROM:<kai@example.org>', 'RCPT TO:<olietank@demokobing.example>']
const TEXT = ['DATA', 'From: kai@example.org', 'Subject: Attest', '', 'Hej', '.']

describe('a mail server in front', () => {
  it('hands a mail over with one answer for each recipient, and it is one submission', async () => {
    const answers = await talk(
      'LHLO mx',
      ...MAIL,
      'RCPT TO:<post@demokobing.example>',
      'RCPT TO:<x@elsewhere.example>',
      ...TEXT,
    )
    expect(answers.map((line) => line.slice(0, 3))).toEqual([
      '220',
      '250',
      '250',
      '250',
      '250',
      '550',
      '354',
      '250',
      '250',
      '221',
    ])
    const [row, ...others] = await store.listSubmissions()
    expect(others).toEqual([])
    expect(row).toMatchObject({
      channel: 'smtp',
      envelope: { from: 'kai@example.org', to: ['olietank@demokobing.example', 'post@demokobing.example'] },
    })
    // The neighbour's address is nobody's that SPF could be asked about.
    expect(row?.envelope).toMatchObject({ remoteAddress: null, helo: null })
  })

  it('hears for each recipient that it cannot be stored now', async () => {
    store.failWith(new GatewayError('storage-full', 'full', { retryable: true }))
    const answers = await talk('LHLO mx', ...MAIL, 'RCPT TO:<post@demokobing.example>', ...TEXT)
    expect(answers.filter((line) => line.startsWith('451'))).toHaveLength(2)
    store.failWith(null)
    expect(
      (await talk('LHLO mx', ...MAIL, ...TEXT)).some(
        (line) => line.startsWith('250 2.6.0') || line.includes('Modtaget'),
      ),
    ).toBe(true)
    expect(await store.listSubmissions()).toHaveLength(1)
  })

  it('speaks LMTP and not SMTP there', async () => {
    expect((await talk('EHLO mx')).some((line) => /^50\d /.test(line))).toBe(true)
  })

  it('finds the socket again after a kill left it behind', async () => {
    await running.stop()
    const first = await startLmtp({ settings, store, log, clock: () => new Date() }, { socketPath })
    expect(existsSync(socketPath)).toBe(true)
    running = await startLmtp({ settings, store, log, clock: () => new Date() }, { socketPath })
    expect((await talk('LHLO mx', ...MAIL, ...TEXT)).at(-2)).toMatch(/^250/)
    await first.stop()
  })
})
