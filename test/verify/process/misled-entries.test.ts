import { describe, expect, it } from 'vitest'
import { appendUpdate, type Objects, streamObject } from '../../support/make-signed-pdf.ts'
import { judge, only, signedPdf } from './pdf-cases.ts'

/** An object that nothing refers to, so that only the cross-reference can tell. */
const loose: Objects = new Map([[30, streamObject('nobody asks for me')]])

/** Appends a cross-reference alone, whose one entry names an object and where it shall be. */
function appendEntry(pdf: Buffer, number: number, offset: number): Buffer {
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.toString('latin1'))?.[1]
  const row = `${String(offset).padStart(10, '0')} 00000 n `
  const end = `xref\n${number} 1\n${row}\ntrailer\n<< /Root 1 0 R /Size 100 /Prev ${previous} >>\nstartxref\n${pdf.length}\n%%EOF\n`
  return Buffer.concat([pdf, Buffer.from(end, 'latin1')])
}

describe('a later cross-reference', () => {
  const pdf = signedPdf({ objects: loose })
  const at = (number: number): number => pdf.lastIndexOf(`\n${number} 0 obj`) + 1

  it('that leads to the object that it names changes nothing', () => {
    expect(only(judge(appendEntry(pdf, 30, at(30))))).toMatchObject({
      changesAfter: 'permitted',
      indication: 'TOTAL-PASSED',
    })
    expect(only(judge(appendUpdate(pdf, loose)))).toMatchObject({ changesAfter: 'permitted' })
  })

  it.each([
    ['bytes of the header', 18],
    ['another object', at(4)],
    ['beyond the end', 90_000_000],
  ])('that leads to %s leaves open what readers find instead', (_where, offset) => {
    const signature = only(judge(appendEntry(pdf, 30, offset)))
    expect(signature).toMatchObject({
      intact: true,
      changesAfter: 'unknown',
      indication: 'INDETERMINATE',
      subIndication: 'SIG_CONSTRAINTS_FAILURE',
    })
    expect(signature.findings.find(({ code }) => code === 'change-unknown')?.message).toMatch(/object 30/)
  })
})
