import { describe, expect, it } from 'vitest'
import { describeVerdict } from '../../../src/verify/index.ts'
import type { Objects } from '../../support/make-signed-pdf.ts'
import { appendUpdate } from '../../support/make-signed-pdf.ts'
import { codes, judge, only, signedPdf } from './pdf-cases.ts'

const CATALOG = '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R] /SigFlags 3 >> >>'
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

describe('a form behind a signature', () => {
  const FIELDS = '10 0 R 30 0 R 31 0 R 32 0 R'
  const text = (more: string) =>
    `<< /FT /Tx /T (amount) /Type /Annot /Subtype /Widget /Rect [0 0 99 20] /P 3 0 R ${more} >>`
  const button = (more: string) =>
    `<< /FT /Btn /Ff 65536 /T (button) /Type /Annot /Subtype /Widget /Rect [0 0 99 20] /P 3 0 R ${more} >>`
  const empty = (more: string) =>
    `<< /FT /Sig /T (Later) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 99 20] /P 3 0 R ${more} >>`
  const form: Objects = new Map([
    [1, CATALOG.replace('[10 0 R]', `[${FIELDS}]`)],
    [3, page('', FIELDS)],
    [30, text('/F 4 /V (100)')],
    [31, button('')],
    [32, empty('')],
  ])
  const withForm = (objects: Objects, entries = '') =>
    only(judge(appendUpdate(signedPdf({ objects: form, entries }), objects)))
  const LOCK =
    '/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << /Type /TransformParams /Action /Include /Fields [(amount)] >> >>]'

  it('may be filled in, which is said, and the headline does not call the content unchanged', () => {
    const pdf = appendUpdate(signedPdf({ objects: form }), new Map([[30, text('/F 4 /V (900)')]]))
    const signature = only(judge(pdf))
    expect(signature).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
    expect(codes(signature)).toContain('change-form-overwritten')
    expect(describeVerdict(judge(pdf), 'da').headline).toContain('udfyldt ved underskriften, er ændret siden')
  })

  it.each([
    ['empty before', '', '/V (900)', 'change-form-filled', 'form field amount, object 30, page 1, at 0 0 99 20'],
    [
      'filled before',
      '/V (100)',
      '/V (900)',
      'change-form-overwritten',
      'form field amount: its value was replaced, object 30, page 1, at 0 0 99 20',
    ],
    [
      'filled before, and emptied',
      '/V (100)',
      '',
      'change-form-overwritten',
      'form field amount: its value was removed, object 30, page 1, at 0 0 99 20',
    ],
    [
      'filled with nothing before',
      '/V ()',
      '/V (900)',
      'change-form-filled',
      'form field amount, object 30, page 1, at 0 0 99 20',
    ],
  ])(
    'says of a field that was %s what became of it, behind P=2 too, and not what stands in it',
    (_which, before, after, code, message) => {
      const objects: Objects = new Map([...form, [30, text(before)]])
      for (const entries of ['', certified(2)]) {
        const signature = only(judge(appendUpdate(signedPdf({ objects, entries }), new Map([[30, text(after)]]))))
        expect(signature).toMatchObject({ changesAfter: 'permitted', indication: 'TOTAL-PASSED' })
        expect(signature.findings.filter((one) => one.code.startsWith('change-'))).toMatchObject([
          { code, severity: 'warning', message },
        ])
      }
    },
  )

  it('does not hide among many filled fields what else was done', () => {
    const numbers = Array.from({ length: 56 }, (_, i) => 40 + i)
    const many = (value: string): (readonly [number, string])[] =>
      numbers.map((n) => [n, text(value).replace('(amount)', `(f${n})`).replace('/P 3 0 R', '')])
    const fields = `10 0 R ${numbers.map((n) => `${n} 0 R`).join(' ')}`
    const objects: Objects = new Map([
      [1, CATALOG.replace('[10 0 R]', `[${fields}]`)],
      [3, page('', fields)],
      ...many('/V ()'),
    ])
    const update: Objects = new Map([
      ...many('/V (x)'),
      [3, page('', `${fields} 97 0 R`)],
      [97, '<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 144] /Contents (void) >>'],
    ])
    const signature = only(judge(appendUpdate(signedPdf({ objects }), update)))
    expect(signature.changesAfter).not.toBe('permitted')
    expect(codes(signature)).toContain('change-unknown')
  })

  it.each([
    ['in a locked field', 30, text('/F 4 /V (900)'), LOCK],
    ['behind P=1', 30, text('/F 4 /V (900)'), certified(1)],
    ['by hiding it', 30, text('/F 6 /V (100)'), ''],
    ['by moving it', 30, text('/F 4 /V (100) /Rect [9 9 200 100]'), ''],
    ['by an action', 30, text('/F 4 /V (100) /AA << >>'), ''],
    ['by another face of a pushbutton', 31, button('/AP << /N 4 0 R >>'), ''],
    ['by a face of an empty signature field', 32, empty('/AP << /N 4 0 R >>'), ''],
  ])('may not be changed %s', (_what, number, body, entries) => {
    expect(withForm(new Map([[number, body]]), entries)).toMatchObject(forbidden)
  })

  it('may not get another value from above a locked field', () => {
    const group = (value: string) => `<< /FT /Tx /T (tank) /V (${value}) /Kids [30 0 R] >>`
    const objects: Objects = new Map([
      [1, CATALOG.replace('[10 0 R]', '[10 0 R 33 0 R]')],
      [3, page('', '10 0 R 30 0 R')],
      [30, '<< /T (amount) /Parent 33 0 R /Type /Annot /Subtype /Widget /F 4 /Rect [0 0 99 20] /P 3 0 R >>'],
      [33, group('100')],
    ])
    const withLock = (lock: string) => {
      const entries = LOCK.replace('/Action /Include /Fields [(amount)]', lock)
      return only(judge(appendUpdate(signedPdf({ objects, entries }), new Map([[33, group('900')]]))))
    }
    expect(withLock('/Action /Include /Fields [(tank.amount)]')).toMatchObject(forbidden)
    expect(withLock('/Action /Exclude /Fields [(tank.other)]')).toMatchObject(forbidden)
    expect(withLock('/Action /Include /Fields [(tank.a)]')).toMatchObject({ changesAfter: 'permitted' })
    expect(withLock('/Action /Exclude /Fields [(tank)]')).toMatchObject({ changesAfter: 'permitted' })
  })

  it.each([
    ['a P that is no number', certified(2).replace('/P 2', '/P (2)')],
    ['a Reference that is no list', certified(1).replace('[', '').replace(/\]$/, '')],
    ['Fields that are no list', LOCK.replace('[(amount)]', '(amount)')],
  ])('may not be filled in behind %s', (_what, entries) => {
    expect(withForm(new Map([[30, text('/F 4 /V (900)')]]), entries)).toMatchObject(forbidden)
  })

  it('may get an empty signature field, and not one that shows something', () => {
    const added = (more: string): Objects =>
      new Map([
        [1, CATALOG.replace('[10 0 R]', '[10 0 R 40 0 R]')],
        [3, page('', '10 0 R 40 0 R')],
        [40, `<< /FT /Sig /T (New) /Type /Annot /Subtype /Widget /Rect [0 0 300 144] /P 3 0 R ${more} >>`],
      ])
    expect(judgeAfter(added(''))).toMatchObject({ changesAfter: 'permitted' })
    expect(judgeAfter(added('/AP << /N 4 0 R >>'))).toMatchObject(forbidden)
  })
})
