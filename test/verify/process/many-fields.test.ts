import { describe, expect, it } from 'vitest'
import { appendUpdate, BASE_OBJECTS, signPdf, writePdf } from '../../support/make-signed-pdf.ts'
import { judge, signWith } from './pdf-cases.ts'

/** A form of so many fields, signed, and then updated so often by one field each. */
function filledIn(fields: number, updates: number): Buffer {
  const field = (n: number, value: string): string => `<< /FT /Tx /T (f${n}) /V (${value}) >>`
  const all = Array.from({ length: fields }, (_, n): [number, string] => [1000 + n, field(n, 'a')])
  const otherFields = all.map(([number]) => `${number} 0 R`).join(' ')
  let pdf = signPdf(writePdf(new Map([...BASE_OBJECTS, ...all])), { sign: signWith(), otherFields })
  for (let n = 0; n < updates; n++) pdf = appendUpdate(pdf, new Map([[1000 + n, field(n, 'b')]]))
  return pdf
}

describe('a form of thousands of fields', () => {
  it('is judged, though it was filled in several times', () => {
    expect(judge(filledIn(5000, 5)).error).toBeUndefined()
  })

  it('updated over and over by a field each ends in a fault with a code: each update would cost all fields', () => {
    expect(judge(filledIn(20_000, 30))).toMatchObject({ error: { code: 'too-many-elements' }, signatures: [] })
  })
})
