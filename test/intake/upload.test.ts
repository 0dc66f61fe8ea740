import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formDigest } from '../../src/intake/form-digest.ts'
import { acceptAddition, acceptUpload } from '../../src/intake/index.ts'
import type { Case } from '../../src/model/case.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { hashToken, newToken } from '../../src/model/ids.ts'
import { settings } from '../casework/scene.ts'
import { memoryStore } from '../support/memory-store.ts'

const NOW = new Date('2026-11-24T09:02:00.000Z')

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** A form as a browser sends it, with a boundary of its own each time. */
function sent(content: string, boundary = `----WebKitFormBoundary${newToken()}`) {
  const part = `Content-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n${content}\r\n`
  const body = Buffer.from(`--${boundary}\r\n${part}--${boundary}--\r\n`)
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: inPieces(body, 7) }
}

function desk() {
  const store = memoryStore({ clock: () => NOW })
  const form = { nonce: newToken(), trackingSecret: newToken(), remoteAddress: null, language: 'da' as const }
  const parts = { store, settings, clock: () => NOW }
  return { store, form, parts, submissions: () => [...store.tables().submissions.values()] }
}

const openCaseRow: Case = {
  id: 'case-1',
  number: '2026-000001-0',
  caseType: 'general',
  title: 'x',
  state: 'with-caseworker',
  channel: 'smtp',
  language: 'da',
  receivedAt: NOW.toISOString(),
  checkedAt: NOW.toISOString(),
  dueOn: '2026-12-01',
  indication: 'NO-SIGNATURE',
  decision: null,
  decidedAt: null,
  decidedBy: null,
  decisionReason: null,
  answeredAt: null,
  archivedAt: null,
}

describe('a form that is sent twice', () => {
  it('with the same content is one submission with the same link, though its boundary differs', async () => {
    const { form, parts, submissions } = desk()
    const first = await acceptUpload({ ...form, ...sent('one') }, parts)
    const second = await acceptUpload({ ...form, ...sent('one') }, parts)
    expect(second).toEqual({ ...first, duplicate: true })
    expect(submissions()).toHaveLength(1)
  })

  it('with other content is two submissions, both stored, each with a link of its own', async () => {
    const { form, parts, submissions, store } = desk()
    const answers = await Promise.all([
      acceptUpload({ ...form, ...sent('one') }, parts),
      acceptUpload({ ...form, ...sent('two') }, parts),
    ])
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false])
    expect(submissions()).toHaveLength(2)
    for (const { submissionId, trackingToken } of answers) {
      expect((await store.token(hashToken(trackingToken ?? '')))?.submissionId).toBe(submissionId)
    }
    const raws = await Promise.all(submissions().map((row) => store.blobs.get(row.rawSha256)))
    expect(raws.filter((raw) => Buffer.from(raw).includes('two'))).toHaveLength(1)
  })

  it('by somebody who saw the nonce and not the secret, is given no link', async () => {
    const { form, parts } = desk()
    await acceptUpload({ ...form, ...sent('one') }, parts)
    const guessed = await acceptUpload({ ...form, trackingSecret: newToken(), ...sent('one') }, parts)
    expect(guessed).toMatchObject({ duplicate: true, trackingToken: null })
  })

  it('gives no link before it is stored', async () => {
    const { form, parts, store, submissions } = desk()
    store.failWith(new GatewayError('storage-unavailable', 'no', { retryable: true }))
    await expect(acceptUpload({ ...form, ...sent('one') }, parts)).rejects.toMatchObject({
      code: 'storage-unavailable',
    })
    store.failWith(null)
    expect(submissions()).toEqual([])
    expect(await acceptUpload({ ...form, ...sent('one') }, parts)).toMatchObject({ duplicate: false })
  })
})

describe('a form that adds to a case', () => {
  it('is stored with its case in the commit that stores it, and makes no link', async () => {
    const { form, parts, store, submissions } = desk()
    await store.commit((write) => write.addCase(openCaseRow))
    const { submissionId } = await acceptAddition({ ...form, ...sent('one'), caseId: 'case-1' }, parts)
    expect(submissions()).toMatchObject([{ id: submissionId, channel: 'upload', state: 'received', caseId: 'case-1' }])
    expect(store.tables().tokens.size).toBe(0)
    expect(store.tables().jobs.has(`normalise:${submissionId}`)).toBe(true)
    expect(await acceptAddition({ ...form, ...sent('one'), caseId: 'case-1' }, parts)).toMatchObject({
      duplicate: true,
    })
  })

  it.each(['decided', 'answered', 'archived'] as const)('is refused where the case is %s', async (state) => {
    const { form, parts, store, submissions } = desk()
    await store.commit((write) => write.addCase({ ...openCaseRow, state }))
    const addition = acceptAddition({ ...form, ...sent('one'), caseId: 'case-1' }, parts)
    await expect(addition).rejects.toMatchObject({ code: 'wrong-state' })
    expect(submissions()).toEqual([])
  })

  it('with the nonce of another case’s form is a submission of its own', async () => {
    const { form, parts, store, submissions } = desk()
    await store.commit(async (write) => {
      await write.addCase(openCaseRow)
      await write.addCase({ ...openCaseRow, id: 'case-2', number: '2026-000002-0' })
    })
    for (const caseId of ['case-1', 'case-2']) await acceptAddition({ ...form, ...sent('one'), caseId }, parts)
    await acceptUpload({ ...form, ...sent('one') }, parts)
    expect(submissions().map((row) => row.caseId)).toEqual(['case-1', 'case-2', null])
  })
})

describe('the digest of a form', () => {
  async function digestOf(bytes: Buffer, size: number, contentType: string): Promise<string> {
    const form = formDigest(contentType)
    const passed: Uint8Array[] = []
    for await (const piece of form.through(inPieces(bytes, size))) passed.push(piece)
    expect(Buffer.concat(passed).equals(bytes)).toBe(true)
    return form.digest()
  }

  it('is the same however the bytes come, and whatever the boundary', async () => {
    const boundary = fc.stringMatching(/^[A-Za-z0-9]{8,40}$/)
    const parts = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(parts, boundary, boundary, fc.integer({ min: 1, max: 90 }), async (bodies, a, b, size) => {
        // A browser chooses a boundary that does not stand in what it sends.
        fc.pre(bodies.every((body) => ![a, b].some((one) => Buffer.from(body).includes(`--${one}`))))
        const form = (name: string) => Buffer.concat(bodies.flatMap((body) => [Buffer.from(`--${name}\r\n`), body]))
        const whole = await digestOf(form(a), 1_000_000, `multipart/form-data; boundary=${a}`)
        expect(await digestOf(form(a), size, `multipart/form-data; boundary=${a}`)).toBe(whole)
        expect(await digestOf(form(b), size, `multipart/form-data; boundary="${b}"`)).toBe(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('changes with every byte outside the boundary', async () => {
    const type = 'multipart/form-data; boundary=XyZ'
    const bytes = Buffer.from('--XyZ\r\nabc\r\n--XyZ--\r\n')
    const whole = await digestOf(bytes, 4, type)
    for (const at of [5, 7, 9, 11, 17, 20]) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(await digestOf(changed, 4, type)).not.toBe(whole)
    }
  })

  it('covers all bytes where no boundary is named', async () => {
    const bytes = Buffer.from('abc')
    expect(await digestOf(bytes, 1, 'multipart/form-data; x=y')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })
})
