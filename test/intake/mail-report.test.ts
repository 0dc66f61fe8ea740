import { describe, expect, it } from 'vitest'
import { task } from '../../src/intake/normalise-task.ts'

const ID = '<k1.abc@kommune.example>'
const lines = (...parts: readonly string[]): string => parts.join('\r\n')
const read = async (mail: string) =>
  (await task({ raw: Buffer.from(mail), rawMediaType: 'message/rfc822', openpgpPrivateKeys: [] })).headers.report

/** As postfix writes it (RFC 3464). */
const postfix = (action = 'failed', status = '5.1.1', original = 'message/rfc822'): string =>
  lines(
    'From: MAILER-DAEMON@mx.example.dk (Mail Delivery System)',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    ...['--b', 'Content-Type: text/plain', '', 'This is the mail system at host mx.example.dk.'],
    ...['--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.dk', ''],
    ...[`Final-Recipient: rfc822; kai@example.dk`, `Action: ${action}`, `Status: ${status}`, ''],
    ...['--b', `Content-Type: ${original}`, '', 'From: kommune', `Message-ID: ${ID}`, 'Subject: Kvittering', '', 'Hej'],
    ...['--b--', ''],
  )

describe('a report', () => {
  it.each([
    ['failed', '5.1.1', 'failed'],
    ['delayed', '4.4.1', 'delayed'],
    ['delivered', '2.1.5', 'delivered'],
    ['relayed', '2.0.0', null],
  ])('of delivery says what became of which mail: %s', async (action, status, outcome) => {
    expect(await read(postfix(action, status))).toMatchObject({ kind: 'delivery', outcome, status, about: [ID] })
  })

  it('that brings the header alone is about the same mail', async () => {
    expect(await read(postfix('failed', '5.0.0', 'text/rfc822-headers'))).toMatchObject({ about: [ID] })
  })

  it('in prose, as qmail and Exchange write it, is understood where it is final', async () => {
    const qmail = lines(
      'From: MAILER-DAEMON@mx.example.dk',
      'Subject: failure notice',
      '',
      'Hi. This is the qmail-send program at mx.example.dk.',
      '<kai@example.dk>:',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '--- Below this line is a copy of the message.',
      `Message-ID: ${ID}`,
    )
    expect(await read(qmail)).toEqual({ kind: 'delivery', about: [ID], outcome: 'failed', status: '5.1.1' })
    expect(await read(qmail.replace('(#5.1.1)', ''))).toMatchObject({ outcome: null, status: null, about: [ID] })
    const danish = qmail
      .replace('failure notice', 'Kan ikke leveres: Kvittering')
      .replace('MAILER-DAEMON', 'postmaster')
    expect(await read(danish)).toMatchObject({ kind: 'delivery', outcome: 'failed' })
  })

  it('of reading names the mail that was read', async () => {
    const mdn = lines(
      'From: kai@example.dk',
      'Subject: Læst: Kvittering',
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
      '',
      ...['--b', 'Content-Type: text/plain', '', 'Læst', '--b', 'Content-Type: message/disposition-notification', ''],
      ...[`Original-Message-ID: ${ID}`, 'Disposition: manual-action/MDN-sent-manually; displayed', '', '--b--', ''],
    )
    expect(await read(mdn)).toEqual({ kind: 'disposition', about: [ID], outcome: 'displayed', status: null })
  })

  it.each([
    ['Auto-Submitted: auto-replied', 'Kvittering'],
    ['X-Autoreply: yes', 'Ferie'],
    ['X-Other: 1', 'Automatisk svar: Kvittering'],
    ['X-Other: 1', 'Out of Office: Kvittering'],
  ])('that somebody is away is known by %s and %s', async (field, subject) => {
    const mail = lines('From: kai@example.dk', `Subject: ${subject}`, field, `In-Reply-To: ${ID}`, '', 'På ferie.')
    expect(await read(mail)).toEqual({ kind: 'auto-reply', about: [ID], outcome: null, status: null })
  })

  it.each([
    ['a person’s reply', lines('From: kai@example.dk', 'Subject: SV: Kvittering', `In-Reply-To: ${ID}`, '', 'Tak.')],
    ['a scanner', lines('From: scan@firma.dk', 'Auto-Submitted: auto-generated', 'Subject: Scan', '', 'Se filen.')],
    ['an errand about a bounce', lines('From: kai@example.dk', 'Subject: Undeliverable: min mail', '', 'Hvorfor?')],
    ['an errand with a word of absence', lines('From: kai@example.dk', 'Subject: Fraværende nabo', '', 'Hegnet …')],
  ])('is none where it is %s', async (_, mail) => {
    expect(await read(mail)).toBeNull()
  })
})
