import { findCatalog } from '../model/pdf/page-tree.ts'
import { openPdf, type PdfFile } from '../model/pdf/pdf-file.ts'
import { appendRevision, type RevisedObject } from '../model/pdf/revision.ts'
import { decodeStream } from '../model/pdf/stream-data.ts'
import {
  isArray,
  isDictionary,
  isReference,
  isStream,
  type PdfValue,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfReference,
  withMembers,
} from '../model/pdf/values.ts'

/** What a PDF's signatures are judged with, all DER. */
export interface SealEvidence {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocsps: readonly Uint8Array[]
}

const LISTS = [
  ['Certs', 'certificates'],
  ['CRLs', 'crls'],
  ['OCSPs', 'ocsps'],
] as const satisfies readonly (readonly [string, keyof SealEvidence])[]

/**
 * Adds validation data to a PDF's document security store as an incremental update; what is in it stays, and nothing
 * comes in twice. Gives the same bytes where there is nothing to add. Without VRI dictionaries: clause 5.4.2.3 leaves them
 * to the writer, and no reader needs them to find the data.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input
 * @see EN 319 142-1 clause 5.4.2, ISO 32000-2 §12.8.4.3
 */
export function addValidationData(pdf: Uint8Array, evidence: SealEvidence): Uint8Array {
  const file = openPdf(pdf)
  const { reference: root, dictionary: catalog } = findCatalog(file)
  const held = catalog.entries.get('DSS')
  const found = file.resolve(held)
  const store = isDictionary(found) ? found : pdfDictionary({ Type: pdfName('DSS') })
  const added: RevisedObject[] = []
  let next = file.nextObjectNumber
  const add = (value: PdfValue): PdfValue => {
    const reference = pdfReference(next)
    added.push({ reference, value })
    next += 1
    return reference
  }
  const members: Record<string, PdfValue> = {}
  for (const [key, name] of LISTS) {
    const list = file.resolve(store.entries.get(key))
    const before = isArray(list) ? list : []
    const fresh = newOnes(file, before, evidence[name])
    if (fresh.length > 0) members[key] = [...before, ...fresh.map((der) => add(streamOf(der)))]
  }
  if (added.length === 0) return pdf
  const after = withMembers(store, members)
  if (isReference(held)) added.push({ reference: held, value: after })
  else added.push({ reference: root, value: withMembers(catalog, { DSS: add(after) }) })
  return appendRevision(file, added).bytes
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function newOnes(file: PdfFile, before: readonly PdfValue[], wanted: readonly Uint8Array[]): readonly Uint8Array[] {
  const held = new Set(
    before.map((item) => {
      const stream = file.resolve(item)
      return isStream(stream) ? hexOf(decodeStream(stream)) : ''
    }),
  )
  return [...new Map(wanted.map((der) => [hexOf(der), der]))].filter(([hex]) => !held.has(hex)).map(([, der]) => der)
}

const streamOf = (der: Uint8Array): PdfValue => ({
  kind: 'stream',
  dictionary: pdfDictionary({ Length: pdfNumber(der.length) }),
  raw: der,
})
