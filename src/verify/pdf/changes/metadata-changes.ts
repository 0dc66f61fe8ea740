import { asVerifyError } from '../../errors.ts'
import type { PdfDocument, PdfView } from '../pdf-document.ts'
import { decodeStream } from '../stream-filters.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfStream, type PdfValue, sameOctets, textOf } from '../values.ts'
import { readXmp, type XmpProperties } from '../xmp.ts'
import { keysOf } from './closed-values.ts'
import type { Comparison, Place } from './comparison.ts'

/** Says what of the metadata is another now than it may be. */
function refuse(comparison: Comparison, place: Place, property: string): void {
  comparison.report('change-forbidden', { ...place, what: `${place.what}: ${property}` })
}

/** What nobody had said contradicts nothing; a certification lists what may follow it, and this is not on the list. */
function noteAddition(comparison: Comparison, place: Place, property: string): void {
  if (comparison.certifies) refuse(comparison, place, property)
  else comparison.report('change-metadata', { ...place, what: `${place.what}: added ${property}` })
}

/** Whoever writes a file says that they did, and when: what readers show of it names no content. */
const WRITERS_OWN: ReadonlySet<string> = new Set(['ModDate', 'Producer'])
/** Writers say these, too, where nobody had. */
const WRITERS_FIRST: ReadonlySet<string> = new Set(['CreationDate', 'Creator'])

/**
 * Compares the document information: its writer and when it was written may be others, behind P of 1 too, as validation data
 * may always follow and its writers say so. Title, author and whatever else readers show as the document's own may not; where
 * they were not said at all, and nothing is certified, that they are now is a warning.
 * @see ISO 32000-2 clauses 14.3.3 and 12.8.2.2
 */
export function compareInformation(comparison: Comparison): void {
  const place: Place = { what: 'document information', object: null, page: null }
  const [before, after] = [comparison.old, comparison.now].map((view) => view.revision.trailer.entries.get('Info'))
  const [old, now] = [dictOf(comparison.old.resolve(before)), dictOf(comparison.now.resolve(after))]
  if (old === now) return
  if (!now || now.repeated.length > 0) {
    refuse(comparison, place, now ? 'a key stands twice' : 'removed')
    return
  }
  for (const key of keysOf(old ?? { kind: 'dict', entries: new Map(), repeated: [] }, now)) {
    const [one, other] = [comparison.old.resolve(old?.entries.get(key)), comparison.now.resolve(now.entries.get(key))]
    const isText = isKind(other, 'string')
    if (isText && (WRITERS_OWN.has(key) || (one === null && WRITERS_FIRST.has(key)))) continue
    if (isText && isKind(one, 'string') && textOf(one) === textOf(other)) continue
    if (WRITERS_OWN.has(key) && other === null) continue
    if (!isText || one !== null) comparison.demandSame(one, other, { ...place, what: `${place.what}: ${key}` })
    else if (!isEmpty(other)) noteAddition(comparison, place, key)
  }
}

const isEmpty = (value: PdfValue): boolean => (textOf(value) ?? '').trim() === ''

const NAMESPACES: Readonly<Record<string, string>> = {
  dc: 'http://purl.org/dc/elements/1.1/',
  pdf: 'http://ns.adobe.com/pdf/1.3/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpMM: 'http://ns.adobe.com/xap/1.0/mm/',
}
const expanded = (names: string): ReadonlySet<string> =>
  new Set(
    names.split(' ').map((name) => {
      const [prefix = '', local = ''] = name.split(':')
      return `/{${NAMESPACES[prefix]}}${local}`
    }),
  )

const XMP_WRITERS_OWN = expanded(
  'xmp:ModifyDate xmp:MetadataDate pdf:Producer xmpMM:InstanceID xmpMM:History xmpMM:VersionID xmpMM:DocumentID',
)
const XMP_WRITERS_FIRST = expanded(
  'xmp:CreateDate xmp:CreatorTool dc:format pdf:PDFVersion xmpMM:OriginalDocumentID xmpMM:RenditionClass',
)
/** What the document information says may be said in XMP as well (ISO 16684-1's table of equivalents). */
const EQUIVALENTS: readonly (readonly [string, string])[] = [
  ['dc:title', 'Title'],
  ['dc:creator', 'Author'],
  ['dc:description', 'Subject'],
  ['dc:subject', 'Keywords'],
  ['pdf:Keywords', 'Keywords'],
  ['pdf:Trapped', 'Trapped'],
].map(([name = '', key = '']) => [[...expanded(name)][0] ?? '', key])

/** Compares the metadata streams, by the properties that they say however they are written; they must be XML without entities. */
export function compareMetadata(
  comparison: Comparison,
  document: PdfDocument,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = comparison.old.resolve(old)
  const after = comparison.now.resolve(now)
  if (before === after) return
  if (isKind(before, 'stream') && isKind(after, 'stream') && sameOctets(before.raw, after.raw)) return
  const packet = isKind(after, 'stream') ? packetOf(comparison.now, document, after) : null
  if (packet === null) {
    comparison.report('change-forbidden', place)
    return
  }
  const earlier = isKind(before, 'stream') ? packetOf(comparison.old, document, before) : ''
  const [one, other] = [earlier === '' ? new Map() : readXmp(earlier ?? '<'), readXmp(packet)]
  // What we cannot read, somebody else may show.
  if (!one || !other) comparison.report('change-unknown', { ...place, what: `${place.what} (cannot be read)` })
  else compareProperties(comparison, one, other, place)
}

function compareProperties(comparison: Comparison, before: XmpProperties, after: XmpProperties, place: Place): void {
  const information = dictOf(comparison.old.resolve(comparison.old.revision.trailer.entries.get('Info')))
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(path), after.get(path)]
    if (one && other && one.length === other.length && one.every((text, i) => text === other[i])) continue
    const [property = ''] = path.match(/^\/\{[^}]*\}[^/]*/) ?? []
    if (XMP_WRITERS_OWN.has(property) || (!one && XMP_WRITERS_FIRST.has(property))) continue
    if (!one && other && isSaid(comparison, information, property, other)) continue
    const note = one ? refuse : noteAddition
    note(comparison, place, property.replace(/^.*\}/, '').slice(0, 40))
  }
}

function isSaid({ old }: Comparison, information: PdfDict | null, property: string, texts: readonly string[]): boolean {
  return EQUIVALENTS.some(([name, key]) => {
    const value = old.resolve(information?.entries.get(key))
    const said = (textOf(value) ?? nameOf(value) ?? '').trim()
    return (
      name === property &&
      said !== '' &&
      said.replace(/\s*[,;]\s*/g, ',') === texts.join(',').replace(/\s*[,;]\s*/g, ',')
    )
  })
}

/** Gives the text of a metadata stream; null where it is none, or brings in what does not stand there. */
function packetOf(view: PdfView, document: PdfDocument, stream: PdfStream): string | null {
  if (nameOf(view.resolve(stream.dict.entries.get('Type'))) !== 'Metadata') return null
  try {
    const text = Buffer.from(decodeStream(stream, view.resolve, document.budget)).toString('utf8')
    // A document type lets entities bring in what does not stand there (XMP forbids it: ISO 16684-1 clause 7.3.2).
    return /<(\w+:)?xmpmeta|<rdf:RDF/.test(text) && !/<!DOCTYPE|<!ENTITY/i.test(text) ? text : null
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return null
  }
}
