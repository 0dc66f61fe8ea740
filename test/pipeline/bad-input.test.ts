import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures', name))

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startRunningGateway()
})
afterAll(() => gateway.stop())

interface Sent {
  readonly subject?: string
  readonly text?: string
  readonly head?: readonly string[]
  readonly attachment?: { readonly name: string; readonly bytes: Uint8Array } | null
}

/** Sends a mail with one attachment; gives what became of it. */
async function handIn({ subject = 'Attest', text = 'Hej, hermed min attest.', head = [], attachment = null }: Sent) {
  const messageId = `<${randomUUID()}@example.org>`
  const parts = [
    ['Content-Type: text/plain; charset=utf-8', '', text],
    ...(attachment
      ? [
          [
            `Content-Type: application/pdf; name="${attachment.name}"`,
            'Content-Transfer-Encoding: base64',
            '',
            Buffer.from(attachment.bytes).toString('base64'),
          ],
        ]
      : []),
  ]
  const raw = [
    'From: Kai <borger@example.org>',
    'To: olietank@demokobing.example',
    `Subject: ${subject}`,
    `Message-ID: ${messageId}`,
    ...head,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...parts.flatMap((part) => ['--b', ...part]),
    '--b--',
    '',
  ].join('\r\n')
  await gateway.send(raw)
  return gateway.whatBecameOf(messageId)
}

const receiptOf = (letters: readonly { kind: string; bodyText: string }[]): string =>
  letters.find((one) => one.kind === 'receipt')?.bodyText ?? 'no receipt'

describe('whatever is handed in ends in a case or a clear error', () => {
  it('a PDF with a flipped byte becomes a case that says that it was changed', async () => {
    const { opened, letters } = await handIn({
      attachment: { name: 'attest.pdf', bytes: fixture('pdf/attest-flipped-byte.pdf') },
    })
    expect(opened.indication).toBe('TOTAL-FAILED')
    expect(receiptOf(letters)).toContain('ændret')
  })

  it('an unsigned PDF becomes a case without a signature, and that is no fault', async () => {
    const { opened, letters } = await handIn({
      attachment: { name: 'attest.pdf', bytes: fixture('pdf/attest-unsigned.pdf') },
    })
    expect(opened.indication).toBe('NO-SIGNATURE')
    expect(receiptOf(letters)).toContain(opened.number)
  })

  it('an empty PDF becomes a case, and the receipt comes in the language of the sender', async () => {
    const { opened, letters, submission } = await handIn({
      subject: 'My certificate',
      text: 'Hello, please find my certificate attached. Thank you and kind regards',
      attachment: { name: 'empty.pdf', bytes: new Uint8Array() },
    })
    expect(opened.language).toBe('en')
    expect(receiptOf(letters)).toContain('Thank you')
    expect((await gateway.store.documentsOfSubmission(submission.id)).some((one) => one.size === 0)).toBe(true)
  })

  it('a truncated PDF becomes a case that is never passed', async () => {
    const { opened } = await handIn({
      attachment: { name: 'attest.pdf', bytes: fixture('pdf/attest-rsa.pdf').subarray(0, 4000) },
    })
    expect(opened.indication).not.toBe('TOTAL-PASSED')
  })

  it('a signature by an unknown CA is not passed, and the receipt says that the CA is not known', async () => {
    const { opened, letters } = await handIn({
      attachment: { name: 'attest.pdf', bytes: fixture('pdf/attest-rsa.pdf') },
    })
    expect(opened.indication).toBe('INDETERMINATE')
    expect(receiptOf(letters)).toMatch(/ikke (ændret|på)|kender ikke/)
  })

  it('a mail without attachments becomes a case, and the receipt says that no file came', async () => {
    const { opened, letters } = await handIn({})
    expect(opened.state).toBe('with-caseworker')
    expect(receiptOf(letters)).toContain('ingen filer')
  })

  it('a mail that lies about its charset keeps its Danish letters', async () => {
    const messageId = `<${randomUUID()}@example.org>`
    const raw = Buffer.from(
      `From: Kai <borger@example.org>\r\nTo: olietank@demokobing.example\r\nSubject: Sløjfet\r\nMessage-ID: ${messageId}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nTanken på Åvej er sløjfet.\r\n`,
      'latin1',
    )
    await gateway.send(raw)
    const { submission } = await gateway.whatBecameOf(messageId)
    expect(submission.headers?.subject).toBe('Sløjfet')
    expect(submission.headers?.bodyText).toContain('Tanken på Åvej er sløjfet.')
  })

  it('broken MIME becomes a case with the raw message kept byte for byte', async () => {
    const messageId = `<${randomUUID()}@example.org>`
    const raw = `From: Kai <borger@example.org>\r\nMessage-ID: ${messageId}\r\nContent-Type: multipart/mixed; boundary="x\r\n\r\n--y\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%\r\n--x`
    await gateway.send(raw)
    const { submission, opened } = await gateway.whatBecameOf(messageId)
    const kept = Buffer.from(await gateway.store.blobs.get(submission.rawSha256)).toString('latin1')
    expect(kept.trimEnd()).toBe(raw.trimEnd())
    expect(opened.number).toMatch(/^\d{4}-\d{6}-/)
  })

  it('a mail without any header becomes a case that nobody is mailed about', async () => {
    await gateway.send('just some words\r\n')
    const { opened } = await gateway.whatBecameOf(null)
    const letters = await gateway.store.lettersOfCase(opened.id)
    const deliveries = (await Promise.all(letters.map((one) => gateway.store.deliveriesOfLetter(one.id)))).flat()
    expect(deliveries.filter((one) => one.channel !== 'pickup')).toEqual([])
  })

  it('an automatic mail gets no receipt by mail (RFC 3834)', async () => {
    const { letters } = await handIn({ head: ['Auto-Submitted: auto-replied'] })
    const deliveries = (await Promise.all(letters.map((one) => gateway.store.deliveriesOfLetter(one.id)))).flat()
    expect(deliveries.filter((one) => one.channel !== 'pickup')).toEqual([])
  })

  it('a mail of 60 MB is refused with 552, and nothing of it stays', { timeout: 60_000 }, async () => {
    const before = (await gateway.store.listSubmissions({ limit: 500 })).length
    const big = Buffer.concat([Buffer.from('Subject: stor\r\n\r\n'), Buffer.alloc(60 * 1024 * 1024, 'a\r\n')])
    await expect(gateway.send(big)).rejects.toMatchObject({ responseCode: 552 })
    expect((await gateway.store.listSubmissions({ limit: 500 })).length).toBe(before)
  })

  it('no job is left dead by any of these', async () => {
    await gateway.running.idle()
    expect(await gateway.store.listJobs({ states: ['dead'] })).toEqual([])
  })
})
