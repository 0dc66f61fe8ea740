import { describe, expect, it } from 'vitest'
import { acceptUpload, normaliseSubmission } from '../../src/intake/index.ts'
import { task } from '../../src/intake/normalise-task.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { hashToken, newToken, sha256Hex } from '../../src/model/ids.ts'
import type { Job } from '../../src/model/job.ts'
import type { Log, Sandbox } from '../../src/model/ports.ts'
import type { Submission } from '../../src/model/submission.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const clock = () => new Date('2026-11-24T09:00:00Z')
/** The task itself, in this process: the child has its own tests. */
const inProcess: Pick<Sandbox, 'normalise'> = {
  normalise: (raw, rawMediaType, secrets) =>
    task({ raw, rawMediaType, openpgpPrivateKeys: secrets?.openpgpPrivateKeys ?? [] }),
}
const failing = (code: 'child-timeout' | 'storage-unavailable', retryable = false): Pick<Sandbox, 'normalise'> => ({
  normalise: () => Promise.reject(new GatewayError(code, 'x', { retryable })),
})

const RAW = Buffer.from(
  [
    'From: kai@example.dk',
    'Content-Language: en',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'hello',
    '--b',
    'Content-Type: application/pdf; name="attest.pdf"',
    '',
    '%PDF-1.7',
    '--b--',
  ].join('\r\n'),
)

async function received(store: MemoryStore, raw: Uint8Array = RAW, rawMediaType = 'message/rfc822'): Promise<string> {
  const blob = await store.blobs.put(raw)
  const row: Submission = {
    id: '019aa000-0000-7000-8000-000000000001',
    channel: 'smtp',
    receivedAt: '2026-11-24T08:59:00.000Z',
    dedupKey: 'smtp:1',
    envelope: { from: 'kai@example.dk', to: ['teknik@eksempel.example'], remoteAddress: null, helo: null, tls: false },
    rawMediaType,
    rawSha256: sha256Hex(raw),
    rawSize: raw.length,
    state: 'received',
    caseId: null,
    language: null,
    problem: null,
    headers: null,
  }
  return (await store.accept(row, blob)).id
}

async function lease(store: MemoryStore): Promise<Job> {
  const [job] = await store.jobs.lease('test', ['normalise'], 1, 60_000)
  if (!job) throw new Error('there is no job')
  return job
}

const run = async (store: MemoryStore, sandbox = inProcess): Promise<void> =>
  normaliseSubmission(await lease(store), { store, sandbox, clock, log, openpgpPrivateKeys: async () => [] })

const jobStates = async (store: MemoryStore) => (await store.listJobs()).map((job) => `${job.kind} ${job.state}`)

describe('normalising a submission', () => {
  it('writes documents, headers, state and the next job, and finishes its own', async () => {
    const store = memoryStore({ clock })
    const id = await received(store)
    await run(store)
    const documents = await store.documentsOfSubmission(id)
    expect(documents.map((row) => [row.role, row.name, row.mediaType, row.partPath])).toEqual([
      ['message', 'besked.eml', 'message/rfc822', null],
      ['body', 'tekst-1.txt', 'text/plain', '1'],
      ['attachment', 'attest.pdf', 'application/pdf', '2'],
    ])
    expect(documents[0]?.sha256).toBe(sha256Hex(RAW))
    expect(Buffer.from(await store.blobs.get(documents[2]?.sha256 ?? '')).toString()).toBe('%PDF-1.7')
    expect(await store.submission(id)).toMatchObject({ state: 'normalised', problem: null, language: 'en' })
    expect((await store.submission(id))?.headers).toMatchObject({ bodyText: 'hello', notes: [], openpgpKeys: [] })
    expect(await jobStates(store)).toEqual(['normalise done', 'verify ready'])
  })

  it('run again after a kill before its commit leaves the same rows', async () => {
    const ids: string[][] = []
    for (const kill of [false, true]) {
      const store = memoryStore({ clock })
      const id = await received(store)
      if (kill) {
        store.failWith(new GatewayError('storage-unavailable', 'killed', { retryable: true }))
        await expect(run(store)).rejects.toMatchObject({ code: 'storage-unavailable' })
        store.failWith(null)
        expect(await store.documentsOfSubmission(id)).toEqual([])
        await store.jobs.release('test')
      }
      await run(store)
      ids.push((await store.documentsOfSubmission(id)).map((row) => row.id))
    }
    expect(ids[1]).toEqual(ids[0])
  })

  it('run again after its commit changes nothing and ends its job', async () => {
    const store = memoryStore({ clock })
    const id = await received(store)
    const job = await lease(store)
    const parts = { store, sandbox: inProcess, clock, log, openpgpPrivateKeys: async () => [] }
    await normaliseSubmission(job, parts)
    const before = await store.documentsOfSubmission(id)
    // The lease ran out meanwhile: the second run may read, but must not write.
    await expect(normaliseSubmission(job, parts)).rejects.toMatchObject({ retryable: true })
    expect(await store.documentsOfSubmission(id)).toEqual(before)
    expect(await jobStates(store)).toEqual(['normalise done', 'verify ready'])
  })

  it('a message that its child could not read goes on with its raw bytes and the reason', async () => {
    const store = memoryStore({ clock })
    const id = await received(store)
    await run(store, failing('child-timeout'))
    expect((await store.documentsOfSubmission(id)).map((row) => row.role)).toEqual(['message'])
    expect(await store.submission(id)).toMatchObject({ state: 'normalised', problem: 'child-timeout', headers: null })
    expect(await jobStates(store)).toEqual(['normalise done', 'verify ready'])
  })

  it('a form that cannot be read goes on with its raw bytes', async () => {
    const store = memoryStore({ clock })
    const id = await received(store, Buffer.from('garbage'), 'multipart/form-data')
    await run(store)
    expect((await store.documentsOfSubmission(id)).map((row) => row.mediaType)).toEqual(['multipart/form-data'])
    expect((await store.submission(id))?.problem).toBe('malformed-mime')
  })

  it('a fault of ours leaves the submission for another try', async () => {
    const store = memoryStore({ clock })
    const id = await received(store)
    await expect(run(store, failing('storage-unavailable', true))).rejects.toMatchObject({ retryable: true })
    expect((await store.submission(id))?.state).toBe('received')
  })
})

describe('an uploaded form', () => {
  const settings = { web: { maxUploadBytes: 10_000, publicUrl: 'https://post.example' } } as const
  const parts = (store: MemoryStore) => ({
    store,
    clock,
    settings: {
      web: { ...settings.web, host: '127.0.0.1', port: 0, tls: null, behindProxy: true },
    },
  })
  async function* body(text: string): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7))
  }
  const FORM =
    '--f\r\nContent-Disposition: form-data; name="email"\r\n\r\nkai@example.dk\r\n--f\r\nContent-Disposition: form-data; name="files"; filename="attest.pdf"\r\n\r\n%PDF-1.7\r\n--f--\r\n'
  const upload = (change: object = {}) => ({
    contentType: 'multipart/form-data; boundary=f',
    body: body(FORM),
    nonce: newToken(),
    trackingSecret: newToken(),
    remoteAddress: '192.0.2.7',
    language: 'da' as const,
    ...change,
  })

  it('is stored as it came, with its tracking link, and becomes documents', async () => {
    const store = memoryStore({ clock })
    const sent = upload()
    const answer = await acceptUpload(sent, parts(store))
    expect(answer).toMatchObject({ duplicate: false, trackingToken: expect.stringMatching(/^[\w-]{27}$/) })
    const row = await store.submission(answer.submissionId)
    expect(row).toMatchObject({ channel: 'upload', rawMediaType: 'multipart/form-data', language: 'da' })
    expect(Buffer.from(await store.blobs.get(row?.rawSha256 ?? '')).toString()).toBe(
      `Content-Type: multipart/form-data; boundary=f\r\n\r\n${FORM}`,
    )
    const [token] = [...store.tables().tokens.values()]
    expect(token).toMatchObject({
      kind: 'tracking',
      submissionId: answer.submissionId,
      caseId: null,
      expiresAt: '2027-12-29T09:00:00.000Z',
    })
    expect(token?.tokenHash).toBe(hashToken(answer.trackingToken ?? ''))
    for (const secret of [answer.trackingToken, sent.trackingSecret])
      expect(JSON.stringify(token)).not.toContain(secret)

    await run(store)
    const documents = await store.documentsOfSubmission(answer.submissionId)
    expect(documents.map((document) => [document.role, document.name])).toEqual([['attachment', 'attest.pdf']])
    expect((await store.submission(answer.submissionId))?.headers?.from).toEqual([
      { name: '', address: 'kai@example.dk' },
    ])
  })

  it('sent twice is one submission, and its link still opens it', async () => {
    const store = memoryStore({ clock })
    const sent = upload()
    const first = await acceptUpload(sent, parts(store))
    const second = await acceptUpload({ ...sent, body: body(FORM) }, parts(store))
    expect(second).toEqual({ ...first, duplicate: true })
    expect(store.tables().tokens.size).toBe(1)
  })

  it('with another secret under a known nonce gets no link, and under another nonce is a submission of its own', async () => {
    const store = memoryStore({ clock })
    const sent = upload()
    const first = await acceptUpload(sent, parts(store))
    const other = await acceptUpload(upload({ nonce: sent.nonce }), parts(store))
    expect(other).toMatchObject({ duplicate: true, trackingToken: null })
    expect(store.tables().submissions.size).toBe(1)
    const own = await acceptUpload(upload({ trackingSecret: sent.trackingSecret }), parts(store))
    expect(own.duplicate).toBe(false)
    expect(own.trackingToken).not.toBe(first.trackingToken)
    expect(store.tables().submissions.size).toBe(2)
  })

  it('that is too large, no form, or not served by us is refused and leaves nothing', async () => {
    const store = memoryStore({ clock })
    const refused: readonly [object, string][] = [
      [{ body: body('x'.repeat(10_001)) }, 'too-large'],
      [{ contentType: 'application/json' }, 'invalid-request'],
      [{ contentType: 'multipart/form-data; boundary=f\r\nX: y' }, 'invalid-request'],
      [{ nonce: 'guess' }, 'invalid-request'],
      [{ trackingSecret: '' }, 'invalid-request'],
    ]
    for (const [change, code] of refused) {
      await expect(acceptUpload(upload(change), parts(store))).rejects.toMatchObject({ code })
    }
    expect(store.tables().submissions.size).toBe(0)
    expect(store.tables().tokens.size).toBe(0)
  })
})
