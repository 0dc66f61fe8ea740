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

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const text = (words: string): string => streamObject(`BT /F1 18 Tf 20 100 Td (${words}) Tj ET`)
/** What readers that search for objects would show instead of the page's content. */
const DECOY = `4 0 obj\n${text('PAY 900 EUR')}\nendobj\n`
const place = (offset: number): string => String(offset).padStart(10, '0')
const startxrefOf = (pdf: Buffer): number =>
  Number([...pdf.toString('latin1').matchAll(/startxref\s+(\d+)/g)].at(-1)?.[1])

interface Update {
  /** What stands before and behind object 30, which the update lists. */
  readonly before?: string
  readonly object?: string
  readonly behind?: string
  readonly rows?: (offset: number) => string
  readonly trailer?: (previous: number) => string
  readonly end?: (offset: number) => string
}

/** Appends an update of one object that nobody asks for, sound but for what is asked. */
function appended(pdf: Buffer, update: Update): Buffer {
  const before = update.before ?? ''
  const offset = pdf.length + before.length
  const body = `${before}${update.object ?? '30 0 obj\n<< >>\nendobj\n'}${update.behind ?? ''}`
  const at = pdf.length + body.length
  const rows = update.rows?.(offset) ?? `30 1\n${place(offset)} 00000 n \n`
  const previous = startxrefOf(pdf)
  const trailer = update.trailer?.(previous) ?? `<< /Root 1 0 R /Size 100 /Prev ${previous} >>`
  const end = update.end?.(at) ?? `startxref\n${at}\n%%EOF\n`
  return Buffer.concat([pdf, latin1(`${body}xref\n${rows}trailer\n${trailer}\n${end}`)])
}

/** The same with a cross-reference stream. */
function appendedByStream(
  pdf: Buffer,
  update: { rows?: string; entries?: string; index?: string; data?: string; behind?: string },
) {
  const object = `30 0 obj\n<< >>\nendobj\n${update.behind ?? ''}`
  const at = pdf.length + object.length
  const row = (kind: number, field: number): string =>
    String.fromCharCode(kind, field >> 16, (field >> 8) & 255, field & 255, 0)
  const data = update.data ?? `${row(1, pdf.length)}${row(1, at)}`
  const entries = `/Type /XRef /W ${update.rows ?? '[1 3 1]'} /Index ${update.index ?? '[30 1 99 1]'} /Size 100 /Root 1 0 R /Prev ${startxrefOf(pdf)} ${update.entries ?? ''}`
  return Buffer.concat([
    pdf,
    latin1(`${object}99 0 obj\n${streamObject(data, entries)}\nendobj\nstartxref\n${at}\n%%EOF\n`),
  ])
}

const changes = (pdf: Buffer): string | null => only(judge(pdf)).changesAfter

describe('an update that is written as it should be is read as all read it', () => {
  const pdf = signedPdf()
  it.each<[string, Update]>([
    ['as it is', {}],
    ['with a comment before its end', { end: (at) => `%writer-1.2\nstartxref\n${at}\n%%EOF\n` }],
    ['with rows that end in CR LF', { rows: (at) => `30 1\r\n${place(at)} 00000 n\r\n` }],
    ['with many blanks behind it', { end: (at) => `startxref\n${at}\n%%EOF\n${' '.repeat(2000)}` }],
    ['with a comment before its object', { before: '% made by a writer\n' }],
    ['with blank lines between', { before: '\n\n', behind: '\r\n' }],
  ])('%s', (_what, update) => {
    expect(changes(appended(pdf, update))).toBe('permitted')
  })

  it('by a cross-reference stream', () => {
    expect(changes(appendedByStream(pdf, {}))).toBe('permitted')
  })

  it('and a slip is harmless where a search finds nothing else', () => {
    const slip: Update = { trailer: (previous) => `<< /Size 100 /Prev ${previous} >>` }
    expect(changes(appended(pdf, slip))).toBe('permitted')
  })
})

describe('an update in which readers may find something else leaves open what was changed', () => {
  const pdf = signedPdf()
  const CASES: readonly (readonly [string, Update])[] = [
    ['an object that is not listed', { behind: DECOY }],
    ['one before the others', { before: DECOY }],
    ['one in a string', { object: `30 0 obj\n(\n${DECOY})\nendobj\n` }],
    ['one in a stream', { object: `30 0 obj\n${streamObject(DECOY)}\nendobj\n` }],
    ['a trailer in a stream', { object: `30 0 obj\n${streamObject('trailer << /Root 90 0 R >>')}\nendobj\n` }],
    ['bytes that belong to nothing', { behind: 'hello\n' }],
    ['no end of the object', { object: '30 0 obj\n<< >>\n' }],
    ['more behind the value', { object: '30 0 obj\n<< >> 7\nendobj\n' }],
    ['another generation', { object: '30 1 obj\n<< >>\nendobj\n' }],
    ['a number twice', { rows: (at) => `30 1\n${place(at)} 00000 n \n30 1\n${place(15)} 00000 n \n` }],
    ['Root twice', { trailer: (previous) => `<< /Root 9 0 R /Root 1 0 R /Size 100 /Prev ${previous} >>` }],
    ['Root with a NUL', { trailer: (previous) => `<< /Root#00 9 0 R /Root 1 0 R /Size 100 /Prev ${previous} >>` }],
    ['a Size below its objects', { trailer: (previous) => `<< /Root 1 0 R /Size 20 /Prev ${previous} >>` }],
    ['a Size far above', { trailer: (previous) => `<< /Root 1 0 R /Size 2147483647 /Prev ${previous} >>` }],
    ['Info that is not there', { trailer: (previous) => `<< /Root 1 0 R /Info 60 0 R /Size 100 /Prev ${previous} >>` }],
    ['a trailer that goes on as a stream', { end: (at) => `stream\nstartxref\n${at}\n%%EOF\n` }],
    ['an XRefStm that is none', { trailer: (previous) => `<< /Root 1 0 R /XRefStm [] /Size 100 /Prev ${previous} >>` }],
    ['a free row far above', { rows: (at) => `30 1\n${place(at)} 00000 n \n9000000 1\n0000000000 65535 f \n` }],
    ['an empty subsection far above', { rows: (at) => `30 1\n${place(at)} 00000 n \n2147483647 0\n` }],
    ['an object 0 in use', { rows: (at) => `0 1\n0000000000 00000 n \n30 1\n${place(at)} 00000 n \n` }],
    ['an end that leads one too high', { end: (at) => `startxref\n${at + 1}\n%%EOF\n` }],
    ['a head that runs on', { object: '30 0 obj1\nendobj\n' }],
    ['a comment in its end', { end: (at) => `startxref %x\n${at}\n%%EOF\n`, behind: DECOY }],
    [
      'a stream that begins on the line of its keyword',
      { object: '30 0 obj\n<< /Length 2 >>\nstream/P\nendstream\nendobj\n' },
    ],
    ['a stream that ends in another word', { object: '30 0 obj\n<< /Length 2 >>\nstream\nxx\nendstreamx\nendobj\n' }],
    [
      'far too many blanks behind it, and an object that a search finds',
      { object: `30 0 obj\n(\n${DECOY})\nendobj\n`, end: (at) => `startxref\n${at}\n%%EOF\n${' '.repeat(2000)}` },
    ],
  ]
  it.each(CASES)('%s', (_what, update) => {
    const signature = only(judge(appended(pdf, update)))
    expect(signature.changesAfter).toBe('unknown')
    expect(signature.indication).not.toBe('TOTAL-PASSED')
  })

  const STREAMS: readonly (readonly [string, Parameters<typeof appendedByStream>[1]])[] = [
    ['more objects than rows', { index: '[30 1 99 2]' }],
    ['four widths', { rows: '[1 3 1 1]' }],
    ['an index that is no integer', { index: '[30.0 1 99 1]' }],
    ['an object that is not listed', { behind: DECOY }],
    ['Root twice', { entries: '/Root 9 0 R' }],
  ]
  it.each(STREAMS)('by a cross-reference stream with %s', (_what, update) => {
    expect(changes(appendedByStream(pdf, update))).not.toBe('permitted')
  })

  it.each([
    DECOY,
    `4 ${' '.repeat(20)}0 obj EVIL`,
    '0000000000000000004 0 obj EVIL',
    '4%x\n0 obj EVIL',
    '4 0\nobj EVIL',
    'q Q\nendstream\nendobj',
  ])('a sound one behind signed bytes that hide %j: what makes a reader search is told by no standard', (hidden) => {
    const hiding = signedPdf({ objects: new Map([[31, streamObject(`x\n${hidden}\n`)]]) })
    expect(only(judge(hiding)).indication).toBe('TOTAL-PASSED')
    expect(changes(appended(hiding, {}))).toBe('unknown')
  })

  it.each<[string, (base: string) => string]>([
    ['another Root before', (base) => base.replace('/Root 1 0 R /Size', '/Root 2 0 R /Size')],
    ['an object that was freed before', (base) => base],
  ])('a slip behind signed bytes with %s', (_what, change) => {
    const base = appendUpdate(
      writePdf(new Map([...BASE_OBJECTS, [13, streamObject('1 0 0 rg')]])),
      new Map([[30, 'null']]),
    )
    const free = Buffer.from(
      base.toString('latin1').replace(/30 1\n\d{10} 00000 n /, '13 1\n0000000000 00001 f '),
      'latin1',
    )
    const signed = signPdf(latin1(change(free.toString('latin1'))), { sign: signWith() })
    const slip: Update = { trailer: (previous) => `<< /Size 100 /Prev ${previous} >>` }
    expect(changes(appended(signed, slip))).not.toBe('permitted')
  })
})

describe('a signed revision that is read from bytes behind it is not what was signed', () => {
  const beyond = (objects: Objects, more: Objects): Buffer => {
    const base = writePdf(new Map([...BASE_OBJECTS, ...objects]))
    return appendUpdate(signPdf(base, { sign: signWith() }), more)
  }

  it('where an entry leads there', () => {
    const base = writePdf()
    const guess = 20_000
    // Object 6 shall stand where nothing stands yet.
    const at = startxrefOf(base)
    const listed = `xref\n6 1\n${place(guess)} 00000 n \ntrailer\n<< /Root 1 0 R /Size 100 /Prev ${at} >>\nstartxref\n${base.length}\n%%EOF\n`
    const page =
      '<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [10 0 R] >>'
    const signed = signPdf(Buffer.concat([base, latin1(listed)]), { sign: signWith(), objects: new Map([[3, page]]) })
    const filled = Buffer.concat([
      signed,
      latin1(' '.repeat(guess - signed.length)),
      latin1(DECOY.replace('4 0', '6 0')),
    ])
    const previous = startxrefOf(signed)
    const end = `xref\n30 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 100 /Prev ${previous} >>\nstartxref\n${filled.length}\n%%EOF\n`
    expect(changes(Buffer.concat([filled, latin1(end)]))).toBe('unknown')
  })

  it('where a stream runs on there', () => {
    const long = `<< /Length 30000 >>\nstream\nBT (Pay) Tj ET`
    const signed = beyond(new Map([[4, long]]), new Map([[31, streamObject('x'.repeat(29_000))]]))
    expect(only(judge(signed)).indication).not.toBe('TOTAL-PASSED')
  })

  it('where the file claims to be linearized as a whole', () => {
    const first = (length: number): string => `<< /Linearized 1 /L ${String(length).padStart(6, '0')} >>`
    const make = (length: number): Buffer =>
      appendUpdate(
        signPdf(writePdf(new Map([[8, first(length)], ...BASE_OBJECTS])), { sign: signWith() }),
        new Map([[30, '<< >>']]),
      )
    expect(changes(make(7))).toBe('permitted')
    expect(changes(make(make(7).length))).toBe('unknown')
  })
})

it('what readers make of defaults of the form is said where a field has no face', () => {
  const field = '<< /FT /Tx /T (Amount) /V (100) /Type /Annot /Subtype /Widget /Rect [9 9 99 29] /P 3 0 R >>'
  const form = (more: string): string =>
    `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [40 0 R 10 0 R] /SigFlags 3 ${more} >> >>`
  const signed = (more: string): Buffer =>
    signedPdf({
      objects: new Map([
        [1, form(more)],
        [40, field],
      ]),
    })
  const after = (pdf: Buffer, more: string) => only(judge(appendUpdate(pdf, new Map([[1, form(more)]]))))
  expect(after(signed(''), '/DA (/Helv 12 Tf)').findings.map(({ code }) => code)).toContain('change-form-filled')
  const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>'
  expect(after(signed(''), `/DR << /Font << /Helv ${font} >> >>`)).toMatchObject({ changesAfter: 'permitted' })
  expect(after(signed('/DA (/Helv 12 Tf)'), `/DA (/Helv 12 Tf) /DR << /Font << /Helv ${font} >> >>`)).toMatchObject({
    changesAfter: 'unknown',
  })
  expect(after(signed('/NeedAppearances true'), '').changesAfter).toBe('forbidden')
  expect(after(signed('/NeedAppearances true'), '/NeedAppearances false').changesAfter).toBe('forbidden')
  expect(after(signed('/NeedAppearances false'), '').changesAfter).toBe('permitted')
})
