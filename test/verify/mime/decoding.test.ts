import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeBase64,
  decodeEncodedWords,
  decodeQuotedPrintable,
  decodeText,
  decodeTransfer,
  parseMailboxes,
  parseParameterised,
  withCrlf,
} from '../../../src/verify/mime/index.ts'
import { cpuTimeMs } from '../../support/cpu-time.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

describe('transfer encodings', () => {
  it('base64 comes back whatever line breaks and strays stand in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const coded = Buffer.from(bytes)
          .toString('base64')
          .replace(/(.{1,7})/g, '$1\r\n ')
        expect(Buffer.from(decodeBase64(Buffer.from(coded)).bytes).equals(bytes)).toBe(true)
      }),
    )
  })

  it('base64 that goes on behind padding is read to its end', () => {
    expect(text(decodeBase64(Buffer.from('YQ==YmM=')).bytes)).toBe('abc')
    expect(decodeBase64(Buffer.from('YW!Jj')).notes).toEqual(['base64-foreign-characters'])
  })

  it('quoted-printable keeps what is no escape and drops soft breaks and trailing blanks', () => {
    expect(text(decodeQuotedPrintable(Buffer.from('r=C3=B8d =\r\ngr=c3=b8d  \r\n100 =% =Z')))).toBe(
      'rød grød\r\n100 =% =Z',
    )
  })

  it('uuencode is decoded; what has no begin line stays', () => {
    expect(text(decodeTransfer(Buffer.from('begin 644 x\n#0V%T\n`\nend\n'), 'x-uuencode').bytes)).toBe('Cat')
    expect(decodeTransfer(Buffer.from('nothing'), 'uuencode').notes).toEqual(['uuencode-without-begin'])
    expect(decodeTransfer(Buffer.from('nothing'), 'rot13').notes).toEqual(['encoding-unknown'])
  })

  it('any bytes decode in every encoding', () => {
    const encoding = fc.constantFrom('base64', 'quoted-printable', 'x-uuencode', '7bit', 'odd')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), encoding, (bytes, name) => {
        expect(decodeTransfer(bytes, name).bytes.length).toBeLessThanOrEqual(bytes.length + 3)
      }),
    )
  })
})

describe('charsets', () => {
  const latin1 = Buffer.from('blåbærgrød', 'latin1')
  const utf8 = Buffer.from('blåbærgrød', 'utf8')
  const cases: readonly [string, Buffer, string | null, string, boolean][] = [
    ['a true label', latin1, 'iso-8859-1', 'blåbærgrød', false],
    ['UTF-8 under a Latin-1 label', utf8, 'iso-8859-1', 'blåbærgrød', true],
    ['Latin-1 under a UTF-8 label', latin1, 'utf-8', 'blåbærgrød', true],
    ['UTF-8 under an ASCII label', utf8, 'us-ascii', 'blåbærgrød', true],
    ['an unknown label', utf8, 'x-klingon', 'blåbærgrød', true],
    ['no label', latin1, null, 'blåbærgrød', true],
    ['no label over plain ASCII', Buffer.from('abc'), null, 'abc', false],
    ['ASCII under a UTF-16 label', Buffer.from('abcd'), 'utf-16', 'abcd', true],
  ]
  it.each(cases)('%s is read as a person would', (_name, bytes, label, wanted, guessed) => {
    expect(decodeText(bytes, label)).toMatchObject({ text: wanted, guessed })
  })

  it('any bytes under any label give text', () => {
    const label = fc.oneof(
      fc.constantFrom(null, 'utf-8', 'utf-16be', 'iso-2022-jp', 'gb18030', 'utf-7', 'x-user-defined'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.uint8Array(), label, (bytes, name) => {
        expect(typeof decodeText(bytes, name).text).toBe('string')
      }),
    )
  })
})

describe('header values', () => {
  it('encoded words are decoded, and a character cut in two is joined', () => {
    expect(decodeEncodedWords('=?utf-8?Q?Attest_p=C3=A5?= tank')).toBe('Attest på tank')
    expect(decodeEncodedWords('=?utf-8?B?w6Y=?= =?utf-8?B?w7g=?=')).toBe('æø')
    expect(decodeEncodedWords('=?utf-8?Q?=C3?=\t=?utf-8?Q?=A6?=')).toBe('æ')
    expect(decodeEncodedWords('=?ISO-8859-1?Q?=E6?= =?utf-8?Q?=C3=B8?=')).toBe('æø')
    expect(decodeEncodedWords('a =?broken? b')).toBe('a =?broken? b')
  })

  it('parameters come back from quotes, continuations and their charset', () => {
    const { value, parameters } = parseParameterised(
      'Attachment (a comment; x=y); FileName*0*=utf-8\'da\'bl%C3%A5; filename*1="b.pdf"; size=7; odd',
    )
    expect(value).toBe('attachment')
    expect(parameters.get('filename')).toBe('blåb.pdf')
    expect(parameters.get('size')).toBe('7')
    expect(parseParameterised('text/plain; name="=?utf-8?Q?=C3=A6?=.txt"').parameters.get('name')).toBe('æ.txt')
    expect(parseParameterised('a/b; name="semi;colon \\"q\\".txt"').parameters.get('name')).toBe('semi;colon "q".txt')
  })

  it('mailboxes are found among names, groups, comments and routes', () => {
    expect(parseMailboxes('"Jensen, Kai" <Kai@Example.DK>, b@x.dk (Bo), Alle: c@x.dk, <@r:d@x.dk>;')).toEqual([
      { name: 'Jensen, Kai', address: 'Kai@example.dk' },
      { name: 'Bo', address: 'b@x.dk' },
      { name: '', address: 'c@x.dk' },
      { name: '', address: 'd@x.dk' },
    ])
  })

  it('an address hidden in a display name is not the address', () => {
    expect(parseMailboxes('"borgmester@by.dk" <eve@example.com>')).toEqual([
      { name: 'borgmester@by.dk', address: 'eve@example.com' },
    ])
    expect(parseMailboxes('=?utf-8?Q?a=40b.dk=2C?= <eve@example.com>').map((box) => box.address)).toEqual([
      'eve@example.com',
    ])
    expect(parseMailboxes('a@b.dk <eve@example.com>').map((box) => box.address)).toEqual(['eve@example.com'])
    expect(parseMailboxes('<a@b.dk> <eve@example.com>')).toHaveLength(1)
  })

  it('any text gives values, in bounded time', async () => {
    const nasty = fc.array(
      fc.constantFrom(
        '"',
        '(',
        ')',
        '<',
        '>',
        ',',
        ':',
        '@',
        '\\',
        ';',
        '=',
        '*',
        "'",
        '%',
        '=?utf-8?q?',
        '?=',
        'a',
        ' ',
      ),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(nasty, (pieces) => {
        const value = pieces.join('')
        parseMailboxes(value)
        parseParameterised(value)
        decodeEncodedWords(value)
      }),
      { numRuns: 2000 },
    )
    for (const seed of ['@:', '(', '"\\', '<', ';a*0=', '=?a?b?', 'a=%']) {
      const value = seed.repeat(200_000)
      const spent = await cpuTimeMs(() => {
        parseMailboxes(value)
        parseParameterised(value)
        decodeEncodedWords(value)
      })
      expect(spent).toBeLessThan(2000)
    }
  })

  it('bare line feeds become CRLF, and CRLF stays', () => {
    expect(text(withCrlf(Buffer.from('a\nb\r\nc\n')))).toBe('a\r\nb\r\nc\r\n')
  })
})
