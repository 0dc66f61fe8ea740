import { createHash } from 'node:crypto'
import { LIST_OF_LISTS, type ListFacts, type ListService, type ListVouching } from '../../model/trusted-list.ts'
import { verifyListSignature } from './list-signature.ts'
import { type ListDocument, readList } from './read-list.ts'
import { listRefused } from './refusal.ts'
import { withXml } from './xml.ts'

const TYPE = 'http://uri.etsi.org/TrstSvc/TrustedList/TSLType/'
const LIST_MIME_TYPE = 'application/vnd.etsi.tsl+xml'

/** A list whose signature was verified. */
export interface VerifiedList extends ListDocument {
  /** SHA-256 of the certificate that signed it, lower-case hex. */
  readonly signer: string
  /** SHA-256 of the document. */
  readonly sha256: string
}

/** Verifies a list by the certificates (DER) that may sign it, and reads it. @throws GatewayError list-refused */
export function verifyList(bytes: Uint8Array, pinned: readonly Uint8Array[]): VerifiedList {
  return withXml(bytes, (document) => {
    const list = readList(document.root)
    const signer = sha256Of(verifyListSignature(document, pinned))
    return { ...list, signer, sha256: sha256Of(bytes) }
  })
}

/** Reads a list that nobody vouches for yet: to find its pivots, and nothing else. @throws GatewayError list-refused malformed */
export const readUnverified = (bytes: Uint8Array): ListDocument => withXml(bytes, ({ root }) => readList(root))

/**
 * A list outside the EU has a type of its own country (TS 119 612 §5.3.3, "CClist"); the list of the lists names none such.
 * @throws GatewayError list-refused wrong-type, wrong-territory, expired
 */
export function mustBeListOf(list: ListDocument, territory: string, now: Date, isOutside = false): void {
  const wanted = territory === LIST_OF_LISTS ? 'EUlistofthelists' : 'EUgeneric'
  const types = [wanted, ...(isOutside ? [`${territory}list`] : [])].map((one) => `${TYPE}${one}`)
  if (!types.includes(list.type)) throw listRefused('wrong-type', `The list is of another type: ${list.type}.`)
  if (list.territory !== territory) {
    throw listRefused('wrong-territory', `The list is of ${list.territory}, not of ${territory}.`)
  }
  if (list.nextUpdate !== null && list.nextUpdate <= now) {
    throw listRefused('expired', `The list should have been followed by the next on ${list.nextUpdate.toISOString()}.`)
  }
}

/** Where the list of a territory lies and who may sign it, by a list of the lists. @throws GatewayError list-refused no-pointer */
export function pointerTo(lists: ListDocument, territory: string) {
  const type = territory === LIST_OF_LISTS ? `${TYPE}EUlistofthelists` : `${TYPE}EUgeneric`
  const found = lists.pointers.find(
    (one) => one.territory === territory && one.type === type && one.mimeType === LIST_MIME_TYPE,
  )
  if (found && found.certificates.length > 0) return found
  throw listRefused('no-pointer', `The list of the lists names no list of ${territory}.`)
}

/** Territories to which a list of the lists points, sorted. */
export const territoriesOf = (lists: ListDocument): readonly string[] =>
  [
    ...new Set(
      lists.pointers
        .filter(({ type, mimeType }) => type === `${TYPE}EUgeneric` && mimeType === LIST_MIME_TYPE)
        .map(({ territory }) => territory),
    ),
  ].sort()

/** What is kept of a list. */
export function factsOf(
  list: VerifiedList,
  about: {
    readonly url: string | null
    readonly signers: readonly Uint8Array[]
    readonly services: readonly ListService[]
    readonly vouched: ListVouching
  },
): ListFacts {
  return {
    territory: list.territory,
    url: about.url,
    signers: about.signers.map((der) => Buffer.from(der).toString('base64')),
    signer: list.signer,
    vouched: about.vouched,
    services: about.services,
    operator: list.operator,
    sequence: list.sequence,
    issuedAt: list.issuedAt.toISOString(),
    nextUpdate: list.nextUpdate?.toISOString() ?? null,
    sha256: list.sha256,
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
