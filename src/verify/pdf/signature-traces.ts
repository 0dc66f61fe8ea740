import { asBuffer } from './characters.ts'

/** White space, or a comment among it, as it stands between tokens (ISO 32000-2 clause 7.2.3); short, for it is tried often. */
const BLANK = String.raw`[\s\0]{0,16}(?:%[^\r\n]{0,64}[\r\n][\s\0]{0,16})?`
/** The name ends there. */
const END = String.raw`(?![^\s\0/<>[\](){}%])`

/**
 * Syntax that stands in signatures: the keys of clause 12.8.1 with what they hold, and the hexadecimal start of a CMS. Seed
 * values have an array as SubFilter, so that a field which waits for its signature has none of these.
 */
const TRACE = new RegExp(
  [
    String.raw`/ByteRange[\s\0[%]`,
    `/Type${BLANK}/(?:Sig|DocTimeStamp)${END}`,
    String.raw`/SubFilter${BLANK}/(?:adbe\.pkcs7\.(?:detached|sha1)|adbe\.x509\.rsa_sha1|ETSI\.CAdES\.detached|ETSI\.RFC3161)${END}`,
    String.raw`/Contents${BLANK}<\s{0,16}308[0-4][0-9a-f]{64}`,
    String.raw`<\s{0,16}30[0-9a-f]{2,10}06092a864886f70d010702`,
  ].join('|'),
  'i',
)

/** A field with a value, both ways round. */
const SIGNED_FIELD = new RegExp(`/FT${BLANK}/Sig${END}`)
const VALUE = new RegExp(String.raw`/V${BLANK}(?:\d{1,10}\s{1,16}\d{1,5}\s{1,16}R|<<)`)

/** Letters, digits and points that a name may write as their codes (clause 7.3.5). */
const ESCAPED = /#(2e|3\d|[46][1-9a-f]|[57][0-9a]|40|60)/gi

/** Bytes that are searched at a time, and how far each time looks into the next, so that a trace is never cut in two. */
const SEARCHED = 1 << 20
const OVERLAP = 4096
/** No trace has fewer octets: `/Type/Sig` has nine. */
const SHORTEST_TRACE = 9

/**
 * Looks in bytes from start to end, which no reader makes an object of, for what is left of a signature or of a field that
 * was signed. Gives where it stands, about; null where there is none.
 */
export function findSignatureTrace(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start < SHORTEST_TRACE) return null
  for (let from = start; from < end; from += SEARCHED) {
    const text = asBuffer(bytes).toString('latin1', from, Math.min(end, from + SEARCHED + OVERLAP))
    const trace = traceIn(text) ?? (text.includes('#') ? traceIn(unescapeNames(text)) : null)
    if (trace !== null) return from + trace
  }
  return null
}

function traceIn(text: string): number | null {
  const trace = TRACE.exec(text)?.index
  if (trace !== undefined) return trace
  return SIGNED_FIELD.test(text) && text.split('endobj').some(isSignedField) ? 0 : null
}

const isSignedField = (object: string): boolean => SIGNED_FIELD.test(object) && VALUE.test(object)

const unescapeNames = (text: string): string =>
  text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
