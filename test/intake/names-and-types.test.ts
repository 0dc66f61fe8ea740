import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText } from '../../src/intake/clean-text.ts'
import { htmlToText } from '../../src/intake/html-text.ts'
import { mediaTypeOf } from '../../src/intake/media-type.ts'
import { distinctNames, safeName } from '../../src/intake/safe-name.ts'
import { cpuTimeMs } from '../support/cpu-time.ts'

describe('a safe name', () => {
  const cases: readonly [string | null, string][] = [
    ['attest.pdf', 'attest.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\Kai\\attest.pdf', 'attest.pdf'],
    ['blåbærgrød.pdf', 'blåbærgrød.pdf'],
    ['a\u030a.pdf', 'å.pdf'],
    ['attest\u202efdp.exe', 'attestfdp.exe'],
    ['a\r\nb\0c\t.pdf', 'a bc .pdf'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1.tar.gz', '_com1.tar.gz'],
    ['...', 'x'],
    ['..', 'x'],
    ['', 'x'],
    [null, 'x'],
    ['.htaccess', 'htaccess'],
    ['navn. . ', 'navn'],
    ['hvad?*<>|":.pdf', 'hvad_______.pdf'],
    ['zero\u200bwidth.pdf', 'zerowidth.pdf'],
    ['\ud800.pdf', 'pdf'],
    [`${'a'.repeat(300)}.pdf`, `${'a'.repeat(116)}.pdf`],
  ]
  it.each(cases)('%j becomes %j', (original, wanted) => {
    expect(safeName(original, 'x')).toBe(wanted)
  })

  it('is safe for any text', () => {
    const nasty = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', '\\', '..', '\0', '\u202e', ' ', '.', 'con', '😀')),
    )
    fc.assert(
      fc.property(nasty, (pieces) => {
        const name = safeName(pieces.join(''), 'x')
        expect(name.length).toBeGreaterThan(0)
        expect(name.length).toBeLessThanOrEqual(120)
        expect(name).toBe(name.normalize('NFC'))
        expect(name).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069<>:"|?*]|^\.|[. ]$/u)
        expect(name.isWellFormed()).toBe(true)
        expect(safeName(name, 'x')).toBe(name)
      }),
      { numRuns: 2000, examples: [[['!', ' ', '\u1acf', '\t', '!']], [['a', '\u200b', '\u030a']]] },
    )
  })

  it('differs from its neighbours, whatever their case', () => {
    expect(distinctNames(['a.pdf', 'A.pdf', 'b', 'a (2).pdf', 'a.pdf', 'b'])).toEqual([
      'a.pdf',
      'A (2).pdf',
      'b',
      'a (2) (2).pdf',
      'a (3).pdf',
      'b (2)',
    ])
    const many = distinctNames(Array.from({ length: 1000 }, () => `${'l'.repeat(116)}.pdf`))
    expect(new Set(many).size).toBe(1000)
    expect(Math.max(...many.map((name) => name.length))).toBeLessThanOrEqual(120)
  })
})

/** A ZIP of those entries, stored or deflated, as a zip program writes it. */
function zip(entries: readonly (readonly [string, string])[], stored = false): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of entries) {
    const data = stored ? Buffer.from(content) : deflateRawSync(content)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(stored ? 0 : 8, 8)
    head.writeUInt32LE(data.length, 18)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    local.push(head, Buffer.from(name), data)
    central.push(entry, Buffer.from(name))
    offset += 30 + name.length + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, ...central, end])
}

describe('a media type by content', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1')
  const cases: readonly [string, Buffer, string | null, string][] = [
    ['a PDF called text', latin1('%PDF-1.7\n'), 'text/plain', 'application/pdf'],
    ['a PDF behind junk', latin1(`${'\n'.repeat(500)}%PDF-1.4`), null, 'application/pdf'],
    ['a program called PDF', latin1('MZ\x90\0\x03\0\0\0\x04\0'), 'application/pdf', 'application/octet-stream'],
    ['nothing called PDF', Buffer.alloc(0), 'application/pdf', 'application/x-empty'],
    ['PNG', latin1('\x89PNG\r\n\x1a\n'), null, 'image/png'],
    ['JPEG', latin1('\xff\xd8\xff\xe0'), null, 'image/jpeg'],
    ['TIFF', latin1('II*\0\x08\0'), null, 'image/tiff'],
    ['GIF', latin1('GIF89a'), null, 'image/gif'],
    ['HEIC', latin1('\0\0\0\x18ftypheic'), null, 'image/heic'],
    ['RTF', latin1('{\\rtf1'), null, 'application/rtf'],
    ['gzip', latin1('\x1f\x8b\x08'), null, 'application/gzip'],
    ['XML', latin1('<?xml version="1.0"?><a/>'), null, 'application/xml'],
    ['HTML', latin1('\n<!DOCTYPE html><p>'), null, 'text/html'],
    ['winmail.dat', latin1('\x78\x9f\x3e\x22\0'), null, 'application/ms-tnef'],
    ['Danish in Latin-1', latin1('blåbærgrød på bordet'), null, 'text/plain'],
    ['a mail', latin1('From: a@b\r\nTo: c@d\r\nSubject: x\r\n\r\nhej'), 'application/octet-stream', 'message/rfc822'],
    ['a PGP key', latin1('-----BEGIN PGP PUBLIC KEY BLOCK-----\n'), 'application/octet-stream', 'application/pgp-keys'],
    [
      'a CMS signature',
      Buffer.from('308006092a864886f70d010702a080', 'hex'),
      'application/pkcs7-signature',
      'application/pkcs7-signature',
    ],
    ['CSV', latin1('a;b\n1;2'), 'text/csv', 'text/csv'],
    ['a ZIP with a PDF in it as it stands', latin1('PK\x03\x04attest.pdf%PDF-1.7'), null, 'application/zip'],
    ['the same called PDF otherwise', latin1('PK\x03\x04attest.pdf%PDF-1.7'), 'application/x-pdf', 'application/pdf'],
    ['the same called PDF', latin1('PK\x03\x04attest.pdf%PDF-1.7'), 'application/pdf', 'application/pdf'],
    ['a plain ZIP', zip([['a.txt', 'x']]), null, 'application/zip'],
    [
      'Word',
      zip([
        ['[Content_Types].xml', 'x'],
        ['word/document.xml', 'x'],
      ]),
      'application/zip',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    [
      'ODF',
      zip([['mimetype', 'application/vnd.oasis.opendocument.text']], true),
      null,
      'application/vnd.oasis.opendocument.text',
    ],
    ['a ZIP without its directory', zip([['word/a', 'x']]).subarray(0, 20), null, 'application/zip'],
  ]
  it.each(cases)('%s', (_name, bytes, declared, wanted) => {
    expect(mediaTypeOf(bytes, declared)).toBe(wanted)
  })

  it('any bytes have one', () => {
    const start = fc.constantFrom('', 'PK\x03\x04', 'PK\x05\x06', '0\x82', '<?xml', '%PDF', 'ftyp')
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
        expect(mediaTypeOf(Buffer.concat([latin1(head), tail]), null)).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('HTML as text', () => {
  it('shows what a person reads, blocks on their own lines', () => {
    const html =
      '<html><head><title>t</title><style>p{}</style></head><body><p>K&aelig;re <b>kommune</b></p><p>5 &lt; 6 &#229; &#x20AC;<br>slut</p><script>alert(1)</script><!-- no --></body>'
    expect(htmlToText(html, 1000)).toBe('Kære kommune\n\n5 < 6 å €\nslut')
  })

  it('keeps a lone less-than and what stands in an unclosed element', () => {
    expect(htmlToText('2 < 3 <style>a <p>b', 100)).toBe('2 < 3 a\nb')
  })

  it('is bounded for any text', async () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '<!--', '-->', '<p>', '<svg>', '</svg', '&#', '&amp;', 'x', '"', '\n', 'İ')),
        (pieces) => {
          expect(htmlToText(pieces.join(''), 50).length).toBeLessThanOrEqual(50)
        },
      ),
      { numRuns: 2000 },
    )
    for (const seed of ['<', '<svg>', '<!--', '&', '<a ', '<title>x']) {
      expect(await cpuTimeMs(() => htmlToText(seed.repeat(500_000), 65_536))).toBeLessThan(2000)
    }
  })
})

describe('clean text', () => {
  it('has no control or direction characters, no lone surrogates, and is never longer than asked', () => {
    expect(cleanText('a\0b\r\nc\u202ed\ud800', 100)).toBe('ab\ncd\ufffd')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(50), (text, max) => {
        const clean = cleanText(text, max)
        expect(clean.length).toBeLessThanOrEqual(max)
        expect(clean.isWellFormed()).toBe(true)
        expect(clean).not.toMatch(/[^\P{Cc}\n\t]/u)
      }),
    )
  })
})
