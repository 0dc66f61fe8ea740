import { VerifyError } from '../errors.ts'
import { type Element, TAG } from './element.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const malformed = (message: string): VerifyError => new VerifyError('malformed-der', message)

function isAscii(content: Uint8Array): boolean {
  for (let i = 0; i < content.length; i += 1) if ((content[i] ?? 0) >= 0x80) return false
  return true
}

function decodeAscii(content: Uint8Array): string {
  if (!isAscii(content)) throw malformed('string has a character outside ASCII')
  return decodeLatin1(content)
}

/** T.61 as it is used in practice: Latin-1. */
function decodeLatin1(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1')
}

function decodeUtf8(content: Uint8Array): string {
  if (isAscii(content)) return decodeLatin1(content)
  try {
    return utf8.decode(content)
  } catch (cause) {
    throw new VerifyError('malformed-der', 'string is not UTF-8', { cause })
  }
}

function decodeBmp(content: Uint8Array): string {
  if (content.length % 2 !== 0) throw malformed('BMPString has an odd length')
  const copy = Buffer.from(content)
  copy.swap16()
  return copy.toString('utf16le')
}

function decodeUniversal(content: Uint8Array): string {
  if (content.length % 4 !== 0) throw malformed('UniversalString has a wrong length')
  const view = new DataView(content.buffer, content.byteOffset, content.length)
  let text = ''
  for (let at = 0; at < content.length; at += 4) {
    const point = view.getUint32(at)
    if (point > 0x10ffff) throw malformed('UniversalString has a character outside Unicode')
    text += String.fromCodePoint(point)
  }
  return text
}

const DECODERS: ReadonlyMap<number, (content: Uint8Array) => string> = new Map([
  [TAG.utf8String, decodeUtf8],
  [TAG.printableString, decodeAscii],
  [TAG.ia5String, decodeAscii],
  [TAG.numericString, decodeAscii],
  [TAG.visibleString, decodeAscii],
  [TAG.teletexString, decodeLatin1],
  [TAG.bmpString, decodeBmp],
  [TAG.universalString, decodeUniversal],
])

/** Says whether the element is one of the character strings that readString decodes. */
export const isString = (element: Element): boolean => DECODERS.has(element.tag)

/** Gives the text of a character string. @throws VerifyError malformed-der */
export function readString(element: Element): string {
  const decode = DECODERS.get(element.tag)
  if (!decode) throw malformed(`tag 0x${element.tag.toString(16)} is not a character string`)
  return decode(element.content)
}

/** Gives the text of IA5 content under an implicit tag (general names). @throws VerifyError malformed-der */
export const readAscii = (element: Element): string => decodeAscii(element.content)
