import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cpuTimeMs } from '../../support/cpu-time.ts'
import { encryptedStream, encryptedString, writeEncryptedPdf } from '../../support/encrypt-pdf.ts'
import { appendUpdate, BASE_OBJECTS, type Objects, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { makeCms } from '../make-cms.ts'
import { makeCa, makeLeaf } from '../make-pki.ts'
import { judge, only, signedPdf, signer, signWith } from './pdf-cases.ts'

const person = signedPdf()
const XML = '<?xml version="1.0"?><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
const FORM = '/AcroForm << /Fields [10 0 R] /SigFlags 3 >>'
const catalog = (more: string, form = FORM): string => `<< /Type /Catalog /Pages 2 0 R ${form} ${more} >>`
const file = (bytes: Uint8Array | string): string =>
  streamObject(deflateSync(bytes).toString('latin1'), '/Type /EmbeddedFile /Filter /FlateDecode')
const specification = (name: string, stream: number, more = ''): string =>
  `<< /Type /Filespec /F (${name}) /UF (${name}) /EF << /F ${stream} 0 R /UF ${stream} 0 R >> ${more} >>`

/** A signing service's document: sealed by itself, the persons' files attached. */
const seal = makeLeaf('Signing service', makeCa('Service CA'))
const TREE = '/Names << /EmbeddedFiles << /Kids [50 0 R 51 0 R] >> >>'
const ATTACHED: Objects = new Map([
  [50, '<< /Limits [(a) (a)] /Names [(a) 52 0 R] >>'],
  [51, '<< /Limits [(b) (b)] /Names [(b) 53 0 R] >>'],
  [52, specification('attest.pdf', 54)],
  [53, specification('attest.xml', 55)],
  [54, file(person)],
  [55, file(XML)],
])
const sealed = (names = TREE, attached: Objects = ATTACHED, entries = ''): Buffer =>
  signedPdf({ sign: signWith(seal), entries, objects: new Map([...attached, [1, catalog(names)]]) })

const unsigned = (names: string, objects: readonly (readonly [number, string])[]): Buffer =>
  writePdf(new Map([...BASE_OBJECTS, [1, catalog(names, '')], ...objects]))
const namesOf = (pdf: Buffer) => judge(pdf).parts.map((part) => part.name)

describe('a seal with the persons’ own files attached', () => {
  const report = judge(sealed())

  it('gives each file as a document of its own, judged where it is of a judged kind and listed where not', () => {
    expect(report.parts).toMatchObject([
      { name: 'attest.pdf', indication: 'TOTAL-PASSED', mediaType: 'application/pdf' },
      { name: 'attest.xml', error: { code: 'unsupported-input' }, signatures: [] },
    ])
    expect(report.parts[0]?.signatures[0]?.signer?.names).toEqual(['Kai Jensen'])
    expect(report.parts[1]).not.toHaveProperty('indication')
  })

  it('keeps its own verdict: the files inside change nothing about it, for better or worse', () => {
    expect(only(report)).toMatchObject({ indication: 'INDETERMINATE', intact: true, trusted: false })
    expect(report.indication).toBe('INDETERMINATE')
    const own = signedPdf({ objects: new Map([...ATTACHED, [1, catalog(TREE)], [54, file('broken')]]) })
    expect(judge(own)).toMatchObject({ indication: 'TOTAL-PASSED', parts: [{ error: {} }, { error: {} }] })
  })

  it('that nobody sealed is unsigned, whatever is attached', () => {
    const pdf = unsigned(TREE, [...ATTACHED])
    expect(judge(pdf)).toMatchObject({ indication: 'NO-SIGNATURE', parts: [{ indication: 'TOTAL-PASSED' }, {}] })
  })

  it.each([
    ['a file more', new Map([...ATTACHED, [51, '<< /Names [(b) 53 0 R (c) 56 0 R] >>'], [56, specification('c', 55)]])],
    ['another file by its name', new Map([[54, file('other')]])],
    ['another name', new Map([[52, specification('other.pdf', 54)]])],
    ['associated files', new Map([[1, catalog(`${TREE} /AF [53 0 R]`)]])],
    ['a first file', new Map([...ATTACHED, [1, catalog(TREE.replace('50 0 R', '51 0 R'))]])],
    ['a file removed', new Map([[1, catalog('')]])],
  ] as readonly (readonly [string, Objects])[])('does not hold where %s came after it', (_what, objects) => {
    for (const permission of [null, 3]) {
      const certified = `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P ${permission} /V /1.2 >> >>]`
      const pdf = appendUpdate(sealed(TREE, ATTACHED, permission === null ? '' : certified), objects)
      expect(only(judge(pdf))).toMatchObject({ changesAfter: 'forbidden', indication: 'TOTAL-FAILED' })
    }
  })

  it('does not hold where an annotation brings a file after it, but for a certification that lets comments follow', () => {
    const annotated: Objects = new Map([
      [
        3,
        '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [10 0 R 60 0 R] >>',
      ],
      [60, '<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 53 0 R >>'],
    ])
    const pdf = appendUpdate(signedPdf({ objects: new Map([...ATTACHED, [1, catalog('')]]) }), annotated)
    expect(judge(pdf)).toMatchObject({ indication: 'INDETERMINATE', parts: [{ name: 'attest.xml' }] })
    expect(only(judge(pdf)).changesAfter).toBe('unknown')
  })
})

describe('an attached file', () => {
  const spec = specification('x.xml', 55)
  const data: readonly [number, string] = [55, file(XML)]

  it.each([
    [
      'an annotation',
      '',
      [[3, `<< /Type /Page /Parent 2 0 R /Annots [<< /Subtype /FileAttachment /FS ${spec} >>] >>`]],
    ],
    ['the catalog’s associated files', `/AF [${spec}]`, []],
    ['a page’s associated files', '', [[3, `<< /Type /Page /Parent 2 0 R /AF [${spec}] >>`]]],
    ['a portfolio', `/Collection << /View /D >> /Names << /EmbeddedFiles << /Names [(x) ${spec}] >> >>`, []],
  ] as const)('is found by %s', (_what, names, objects) => {
    expect(namesOf(unsigned(names, [...objects, data]))).toEqual(['x.xml'])
  })

  it('is given once, however often it is pointed at, and its related files beside it', () => {
    const related = specification('main.pdf', 54, '/RF << /F [(side.xml) 55 0 R (page.css) 56 0 R] >>')
    const pdf = unsigned(`/AF [57 0 R 57 0 R] /Names << /EmbeddedFiles << /Names [(a) 57 0 R (b) ${related}] >> >>`, [
      [54, file(person)],
      data,
      [56, file('p {}')],
      [57, related],
    ])
    expect(namesOf(pdf)).toEqual(['main.pdf', 'side.xml', 'page.css'])
  })

  it('that no object leads to is no attachment, as no reader shows it', () => {
    expect(namesOf(unsigned('', [data, [57, spec]]))).toEqual([])
  })

  it('is called by a name that is safe to show', () => {
    const named = (name: string) => namesOf(unsigned(`/AF [<< /UF ${name} /EF << /F 55 0 R >> >>]`, [data]))[0]
    const utf16 = (text: string) => `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`
    expect(named('(../../etc/passwd)')).toBe('passwd')
    expect(named('(C:\\\\temp\\\\a.pdf)')).toBe('a.pdf')
    expect(named(utf16('faktura\u202efdp.exe'))).toBe('fakturafdp.exe')
    expect(named(utf16('æøå\u0000\u0007 \n.pdf'))).toBe('æøå .pdf')
    expect(named('(..)')).toBe('attachment-1')
    expect(named('()')).toBe('attachment-1')
    expect(named('null')).toBe('attachment-1')
    expect(named(`(${'a'.repeat(3000)}.pdf)`)).toMatch(/^a{196}\.pdf$/)
  })

  it('that is a bare CMS is judged', () => {
    const cms = makeCms({ signer, content: Buffer.from('hello'), enveloped: true })
    const parts = judge(unsigned(`/AF [${spec}]`, [[55, file(cms)]])).parts
    expect(parts).toMatchObject([{ mediaType: 'application/cms', indication: 'TOTAL-PASSED' }])
  })

  it('that cannot be decoded is listed with why', () => {
    const broken = streamObject('x', '/Type /EmbeddedFile /Filter /JBIG2Decode')
    expect(judge(unsigned(`/AF [${spec}]`, [[55, broken]])).parts).toMatchObject([
      { name: 'x.xml', sha256: null, error: { code: 'unsupported' } },
    ])
  })

  it('that alone is encrypted stays closed, and is never called unsigned', () => {
    const pdf = writeEncryptedPdf({
      user: Buffer.from('kode'),
      filters: '/EFF /StdCF',
      objects: new Map([
        ...BASE_OBJECTS,
        [1, catalog('/AF [52 0 R]', '')],
        [52, specification('secret.pdf', 55)],
        [55, encryptedStream(person.toString('latin1'), '/Type /EmbeddedFile')],
      ]),
    })
    expect(judge(pdf)).toMatchObject({
      indication: 'NO-SIGNATURE',
      encrypted: true,
      parts: [{ name: 'secret.pdf', encrypted: true, indication: 'INDETERMINATE' }],
    })
    expect(judge(pdf, { password: 'kode' }).parts).toMatchObject([{ indication: 'TOTAL-PASSED' }])
    expect(encryptedString('x')).toMatch(/^<[0-9a-f]{64}>$/)
  })
})

describe('attached files without end', () => {
  const many = (count: number): Buffer => {
    const specs = Array.from({ length: count }, (_, i): [number, string] => [
      100 + i,
      specification(`${i}.txt`, 2000 + i),
    ])
    const files = Array.from({ length: count }, (_, i): [number, string] => [2000 + i, file(`${i}`)])
    return unsigned(`/AF [${specs.map(([number]) => `${number} 0 R`).join(' ')}]`, [...specs, ...files])
  }

  it('are counted, and that some are left out is said', () => {
    const report = judge(many(130))
    expect(report.parts).toHaveLength(100)
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'parts-left-out', severity: 'warning' }))
    expect(judge(many(100)).findings.map((one) => one.code)).not.toContain('parts-left-out')
  })

  it('in a name tree that runs in a circle end', () => {
    const pdf = unsigned('/Names << /EmbeddedFiles 50 0 R >>', [
      [50, '<< /Kids [51 0 R 50 0 R] /Names [(a) 52 0 R] >>'],
      [51, '<< /Kids [50 0 R 51 0 R] >>'],
      [52, `<< /UF (a) /EF << /F 55 0 R >> /RF << /F [(a) 52 0 R (b) 55 0 R] >> >>`],
      [55, file(XML)],
    ])
    expect(namesOf(pdf)).toEqual(['a'])
  })

  it('within one another are judged to a depth and to a number, in bounded time', async () => {
    let pdf = person
    for (let depth = 0; depth < 12; depth += 1) {
      const stream = file(pdf)
      const twins = Array.from({ length: 3 }, (_, i): [number, string] => [60 + i, stream])
      const list = twins.map(([number]) => specification(`${depth}.pdf`, number)).join(' ')
      pdf = unsigned(`/AF [${list}]`, twins)
      if (pdf.length > 3_000_000) break
    }
    const codes: string[] = []
    const collect = (report: ReturnType<typeof judge>): void => {
      if (report.error) codes.push(report.error.code)
      for (const part of report.parts) collect(part)
    }
    const cost = await cpuTimeMs(() => collect(judge(pdf)))
    expect(new Set(codes)).toContain('too-many-parts')
    expect(cost).toBeLessThan(5000)
  })

  it('that swell are listed and not read', () => {
    const pdf = unsigned(`/AF [${specification('bomb', 55)}]`, [[55, file(Buffer.alloc(80 * 1024 * 1024))]])
    expect(judge(pdf).parts).toMatchObject([{ name: 'bomb', error: { code: 'too-large' } }])
  })
})
