import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { normaliseSubmission, type RunningSmtp, startSmtp } from '../../src/intake/index.ts'
import type { Log, Sandbox } from '../../src/model/ports.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

const runFile = promisify(execFile)
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const src = new URL('../../src/', import.meta.url)

let folder: string
let store: MemoryStore
let smtp: RunningSmtp
let sandbox: Sandbox

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-smtp-'))
  const keyFile = join(folder, 'key.pem')
  const certFile = join(folder, 'cert.pem')
  const subject = ['-subj', '/CN=eksempel.example', '-addext', 'subjectAltName=DNS:eksempel.example']
  await runFile('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ])
  store = memoryStore()
  smtp = await startSmtp({
    store,
    log,
    clock: () => new Date(),
    settings: {
      municipality: {
        name: '',
        cvr: '',
        timeZone: 'UTC',
        language: 'da',
        mailAddress: 'post@eksempel.example',
        phone: '',
      },
      smtp: {
        host: '127.0.0.1',
        port: 0,
        recipients: ['@eksempel.example'],
        maxMessageBytes: 30_000_000,
        tls: { keyFile, certFile },
        maxClients: 10,
        maxClientsPerAddress: 10,
        greetingDelayMs: 0,
        lmtp: null,
      },
    },
  })
  sandbox = createSandbox({
    log,
    limits: { childMemoryBytes: 512 * 1024 * 1024, childTimeoutMs: 20_000 },
    taskModules: {
      normalise: new URL('intake/normalise-task.ts', src),
      verify: new URL('trust/verify-task.ts', src),
      certificates: new URL('trust/certificates-task.ts', src),
      stamp: new URL('typeset/stamp-task.ts', src),
    },
  })
})
afterAll(async () => {
  await sandbox.close()
  await smtp.stop()
  rmSync(folder, { recursive: true })
})

async function swaks(...args: string[]): Promise<string> {
  const server = ['--server', '127.0.0.1', '--port', String(smtp.port), '--helo', 'kai.example']
  const { stdout } = await runFile('swaks', [...server, '--from', 'kai@example.dk', ...args], { maxBuffer: 2 ** 26 })
  return stdout
}

describe('swaks', () => {
  it('delivers an attachment, and it comes out of the confined child unchanged', async () => {
    const attachment = join(folder, 'attest.pdf')
    const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(3_000_000, '.\r\n..\n')])
    writeFileSync(attachment, pdf)
    const transcript = await swaks(
      '--to',
      'teknik+7@eksempel.example',
      '--attach-type',
      'application/pdf',
      '--attach',
      `@${attachment}`,
    )
    expect(transcript.split('\n')).toContain('<-  250 2.6.0 Modtaget / Received')
    const row = [...store.tables().submissions.values()].at(-1)
    expect(row?.envelope).toMatchObject({ tls: false, helo: 'kai.example', to: ['teknik+7@eksempel.example'] })

    const [job] = await store.jobs.lease('test', ['normalise'], 1, 60_000)
    if (!job) throw new Error('there is no job')
    await normaliseSubmission(job, { store, sandbox, clock: () => new Date(), log, openpgpPrivateKeys: async () => [] })
    const documents = await store.documentsOfSubmission(row?.id ?? '')
    const stored = documents.find((document) => document.mediaType === 'application/pdf')
    expect(stored?.name).toBe('attest.pdf')
    expect(Buffer.compare(await store.blobs.get(stored?.sha256 ?? ''), pdf)).toBe(0)
  })

  it('is told no for a foreign recipient', async () => {
    await expect(swaks('--to', 'x@fremmed.example')).rejects.toMatchObject({
      stdout: expect.stringContaining('550 5.1.1'),
    })
  })

  it('is told no for a mail that is too large', async () => {
    const large = join(folder, 'large.bin')
    writeFileSync(large, Buffer.alloc(40_000_000, 'x'))
    await expect(swaks('--to', 'a@eksempel.example', '--attach', `@${large}`)).rejects.toMatchObject({
      stdout: expect.stringContaining('552 5.3.4'),
    })
  })
})

describe('nodemailer', () => {
  it('delivers over STARTTLS, and the envelope says so', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: smtp.port,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
    })
    const text = Array.from({ length: 50 }, (_, line) => '.'.repeat(line)).join('\n')
    const { response } = await transport.sendMail({ from: 'kai@example.dk', to: 'a@eksempel.example', text })
    transport.close()
    expect(response).toBe('250 2.6.0 Modtaget / Received')
    const row = [...store.tables().submissions.values()].at(-1)
    expect(row?.envelope.tls).toBe(true)
    const message = await sandbox.normalise(await store.blobs.get(row?.rawSha256 ?? ''), 'message/rfc822')
    // Lines of dots come back as they were: unstuffed, and none taken for the end.
    expect(message.headers.bodyText).toBe(text.trim())
  })
})
