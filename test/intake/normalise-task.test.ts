import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { task } from '../../src/intake/normalise-task.ts'
import { GatewayError } from '../../src/model/errors.ts'

const crlf = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1')
const normalise = (raw: Uint8Array, openpgpPrivateKeys: readonly string[] = []) =>
  task({ raw, rawMediaType: 'message/rfc822', openpgpPrivateKeys })
const form = (raw: Uint8Array) => task({ raw, rawMediaType: 'multipart/form-data', openpgpPrivateKeys: [] })

const FROM = ['From: Kai Jensen <kai@example.dk>', 'Message-ID: <1@example.dk>', 'Subject: Attest']
const mixed = (...parts: string[][]) =>
  crlf(...FROM, 'Content-Type: multipart/mixed; boundary=b', '', ...parts.flatMap((part) => ['--b', ...part]), '--b--')
const base64 = (name: string, bytes: string, type = 'application/pdf') => [
  `Content-Type: ${type}`,
  `Content-Disposition: attachment; filename="${name}"`,
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from(bytes, 'latin1').toString('base64'),
]

describe('headers', () => {
  it('that later steps use come decoded', async () => {
    const { headers } = await normalise(
      crlf(
        'From: =?utf-8?Q?K=C3=A6the?= <KAETHE@Example.DK>, bo@example.dk',
        'Reply-To: andre@example.dk',
        'Subject: =?iso-8859-1?Q?Br=F8nd?= og',
        '\ttank',
        'Date: Tue, 24 Nov 2026 10:02:00 +0100 (CET)',
        'Message-ID: <abc@example.dk>',
        'In-Reply-To: <x@y> tekst',
        'References: <r1@y>',
        ' <r2@y>',
        'Auto-Submitted: auto-replied',
        'Precedence: bulk',
        'List-Id: <liste.example.dk>',
        'X-Auto-Response-Suppress: All',
        'Content-Language: da',
        '',
        'hej',
      ),
    )
    expect(headers).toMatchObject({
      from: [
        { name: 'Kæthe', address: 'KAETHE@example.dk' },
        { name: '', address: 'bo@example.dk' },
      ],
      replyTo: ['andre@example.dk'],
      subject: 'Brønd og tank',
      date: '2026-11-24T09:02:00.000Z',
      messageId: '<abc@example.dk>',
      inReplyTo: ['<x@y>'],
      references: ['<r1@y>', '<r2@y>'],
      autoSubmitted: 'auto-replied',
      precedence: 'bulk',
      listId: '<liste.example.dk>',
      autoResponseSuppress: 'All',
      contentLanguage: 'da',
      encrypted: false,
      bodyText: 'hej',
    })
  })

  it('with two From fields give all mailboxes, so that nobody is answered as the one', async () => {
    const { headers, notes } = await normalise(crlf('From: a@example.dk', 'From: b@example.dk', '', 'x'))
    expect(headers.from.map((mailbox) => mailbox.address)).toEqual(['a@example.dk', 'b@example.dk'])
    expect(notes).toContain('duplicate-header')
  })
})

describe('the input that goes wrong', () => {
  it('a mail without attachments is its text', async () => {
    const { headers, parts } = await normalise(crlf(...FROM, '', 'Kære kommune'.replace('æ', 'ae')))
    expect(headers.bodyText).toBe('Kaere kommune')
    expect(parts.map((part) => [part.path, part.role, part.name])).toEqual([['0', 'body', 'tekst-0.txt']])
  })

  it('a mail that lies about its charset is read as it was meant, and that is said', async () => {
    const lie = Buffer.concat([
      crlf(...FROM, 'Content-Type: text/plain; charset=us-ascii', '', ''),
      Buffer.from('blåbær'),
    ])
    const { headers, notes } = await normalise(lie)
    expect(headers.bodyText).toBe('blåbær')
    expect(notes).toEqual(['charset-guessed'])
  })

  it('broken MIME keeps what can be read', async () => {
    const broken = crlf(
      ...FROM,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'tekst',
      '--b',
      ...base64('a.pdf', '%PDF-1.7 x'),
    )
    const { headers, parts, notes } = await normalise(broken)
    expect(headers.bodyText).toBe('tekst')
    expect(parts.map((part) => part.mediaType)).toEqual(['text/plain', 'application/pdf'])
    expect(notes).toEqual(['final-boundary-missing'])
  })

  it('an empty PDF is an attachment of nothing', async () => {
    const { parts } = await normalise(mixed(['', 'hej'], base64('attest.pdf', '')))
    expect(parts[1]).toMatchObject({
      path: '2',
      role: 'attachment',
      name: 'attest.pdf',
      mediaType: 'application/x-empty',
      declaredMediaType: 'application/pdf',
    })
  })

  it('a mail that breaks the limits is refused by code', async () => {
    const many = mixed(...Array.from({ length: 1100 }, () => ['', 'x']))
    await expect(normalise(many)).rejects.toMatchObject({ code: 'too-many-parts' })
    await expect(task({ raw: many, rawMediaType: 'image/png', openpgpPrivateKeys: [] })).rejects.toMatchObject({
      code: 'unreadable-input',
    })
  })

  it('any bytes give a message or a coded fault', async () => {
    const word = fc.constantFrom(
      '\r\n',
      '--b',
      '--b--',
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Type: message/rfc822',
      '\r\n\r\n',
      'From: a@b',
      '-----BEGIN PGP MESSAGE-----',
      'Content-Type: multipart/encrypted; boundary=b',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: form-data; name=a; filename=b',
    )
    const bytes = fc.array(fc.oneof(word, fc.string())).map((words) => Buffer.from(words.join('\r\n'), 'latin1'))
    const read = (raw: Uint8Array, rawMediaType: string) =>
      task({ raw, rawMediaType, openpgpPrivateKeys: [] }).catch((thrown: unknown) => {
        expect(thrown).toBeInstanceOf(GatewayError)
        return null
      })
    await fc.assert(
      fc.asyncProperty(bytes, async (raw) => {
        const mail = await read(raw, 'message/rfc822')
        // What a database cannot store as JSON text never leaves the reader.
        expect(JSON.stringify([mail?.headers, mail?.parts.map((part) => [part.name, part.originalName])])).not.toMatch(
          /\\u0000|\\ud[89a-f]/,
        )
        const names = mail?.parts.map((part) => part.name.toLowerCase()) ?? []
        expect(new Set(names).size).toBe(names.length)
        await read(
          Buffer.concat([Buffer.from('Content-Type: multipart/form-data; boundary=b\r\n\r\n'), raw]),
          'multipart/form-data',
        )
      }),
      { numRuns: 500 },
    )
  })
})

describe('parts', () => {
  it('are typed by content and named safely, whatever the sender says', async () => {
    const { parts } = await normalise(
      mixed(
        ['', 'hej'],
        base64('../../faktura.exe', '%PDF-1.4 x', 'image/png'),
        base64('SCAN.PDF', '\x89PNG\r\n\x1a\n'),
        base64('scan.pdf', 'x'),
      ),
    )
    expect(parts.slice(1).map((part) => [part.name, part.originalName, part.mediaType])).toEqual([
      ['faktura.exe', '../../faktura.exe', 'application/pdf'],
      ['SCAN.PDF', 'SCAN.PDF', 'image/png'],
      ['scan (2).pdf', 'scan.pdf', 'text/plain'],
    ])
  })

  it('of a mail inside are documents too, and the mail itself is one', async () => {
    const inner = [
      'Subject: Videresendt',
      'Content-Type: multipart/mixed; boundary=i',
      '',
      '--i',
      '',
      'inderst',
      '--i',
      ...base64('attest.pdf', '%PDF-1.7'),
      '--i--',
    ]
    const { headers, parts } = await normalise(
      mixed(['', 'se vedlagte'], ['Content-Type: message/rfc822', '', ...inner]),
    )
    expect(headers.bodyText).toBe('se vedlagte')
    expect(parts.map((part) => [part.path, part.role, part.name, part.mediaType])).toEqual([
      ['1', 'body', 'tekst-1.txt', 'text/plain'],
      ['2', 'attachment', 'Videresendt.eml', 'message/rfc822'],
      ['2.2', 'attachment', 'attest.pdf', 'application/pdf'],
    ])
    expect(Buffer.from(parts[1]?.bytes ?? []).toString('latin1')).toBe(inner.join('\r\n'))
  })

  it('HTML is read where there is no plain text, and the plain text where there is', async () => {
    const alternative = (plain: string) =>
      crlf(
        ...FROM,
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        '',
        plain,
        '--b',
        'Content-Type: text/html',
        '',
        '<p>fra <b>HTML</b></p>',
        '--b--',
      )
    expect((await normalise(alternative('fra tekst'))).headers.bodyText).toBe('fra tekst')
    expect((await normalise(alternative(' '))).headers.bodyText).toBe('fra HTML')
  })

  it('a body of megabytes is cut to 64 KiB in the headers and whole in its part', async () => {
    const { headers, parts } = await normalise(crlf(...FROM, '', 'ord '.repeat(2_000_000)))
    expect(headers.bodyText.length).toBeLessThanOrEqual(65_536)
    expect(parts[0]?.bytes.length).toBe(8_000_000)
  })
})

describe('a form', () => {
  const part = (disposition: string, ...lines: string[]) => [`Content-Disposition: form-data; ${disposition}`, ...lines]
  const sent = (...parts: string[][]) =>
    Buffer.from(
      [
        'Content-Type: multipart/form-data; boundary=f',
        '',
        ...parts.flatMap((one) => ['--f', ...one]),
        '--f--',
        '',
      ].join('\r\n'),
    )

  it('becomes a message: sender, subject, text, case type and files', async () => {
    const message = await form(
      sent(
        part('name="name"', '', 'Kai Jensen'),
        part('name="email"', '', 'kai@example.dk'),
        part('name="subject"', '', 'Sløjfet tank'),
        part('name="message"', '', 'Se vedlagte attest.'),
        part('name="caseType"', '', 'olietank'),
        part('name="language"', '', 'da'),
        part('name="files"; filename="C:\\attest %22ny%22.pdf"', 'Content-Type: application/pdf', '', '%PDF-1.7'),
        part('name="files"; filename=""', 'Content-Type: application/octet-stream', '', ''),
      ),
    )
    expect(message.headers).toMatchObject({
      from: [{ name: 'Kai Jensen', address: 'kai@example.dk' }],
      subject: 'Sløjfet tank',
      bodyText: 'Se vedlagte attest.',
      caseType: 'olietank',
      contentLanguage: 'da',
      messageId: null,
    })
    expect(message.fields['email']).toBe('kai@example.dk')
    expect(message.parts.map((one) => [one.role, one.name, one.mediaType])).toEqual([
      ['body', 'besked.txt', 'text/plain'],
      ['attachment', 'attest _ny_.pdf', 'application/pdf'],
    ])
  })

  it('with two addresses, or none that can be read, names no sender', async () => {
    for (const email of ['a@x.dk, b@x.dk', 'kai', '']) {
      expect((await form(sent(part('name="email"', '', email)))).headers.from).toEqual([])
    }
  })

  it('with a field named __proto__ is no trouble, and the first of a name counts', async () => {
    const { fields } = await form(
      sent(part('name="__proto__"', '', 'x'), part('name="a"', '', '1'), part('name="a"', '', '2')),
    )
    expect(Object.entries(fields)).toEqual(expect.arrayContaining([['a', '1']]))
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
  })

  it('that is none is refused by code', async () => {
    await expect(form(Buffer.from('garbage'))).rejects.toMatchObject({ code: 'malformed-mime' })
  })
})
