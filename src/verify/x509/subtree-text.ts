import { encode, encodeOid, readElement, TAG } from '../der/index.ts'
import { parseName, SHORT_NAMES } from './distinguished-name.ts'
import type { GeneralName } from './general-name.ts'
import { isHostName } from './host-name.ts'

/** A piece of RFC 4514 §3: what is escaped, and what need not be. */
const ESCAPED = /\\([0-9A-Fa-f]{2}|[ "#+,;<=>\\])|([^\\"+,;<>])/gu
const ATTRIBUTE = /^([A-Za-z]+|[0-2](?:\.(?:0|[1-9]\d*))+)=(.*)$/su
const SET_OF = 0x31
const UTF8_STRING = 0x0c

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(SHORT_NAMES).map(([oid, short]) => [short.toLowerCase(), oid]),
)

/**
 * Takes a subtree of names as a person writes it: "dns:firma.dk" (that host and all below), "email:firma.dk" (that host
 * alone), "email:.firma.dk" (hosts below), "email:ida@firma.dk", "uri:" with a host as for "email:", or "dir:" with a
 * distinguished name as RFC 4514 writes it, last part first ("dir:O=Firma ApS,C=DK"). Gives it for comparison; null where
 * it is none.
 * @see RFC 5280 §4.2.1.10
 */
export function readSubtree(text: string): GeneralName | null {
  const colon = text.indexOf(':')
  const [kind, value] = [text.slice(0, colon), text.slice(colon + 1)]
  switch (kind) {
    case 'dns':
      return isHostName(value) ? { kind, value } : null
    case 'email':
      return isHost(value.slice(value.lastIndexOf('@') + 1), !value.includes('@')) && !value.startsWith('@')
        ? { kind, value }
        : null
    case 'uri':
      return isHost(value, true) ? { kind, value } : null
    case 'dir':
      return readDirectoryName(value)
    default:
      return null
  }
}

const isHost = (text: string, mayBeBelow: boolean): boolean =>
  isHostName(mayBeBelow && text.startsWith('.') ? text.slice(1) : text)

/** Builds the name as DER and reads that, so that it is compared like any other. */
function readDirectoryName(text: string): GeneralName | null {
  const rdns: Uint8Array[] = []
  for (const part of splitUnescaped(text, ',')) {
    const attributes: Uint8Array[] = []
    for (const one of splitUnescaped(part, '+')) {
      const attribute = encodeAttribute(one.trim())
      if (attribute === null) return null
      attributes.push(attribute)
    }
    rdns.unshift(encode(SET_OF, ...attributes))
  }
  return { kind: 'directory', name: parseName(readElement(encode(TAG.sequence, ...rdns))) }
}

function encodeAttribute(text: string): Uint8Array | null {
  const [, word = '', escaped = ''] = ATTRIBUTE.exec(text) ?? []
  const type = /^\d/.test(word) ? word : TYPES.get(word.toLowerCase())
  const value = unescapeText(escaped)
  if (type === undefined || value === null || value.length === 0) return null
  return encode(TAG.sequence, encodeOid(type), encode(UTF8_STRING, value))
}

/** Null where something stands there that must be escaped. */
function unescapeText(text: string): Uint8Array | null {
  const octets: Uint8Array[] = []
  let length = 0
  for (const [all, escaped, plain] of text.matchAll(ESCAPED)) {
    length += all.length
    octets.push(escaped?.length === 2 ? Buffer.from(escaped, 'hex') : Buffer.from(escaped ?? plain ?? '', 'utf8'))
  }
  return length === text.length ? Buffer.concat(octets) : null
}

function splitUnescaped(text: string, separator: string): readonly string[] {
  const parts: string[] = ['']
  for (const [piece] of text.matchAll(/\\.|[^\\]|\\$/gsu)) {
    if (piece === separator) parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts
}
