import {
  isArray,
  isDictionary,
  isReference,
  isStream,
  type PdfDictionary,
  type PdfValue,
  pdfNumber,
  withMembers,
} from './values.ts'

/** Takes text of one byte a character; gives its bytes. */
export const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** Takes a value; gives its PDF syntax (ISO 32000-2 §7.3). Strings are written in hex. */
export function serialize(value: PdfValue): Uint8Array {
  if (value === null) return latin1('null')
  if (typeof value === 'boolean') return latin1(String(value))
  if (isArray(value))
    return Buffer.concat([latin1('['), ...value.flatMap((item) => [latin1(' '), serialize(item)]), latin1(' ]')])
  if (isReference(value)) return latin1(`${value.number} ${value.generation} R`)
  if (isDictionary(value)) return serializeDictionary(value)
  if (isStream(value)) {
    const dictionary = withMembers(value.dictionary, { Length: pdfNumber(value.raw.length) })
    return Buffer.concat([serializeDictionary(dictionary), latin1('\nstream\n'), value.raw, latin1('\nendstream')])
  }
  if (value.kind === 'number') return latin1(value.text)
  if (value.kind === 'name') return latin1(serializeName(value.name))
  return latin1(`<${Buffer.from(value.bytes).toString('hex')}>`)
}

function serializeDictionary(dictionary: PdfDictionary): Uint8Array {
  const members = [...dictionary.entries].flatMap(([key, value]) => [
    latin1(`\n${serializeName(key)} `),
    serialize(value),
  ])
  return Buffer.concat([latin1('<<'), ...members, latin1('\n>>')])
}

function serializeName(name: string): string {
  return `/${name.replace(/[^!-~]|[#()<>[\]{}/%]/g, (c) => `#${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}`
}
