import { describe, expect, it } from 'vitest'
import { appendUpdate, BASE_OBJECTS, signPdf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { judge, only, signedPdf, signWith } from './pdf-cases.ts'

/** Poppler, mupdf, Ghostscript and pdf.js read over such margins; some of them search the file for objects then. */
const passed = { indication: 'TOTAL-PASSED', coverage: 'file', changesAfter: 'none' }
const DECOY = '4 0 obj\n<< /Length 3 >>\nstream\nq Q\nendstream\nendobj'
/** Nothing leads to what hides it, and a search finds it. */
const hiding = (): Buffer => signedPdf({ objects: new Map([[31, `(\n${DECOY}\n)`]]) })
const blanks = (count: number, octet = ' '): Buffer => Buffer.alloc(count, octet)

describe('white space behind the end of a signed file', () => {
  it.each([0, 1, 999, 1000, 1001, 1024, 5000, 100_000, 2_000_000])('of %d octets is none of its content', (count) => {
    const report = judge(Buffer.concat([signedPdf(), blanks(count)]))
    // Further from the end no reader is sure to find startxref.
    if (count <= 1_000_000) expect(only(report)).toMatchObject(passed)
    else expect(report.indication).toBe('INDETERMINATE')
  })

  it.each(['\n', '\0', '\t', '\r\n '])('made of %j is the same', (unit) => {
    expect(only(judge(Buffer.concat([signedPdf(), Buffer.from(unit.repeat(3000))])))).toMatchObject(passed)
  })

  it('matters from a thousand octets on where a search finds another document', () => {
    expect(only(judge(Buffer.concat([hiding(), blanks(1000)])))).toMatchObject(passed)
    const far = only(judge(Buffer.concat([hiding(), blanks(1001)])))
    expect(far).toMatchObject({ indication: 'INDETERMINATE', changesAfter: 'unknown', intact: true })
    expect(far.findings.map(({ code }) => code)).toContain('bytes-behind-end')
  })

  it.each(['x', '%', '('])('that ends in %j is none', (end) => {
    const report = judge(Buffer.concat([signedPdf(), blanks(3000), Buffer.from(end)]))
    expect(report.indication).not.toBe('TOTAL-PASSED')
  })

  it('behind an update is judged alike', () => {
    const updated = (pdf: Buffer): Buffer => Buffer.concat([appendUpdate(pdf, new Map([[30, '<< >>']])), blanks(3000)])
    expect(only(judge(updated(signedPdf())))).toMatchObject({ indication: 'TOTAL-PASSED', changesAfter: 'permitted' })
    expect(only(judge(updated(hiding())))).toMatchObject({ changesAfter: 'unknown' })
  })
})

describe('white space before the header of a signed file', () => {
  const behind = (count: number, objects: ReadonlyMap<number, string> = new Map()): Buffer => {
    const header = `${' '.repeat(count)}%PDF-1.7\n`
    return signPdf(writePdf(new Map([...BASE_OBJECTS, ...objects]), header), { sign: signWith() })
  }

  it.each([1, 1019, 1024, 1025, 5000, 65_536])('of %d octets is read over', (count) => {
    expect(only(judge(behind(count)))).toMatchObject(passed)
  })

  it('of more is no PDF', () => {
    expect(judge(behind(65_537)).error).toMatchObject({ code: 'unsupported-input' })
  })

  it('may let offsets count from the header', () => {
    const pdf = signedPdf()
    // What stands before was not signed: the range does not begin with it.
    expect(judge(Buffer.concat([blanks(2000), pdf])).indication).toBe('TOTAL-FAILED')
  })

  it('matters where some readers search, and find another document', () => {
    const decoy = new Map([[31, streamObject(`(\n${DECOY.replace('endstream', 'end')}\n)`)]])
    expect(only(judge(behind(1024, decoy)))).toMatchObject(passed)
    expect(only(judge(behind(1025, decoy)))).toMatchObject({ indication: 'INDETERMINATE', changesAfter: 'none' })
  })
})
