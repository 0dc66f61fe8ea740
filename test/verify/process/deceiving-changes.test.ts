import { describe, expect, it } from 'vitest'
import { describeVerdict } from '../../../src/verify/index.ts'
import { appendUpdate, BASE_OBJECTS, type Objects, signPdf, streamObject } from '../../support/make-signed-pdf.ts'
import { makeLeaf } from '../make-pki.ts'
import { ca, codes, judge, only, signedPdf, signWith } from './pdf-cases.ts'

/** Changes after signing that show somebody else's words on a signed page, and some that only look like it. */
const CATALOG = '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R] /SigFlags 3 >> >>'
const page = (annots: string, more = ''): string =>
  `<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${annots}] ${more} >>`
const certified = (p: number): string =>
  `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${p} /V /1.2 >> >>]`
const withFields = (fields: string, more = ''): string =>
  CATALOG.replace('[10 0 R]', `[${fields}]`).replace(/>> >>$/, `>> ${more} >>`)
const forbidden = { intact: true, changesAfter: 'forbidden', indication: 'TOTAL-FAILED' }

const added = (field: string): Objects =>
  new Map([
    [1, withFields('10 0 R 60 0 R')],
    [3, page('10 0 R 60 0 R')],
    [60, field],
  ])

describe('a new signature field', () => {
  it.each([
    ['a text laid over the page', '/Type /Annot /Subtype /FreeText /Contents (900 kr) /DA (/F1 12 Tf)'],
    ['a box', '/Type /Annot /Subtype /Square /IC [1 1 1]'],
    ['a link', '/Type /Annot /Subtype /Link /PA << /S /URI /URI (http://example.dk) >>'],
    ['a file', '/Type /Annot /Subtype /FileAttachment /FS << /Type /Filespec >>'],
    ['a widget with an action', '/Type /Annot /Subtype /Widget /A << /S /JavaScript /JS (x) >>'],
    ['a widget with keys of something else', '/Type /Annot /Subtype /Widget /OC 5 0 R'],
  ])('that is %s is forbidden, whatever the signature permits', (_what, more) => {
    const objects = added(`<< /FT /Sig /T (Sig9) /Rect [60 690 500 730] /P 3 0 R ${more} >>`)
    for (const entries of ['', certified(1), certified(2), certified(3)]) {
      expect(only(judge(appendUpdate(signedPdf({ entries }), objects)))).toMatchObject(forbidden)
    }
  })

  it('of a time-stamp shows nothing behind a certification, and else is a warning: it is nobody whom its face stands for', () => {
    const objects = (rect: string): Objects =>
      new Map([
        ...added(`<< /FT /Sig /T (Ts) /Type /Annot /Subtype /Widget /Rect [${rect}] /P 3 0 R /V 61 0 R >>`),
        [
          61,
          '<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /Contents <00> /ByteRange [0 1 2 3] >>',
        ],
      ])
    const first = (rect: string, entries: string) =>
      judge(appendUpdate(signedPdf({ entries }), objects(rect))).signatures.find(({ id }) => id === 'Signature1')
    for (const entries of [certified(1), certified(2)]) {
      expect(first('60 690 500 730', entries)).toMatchObject(forbidden)
      expect(first('0 0 0 0', entries)).toMatchObject({ changesAfter: 'permitted' })
    }
    const shown = first('60 690 500 730', '')
    expect(shown?.findings.find(({ code }) => code === 'change-annotation')).toMatchObject({
      severity: 'warning',
      message: 'visible time-stamp Ts, object 60, page 1, at 60 690 500 730',
    })
  })

  it('that shows its signature is named with its place', () => {
    const pdf = signPdf(signedPdf(), {
      sign: signWith(makeLeaf('Mette', ca)),
      field: 20,
      signature: 21,
      name: 'Signature2',
      otherFields: '10 0 R',
      objects: new Map([
        [
          20,
          '<< /FT /Sig /T (Signature2) /Type /Annot /Subtype /Widget /F 132 /Rect [9 9 99 99] /P 3 0 R /V 21 0 R >>',
        ],
      ]),
    })
    const [first] = judge(pdf).signatures
    expect(first).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
    expect(first?.findings.find(({ code }) => code === 'change-signature-shown')).toMatchObject({
      severity: 'warning',
      message: 'signature field Signature2, object 20, page 1, at 9 9 99 99',
    })
  })

  it.each([
    [
      'its own',
      '10 0 R',
      '<< /FT /Sig /T (Signature2) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 300 144] /P 3 0 R /V 21 0 R >>',
    ],
    ['one with a widget apart', '10 0 R', '<< /FT /Sig /T (Signature2) /V 21 0 R /Kids [22 0 R] >>'],
    [
      'one that was there',
      '10 0 R 20 0 R',
      '<< /FT /Sig /T (Signature2) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 300 144] /P 3 0 R /V 21 0 R >>',
    ],
  ])(
    'that shows its signature over a whole page is a warning to the earlier signer, in a field that is %s',
    (_which, fields, field) => {
      const first = signedPdf({
        objects: new Map([
          [1, withFields(fields)],
          [3, page(fields)],
          ...(fields === '10 0 R' ? [] : ([[20, field.replace('/V 21 0 R', '')]] as const)),
        ]),
      })
      const widget = '<< /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 300 144] /P 3 0 R /Parent 20 0 R >>'
      const apart = field.includes('Kids')
      const pdf = signPdf(first, {
        sign: signWith(makeLeaf('Mette', ca)),
        field: 20,
        signature: 21,
        name: 'Signature2',
        otherFields: '10 0 R',
        objects: new Map([
          [3, page(apart ? '10 0 R 22 0 R' : '10 0 R 20 0 R')],
          [20, field],
          ...(apart ? ([[22, widget]] as const) : []),
        ]),
      })
      const report = judge(pdf)
      expect(report.signatures[0]).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
      expect(report.signatures[0]?.findings.find(({ code }) => code === 'change-signature-shown')).toMatchObject({
        severity: 'warning',
        message: `signature field Signature2, object ${apart ? 22 : 20}, page 1, at 0 0 300 144, over most of the page`,
      })
      expect(describeVerdict(report, 'en').headline).toContain('Another signature was put visibly on a page since.')
    },
  )

  it('may not bring a group of fields along', () => {
    const objects: Objects = new Map([
      [1, withFields('10 0 R 60 0 R')],
      [3, page('10 0 R 61 0 R')],
      [60, '<< /T (Form) /Kids [61 0 R] >>'],
      [61, '<< /FT /Sig /T (Sig) /Parent 60 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /P 3 0 R >>'],
    ])
    expect(only(judge(appendUpdate(signedPdf(), objects)))).toMatchObject(forbidden)
  })
})

describe('a form whose fields have widgets of their own', () => {
  const FACE = 40
  const field = '<< /FT /Tx /T (amount) /V (100) /Kids [31 0 R] >>'
  const widget = (more: string): string =>
    `<< /Type /Annot /Subtype /Widget /Parent 30 0 R /Rect [60 600 460 660] /P 3 0 R ${more} >>`
  const form = (more: string): Objects =>
    new Map([
      [1, withFields('10 0 R 30 0 R')],
      [3, page('10 0 R 31 0 R')],
      [30, field],
      [31, widget(more)],
      [FACE, streamObject('BT (100) Tj ET', '/Type /XObject /Subtype /Form /BBox [0 0 9 9]')],
    ])
  const followed = (before: string, update: Objects) =>
    only(judge(appendUpdate(signedPdf({ objects: form(before) }), update)))

  it.each([
    [
      'another face',
      new Map([
        [31, widget('/F 4 /AP << /N 41 0 R >>')],
        [41, streamObject('BT (900) Tj ET', '/Subtype /Form')],
      ]),
    ],
    ['the face taken away', new Map([[31, widget('/F 4')]])],
    [
      'a face that is overwritten where it stands',
      new Map([[FACE, streamObject('BT (900) Tj ET', '/Type /XObject /Subtype /Form /BBox [0 0 9 9]')]]),
    ],
  ] as readonly (readonly [string, Objects])[])('%s is said to be overwritten, with its place', (_what, update) => {
    const signature = followed('/F 4 /AP << /N 40 0 R >>', update)
    const filled = signature.findings.find(({ code }) => code === 'change-form-overwritten')
    expect(filled).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(
        /amount: it shows something else, its value is the same.*page 1, at 60 600 460 660/,
      ),
    })
  })

  it('a hidden widget may not be made visible, and one that stays as it is is no change', () => {
    expect(followed('/F 2', new Map([[31, widget('/F 4')]]))).toMatchObject(forbidden)
    for (const flags of [2, 8, 32, 36]) {
      expect(followed(`/F ${flags}`, new Map([[31, widget(`/F ${flags}`)]]))).toMatchObject({
        changesAfter: 'permitted',
      })
      expect(codes(followed(`/F ${flags}`, new Map()))).not.toContain('change-form-filled')
    }
  })
})

describe('what readers disagree on', () => {
  it.each([
    ['a reference of another generation', page('10 0 R').replace('/Contents 4 0 R', '/Contents 4 7 R')],
    ['a key that stands twice', page('10 0 R', '/Contents 50 0 R')],
  ])('%s is forbidden', (_what, body) => {
    const objects: Objects = new Map([
      [3, body],
      [50, BASE_OBJECTS.get(4) ?? ''],
    ])
    expect(only(judge(appendUpdate(signedPdf(), objects)))).toMatchObject(forbidden)
  })

  it.each(['0', '(x)', '<< >>', '4 0 R', '/Foo'])(
    'annotations that are no list, %s, leave some readers without the page',
    (annots) => {
      const more = (list: string): Objects => new Map([[50, `<< /Type /Page /Parent 2 0 R /Contents 4 0 R ${list} >>`]])
      const two: Objects = new Map([
        [2, '<< /Type /Pages /Kids [3 0 R 50 0 R] /Count 2 /MediaBox [0 0 300 144] >>'],
        ...more(''),
      ])
      const pdf = appendUpdate(signedPdf({ objects: two }), more(`/Annots ${annots}`))
      expect(only(judge(pdf))).toMatchObject(forbidden)
      expect(only(judge(appendUpdate(signedPdf({ objects: two }), more('/Annots []'))))).toMatchObject({
        changesAfter: 'permitted',
      })
    },
  )

  it('the version of the catalog is one, or is not changed', () => {
    const changed = (more: string) => only(judge(appendUpdate(signedPdf(), new Map([[1, withFields('10 0 R', more)]]))))
    expect(changed('/Version /2.0')).toMatchObject({ changesAfter: 'permitted' })
    for (const version of ['/Foo', '4 0 R', '(2.0)', '2.0'])
      expect(changed(`/Version ${version}`)).toMatchObject(forbidden)
  })

  it('a stream is compared by its bytes though it is made a field of the form', () => {
    const stream = (text: string) => streamObject(`BT /F1 18 Tf (${text}) Tj ET`, '/FT /Sig /T (x)')
    const objects: Objects = new Map([
      [1, withFields('10 0 R 4 0 R')],
      [4, stream('100 kr')],
    ])
    const pdf = appendUpdate(signedPdf({ objects }), new Map([[4, stream('900 kr')]]))
    expect(judge(pdf).signatures.find(({ id }) => id === 'Signature1')).toMatchObject(forbidden)
  })

  it('spaces in the gap of the byte range are more than the digits of Contents', () => {
    const pdf = signedPdf()
    const at = pdf.indexOf('00>', pdf.lastIndexOf('/Contents <', undefined, 'latin1'), 'latin1')
    pdf.write('  ', at, 'latin1')
    expect(codes(only(judge(pdf)))).toContain('byte-range-gap')
  })

  it('fonts for fields are not added where nothing may be filled in', () => {
    const objects: Objects = new Map([
      [1, CATALOG.replace('/SigFlags 3', '/SigFlags 3 /DR << /Font << /F9 5 0 R >> >>')],
    ])
    expect(only(judge(appendUpdate(signedPdf({ entries: certified(1) }), objects)))).toMatchObject(forbidden)
    expect(only(judge(appendUpdate(signedPdf(), objects)))).toMatchObject({ changesAfter: 'permitted' })
  })

  it('an annotation that acts when it is clicked is more than a comment, behind P=3 too', () => {
    const link = '<< /Type /Annot /Subtype /Link /Rect [0 0 300 144] /A << /S /Launch /F (x.exe) >> >>'
    const objects: Objects = new Map([
      [3, page('10 0 R 60 0 R')],
      [60, link],
    ])
    expect(only(judge(appendUpdate(signedPdf({ entries: certified(3) }), objects)))).toMatchObject({
      changesAfter: 'unknown',
    })
  })

  it('tags that were added show nothing themselves, and are unknown whichever object holds them', () => {
    const objects: Objects = new Map([
      [1, withFields('10 0 R', '/StructTreeRoot 70 0 R')],
      [70, '<< /Type /StructTreeRoot /K [71 0 R] >>'],
      [71, '<< /Type /StructElem /S /Document /P 70 0 R /K [] >>'],
    ])
    for (const update of [
      new Map([
        [71, '<< /Type /StructElem /S /Document /P 70 0 R /K [72 0 R] >>'],
        [72, '<< /Type /StructElem /S /P /P 71 0 R >>'],
      ]),
      new Map([
        [70, '<< /Type /StructTreeRoot /K [71 0 R 72 0 R] >>'],
        [72, '<< /Type /StructElem /S /P /P 70 0 R >>'],
      ]),
    ] as readonly Objects[]) {
      expect(only(judge(appendUpdate(signedPdf({ objects }), update)))).toMatchObject({ changesAfter: 'unknown' })
    }
  })
})

describe('a signature under the usage rights', () => {
  it('that grants none is found all the same', () => {
    const objects: Objects = new Map([[1, '<< /Type /Catalog /Pages 2 0 R /Perms << /UR3 11 0 R >> >>']])
    const report = judge(signedPdf({ hidden: true, objects }))
    expect(report.signatures).toMatchObject([{ hidden: true }])
    expect(report.indication).not.toBe('NO-SIGNATURE')
  })
})
