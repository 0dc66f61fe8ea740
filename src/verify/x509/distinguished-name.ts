import {
  type Element,
  expectTag,
  isString,
  readChildren,
  readFields,
  readOid,
  readString,
  sameBytes,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'

/** One attribute of a name, e.g. CN=Kai. */
export interface NameAttribute {
  readonly type: string
  /** The text; null where the value is not a character string. */
  readonly text: string | null
  /** What two values are compared by: RFC 5280 §7.1, folded case and white space; raw hex where it is no string. */
  readonly comparable: string
  readonly valueBytes: Uint8Array
}

/** A Name: relative distinguished names in the order of the encoding, each with one or more attributes. */
export interface DistinguishedName {
  readonly rdns: readonly (readonly NameAttribute[])[]
  /** RFC 4514: last RDN first. */
  readonly display: string
  /** Equal keys are equal names by RFC 5280 §7.1. */
  readonly key: string
  /** One key per RDN, in order: a subtree is a prefix of these. */
  readonly rdnKeys: readonly string[]
  readonly bytes: Uint8Array
}

/** Object identifiers of attributes, by the names that RFC 4514 texts use. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
}

const MAX_ATTRIBUTES = 256

/**
 * Folds text for comparison, as RFC 5280 §7.1 asks of RFC 4518: compatibility form, case, characters that map to
 * nothing, white space. One encoding compares with another (PrintableString with UTF8String).
 */
export function foldText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return foldAscii(text)
  const mapped = text
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff\p{Cc}]/gu, (c) => (/\s/.test(c) ? ' ' : ''))
  return mapped.toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim()
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/

/** What the whole of foldText comes down to where nothing but printable ASCII is folded. */
function foldAscii(text: string): string {
  const folded = text.toLowerCase()
  return folded.includes(' ') ? folded.replace(/ +/g, ' ').trim() : folded
}

/** Reads a Name (RFC 5280 §4.1.2.4). @throws VerifyError malformed-der, too-many-elements */
export function parseName(element: Element): DistinguishedName {
  expectTag(element, TAG.sequence, 'Name')
  const rdns = readChildren(element).map(parseRdn)
  if (rdns.reduce((sum, rdn) => sum + rdn.length, 0) > MAX_ATTRIBUTES) {
    throw new VerifyError('too-many-elements', 'a name has too many attributes')
  }
  return nameOf(rdns, element.bytes)
}

/** A name that hangs under another. */
export interface RelativeName {
  readonly attributes: readonly NameAttribute[]
  readonly bytes: Uint8Array
}

/** Reads the relative name of a distribution point. @throws VerifyError malformed-der */
export const parseRelativeName = (element: Element): RelativeName => ({
  attributes: parseRdn(element),
  bytes: element.bytes,
})

/** Takes the name that a relative one hangs under; gives the full name. */
export function extendName(base: DistinguishedName, { attributes, bytes }: RelativeName): DistinguishedName {
  return nameOf([...base.rdns, attributes], bytes)
}

const nameOf = (rdns: readonly (readonly NameAttribute[])[], bytes: Uint8Array): DistinguishedName =>
  new LazyName(rdns, bytes)

/** A class, so that a name's texts are made when they are asked for: most are only compared. */
class LazyName implements DistinguishedName {
  readonly rdns: readonly (readonly NameAttribute[])[]
  readonly bytes: Uint8Array
  #rdnKeys: readonly string[] | null = null
  #key: string | null = null
  #display: string | null = null

  constructor(rdns: readonly (readonly NameAttribute[])[], bytes: Uint8Array) {
    this.rdns = rdns
    this.bytes = bytes
  }

  get rdnKeys(): readonly string[] {
    this.#rdnKeys ??= this.rdns.map(rdnKeyOf)
    return this.#rdnKeys
  }

  get key(): string {
    this.#key ??= this.rdnKeys.join('\n')
    return this.#key
  }

  get display(): string {
    this.#display ??= this.rdns
      .map((rdn) => rdn.map(displayAttribute).join('+'))
      .reverse()
      .join(',')
    return this.#display
  }
}

/** JSON escapes end of line and quotation marks: no two RDNs, and no two lists of RDNs, have one key. */
const rdnKeyOf = (rdn: readonly NameAttribute[]): string =>
  JSON.stringify(rdn.map((attribute) => `${attribute.type}=${attribute.comparable}`).sort())

function parseRdn(element: Element): readonly NameAttribute[] {
  if (element.tag !== TAG.set && element.tag !== 0xa1) expectTag(element, TAG.set, 'RelativeDistinguishedName')
  const attributes = readChildren(element).map(parseAttribute)
  if (attributes.length === 0) throw new VerifyError('malformed-der', 'RelativeDistinguishedName is empty')
  return attributes
}

function parseAttribute(element: Element): NameAttribute {
  const fields = readFields(element, 'AttributeTypeAndValue')
  const type = readOid(fields.take(TAG.oid, 'type'))
  const value = fields.takeAny('value')
  fields.end()
  return new LazyAttribute(type, value)
}

class LazyAttribute implements NameAttribute {
  readonly type: string
  readonly text: string | null
  readonly valueBytes: Uint8Array
  #comparable: string | null = null

  constructor(type: string, value: Element) {
    this.type = type
    this.text = isString(value) ? readString(value) : null
    this.valueBytes = value.bytes
  }

  get comparable(): string {
    this.#comparable ??= this.text === null ? `#${toHex(this.valueBytes)}` : foldText(this.text)
    return this.#comparable
  }
}

/** Says whether two names are the same by RFC 5280 §7.1; the same encoding of a whole name needs no folding. */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return (a.bytes[0] === TAG.sequence && sameBytes(a.bytes, b.bytes)) || a.key === b.key
}

function displayAttribute(attribute: NameAttribute): string {
  const name = SHORT_NAMES[attribute.type] ?? attribute.type
  return `${name}=${attribute.text === null ? `#${toHex(attribute.valueBytes)}` : escapeText(attribute.text)}`
}

const TO_BE_ESCAPED = /[^\x20-\x7e]|[\\",+;<>]|^[ #]| $/

/** RFC 4514 §2.4. What is not seen is escaped too, so that a name cannot break a line, look like another or hide in a page. */
function escapeText(text: string): string {
  if (!TO_BE_ESCAPED.test(text)) return text
  return text
    .replace(/[\\",+;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu, (c) =>
      [...Buffer.from(c)].map((octet) => `\\${octet.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
    )
}

/** Gives the texts of all attributes of a type, in order. */
export function attributeTexts(name: DistinguishedName, type: string): readonly string[] {
  return name.rdns
    .flat()
    .flatMap((attribute) => (attribute.type === type && attribute.text !== null ? [attribute.text] : []))
}
