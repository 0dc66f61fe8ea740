import { OBJECT_TYPE, SHA256_URI } from './uris.ts'
import { element, type XmlElement, type XmlNode } from './xml.ts'

/** Gathers what the reports of the signatures refer to; each object is written once (TS 119 102-2 clause 4.4). */
export interface ValidationObjects {
  /** Gives the id of a certificate, known by its SHA-256 (lower-case hex); the bytes where they are at hand. */
  certificate(sha256: string, der: Uint8Array | undefined): string
  /** Gives the id of a CRL or OCSP response, known by its SHA-256 (lower-case hex). */
  revocationData(kind: 'crl' | 'ocsp', sha256: string): string
  /** Gives the id of a document. @param name as its bringer called it */
  document(sha256: string, name: string | null): string
  /** Gives the id of an OpenPGP key. @param fingerprint hex */
  openpgpKey(fingerprint: string): string
  /** Adds a time-stamp: what stands for it, and what was found about it. Gives its id. */
  timestamp(representation: XmlElement, more: readonly (XmlNode | null)[]): string
  /** Null where nothing was gathered. */
  list(): XmlElement | null
}

export function createValidationObjects(): ValidationObjects {
  const objects = new Map<string, XmlElement>()
  const add = (
    id: string,
    type: string,
    representations: readonly XmlElement[],
    more: readonly (XmlNode | null)[] = [],
  ) => {
    const children = [element('ObjectType', type), element('ValidationObjectRepresentation', representations), ...more]
    if (!objects.has(id)) objects.set(id, element('ValidationObject', children, { id }))
    return id
  }
  let timestamps = 0
  return {
    certificate: (sha256, der) => add(`C-${sha256}`, OBJECT_TYPE.certificate, [der ? base64(der) : digestOf(sha256)]),
    revocationData: (kind, sha256) => add(`R-${sha256}`, OBJECT_TYPE[kind], [digestOf(sha256)]),
    document: (sha256, name) =>
      add(`D-${sha256}`, OBJECT_TYPE.signedData, [digestOf(sha256), ...(name === null ? [] : [uriOf(name)])]),
    openpgpKey: (fingerprint) =>
      add(`K-${fingerprint}`, OBJECT_TYPE.publicKey, [element('URI', `openpgp4fpr:${fingerprint}`)]),
    timestamp: (representation, more) => {
      timestamps += 1
      return add(`T-${timestamps}`, OBJECT_TYPE.timestamp, [representation], more)
    },
    list: () => (objects.size === 0 ? null : element('SignatureValidationObjects', [...objects.values()])),
  }
}

/** The last name of a path, as a relative reference: folders of whoever judged are nobody's business. */
function uriOf(name: string): XmlElement {
  const last = name.split(/[/\\]/).at(-1) ?? name
  return element('URI', encodeURIComponent(last.toWellFormed()))
}

export const base64 = (bytes: Uint8Array): XmlElement => element('base64', Buffer.from(bytes).toString('base64'))

/** Takes a SHA-256, hex or bytes. */
export function digestOf(sha256: string | Uint8Array): XmlElement {
  const bytes = typeof sha256 === 'string' ? Buffer.from(sha256, 'hex') : Buffer.from(sha256)
  return element('DigestAlgAndValue', [
    element('ds:DigestMethod', [], { Algorithm: SHA256_URI }),
    element('ds:DigestValue', bytes.toString('base64')),
  ])
}

/** Refers to an object by its id. */
export const reference = (name: string, ...ids: readonly string[]): XmlElement =>
  element(name, [], { VOReference: ids.join(' ') })
