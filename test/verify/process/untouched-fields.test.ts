import { describe, expect, it } from 'vitest'
import { appendUpdate, type Objects, signPdf, streamObject } from '../../support/make-signed-pdf.ts'
import { makeLeaf } from '../make-pki.ts'
import { ca, judge, signedPdf, signWith } from './pdf-cases.ts'

const FACE = streamObject('0 0 100 20 re S', '/Type /XObject /Subtype /Form /BBox [0 0 100 20]')
const FACE_IN_FONT = streamObject(
  'BT /F2 9 Tf (Kai) Tj ET',
  '/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /F2 32 0 R >> >>',
)
const FACE_AS_LONG_AS =
  '<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 33 0 R >>\nstream\n          \nendstream'
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'
const field = (face: string, more = ''): string =>
  `<< /FT /Sig /T (Signature1) /Type /Annot /Subtype /Widget /F 132 /Rect [9 9 99 29] /P 3 0 R /V 11 0 R /AP << /N ${face} >> ${more}>>`

const OBJECTS: Objects = new Map([
  [10, field('30 0 R')],
  [30, FACE],
  [31, FACE_IN_FONT],
  [32, FONT],
  [33, '0'],
  [34, FACE_AS_LONG_AS],
])
const signature = /11 0 obj\n([\s\S]*?)\nendobj/

/** Kai signs first, Mette and Bo behind; then somebody writes these objects. */
function judgeAfter(face: string, change: (pdf: string) => Objects): readonly (string | null)[] {
  let pdf = signedPdf({ objects: new Map([...OBJECTS, [10, field(face)]]) })
  let others = '10 0 R'
  for (const [name, number] of [
    ['Mette', 20],
    ['Bo', 24],
  ] as const) {
    const sign = signWith(makeLeaf(name, ca))
    pdf = signPdf(pdf, { sign, field: number, signature: number + 1, name, otherFields: others })
    others += ` ${number} 0 R`
  }
  const objects = change(pdf.toString('latin1'))
  const changed = objects.size > 0 ? appendUpdate(pdf, objects) : pdf
  return judge(changed).signatures.map((one) => one.changesAfter)
}

describe('a field that was signed before others signed', () => {
  it.each(['30 0 R', '31 0 R', '34 0 R'])('that stays what it is hinders nobody: face %s', (face) => {
    expect(judgeAfter(face, () => new Map())).toEqual(['permitted', 'permitted', 'none'])
  })

  const touched: readonly (readonly [string, string, (pdf: string) => Objects])[] = [
    ['another face', '30 0 R', () => new Map([[30, FACE.replace('100 20 re', '999 99 re')]])],
    ['another font in its face', '31 0 R', () => new Map([[32, FONT.replace('Helvetica', 'Symbol')]])],
    ['a face that ends elsewhere', '34 0 R', () => new Map([[33, '10']])],
    ['a face that another stands for', '30 0 R', () => new Map([[10, field('31 0 R')]])],
    ['another place', '30 0 R', () => new Map([[10, field('30 0 R').replace('9 9 99 29', '0 0 300 144')]])],
    ['an action', '30 0 R', () => new Map([[10, field('30 0 R', '/A << /S /URI /URI (http://x) >> ')]])],
    [
      'another signature dictionary',
      '30 0 R',
      (pdf) => new Map([[11, (signature.exec(pdf)?.[1] ?? '').replace('/Type /Sig ', '/Type /Sig /Name (Mette) ')]]),
    ],
  ]
  it.each(touched)('is not that any more with %s', (_what, face, change) => {
    for (const changes of judgeAfter(face, change)) expect(changes).toBe('forbidden')
  })

  it('is found to be touched once, however often it is named', () => {
    const n = 20_000
    const many = `/X [77 0 R ${'30 0 R '.repeat(n)}] `
    const form = `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${'10 0 R '.repeat(n)}] /SigFlags 3 >> >>`
    const objects: Objects = new Map([...OBJECTS, [1, form], [10, field('30 0 R', many)], [77, '1']])
    const pdf = appendUpdate(signedPdf({ objects }), new Map([[77, '2']]))
    const before = process.cpuUsage()
    expect(judge(pdf).signatures[0]?.changesAfter).toBe('forbidden')
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000).toBeLessThan(2000)
  })

  it.each(['[40 0 R]', '<< /Type /Page /Contents 40 0 R >>'])('is touched by what it calls its page: %s', (page) => {
    const objects: Objects = new Map([...OBJECTS, [10, field('30 0 R').replace('/P 3 0 R', `/P ${page}`)], [40, '1']])
    const pdf = appendUpdate(signedPdf({ objects }), new Map([[40, '2']]))
    expect(judge(pdf).signatures[0]?.changesAfter).toBe('forbidden')
  })
})
