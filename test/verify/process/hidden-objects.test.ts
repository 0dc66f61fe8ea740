import { describe, expect, it } from 'vitest'
import {
  appendUpdate,
  BASE_OBJECTS,
  type Objects,
  signPdf,
  streamObject,
  writePdf,
} from '../../support/make-signed-pdf.ts'
import { judge, only, signedPdf, signWith } from './pdf-cases.ts'

const text = (words: string): string => `BT /F1 18 Tf 20 100 Td (${words}) Tj ET`
const unknown = { changesAfter: 'unknown', indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE' }

describe('an object that we cannot read, and other readers show', () => {
  const JUNK = [
    '/Junk @@',
    '/Junk 1.2.3',
    '/Junk <12 zz>',
    '/Junk 1--2',
    '/Junk [1 2 foo]',
    '/Junk /A /B',
    '/Junk << /A >>',
  ]
  const signed = (content: string): Buffer =>
    signPdf(writePdf(new Map([...BASE_OBJECTS, [4, content]])), { sign: signWith() })

  it.each(JUNK)('leaves open what was changed where it is another later: %s', (junk) => {
    const pdf = signed(streamObject(text('Pay 100 kr'), junk))
    const before = only(judge(pdf))
    expect(before).toMatchObject({ ...unknown, changesAfter: 'none' })
    expect(before.findings.map(({ code }) => code)).toContain('document-ambiguous')
    // What hangs below it nobody can compare, either.
    expect(only(judge(appendUpdate(pdf, new Map([[30, '<< >>']]))))).toMatchObject({ changesAfter: 'unknown' })
    const changed = only(judge(appendUpdate(pdf, new Map([[4, streamObject(text('Pay 900 kr'), junk)]]))))
    expect(changed).toMatchObject(unknown)
    expect(changed.findings.find(({ code }) => code === 'change-unknown')?.message).toMatch(/object 4/)
  })

  it('leaves it open, too, where it is gone later, or nothing could be read of what was readable', () => {
    const unreadable = streamObject(text('Pay 900 kr'), '/Junk @@')
    const gone = appendUpdate(signed(unreadable), new Map([[4, 'null']]))
    expect(only(judge(gone)).changesAfter).toBe('unknown')
    const loose = signedPdf({ objects: new Map([[30, '<< >>']]) })
    expect(only(judge(appendUpdate(loose, new Map([[30, unreadable]])))).changesAfter).toBe('unknown')
  })
})

describe('a stream of objects', () => {
  const GOOD = '[4 0 R]'.padEnd(20)
  const EVIL = '[6 0 R]'.padEnd(20)
  const NOTE = '<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 144] /F 4 /AP << /N 80 0 R >> >>'
  const page = (contents: string): string =>
    `<< /Type /Page /Parent 2 0 R /Contents ${contents} /Resources << /Font << /F1 5 0 R >> >> /Annots [10 0 R 51 0 R] >>`

  /** Objects 50 and 51 stand in stream 60; what its dictionary refers to is object 70. */
  function signedOver(contents: string, container: string, referred: string): Buffer {
    const objects: Objects = new Map([
      ...BASE_OBJECTS,
      [4, streamObject(text('Pay 100 kr'))],
      [6, streamObject(text('Pay 900 kr'))],
      [60, container],
      [70, referred],
      [80, streamObject(text('PAY 900'), '/Type /XObject /Subtype /Form /BBox [0 0 300 144]')],
    ])
    const pdf = writePdf(objects)
    const start = pdf.length
    const rows = [
      [50, 2, 60, 0],
      [51, 2, 60, 1],
      [99, 1, start, 0],
    ].map(([, kind = 0, field = 0, index = 0]) =>
      Buffer.from([kind, field >> 16, (field >> 8) & 255, field & 255, index]),
    )
    const data = Buffer.concat(rows).toString('latin1')
    const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.toString('latin1'))?.[1]
    const entries = `/Type /XRef /W [1 3 1] /Index [50 2 99 1] /Size 100 /Root 1 0 R /Prev ${previous}`
    const section = `99 0 obj\n${streamObject(data, entries)}\nendobj\nstartxref\n${start}\n%%EOF\n`
    const base = Buffer.concat([pdf, Buffer.from(section, 'latin1')])
    return signPdf(base, { sign: signWith(), objects: new Map([[3, page(contents)]]) })
  }

  const directory = '50 0 51 20 '.padEnd(12)
  const long = '50 0 51 48 '.padEnd(12).concat(GOOD.padEnd(30), '\nendstream\n').padEnd(60).concat(NOTE)

  it.each([
    ['holds', '50 0 R', streamObject(`50 0 `.padEnd(12) + GOOD + EVIL, '/Type /ObjStm /N 1 /First 70 0 R'), '12', '32'],
    [
      'says how many it holds',
      '4 0 R',
      streamObject(directory + GOOD + NOTE, '/Type /ObjStm /N 70 0 R /First 12'),
      '1',
      '2',
    ],
  ])(
    'whose beginning or number another object %s is one thing to one reader and another to another',
    (_what, contents, container, first, then) => {
      const pdf = signedOver(contents, container, first)
      for (const bytes of [pdf, appendUpdate(pdf, new Map([[70, then]]))]) {
        const signature = only(judge(bytes))
        expect(signature).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE' })
        expect(signature.findings.map(({ code }) => code)).toContain('document-ambiguous')
      }
    },
  )

  it('whose end another object says holds more when that is changed', () => {
    const container = `<< /Type /ObjStm /N 2 /First 12 /Length 70 0 R >>\nstream\n${long}\nendstream`
    const pdf = signedOver('50 0 R', container, String(directory.length + 30))
    // Object 51 is not there yet, and some readers look for it.
    expect(only(judge(pdf))).toMatchObject({ ...unknown, changesAfter: 'none' })
    expect(only(judge(appendUpdate(pdf, new Map([[70, String(long.length)]]))))).toMatchObject({
      changesAfter: 'forbidden',
      indication: 'TOTAL-FAILED',
    })
  })

  it('is no hindrance where its dictionary says all of it', () => {
    const container = streamObject(directory + GOOD + NOTE, '/Type /ObjStm /N 2 /First 12')
    const pdf = signedOver('50 0 R', container, '1')
    expect(only(judge(appendUpdate(pdf, new Map([[70, '2']]))))).toMatchObject({
      changesAfter: 'permitted',
      indication: 'TOTAL-PASSED',
    })
  })
})
