import { describe, expect, it } from 'vitest'
import {
  appendUpdate,
  BASE_OBJECTS,
  type Objects,
  signPdf,
  streamObject,
  writePdf,
} from '../../support/make-signed-pdf.ts'
import { judge, only, signWith } from './pdf-cases.ts'

const certified = (p: number): string =>
  `/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${p} /V /1.2 >> >>]`
const CATALOG = '<< /Type /Catalog /Pages 2 0 R /Metadata 51 0 R /AcroForm << /Fields [10 0 R] /SigFlags 3 >> >>'
const INFO = '/Title (Attest) /Author (Kai) /Producer (Maker 1) /ModDate (D:20261101) /CreationDate (D:20261101)'
const SPACES =
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
const packet = (properties: string): string =>
  streamObject(
    `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Maker"><rdf:RDF ${SPACES}><rdf:Description rdf:about="">${properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
    '/Type /Metadata /Subtype /XML',
  )
const TITLE = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Attest</rdf:li></rdf:Alt></dc:title>'
const MADE = '<pdf:Producer>Maker 1</pdf:Producer><xmp:ModifyDate>2026-11-01</xmp:ModifyDate>'

interface Told {
  readonly info?: string | null
  readonly xmp?: string | null
}

/** A document that says that of itself when it is signed, and something else afterwards; the trailers name the information. */
function followed(before: Told, after: Told, entries = '', more: Objects = new Map()) {
  const told = ({ info, xmp }: Told): (readonly [number, string])[] => [
    ...(info === null || info === undefined ? [] : [[50, `<< ${info} >>`] as const]),
    ...(xmp === null || xmp === undefined ? [] : [[51, xmp] as const]),
  ]
  const named = (xmp: Told['xmp']): string => (xmp === null ? CATALOG.replace('/Metadata 51 0 R ', '') : CATALOG)
  const first = writePdf(new Map([...BASE_OBJECTS, ...told(before)]))
  const hasInfo = before.info !== null && before.info !== undefined
  const base = hasInfo ? appendUpdate(first, new Map(), '/Info 50 0 R ') : first
  const signed = signPdf(base, { sign: signWith(), entries, objects: new Map([[1, named(before.xmp)]]) })
  const catalog: Objects = before.xmp === null && after.xmp ? new Map([[1, CATALOG]]) : new Map()
  return only(judge(appendUpdate(signed, new Map([...told(after), ...catalog, ...more]), '/Info 50 0 R ')))
}
const info = (before: string | null, after: string | null, entries = '') =>
  followed({ info: before, xmp: null }, { info: after }, entries)
const xmp = (before: string | null, after: string, entries = '') =>
  followed({ info: INFO, xmp: before === null ? null : packet(before) }, { info: INFO, xmp: packet(after) }, entries)
const ALL = ['', ...[1, 2, 3].map(certified)]
const permitted = { changesAfter: 'permitted', indication: 'TOTAL-PASSED' }
const forbidden = { changesAfter: 'forbidden', indication: 'TOTAL-FAILED' }

describe('what a document says of itself may follow its writers', () => {
  it.each<[string, string | null, string]>([
    [
      'that they wrote it, and when',
      INFO,
      INFO.replace('Maker 1', 'Maker 1; Signer 2').replace('/ModDate (D:20261101)', '/ModDate (D:20261126)'),
    ],
    [
      'that first of all',
      null,
      '/Producer (Signer 2) /ModDate (D:20261126) /CreationDate (D:20261126) /Creator (Signer 2)',
    ],
    ['the same in another encoding', INFO, INFO.replace('(Attest)', '<FEFF00410074007400650073 0074>')],
    ['nothing more', INFO, `${INFO} /Keywords ()`],
  ])('in the document information: %s, behind every certification', (_what, before, after) => {
    for (const entries of ALL) expect(info(before, after, entries)).toMatchObject(permitted)
  })

  it.each<[string, string | null, string]>([
    ['that they wrote it, and when', TITLE + MADE, TITLE + MADE.replaceAll('1', '2')],
    [
      'the same as attributes and with other words around',
      MADE + TITLE,
      TITLE.replace(/<rdf:Alt>.*<\/rdf:Alt>/, 'Attest') + MADE,
    ],
    [
      'what the document information says, where there was none',
      null,
      `${TITLE}<dc:creator><rdf:Seq><rdf:li>Kai</rdf:li></rdf:Seq></dc:creator>${MADE}`,
    ],
    [
      'its history',
      TITLE,
      `${TITLE}<xmpMM:History><rdf:Seq><rdf:li xmlns:e="urn:e" e:action="saved"/></rdf:Seq></xmpMM:History>`,
    ],
  ])('in XMP: %s, behind every certification', (_what, before, after) => {
    for (const entries of ALL) expect(xmp(before, after, entries)).toMatchObject(permitted)
  })
})

describe('what readers show as the document’s own may not be changed', () => {
  it.each([
    ['another title', INFO, INFO.replace('Attest', 'Refusal')],
    ['another author', INFO, INFO.replace('Kai', 'Eva')],
    ['no author any more', INFO, INFO.replace('/Author (Kai)', '')],
    ['another tool', `${INFO} /Creator (Word)`, `${INFO} /Creator (Forger)`],
    ['another time of making', INFO, INFO.replace('/CreationDate (D:20261101)', '/CreationDate (D:20200101)')],
    ['a key twice', INFO, `${INFO} /Title (Refusal)`],
    ['a title that is none', INFO, INFO.replace('(Attest)', '[(Attest)]')],
    ['a writer that is a stream', INFO, INFO.replace('(Maker 1)', '4 0 R')],
  ])('in the document information: %s', (_what, before, after) => {
    for (const entries of ALL) expect(info(before, after, entries)).toMatchObject(forbidden)
  })

  it.each([
    ['another title', TITLE, TITLE.replace('Attest', 'Refusal')],
    ['a title in another language first', TITLE, TITLE.replace('<rdf:li', '<rdf:li>Refusal</rdf:li><rdf:li')],
    ['no title any more', TITLE + MADE, MADE],
    ['another in entities', TITLE, TITLE.replace('Attest', '&#82;efusal')],
  ])('in XMP: %s', (_what, before, after) => {
    for (const entries of ALL) expect(xmp(before, after, entries)).toMatchObject(forbidden)
  })

  it('and what is added is forbidden behind a certification, and else a warning', () => {
    const added = [info(INFO, `${INFO} /Subject (Refusal)`), xmp(TITLE, `${TITLE}<dc:rights>Eva</dc:rights>`)]
    for (const signature of added) {
      expect(signature).toMatchObject(permitted)
      expect(
        signature.findings.filter(({ severity, code }) => severity === 'warning' && code === 'change-metadata'),
      ).toHaveLength(1)
      expect(JSON.stringify(signature.findings)).not.toMatch(/Refusal|Eva/)
    }
    expect(info(INFO, `${INFO} /Subject (Refusal)`, certified(1))).toMatchObject(forbidden)
    expect(xmp(TITLE, `${TITLE}<dc:rights>Eva</dc:rights>`, certified(3))).toMatchObject(forbidden)
    expect(xmp(null, TITLE.replace('Attest', 'Refusal'), certified(1))).toMatchObject(forbidden)
  })

  it.each([
    ['is no XML', '<dc:title>'],
    ['has a prefix of nobody', '<x1:title>Attest</x1:title>'],
    ['has an entity of nobody', '<dc:title>&attest;</dc:title>'],
    ['nests without end', '<dc:title>'.repeat(100) + '</dc:title>'.repeat(100)],
  ])('and what %s is left open', (_what, properties) => {
    expect(xmp(TITLE, properties)).toMatchObject({ changesAfter: 'unknown' })
  })
})
