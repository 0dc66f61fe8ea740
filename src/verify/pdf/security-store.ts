import { asVerifyError } from '../errors.ts'
import type { PdfDocument, PdfView } from './pdf-document.ts'
import { decodeStream } from './stream-filters.ts'
import { dictOf, isKind, type PdfStream, type PdfValue } from './values.ts'

/** What a document security store carries (EN 319 142-1 clause 5.4.2): DER, believed by nobody before it is judged. */
export interface SecurityStore {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocsps: readonly Uint8Array[]
}

const MAX_MEMBERS = 2000

/** Gives the validation data in the DSS of a revision, the newest where none is named; what cannot be read is left out. */
export function documentSecurityStoreOf(
  document: PdfDocument,
  index: number = document.revisions.length - 1,
): SecurityStore {
  const view = document.view(index)
  const store = dictOf(view.resolve(view.catalog.entries.get('DSS')))
  const read = (key: string): readonly Uint8Array[] => streamsOf(document, view, store?.entries.get(key))
  return { certificates: read('Certs'), crls: read('CRLs'), ocsps: read('OCSPs') }
}

function streamsOf(document: PdfDocument, view: PdfView, value: PdfValue | undefined): readonly Uint8Array[] {
  const list = view.resolve(value)
  if (!isKind(list, 'array')) return []
  return list.items.slice(0, MAX_MEMBERS).flatMap((item) => {
    const stream = view.resolve(item)
    const member = isKind(stream, 'stream') ? memberIn(document, view, stream) : null
    return member ? [member] : []
  })
}

/**
 * Members that were decoded: the store is asked for again for each time-stamp over it, and revisions share what they do not
 * change. Each counts against the limits once, and so does what is held of them.
 */
const members = new WeakMap<PdfStream, Uint8Array | null>()

function memberIn(document: PdfDocument, view: PdfView, stream: PdfStream): Uint8Array | null {
  const known = members.get(stream)
  if (known !== undefined) return known
  const member = decodeMember(document, view, stream)
  members.set(stream, member)
  return member
}

function decodeMember(document: PdfDocument, view: PdfView, stream: PdfStream): Uint8Array | null {
  try {
    return decodeStream(stream, view.resolve, document.budget)
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code !== 'malformed-pdf' && error.code !== 'unsupported') throw error
    return null
  }
}
