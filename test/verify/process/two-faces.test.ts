import { describe, expect, it } from 'vitest'
import { BASE_OBJECTS, type Objects, signPdf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { judge, only, signWith } from './pdf-cases.ts'

/** Files that were ambiguous before anybody signed them: what is signed is not one document, but one for each reader. */
const text = (words: string): string => `BT /F1 18 Tf 20 100 Td (${words}) Tj ET`
const PAGE =
  '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [10 0 R 7 0 R] >>'
const page = (from: string, to: string): Objects => new Map([[3, PAGE.replace(from, to)]])
const base: Objects = new Map([
  ...BASE_OBJECTS,
  [4, streamObject(text('Pay 100'))],
  [6, streamObject(text('PAY 900'))],
  [7, '<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Dest [3 0 R /Fit] >>'],
])
const ambiguous = { indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE', changesAfter: 'none' }

const signed = (pdf: Buffer, objects: Objects = new Map()): Buffer =>
  signPdf(pdf, { sign: signWith(), objects: new Map([[3, PAGE], ...objects]) })
const withObjects = (objects: Objects, signedWith: Objects = new Map()): Buffer =>
  signed(writePdf(new Map([...base, ...objects])), signedWith)
/** Changes the octets of a PDF without moving any. */
const edited = (pdf: Buffer, from: RegExp, to: (found: string) => string): Buffer => {
  const before = pdf.toString('latin1')
  const after = before.replace(from, to)
  if (after === before || after.length !== before.length) throw new Error('nothing was edited, or all moved')
  return Buffer.from(after, 'latin1')
}
const row = (pdf: Buffer, number: number): string =>
  new RegExp(`\\n${number} 1\\n(\\d{10}) 00000 n `).exec(pdf.toString('latin1'))?.[1] ?? ''

/** Lists an object once more, in the table of the first revision. */
function listedTwice(number: number, offset: (pdf: Buffer) => string, first: boolean): Buffer {
  const pdf = writePdf(base)
  const entry = `${number} 1\n${offset(pdf)} 00000 n \n`
  const at = pdf.indexOf(first ? 'xref\n' : 'trailer', undefined, 'latin1') + (first ? 5 : 0)
  return Buffer.concat([pdf.subarray(0, at), Buffer.from(entry, 'latin1'), pdf.subarray(at)])
}

/** Leaves the blank out behind one row of the table. */
const shortened = (pdf: Buffer, number: number): Buffer =>
  Buffer.from(pdf.toString('latin1').replace(new RegExp(`(\\n${number} 1\\n\\d{10} 00000 n) `), '$1'), 'latin1')
/** Leaves it out behind all. */
const allShort = (pdf: Buffer): Buffer =>
  Buffer.from(pdf.toString('latin1').replace(/(\d{10} \d{5} [nf]) \n/g, '$1\n'), 'latin1')

describe('a document that readers show differently does not pass', () => {
  const long = `${text('Pay 100')}\nendstream\nendobj\n${text('PAY 900')}`
  const tree = (more: Objects): Objects =>
    new Map([
      [2, '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 144] /Resources << /Font << /F1 5 0 R >> >> >>'],
      [8, '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>'],
      [9, '<< /Type /Pages /Kids [] /Count 0 /MediaBox [0 0 9 9] /Resources << /Font << /F1 8 0 R >> >> >>'],
      ...more,
    ])
  const lied = (length: number): string => streamObject(text('Pay 100')).replace(/Length \d+/, `Length ${length}`)

  const CASES: readonly (readonly [string, () => Buffer])[] = [
    ['lists an object twice', () => signed(listedTwice(4, (pdf) => row(pdf, 6), false))],
    ['lists it twice, and the other first', () => signed(listedTwice(4, (pdf) => row(pdf, 6), true))],
    [
      'lists another generation than the object has',
      () => signed(edited(writePdf(base), /(\n4 1\n\d{10} 0000)0/, (found) => found.replace(/0$/, '3'))),
    ],
    [
      'holds an object of another generation than is listed',
      () => signed(edited(writePdf(base), /\n4 0 obj/, () => '\n4 3 obj')),
    ],
    [
      'leads to another object than it names',
      () => {
        const pdf = writePdf(base)
        return signed(edited(pdf, new RegExp(`\\n4 1\\n${row(pdf, 4)}`), () => `\n4 1\n${row(pdf, 6)}`))
      },
    ],
    ['names an object by another generation', () => withObjects(new Map(), page('4 0 R', '4 7 R'))],
    ['has a key twice', () => withObjects(new Map(), page('/Contents 4 0 R', '/Contents 4 0 R /Contents 6 0 R'))],
    [
      'has a key twice, one of them with a NUL',
      () => withObjects(new Map(), page('/Contents', '/Contents#00 6 0 R /Contents')),
    ],
    ['has words that are none', () => withObjects(new Map([[4, streamObject(text('Pay 100'), '/Junk @@')]]))],
    ['names an object by a real number', () => withObjects(new Map(), page('4 0 R', '4.0 0 R'))],
    ['holds a reference in place of an object', () => withObjects(new Map([[4, '6 0 R']]))],
    [
      'has a filter that nobody knows',
      () => withObjects(new Map([[4, streamObject(text('Pay 100'), '/Filter /Foo')]])),
    ],
    [
      'draws by a filter for images',
      () => withObjects(new Map([[4, streamObject(text('Pay 100'), '/Filter /DCTDecode')]])),
    ],
    ['has data here and in another file', () => withObjects(new Map([[4, streamObject(text('Pay 100'), '/F (x)')]]))],
    ['has the end of a stream within it', () => withObjects(new Map([[4, streamObject(long)]]))],
    ['has a stream that says to be longer', () => withObjects(new Map([[4, lied(500)]]))],
    ['has a stream that says to be shorter', () => withObjects(new Map([[4, lied(9)]]))],
    [
      'draws what cannot be inflated',
      () => withObjects(new Map([[4, streamObject('no such thing', '/Filter /FlateDecode')]])),
    ],
    [
      'inherits other fonts by Parent than by Kids',
      () =>
        withObjects(tree(new Map()), new Map([[3, PAGE.replace('2 0 R', '9 0 R').replace(/\/Resources.*>> >>/, '')]])),
    ],
    [
      'counts fewer pages than there are',
      () =>
        withObjects(
          new Map([
            [2, '<< /Type /Pages /Kids [3 0 R 8 0 R] /Count 1 /MediaBox [0 0 300 144] >>'],
            [8, PAGE],
          ]),
        ),
    ],
    [
      'has a page with pages below it',
      () => withObjects(new Map([[8, PAGE]]), page('/Contents', '/Kids [8 0 R] /Count 1 /Contents')),
    ],
    ['has an array within Contents', () => withObjects(new Map(), page('4 0 R', '[[4 0 R] 6 0 R]'))],
    ['draws by a font that is not there', () => withObjects(new Map(), page('/F1 5 0 R', '/F2 5 0 R'))],
    [
      'draws by a font that is not there, between remarks that look like a string',
      () => withObjects(new Map([[4, streamObject('%(\nBT /F9 18 Tf 20 100 Td (Pay 100) Tj ET %)')]])),
    ],
    [
      'draws by a font that is not there, between images that look like a string',
      () => withObjects(new Map([[4, streamObject('BI ID ( EI /F9 18 Tf (Pay 100) Tj BI ID ) EI')]])),
    ],
    [
      'draws by a font that is not there, behind a string that does not end',
      () => withObjects(new Map([[4, streamObject('(Pay 100 BT /F9 18 Tf 20 100 Td (Pay 100) Tj ET')]])),
    ],
    ['draws by a font that is none', () => withObjects(new Map(), page('/F1 5 0 R', '/F1 2 0 R'))],
    [
      'hides a page far below',
      () => {
        const nodes = Array.from({ length: 70 }, (_, i): [number, string] => [
          20 + i,
          `<< /Type /Pages /Parent ${i === 0 ? 2 : 19 + i} 0 R /Kids [${i === 69 ? 8 : 21 + i} 0 R] /Count 1 >>`,
        ])
        const top = '<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 1 /MediaBox [0 0 300 144] >>'
        return withObjects(new Map([...nodes, [2, top], [8, PAGE.replace('2 0 R', '89 0 R')]]))
      },
    ],
    ['has no list of pages', () => withObjects(new Map([[2, '<< /Type /Pages /MediaBox [0 0 300 144] >>']]))],
    [
      'draws by a font of no kind',
      () => withObjects(new Map([[5, '<< /Type /Font /Subtype /Typ1 /BaseFont /Helvetica >>']])),
    ],
    ['draws by a font without a name', () => withObjects(new Map([[5, '<< /Type /Font /Subtype /Type1 >>']]))],
    [
      'has annotations that are no list',
      () =>
        withObjects(
          new Map([
            [2, '<< /Type /Pages /Kids [3 0 R 8 0 R] /Count 2 /MediaBox [0 0 300 144] >>'],
            [8, '<< /Type /Page /Parent 2 0 R /Annots << >> >>'],
          ]),
        ),
    ],
    [
      'has a node of pages that is called otherwise',
      () => withObjects(new Map([[2, base.get(2)?.replace('/Type /Pages', '/Type /Pags') ?? '']])),
    ],
    ['has a page that is called otherwise', () => withObjects(new Map(), page('/Type /Page', '/Type /Pag'))],
    [
      'lists a page that is none',
      () => withObjects(new Map([[2, '<< /Type /Pages /Kids [3 0 R /Foo] /Count 1 /MediaBox [0 0 300 144] >>']])),
    ],
    ['has no pages', () => withObjects(new Map([[2, '/Foo']]))],
    ['has pages that nobody lists', () => signed(edited(writePdf(base), /\n2 1\n/, () => '\n9 1\n'))],
    [
      'has an object that stands at the beginning of the file',
      () => signed(edited(writePdf(base), /\n4 1\n\d{10}/, () => '\n4 1\n0000000000')),
    ],
    ['has a box of words', () => withObjects(new Map(), page('/Contents', '/MediaBox [0 0 /A 144] /Contents'))],
    ['has a box of three numbers', () => withObjects(new Map(), page('/Contents', '/CropBox [0 0 144] /Contents'))],
    [
      'has a box beyond all numbers',
      () => withObjects(new Map(), page('/Contents', '/MediaBox [0 0 300 99999999999] /Contents')),
    ],
    ['turns its page by a word', () => withObjects(new Map(), page('/Contents', '/Rotate (90) /Contents'))],
    ['turns its page a little', () => withObjects(new Map(), page('/Contents', '/Rotate 45 /Contents'))],
    ['names an object that some count anew', () => withObjects(new Map(), page('4 0 R', '4294967300 0 R'))],
    ['names content that is not there', () => withObjects(new Map(), page('4 0 R', '[4 0 R 60 0 R]'))],
    [
      'has more in an object than a value',
      () => withObjects(new Map([[4, `/Length ${streamObject(text('Pay 100'))}`]])),
    ],
    ['has a row that is too short', () => signed(shortened(writePdf(base), 4))],
    [
      'has short rows, and an object that a search finds',
      () => signed(allShort(writePdf(new Map([...base, [31, `(\n4 0 obj\n<< >>\nendobj\n)`]])))),
    ],
    [
      'has a note whose object another is',
      () => withObjects(new Map([[7, '<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Rect [0 0 8 8] >>']])),
    ],
  ]
  it.each(CASES)('one that %s', (_what, make) => {
    const signature = only(judge(make()))
    expect(signature).toMatchObject(ambiguous)
    expect(signature.findings.map(({ code }) => code)).toContain('document-ambiguous')
  })

  it('and one with bytes before its header, whose offsets lead to two documents', () => {
    const inner = signed(writePdf(base))
    const named = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(inner.toString('latin1'))?.[1])
    // Where the same offset leads when it is counted from the first byte, another cross-reference stands.
    const decoy = 'xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 1 >>\n'
    const pdf = signed(writePdf(base), new Map([[30, streamObject('x'.repeat(400))]]))
    expect(named).toBeGreaterThan(0)
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf.toString('latin1'))?.[1])
    const before = Buffer.alloc(800, ' ')
    const whole = Buffer.concat([before, pdf])
    whole.write(decoy, start, 'latin1')
    expect(judge(whole).indication).not.toBe('TOTAL-PASSED')
  })
})

describe('a document that all readers show alike passes', () => {
  const CASES: readonly (readonly [string, () => Buffer])[] = [
    ['as it is', () => signed(writePdf(base))],
    [
      'where a string speaks of a font',
      () => withObjects(new Map([[4, streamObject(text('Use /F9 12 Tf, \\(see below\\)'))]])),
    ],
    [
      'where a string within a string, or a remark, speaks of a font',
      () => withObjects(new Map([[4, streamObject(text('Use (not /F9 12 Tf) it) Tj % /F9 12 Tf\n(x'))]])),
    ],
    [
      'where what nobody shows is odd',
      () => withObjects(new Map([[30, streamObject(text('x'), '/Filter /Foo /Junk @@')]])),
    ],
    ['where an object is listed twice at one place', () => signed(listedTwice(4, (pdf) => row(pdf, 4), false))],
    [
      'where a stream says to be shorter by its last line break',
      () => withObjects(new Map([[4, streamObject(text('Pay 100')).replace('ET\nendstream', 'ET\n\n\nendstream')]])),
    ],
    [
      'where Parent is another node that gives the page nothing',
      () => withObjects(new Map([[9, '<< /Type /Pages /MediaBox [0 0 300 144] >>']]), page('2 0 R', '9 0 R')),
    ],
    [
      'where a key stands twice with the same value',
      () => withObjects(new Map(), page('/Contents 4 0 R', '/Contents 4 0 R /Contents 4 0 R')),
    ],
  ]
  it.each(CASES)('%s', (_what, make) => {
    expect(only(judge(make()))).toMatchObject({ indication: 'TOTAL-PASSED', changesAfter: 'none' })
  })
})
