import { describe, expect, it } from 'vitest'
import type { Objects } from '../../support/make-signed-pdf.ts'
import { appendUpdate, BASE_OBJECTS, signPdf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { makeLeaf } from '../make-pki.ts'
import { ca, codes, judge, only, signedPdf, signWith } from './pdf-cases.ts'

const CATALOG = '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R] /SigFlags 3 >> >>'
const catalogWith = (more: string): string => CATALOG.replace(/>>$/, `${more} >>`)
const page = (more: string, annots = '10 0 R'): string =>
  `<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${annots}] ${more} >>`
const certified = (p: number): string =>
  `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${p} /V /1.2 >> >>]`

const judgeAfter = (objects: Objects, entries = ''): ReturnType<typeof only> =>
  only(judge(appendUpdate(signedPdf({ entries }), objects)))

const forbidden = {
  intact: true,
  changesAfter: 'forbidden',
  indication: 'TOTAL-FAILED',
  subIndication: 'FORMAT_FAILURE',
}

describe('behind the signed range', () => {
  it('white space is no change', () => {
    const pdf = Buffer.concat([signedPdf(), Buffer.from('\r\n\n ')])
    expect(judge(pdf)).toMatchObject({ indication: 'TOTAL-PASSED' })
  })

  it.each(['\nhello', '\n%%EOF', '%comment\n', '\n9 0 obj\n(x)\nendobj\n'])('the bytes %j never pass', (bytes) => {
    const report = judge(Buffer.concat([signedPdf(), Buffer.from(bytes)]))
    expect(report.indication).not.toBe('TOTAL-PASSED')
  })

  it('other page content is forbidden, and the page is named', () => {
    const signature = judgeAfter(new Map([[4, streamObject('BT /F1 18 Tf 20 100 Td (Attest: all is well) Tj ET')]]))
    expect(signature).toMatchObject(forbidden)
    expect(signature.findings.find((one) => one.code === 'change-forbidden')?.message).toMatch(/page 1/)
  })

  const ATTACKS: readonly (readonly [string, Objects])[] = [
    ['a font that shows other letters', new Map([[5, '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>']])],
    [
      'a page more',
      new Map([
        [2, '<< /Type /Pages /Kids [3 0 R 30 0 R] /Count 2 >>'],
        [30, page('')],
      ]),
    ],
    [
      'a page exchanged',
      new Map([
        [2, '<< /Type /Pages /Kids [30 0 R] /Count 1 /MediaBox [0 0 300 144] >>'],
        [30, page('')],
      ]),
    ],
    ['another media box', new Map([[3, page('/MediaBox [0 0 10 10]')]])],
    ['another catalog action', new Map([[1, catalogWith('/OpenAction << /S /JavaScript /JS (x) >>')]])],
    ['optional content', new Map([[1, catalogWith('/OCProperties << /D << >> /OCGs [] >>')]])],
    ['the signature field removed', new Map([[1, '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] >> >>']])],
    ['the form removed', new Map([[1, '<< /Type /Catalog /Pages 2 0 R >>']])],
    ['the widget removed', new Map([[3, page('', '')]])],
    [
      'a widget of no field',
      new Map([
        [3, page('', '10 0 R 30 0 R')],
        [30, '<< /Subtype /Widget /Rect [0 0 300 144] >>'],
      ]),
    ],
    [
      'a text field',
      new Map([
        [1, CATALOG.replace('[10 0 R]', '[10 0 R 30 0 R]')],
        [30, '<< /FT /Tx /T (t) /V (x) >>'],
      ]),
    ],
    [
      'the signature field moved',
      new Map([
        [
          10,
          '<< /FT /Sig /T (Signature1) /Type /Annot /Subtype /Widget /F 132 /Rect [9 9 99 99] /P 3 0 R /V 11 0 R >>',
        ],
      ]),
    ],
    [
      'a field showing the signature as another',
      new Map([
        [1, CATALOG.replace('[10 0 R]', '[10 0 R 30 0 R]')],
        [30, '<< /FT /Sig /T (Evil) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 9 9] /P 3 0 R /V 11 0 R >>'],
      ]),
    ],
    ['a security store that is none', new Map([[1, catalogWith('/DSS (x)')]])],
    [
      'a security store in place of the font',
      new Map([
        [1, catalogWith('/DSS 5 0 R')],
        [5, '<< /Certs [] >>'],
      ]),
    ],
    [
      'metadata that brings entities in',
      new Map([
        [1, catalogWith('/Metadata 30 0 R')],
        [30, streamObject('<!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta/>', '/Type /Metadata /Subtype /XML')],
      ]),
    ],
  ]

  it.each(ATTACKS)('%s is forbidden', (_what, objects) => {
    expect(judgeAfter(objects)).toMatchObject(forbidden)
  })

  it('a page freed is forbidden', () => {
    const pdf = signedPdf()
    const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.toString('latin1'))?.[1]
    const end = `xref\n3 1\n0000000000 00001 f \ntrailer\n<< /Root 1 0 R /Size 100 /Prev ${previous} >>\nstartxref\n${pdf.length}\n%%EOF\n`
    expect(only(judge(Buffer.concat([pdf, Buffer.from(end)])))).toMatchObject(forbidden)
  })

  it('a comment is unknown behind an approval, forbidden behind P=2, and said behind P=3', () => {
    const comment: Objects = new Map([
      [3, page('', '10 0 R 30 0 R')],
      [30, '<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 144] /Contents (void) >>'],
    ])
    expect(judgeAfter(comment)).toMatchObject({ changesAfter: 'unknown', subIndication: 'SIG_CONSTRAINTS_FAILURE' })
    expect(judgeAfter(comment, certified(2))).toMatchObject({ ...forbidden, docMdp: 2 })
    const said = judgeAfter(comment, certified(3))
    expect(said).toMatchObject({ changesAfter: 'permitted', docMdp: 3 })
    expect(codes(said)).toContain('change-annotation')
  })

  it('what a later revision hides again is forbidden all the same', () => {
    const shown = appendUpdate(signedPdf(), new Map([[4, streamObject('BT /F1 18 Tf 20 100 Td (All is well) Tj ET')]]))
    const hidden = appendUpdate(shown, new Map([[4, BASE_OBJECTS.get(4) ?? '']]))
    expect(only(judge(hidden))).toMatchObject(forbidden)
  })

  it('a comment that is taken away is forbidden, but behind P=3, where it is said', () => {
    const note = '<< /Type /Annot /Subtype /Text /Rect [0 0 20 20] /Contents (call me) >>'
    const objects = (annots: string): Objects =>
      new Map([
        [3, page('', annots)],
        [30, note],
      ])
    const without: Objects = new Map([[3, page('')]])
    const followed = (entries: string) =>
      only(judge(appendUpdate(signedPdf({ objects: objects('10 0 R 30 0 R'), entries }), without)))
    expect(followed('')).toMatchObject(forbidden)
    expect(followed(certified(2))).toMatchObject(forbidden)
    const said = followed(certified(3))
    expect(said).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
    expect(codes(said)).toContain('change-annotation')
  })

  it('says where on the page a comment stands', () => {
    const comment: Objects = new Map([
      [3, page('', '10 0 R 30 0 R')],
      [30, '<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 144] /Contents (void) >>'],
    ])
    const said = judgeAfter(comment, certified(3)).findings.find(({ code }) => code === 'change-annotation')
    expect(said).toMatchObject({ severity: 'warning', message: 'new annotation, object 30, page 1, at 0 0 300 144' })
  })

  it("the P of the signature field's Lock counts, and so do the fields that it names", () => {
    const field = (lock: string) =>
      `<< /FT /Sig /T (Signature1) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 0 0] /P 3 0 R /V 11 0 R ${lock} >>`
    const fields = '10 0 R 30 0 R'
    const text = (value: string) =>
      `<< /FT /Tx /T (amount) /Type /Annot /Subtype /Widget /Rect [0 0 99 20] /V (${value}) >>`
    const followed = (lock: string) => {
      const objects: Objects = new Map([
        [1, CATALOG.replace('[10 0 R]', `[${fields}]`)],
        [3, page('', fields)],
        [10, field(lock)],
        [30, text('100')],
      ])
      return only(judge(appendUpdate(signedPdf({ objects }), new Map([[30, text('900')]]))))
    }
    expect(followed('')).toMatchObject({ changesAfter: 'permitted' })
    expect(followed('/Lock << /Type /SigFieldLock /Action /Include /Fields [(other)] >>')).toMatchObject({
      changesAfter: 'permitted',
    })
    expect(followed('/Lock << /Type /SigFieldLock /Action /Include /Fields [(amount)] >>')).toMatchObject(forbidden)
    expect(followed('/Lock << /Type /SigFieldLock /Action /Include /Fields [(other)] /P 1 >>')).toMatchObject(forbidden)
  })

  it('a signature that names the catalog as what it is about does not forbid what is permitted', () => {
    const entries = certified(2).replace('/TransformMethod', '/Data 1 0 R /TransformMethod')
    const sign = signWith(makeLeaf('Mette', ca))
    const pdf = signPdf(signedPdf({ entries }), {
      sign,
      field: 20,
      signature: 21,
      name: 'Signature2',
      otherFields: '10 0 R',
    })
    expect(judge(pdf).signatures.map((one) => one.changesAfter)).toEqual(['permitted', 'none'])
  })

  it('a second signature is permitted, and both pass', () => {
    const sign = signWith(makeLeaf('Mette', ca))
    const pdf = signPdf(signedPdf(), { sign, field: 20, signature: 21, name: 'Signature2', otherFields: '10 0 R' })
    const report = judge(pdf)
    expect(report.indication).toBe('TOTAL-PASSED')
    expect(report.signatures.map((one) => [one.id, one.coverage, one.changesAfter, one.revision])).toEqual([
      ['Signature1', 'revision', 'permitted', 2],
      ['Signature2', 'file', 'none', 3],
    ])
  })

  it('a second signature is forbidden behind P=1', () => {
    const pdf = signPdf(signedPdf({ entries: certified(1) }), {
      sign: signWith(),
      field: 20,
      signature: 21,
      name: 'Signature2',
      otherFields: '10 0 R',
    })
    expect(judge(pdf).signatures[0]).toMatchObject(forbidden)
  })

  it('validation data is permitted, also behind P=1', () => {
    const store: Objects = new Map([
      [1, catalogWith('/DSS << /Certs [30 0 R] >>')],
      [30, streamObject('not a certificate')],
    ])
    for (const entries of ['', certified(1)]) {
      expect(judgeAfter(store, entries)).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
    }
  })

  it('a revision in which the signed bytes lead elsewhere is not followed', () => {
    const pdf = signedPdf()
    const other = writePdf()
    // The newest section skips the signed one: readers of the signed bytes saw another document than the chain tells.
    const at = pdf.length
    const skipping = Buffer.from(
      `xref\n10 2\n${[...pdf.toString('latin1').matchAll(/^1[01] 0 obj/gm)]
        .map((match) => `${String(match.index).padStart(10, '0')} 00000 n \n`)
        .join(
          '',
        )}trailer\n<< /Root 1 0 R /Size 100 /Prev ${other.lastIndexOf('xref\n0 1')} >>\nstartxref\n${at}\n%%EOF\n`,
      'latin1',
    )
    const report = judge(Buffer.concat([pdf, skipping]))
    expect(report.indication).not.toBe('TOTAL-PASSED')
  })
})

describe('a damaged cross-reference', () => {
  it('is rebuilt and said, and nothing passes on it', () => {
    const pdf = signedPdf()
    const text = pdf.toString('latin1')
    const broken = Buffer.from(text.replace(/startxref\n\d+\n%%EOF\n$/, 'startxref\n7\n%%EOF\n'), 'latin1')
    const report = judge(broken)
    expect(report.findings.map((one) => one.code)).toContain('cross-reference-rebuilt')
    expect(report.indication).not.toBe('TOTAL-PASSED')
    expect(report.signatures).toHaveLength(1)
  })
})
