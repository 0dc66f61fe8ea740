import { describe, expect, it } from 'vitest'
import { type Objects, signPdf } from '../../support/make-signed-pdf.ts'
import { makeLeaf } from '../make-pki.ts'
import { ca, judge, signedPdf, signWith } from './pdf-cases.ts'

const certified = (p: number): string =>
  `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${p} /V /1.2 >> >>]`

const forbidden = { changesAfter: 'forbidden', indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' }
const permitted = { changesAfter: 'permitted', indication: 'TOTAL-PASSED' }

describe('a signature in a field of its own behind another', () => {
  const secondField = (box: string): Objects =>
    new Map([
      [20, `<< /FT /Sig /T (Signature2) /Type /Annot /Subtype /Widget /F 132 /Rect [${box}] /P 3 0 R /V 21 0 R >>`],
    ])
  const inTwo: Objects = new Map([
    [20, '<< /FT /Sig /T (Signature2) /V 21 0 R /Kids [22 0 R] >>'],
    [22, '<< /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 300 144] /P 3 0 R /Parent 20 0 R >>'],
  ])
  const followed = (entries: string, objects: Objects) =>
    judge(
      signPdf(signedPdf({ entries }), {
        sign: signWith(makeLeaf('Mette', ca)),
        field: 20,
        signature: 21,
        name: 'Signature2',
        otherFields: '10 0 R',
        objects,
      }),
    ).signatures[0]

  it.each([
    ['that is shown, behind an approval', '', secondField('0 0 300 144')],
    ['whose widget stands apart, behind an approval', '', inTwo],
    ['that is not shown, behind P=2', certified(2), secondField('9 9 9 9')],
    ['that is shown, behind P=3', certified(3), secondField('0 0 300 144')],
  ])('is permitted %s', (_where, entries, objects) => {
    expect(followed(entries, objects)).toMatchObject(permitted)
  })

  it.each([
    ['that lies over the page', secondField('0 0 300 144')],
    ['with its corners the other way round', secondField('300 144 0 0')],
    ['whose widget stands apart', inTwo],
  ])('is forbidden behind P=2 where it is shown: one %s', (_which, objects) => {
    expect(followed(certified(2), objects)).toMatchObject(forbidden)
  })
})
