import { describe, expect, it } from 'vitest'
import { appendUpdate, gapOf, PAGE_CONTENT, signPdf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { makeLeaf } from '../make-pki.ts'
import { ca, codes, judge, only, signedPdf, signWith } from './pdf-cases.ts'

const replaceRange = (pdf: Buffer, numbers: string): Buffer => {
  const text = pdf.toString('latin1')
  const match = /\/ByteRange (\[[^\]]*\] *)/.exec(text)
  const old = match?.[1] ?? ''
  return Buffer.from(text.replace(old, numbers.padEnd(old.length, ' ')), 'latin1')
}

const expectRefused = (pdf: Buffer): void => {
  const report = judge(pdf)
  expect(report.indication).toBe('TOTAL-FAILED')
  expect(only(report)).toMatchObject({ intact: false, subIndication: 'FORMAT_FAILURE' })
}

describe('a byte range', () => {
  it('whose gap is wider than Contents is refused', () => {
    const { open, close } = gapOf(signedPdf())
    const sign = signWith()
    // The attacker knows the gap before he signs, and leaves room beside Contents.
    const pdf = signPdf(writePdf(), { sign, entries: '/Note (          )' })
    expectRefused(replaceRange(pdf, `[0 ${open - 40} ${close} 10]`))
  })

  it.each([
    '[]',
    '[0 10]',
    '[0 10 20]',
    'null',
    '5 0 R',
    '[0 0 0 0]',
    '[0 -5 10 10]',
    '[1 10 20 10]',
    '[0 20 10 30]',
    '[0 10 20 999999]',
    '[0.5 10 20 10]',
  ])('of %s is refused', (numbers) => expectRefused(replaceRange(signedPdf(), numbers)))

  it('that covers the Contents of another signature is refused for the copy', () => {
    const first = signedPdf()
    const { open, close } = gapOf(first)
    const stolen = first.subarray(open + 1, close - 1).toString('latin1')
    const rest = first.length - close
    const copy = `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 ${open} ${close} ${rest}] /Contents <${stolen}> >>`
    const field = '<< /FT /Sig /T (Copy) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 9 9] /P 3 0 R /V 21 0 R >>'
    const catalog = '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R 20 0 R] /SigFlags 3 >> >>'
    const report = judge(
      appendUpdate(
        first,
        new Map([
          [1, catalog],
          [20, field],
          [21, copy],
        ]),
      ),
    )
    expect(report.indication).toBe('TOTAL-FAILED')
    expect(report.signatures.find((one) => one.id === 'Copy')).toMatchObject({ intact: false })
  })

  it('with Contents as a literal string is refused', () => {
    const pdf = signedPdf()
    const { open, close } = gapOf(pdf)
    const changed = Buffer.from(pdf)
    changed[open] = 0x28
    changed[close - 1] = 0x29
    expectRefused(changed)
  })

  it('with ByteRange twice in the dictionary is refused', () => {
    expectRefused(signedPdf({ entries: '/ByteRange [0 1 2 3]' }))
  })

  it('with bytes other than zeros behind the CMS is said', () => {
    const pdf = signedPdf()
    const changed = Buffer.from(pdf)
    changed.write('41', gapOf(pdf).close - 3, 'latin1')
    const signature = only(judge(changed))
    expect(signature.intact).toBe(true)
    expect(codes(signature)).toContain('contents-padding')
  })
})

describe('a signature that no field points at', () => {
  it('is reported as hidden and does not pass', () => {
    const report = judge(signedPdf({ hidden: true }))
    expect(report.indication).toBe('INDETERMINATE')
    expect(only(report)).toMatchObject({ hidden: true, intact: true })
  })

  it('is found beside an honest one, which does not make the file pass', () => {
    const hidden = signedPdf({ hidden: true, signature: 31 })
    const report = judge(signPdf(hidden, { sign: signWith(makeLeaf('Mette', ca)) }))
    expect(report.signatures.map((one) => one.hidden).sort()).toEqual([false, true])
    expect(report.indication).not.toBe('TOTAL-PASSED')
  })

  it('is found where it lies inside another object', () => {
    const text = streamObject(PAGE_CONTENT, '/Extra << /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>')
    const report = judge(
      writePdf(
        new Map([
          [1, '<< /Type /Catalog /Pages 2 0 R >>'],
          [4, text],
        ]),
      ),
    )
    expect(only(report)).toMatchObject({ hidden: true, intact: false })
  })

  it('does not hide behind a malformed one', () => {
    const pdf = signedPdf({
      objects: new Map([[40, '<< /Type /Sig /ByteRange (no) /Contents /No >>']]),
    })
    const report = judge(pdf)
    expect(report.signatures).toHaveLength(2)
    expect(report.signatures.map((one) => one.intact)).toEqual([false, true])
  })
})
