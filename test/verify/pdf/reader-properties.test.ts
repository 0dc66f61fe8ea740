import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VerifyError } from '../../../src/verify/errors.ts'
import { findDamagedSignatures, findSignatures, isKind, openPdf } from '../../../src/verify/pdf/index.ts'
import { appendUpdate, BASE_OBJECTS, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { judge, signedPdf } from '../process/pdf-cases.ts'

const LIMIT_MS = 2000

/** Reads everything; gives the code of the fault, or null. Anything but a coded error fails the test. */
function readAll(bytes: Uint8Array): string | null {
  const begin = process.cpuUsage()
  try {
    const document = openPdf(bytes)
    findSignatures(document)
    findDamagedSignatures(document)
    return null
  } catch (fault) {
    if (!(fault instanceof VerifyError) || fault.code === 'internal') throw fault
    return fault.code
  } finally {
    // Processor time: what others do on the same machine is not this reader's.
    const { user, system } = process.cpuUsage(begin)
    expect((user + system) / 1000).toBeLessThan(LIMIT_MS)
  }
}

describe('the PDF reader', () => {
  it('ends with a value or a coded error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void readAll(bytes)),
      { numRuns: 300 },
    )
  })

  it('ends on any bytes behind a header', () => {
    const tokens = fc.constantFrom(
      '<<',
      '>>',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '/',
      '%',
      'obj',
      'endobj',
      'stream',
      'endstream',
      'xref',
      'trailer',
      'startxref',
      '%%EOF',
      '1 0 R',
      '0 1',
      '/Root 1 0 R',
      '/Prev 9',
      '/Type /Catalog',
      '/Length 5',
      '/ByteRange [0 1 2 3]',
      '/Contents <00>',
      '\n',
      ' ',
      '1 0 obj',
      '9999999999',
      '-1',
      '#',
    )
    const text = fc.array(tokens, { maxLength: 80 }).map((parts) => Buffer.from(`%PDF-1.7\n${parts.join(' ')}`))
    fc.assert(
      fc.property(text, (bytes) => void readAll(bytes)),
      { numRuns: 500 },
    )
  })

  it('ends on mutated PDFs, and never accepts a mutation of the signed bytes', () => {
    const pdf = signedPdf()
    const [, open = 0, close = 0] = judge(pdf).signatures[0]?.byteRange ?? []
    const mutation = fc.array(fc.tuple(fc.nat(pdf.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(mutation, (changes) => {
        const changed = Buffer.from(pdf)
        for (const [at, octet] of changes) changed[at] = octet
        readAll(changed)
        const touched = changes.some(([at]) => (at < open || at >= close) && changed[at] !== pdf[at])
        if (touched) expect(judge(changed).indication).not.toBe('TOTAL-PASSED')
      }),
      { numRuns: 150 },
    )
  })

  it('ends on a PDF cut anywhere', () => {
    const pdf = signedPdf()
    fc.assert(
      fc.property(fc.nat(pdf.length), (at) => void readAll(pdf.subarray(0, at))),
      { numRuns: 100 },
    )
  })

  it('refuses what nests too deep without failing otherwise', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(() => readAll(writePdf(new Map([...BASE_OBJECTS, [9, deep]])))).not.toThrow()
  })

  it('ends the walk of a form whose fields run in a circle', () => {
    const objects = new Map([
      [1, '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [9 0 R] >> >>'],
      [9, '<< /T (a) /Kids [9 0 R 8 0 R] >>'],
      [8, '<< /T (b) /Kids [9 0 R] >>'],
    ])
    expect(readAll(writePdf(objects))).toBeNull()
  })

  it('ends a chain of cross-references that runs in a circle', () => {
    const text = writePdf().toString('latin1')
    const at = text.lastIndexOf('xref\n0 1')
    expect(readAll(Buffer.from(text.replace('/Size 100', `/Size 100 /Prev ${at}`), 'latin1'))).toBeNull()
  })

  it('ends references that refer to themselves', () => {
    const objects = new Map([
      [1, '<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R >>'],
      [6, '7 0 R'],
      [7, '6 0 R'],
    ])
    expect(readAll(writePdf(objects))).toBeNull()
  })

  it.each([
    ...[
      '0',
      '9',
      '-',
      '.',
      'a',
      '1 ',
      '1 0 R ',
      '/',
      '/a ',
      '(',
      '\\',
      '<',
      '<<',
      '[',
      '>',
      ' ',
      '%\n',
      '#',
      '{',
      '\0',
    ],
    ...[
      '1 0 obj ',
      'endobj ',
      'stream\n',
      'endstream ',
      'trailer ',
      'startxref ',
      '%%EOF\n',
      '/ByteRange [',
      '/Contents <',
    ],
  ])('takes no longer than it is long where it repeats %j', (token) => {
    const repeated = token.repeat(600_000 / token.length)
    readAll(writePdf(new Map([...BASE_OBJECTS, [6, `<< /A [${repeated}] >>`]])))
    readAll(appendUpdate(signedPdf(), new Map([[6, repeated]])))
    readAll(Buffer.concat([signedPdf(), Buffer.from(repeated, 'latin1')]))
  })

  it('bounds what a stream decodes to', () => {
    const objects = new Map([...BASE_OBJECTS, [9, streamObject('x', '/Type /ObjStm /N 999999999 /First 1')]])
    expect(readAll(writePdf(objects))).toBeNull()
  })
})

describe('a PDF of few bytes that asks for much', () => {
  const begin = '%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Kids [] >> endobj\n'
  /** A cross-reference stream that names this many objects, all at the place that is given for each. */
  const naming = (count: number, placeOf: (i: number) => number): Buffer => {
    const rows = Buffer.alloc(count * 5)
    for (let i = 0; i < count; i += 1) {
      rows[i * 5] = 1
      rows.writeUInt32BE(i === 1 ? 9 : i === 2 ? 58 : placeOf(i), i * 5 + 1)
    }
    const packed = deflateSync(rows)
    const entries = `/Type /XRef /Root 1 0 R /W [1 4 0] /Index [0 ${count}] /Filter /FlateDecode /Length ${packed.length}`
    const tail = `\nendstream endobj\nstartxref\n${begin.length}\n%%EOF\n`
    return Buffer.concat([Buffer.from(`${begin}9 0 obj << ${entries} >> stream\n`), packed, Buffer.from(tail)])
  }

  it('names no more objects than its size allows', () => {
    const pdf = naming(3_000_000, () => 58)
    expect(pdf.length).toBeLessThan(100_000)
    expect(readAll(pdf)).toBe('too-many-elements')
  })

  it('pays little for entries that lead to no object', () => {
    expect(readAll(naming(20_000, (i) => i * 3))).toBeNull()
  })

  it.each([
    ['dictionaries', (list: string) => [[6, list]]],
    [
      'fields',
      (list: string) => [[1, `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [<< /T (a) /Kids ${list} >>] >> >>`]],
    ],
    ['pages', (list: string) => [[2, `<< /Type /Pages /Kids ${list} >>`]]],
    ['attached files', (list: string) => [[1, `<< /Type /Catalog /Pages 2 0 R /AF ${list} >>`]]],
  ] as const)('may hold a list of 150,000 %s, longer than arguments may be', (_what, objects) => {
    const list = `[${'<< /T (x) >> '.repeat(150_000)}]`
    const pdf = signedPdf({ objects: new Map(objects(list) as [number, string][]) })
    expect(judge(appendUpdate(pdf, new Map([[60, '<< >>']])))).toHaveProperty('indication')
  })

  it('holds a long string about as large as it is', () => {
    const before = process.memoryUsage().rss
    readAll(writePdf(new Map([...BASE_OBJECTS, [6, `(${'x'.repeat(20_000_000)})`]])))
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it.each(['<< /A 1 >> ', '[] ', '/a ', '1 '])('is refused before %j takes all memory', (item) => {
    const before = process.memoryUsage().rss
    const pdf = writePdf(new Map([...BASE_OBJECTS, [6, `[${item.repeat(12_000_000 / item.length)}]`]]))
    const code = readAllSlowly(pdf)
    expect(code === null || code === 'too-many-elements').toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024)
  })
})

describe('strings in parentheses', () => {
  it.each([
    ['(a(b)c)', 'a(b)c'],
    ['(\\)\\(\\\\)', ')(\\'],
    ['(\\053\\5a\\0001)', '+\u0005a\u00001'],
    ['(a\r\nb\rc\nd)', 'a\nb\nc\nd'],
    ['(a\\\r\nb\\\rc\\\nd)', 'abcd'],
    ['(\\n\\r\\t\\b\\f\\q)', '\n\r\t\b\fq'],
    ['()', ''],
  ])('%j mean %j', (written, meant) => {
    const document = openPdf(writePdf(new Map([...BASE_OBJECTS, [6, written]])))
    const value = document.view(0).object(6)
    expect(isKind(value, 'string') && Buffer.from(value.bytes).toString('latin1')).toBe(meant)
  })

  it.each(['(', '(()', '(\\)', '(a\\'])('%j do not end', (written) => {
    expect(
      openPdf(writePdf(new Map([...BASE_OBJECTS, [6, written]])))
        .view(0)
        .object(6),
    ).toBeNull()
  })
})

describe('a PDF made to cost time', () => {
  const heap = (count: number, body: (n: number) => string): Buffer => {
    const parts = ['%PDF-1.7\n']
    const offsets: number[] = []
    let at = parts[0]?.length ?? 0
    for (let n = 1; n <= count; n += 1) {
      const part = `${n} 0 obj ${body(n)}`
      offsets.push(at)
      parts.push(part)
      at += part.length
    }
    const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
    const end = `\nxref\n1 ${count}\n${rows}trailer\n<< /Root 1 0 R /Size ${count + 1} >>\nstartxref\n${at + 1}\n%%EOF\n`
    return Buffer.from([...parts, end].join(''), 'latin1')
  }

  it.each([
    ['streams without end', () => '<< /Length 1 >> stream\n'],
    ['strings within strings', () => '(('],
    ['digits without end', () => '<00'],
    ['comments', () => '% '],
    ['arrays within arrays', () => '[ '],
  ])('by %s ends in time', (_what, body) => {
    const begin = Date.now()
    const code = readAllSlowly(heap(30_000, body))
    expect(Date.now() - begin).toBeLessThan(15_000)
    expect(code === null || code.length > 0).toBe(true)
  })
})

function readAllSlowly(bytes: Uint8Array): string | null {
  try {
    findSignatures(openPdf(bytes))
    return null
  } catch (fault) {
    if (!(fault instanceof VerifyError) || fault.code === 'internal') throw fault
    return fault.code
  }
}
