import { describe, expect, it } from 'vitest'
import { appendUpdate, signPdf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { judge, signWith } from './pdf-cases.ts'

/** Lets the first startxref name a place that many bytes further. */
const missing = (pdf: Buffer, by: number): Buffer =>
  Buffer.from(
    pdf.toString('latin1').replace(/startxref\n(\d+)/, (_whole, at: string) => `startxref\n${Number(at) + by}`),
    'latin1',
  )

/** Signs a document whose own cross-reference is narrowly missed. */
const signedBeside = (by: number): Buffer => signPdf(missing(writePdf(), by), { sign: signWith() })

describe('a cross-reference that stands beside its offset', () => {
  it.each([1, 2, 3, -1, -3])('is read where it misses by %i, and the signature passes', (by) => {
    const report = judge(signedBeside(by))
    expect(report.findings.map((one) => one.code)).not.toContain('cross-reference-rebuilt')
    expect(report.indication).toBe('TOTAL-PASSED')
  })

  it.each([4, -4, 40])('is not read where it misses by %i', (by) => {
    expect(judge(signedBeside(by)).indication).not.toBe('TOTAL-PASSED')
  })

  it('is not believed where a search would find another object than the file names', () => {
    const unlisted = `(x)\nendobj\n4 0 obj\n${streamObject('BT /F1 18 Tf 20 100 Td (All is well) Tj ET')}`
    const followed = (by: number) => judge(appendUpdate(signedBeside(by), new Map([[40, unlisted]])))
    const codes = (by: number) => followed(by).findings.map((one) => one.code)
    expect(codes(0)).not.toContain('cross-reference-rebuilt')
    expect(codes(1)).toContain('cross-reference-rebuilt')
    expect(followed(1).indication).not.toBe('TOTAL-PASSED')
  })
})
