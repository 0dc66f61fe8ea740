import { ParseOption, XmlDocument, XmlElement, XmlLibError, type XmlTreeNode } from 'libxml2-wasm'
import { listRefused } from './refusal.ts'

/** The largest national list is some 3 MB. */
const MAX_BYTES = 32 * 1024 * 1024

/** Namespaces by the prefixes that this room writes. */
export const NAMESPACES = {
  tsl: 'http://uri.etsi.org/02231/v2#',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
  exc: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  qualifying: 'http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#',
  additional: 'http://uri.etsi.org/02231/v2/additionaltypes#',
} as const

/**
 * Reads XML without a DTD, from memory alone: entities and addresses are followed nowhere. WORK must not keep the document.
 * @throws GatewayError list-refused (malformed, too-large), and what WORK throws
 */
export function withXml<Result>(bytes: Uint8Array, work: (document: XmlDocument) => Result): Result {
  if (bytes.length > MAX_BYTES) throw listRefused('too-large', 'The list is larger than 32 MiB.')
  const document = parse(bytes)
  try {
    if (document.dtd) throw listRefused('malformed', 'The list has a document type declaration, which no list has.')
    return work(document)
  } finally {
    document.dispose()
  }
}

function parse(bytes: Uint8Array): XmlDocument {
  try {
    // libxml2's own limits on depth and text length stay in force: no XML_PARSE_HUGE.
    return XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE })
  } catch (cause) {
    if (!(cause instanceof XmlLibError)) throw cause
    throw listRefused('malformed', `The list is no XML: ${cause.message.split('\n', 1)[0]}`)
  }
}

/** Gives the child elements, in order; with a name, those of that name in that namespace. */
export function children(parent: XmlElement, namespace?: string, name?: string): readonly XmlElement[] {
  const found: XmlElement[] = []
  for (let node: XmlTreeNode | null = parent.firstChild; node; node = node.next) {
    if (!(node instanceof XmlElement)) continue
    if (name === undefined || (node.name === name && node.namespaceUri === namespace)) found.push(node)
  }
  return found
}

/** Gives the only child of that name, or null. Where there are several, which one counts would be anybody's guess. */
export function only(parent: XmlElement | null, namespace: string, name: string): XmlElement | null {
  if (!parent) return null
  const found = children(parent, namespace, name)
  if (found.length > 1) throw listRefused('malformed', `The list has ${name} more than once in one place.`)
  return found[0] ?? null
}

/** Follows a way of single children by name; null where it ends early. */
export const at = (parent: XmlElement | null, namespace: string, ...names: readonly string[]): XmlElement | null =>
  names.reduce((from, name) => only(from, namespace, name), parent)

/** An element's text without the white space around it; null where there is none. */
export function textOf(element: XmlElement | null): string | null {
  const text = element?.content.trim() ?? ''
  return text === '' ? null : text
}

/** The value of an attribute without namespace. */
export const attribute = (element: XmlElement, name: string): string | null => element.attr(name)?.value ?? null

/** Takes base64 with white space; gives the bytes. @throws GatewayError list-refused malformed */
export function base64Of(element: XmlElement | null): Uint8Array {
  const text = (element?.content ?? '').replace(/\s+/g, '')
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw listRefused('malformed', 'The list holds broken base64.')
  return Buffer.from(text, 'base64')
}
