import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allEntities, decodeBody, entityBytes, MimeError, parseMime } from '../../../src/verify/mime/index.ts'
import { cpuTimeMs } from '../../support/cpu-time.ts'

const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1')
const outline = (bytes: Uint8Array) =>
  allEntities(parseMime(bytes).root).map((entity) => `${entity.path} ${entity.contentType.value}`)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

const SIGNED = mail(
  'From: kai@example.dk',
  'Content-Type: multipart/signed; boundary="=-b"; protocol="application/pgp-signature"',
  '',
  'preamble',
  '--=-b',
  'Content-Type: text/plain',
  '',
  'Hej',
  '',
  '--=-b  ',
  'Content-Type: application/pgp-signature',
  '',
  'sig',
  '--=-b--',
  'epilogue',
)

describe('a header', () => {
  it('may have white space in front of a colon: a first line that begins "From :" is the field', () => {
    const { root, notes } = parseMime(mail('From : a@example.dk', 'From: b@example.dk', '', 'x'))
    expect(root.fields.map(({ name, value }) => [name, value])).toEqual([
      ['from', 'a@example.dk'],
      ['from', 'b@example.dk'],
    ])
    expect(notes).toEqual(['duplicate-header'])
    const mailbox = parseMime(mail('From a@example.dk Fri Nov 27 00:00:00 2026', 'From: b@example.dk', '', 'x'))
    expect(mailbox.notes).toEqual(['mbox-line'])
  })

  it('with a bare CR in a field is noted, as some readers see another field behind it', () => {
    expect(parseMime(mail('X-A: a\rFrom: a@example.dk', '', 'x')).notes).toEqual(['bare-cr'])
    expect(parseMime(mail('X-A: a', '', 'x\ry')).notes).toEqual([])
  })
})

describe('structure', () => {
  it('a signed part runs from its header to the line end before the boundary', () => {
    const part = parseMime(SIGNED).root.children[0]
    expect(part && text(entityBytes(part))).toBe('Content-Type: text/plain\r\n\r\nHej\r\n')
    expect(parseMime(SIGNED).notes).toEqual([])
  })

  it('offsets name exactly the header and the body', () => {
    const part = parseMime(SIGNED).root.children[1]
    if (!part) throw new Error('there is no second part')
    expect(text(part.source.subarray(part.headerStart, part.headerEnd))).toBe(
      'Content-Type: application/pgp-signature\r\n',
    )
    expect(text(part.source.subarray(part.bodyStart, part.bodyEnd))).toBe('sig')
  })

  it('a mail without parts is part 0', () => {
    expect(outline(mail('Subject: x', '', 'body'))).toEqual(['0 text/plain'])
  })

  it('a mail in a mail numbers its parts under the part that holds it', () => {
    const inner = ['Subject: inner', 'Content-Type: multipart/mixed; boundary=in', '', '--in', '', 'a', '--in--']
    const outer = ['Content-Type: multipart/mixed; boundary=out', '', '--out', '', 'hej', '--out']
    expect(outline(mail(...outer, 'Content-Type: message/rfc822', '', ...inner, '--out--'))).toEqual([
      '0 multipart/mixed',
      '1 text/plain',
      '2 message/rfc822',
      '2.0 multipart/mixed',
      '2.1 text/plain',
    ])
  })

  it('an inner boundary that begins with the outer one does not end the outer part', () => {
    const inner = ['Content-Type: multipart/mixed; boundary=b1', '', '--b1', '', 'a', '--b1--']
    expect(outline(mail('Content-Type: multipart/mixed; boundary=b', '', '--b', ...inner, '--b--'))).toEqual([
      '0 multipart/mixed',
      '1 multipart/mixed',
      '1.1 text/plain',
    ])
  })

  it('the outer boundary ends an inner multipart whose own end is missing', () => {
    const inner = ['Content-Type: multipart/mixed; boundary=in', '', '--in', '', 'a']
    const bytes = mail(
      'Content-Type: multipart/mixed; boundary=out',
      '',
      '--out',
      ...inner,
      '--out',
      '',
      'b',
      '--out--',
    )
    expect(outline(bytes)).toEqual(['0 multipart/mixed', '1 multipart/mixed', '1.1 text/plain', '2 text/plain'])
    expect(parseMime(bytes).notes).toEqual(['final-boundary-missing'])
  })

  it('a boundary in the middle of a line is text', () => {
    expect(outline(mail('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x --b', '--b--'))).toHaveLength(2)
  })

  it('a line that only begins like a delimiter is noted, unless a multipart inside claims it', () => {
    const type = 'Content-Type: multipart/mixed; boundary=b'
    const lookalike = mail(type, '', '--bx', '', 'unsigned', '--b', '', 'x', '--b--')
    expect(parseMime(lookalike).notes).toEqual(['boundary-lookalike'])
    expect(parseMime(mail(type, '', '--b', '', 'x', '--b--x', '--b--')).notes).toEqual(['boundary-lookalike'])
    const inner = ['Content-Type: multipart/mixed; boundary=bx', '', '--bx', '', 'x', '--bx--']
    expect(parseMime(mail(type, '', '--b', ...inner, '--b--')).notes).toEqual([])
    expect(parseMime(mail(type, '', '--bx', '--b', ...inner, '--b--')).notes).toEqual(['boundary-lookalike'])
  })

  it('a form preceded by its Content-Type line is a tree of fields', () => {
    const bytes = mail(
      'Content-Type: multipart/form-data; boundary=----WebKit',
      '',
      '------WebKit',
      'Content-Disposition: form-data; name="email"',
      '',
      'kai@example.dk',
      '------WebKit',
      'Content-Disposition: form-data; name="files"; filename="attest æ.pdf"',
      'Content-Type: application/pdf',
      '',
      '%PDF',
      '------WebKit--',
      '',
    )
    const [email, file] = parseMime(bytes).root.children
    expect(email?.disposition?.parameters.get('name')).toBe('email')
    expect(file?.fileName).toBe('attest æ.pdf')
    expect(file && text(decodeBody(file).bytes)).toBe('%PDF')
  })
})

describe('broken mail', () => {
  const cases: readonly [string, Buffer, readonly string[], string][] = [
    ['bare LF', Buffer.from('Subject: x\nContent-Type: text/html\n\nbody'), ['0 text/html'], ''],
    ['bare CR', Buffer.from('Subject: x\rContent-Type: text/html\r\rbody'), ['0 text/html'], 'bare-cr'],
    ['no header at all', mail('just some words', 'and more'), ['0 text/plain'], 'header-missing'],
    ['no blank line', mail('Subject: x', 'this is the body'), ['0 text/plain'], 'blank-line-missing'],
    [
      'two content types',
      mail('Content-Type: text/html', 'Content-Type: text/css', ''),
      ['0 text/html'],
      'duplicate-header',
    ],
    ['a type that is none', mail('Content-Type: %%', '', 'x'), ['0 application/octet-stream'], 'content-type-broken'],
    ['nothing', Buffer.alloc(0), ['0 text/plain'], ''],
    ['a mailbox line', mail('From kai Mon Nov 23', 'Content-Type: text/html', '', 'x'), ['0 text/html'], 'mbox-line'],
    [
      'no boundary named, one found',
      mail('Content-Type: multipart/mixed', '', '--q', '', 'x', '--q--'),
      ['0 multipart/mixed', '1 text/plain'],
      'boundary-missing',
    ],
    [
      'a boundary that never comes',
      mail('Content-Type: multipart/mixed; boundary=b', '', 'x'),
      ['0 multipart/mixed'],
      'boundary-not-found',
    ],
    [
      'a semicolon forgotten',
      mail('Content-Type: multipart/mixed boundary="q"', '', '--q', '', 'x', '--q--'),
      ['0 multipart/mixed', '1 text/plain'],
      '',
    ],
  ]
  it.each(cases)('%s still gives a tree', (_name, bytes, tree, note) => {
    expect(outline(bytes)).toEqual(tree)
    expect(parseMime(bytes).notes).toEqual(note === '' ? [] : [note])
  })

  it('a bare CR among real lines does not make a header', () => {
    const root = parseMime(Buffer.from('Subject: x\rBcc: eve@example.com\r\n\r\nbody')).root
    expect(root.fields.map((field) => field.name)).toEqual(['subject'])
  })

  it('two boundary parameters are said', () => {
    const bytes = mail('Content-Type: multipart/mixed; boundary=a; boundary=b', '', '--a', '', 'x', '--a--')
    expect(parseMime(bytes).notes).toEqual(['parameter-conflict'])
  })
})

describe('limits', () => {
  it('what is nested too deep stays closed, and that is said', () => {
    const lines: string[] = []
    for (let depth = 0; depth < 100; depth++)
      lines.push(`Content-Type: multipart/mixed; boundary=b${depth}x`, '', `--b${depth}x`)
    const tree = parseMime(mail(...lines, '', 'core'), { maxDepth: 10 })
    expect(allEntities(tree.root)).toHaveLength(11)
    expect(tree.notes).toContain('nesting-cut')
  })

  const codeOf = (run: () => unknown): string => {
    try {
      run()
      return 'none'
    } catch (thrown) {
      return thrown instanceof MimeError ? thrown.code : String(thrown)
    }
  }

  it('too many parts, too large a header and too many bytes are refused by code', () => {
    const parts = Array.from({ length: 50 }, () => ['--b', '', 'x']).flat()
    const many = mail('Content-Type: multipart/mixed; boundary=b', '', ...parts, '--b--')
    expect(codeOf(() => parseMime(many, { maxParts: 20 }))).toBe('too-many-parts')
    expect(codeOf(() => parseMime(mail(`X: ${'a'.repeat(2000)}`, ''), { maxHeaderBytes: 1000 }))).toBe('too-large')
    expect(codeOf(() => parseMime(mail('Subject: x', '', 'y'), { maxBytes: 5 }))).toBe('too-large')
  })

  const hostile: readonly [string, Buffer][] = [
    ['unclosed multiparts in each of many parts', manyOpenMultiparts()],
    ['one line of 8 MB', Buffer.alloc(8_000_000, 0x41)],
    [
      '8 MB of dashes under the boundary "-"',
      Buffer.concat([mail('Content-Type: multipart/mixed; boundary="-"', '', ''), Buffer.alloc(8_000_000, 0x2d)]),
    ],
    [
      'a header of half-made encoded words',
      mail(`Content-Type: text/plain; name="${'=?a?q?'.repeat(60_000)}"`, '', ''),
    ],
    ['a header of open comments', mail(`Content-Type: ${'('.repeat(400_000)}`, '', '')],
    ['a header of semicolons', mail(`Content-Type: text/plain${';='.repeat(200_000)}`, '', '')],
  ]
  it.each(hostile)('%s are read in bounded time', async (_name, bytes) => {
    const spent = await cpuTimeMs(() => {
      for (const entity of allEntities(parseMime(bytes).root)) decodeBody(entity)
    })
    expect(spent).toBeLessThan(3000)
  })

  function manyOpenMultiparts(): Buffer {
    const open = ['--b', 'Content-Type: multipart/mixed; boundary=never', '', 'y'.repeat(8000)]
    return mail('Content-Type: multipart/mixed; boundary=b', '', ...Array.from({ length: 900 }, () => open).flat())
  }
})

describe('any bytes', () => {
  const word = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ': ',
    'Content-Type',
    'multipart/mixed',
    'message/rfc822',
    '; boundary=b',
    '--b',
    '--b--',
    '\r\n--b\r\n',
    'Content-Transfer-Encoding: base64',
    '=?utf-8?q?=',
    '"',
    '(',
    ' ',
    '\t',
    'x',
    '\u00e6',
    'From ',
    'name*0*=',
  )
  const mailish = fc
    .array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 80 })
    .map((words) => Buffer.from(words.join(''), 'latin1'))

  it('end in a tree whose parts lie within their parents, in order', () => {
    fc.assert(
      fc.property(fc.oneof(mailish, fc.uint8Array({ maxLength: 400 })), (bytes) => {
        for (const entity of allEntities(parseMime(bytes).root)) {
          decodeBody(entity)
          expect(entity.headerStart).toBeLessThanOrEqual(entity.headerEnd)
          expect(entity.headerEnd).toBeLessThanOrEqual(entity.bodyStart)
          expect(entity.bodyStart).toBeLessThanOrEqual(entity.bodyEnd)
          let behind = entity.bodyStart
          for (const child of entity.children) {
            if (child.source !== entity.source) continue
            expect(child.headerStart).toBeGreaterThanOrEqual(behind)
            expect(child.bodyEnd).toBeLessThanOrEqual(entity.bodyEnd)
            behind = child.bodyEnd
          }
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('paths are unique', () => {
    fc.assert(
      fc.property(mailish, (bytes) => {
        const paths = allEntities(parseMime(bytes).root).map((entity) => entity.path)
        expect(new Set(paths).size).toBe(paths.length)
      }),
      { numRuns: 1000 },
    )
  })
})
