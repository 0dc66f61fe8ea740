import { describe, expect, it } from 'vitest'
import { appendUpdate, type Objects, streamObject } from '../../support/make-signed-pdf.ts'
import { judge, only, signedPdf } from './pdf-cases.ts'

/** The page is 300 points wide and 144 high. */
const page = (annots: string): string =>
  `<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [10 0 R ${annots}] >>`
const FACE = streamObject(
  '1 g 0 0 20 20 re f 0 g BT /F1 18 Tf (9) Tj ET',
  '/Type /XObject /Subtype /Form /BBox [0 0 20 20]',
)
const certified = (p: number): string =>
  `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${p} /V /1.2 >> >>]`
const judgeWith = (annotation: string, entries = '', more: Objects = new Map()) => {
  const objects: Objects = new Map([
    [3, page('30 0 R')],
    [30, `<< /Type /Annot ${annotation} /P 3 0 R >>`],
    [31, FACE],
    ...more,
  ])
  return only(judge(appendUpdate(signedPdf({ entries }), objects)))
}
const NOTE = '/Subtype /Text /Rect [200 60 220 80] /Contents (see me) /T (Anna) /NM (x) /M (D:20261126)'

describe('a note behind a signature that certifies nothing', () => {
  it.each([
    ['in the midst of the page, with the icon that the reader has', NOTE],
    ['in the margin, with an icon of its own', '/Subtype /Text /Rect [270 100 290 120] /AP << /N 31 0 R >>'],
    ['at the foot, with an icon of its own', '/Subtype /Text /Rect [200 5 220 25] /AP << /N 31 0 R >>'],
  ])('is a warning with its place, and no more: %s', (_which, annotation) => {
    const signature = judgeWith(annotation)
    expect(signature).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
    const [box = ''] = /(?<=\/Rect \[)[^\]]+/.exec(annotation) ?? []
    expect(signature.findings.filter(({ code }) => code.startsWith('change-'))).toMatchObject([
      { code: 'change-annotation', severity: 'warning', message: `new annotation, object 30, page 1, at ${box}` },
    ])
  })

  it('may have a window of its own', () => {
    const popup = '<< /Type /Annot /Subtype /Popup /Rect [0 0 200 144] /Parent 30 0 R /Open true >>'
    const update: Objects = new Map([
      [3, page('30 0 R 32 0 R')],
      [32, popup],
    ])
    expect(judgeWith(`${NOTE} /Popup 32 0 R`, '', update)).toMatchObject({ changesAfter: 'permitted' })
  })

  it.each([
    ['draws itself over the midst of the page', `${NOTE} /AP << /N 31 0 R >>`],
    ['is larger than an icon', '/Subtype /Text /Rect [0 0 300 144] /Contents (x)'],
    ['has no place', '/Subtype /Text /Contents (x)'],
    ['acts', `${NOTE} /A << /S /URI /URI (http://example.dk) >>`],
    ['stands in a layer', `${NOTE} /OC 5 0 R`],
    ['has a key twice', `${NOTE} /Contents (other)`],
    ['is a text over the page', '/Subtype /FreeText /Rect [270 100 290 120] /Contents (900) /DA (/F1 9 Tf)'],
    ['strikes text out', '/Subtype /StrikeOut /Rect [20 100 200 120] /QuadPoints [20 120 200 120 20 100 200 100]'],
    ['marks text', '/Subtype /Highlight /Rect [20 100 200 120] /QuadPoints [20 120 200 120 20 100 200 100]'],
    ['is a stamp', '/Subtype /Stamp /Rect [270 100 290 120] /AP << /N 31 0 R >>'],
    ['is a link', '/Subtype /Link /Rect [270 100 290 120] /Dest [3 0 R /Fit]'],
    ['is a file', '/Subtype /FileAttachment /Rect [270 100 290 120]'],
    ['is a window of nothing', '/Subtype /Popup /Rect [270 100 290 120]'],
  ])('is left open where it %s', (_which, annotation) => {
    const signature = judgeWith(annotation)
    expect(signature.changesAfter).not.toBe('permitted')
    expect(signature.indication).not.toBe('TOTAL-PASSED')
  })

  it('is forbidden behind P of 1 and 2, and a warning behind P of 3', () => {
    for (const p of [1, 2]) expect(judgeWith(NOTE, certified(p))).toMatchObject({ changesAfter: 'forbidden' })
    expect(judgeWith(NOTE, certified(3))).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
  })
})
