import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VerifyError } from '../../../src/verify/errors.ts'
import { findDamagedSignatures, findSignatures, openPdf } from '../../../src/verify/pdf/index.ts'
import { BASE_OBJECTS, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
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

  it('bounds what a stream decodes to', () => {
    const objects = new Map([...BASE_OBJECTS, [9, streamObject('x', '/Type /ObjStm /N 999999999 /First 1')]])
    expect(readAll(writePdf(objects))).toBeNull()
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
