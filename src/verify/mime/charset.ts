import { isAscii, isUtf8 } from 'node:buffer'

/** Text that was decoded, and whether its charset had to be guessed. */
export interface DecodedText {
  readonly text: string
  /** WHATWG name of what was used. */
  readonly charset: string
  readonly guessed: boolean
}

type Decoder = InstanceType<typeof TextDecoder>

const MAX_LABEL = 40

/**
 * Takes bytes and the charset that they claim (null: none). Gives text by that charset; where the claim is missing,
 * unknown or a lie, UTF-8 if the bytes are that, else windows-1252, and says that it guessed. Never throws.
 */
export function decodeText(bytes: Uint8Array, label: string | null): DecodedText {
  const claimed = label?.trim().toLowerCase() ?? ''
  const ascii = isAscii(bytes)
  const decoder = decoderFor(claimed)
  if (decoder && !isLie(bytes, claimed, decoder.encoding, ascii)) {
    const text = tryDecode(decoder, bytes)
    if (text !== null) return { text, charset: decoder.encoding, guessed: false }
  }
  // RFC 2045 §5.2: without a charset it is US-ASCII, so plain ASCII is no guess.
  const guessed = !(claimed === '' && ascii)
  if (isUtf8(bytes)) return { text: new TextDecoder('utf-8').decode(bytes), charset: 'utf-8', guessed }
  return { text: new TextDecoder('windows-1252').decode(bytes), charset: 'windows-1252', guessed: true }
}

/** A claim of ASCII over other bytes; of a single-byte set over what is valid UTF-8; of UTF-16 over plain ASCII. */
function isLie(bytes: Uint8Array, claimed: string, encoding: string, ascii: boolean): boolean {
  if (encoding.startsWith('utf-16')) return ascii && bytes.length > 0 && !bytes.includes(0)
  if (ascii || !isSingleByte(encoding)) return false
  if (/^(us-)?ascii$|^ansi_x3/.test(claimed)) return true
  // Text in a single-byte set that is valid UTF-8 by chance does not occur in practice; the wrong label does.
  return isUtf8(bytes)
}

const isSingleByte = (encoding: string): boolean => /^(windows-125|iso-8859-|koi8|macintosh|ibm866)/.test(encoding)

function decoderFor(label: string): Decoder | null {
  if (label === '' || label.length > MAX_LABEL) return null
  try {
    return new TextDecoder(label, { fatal: true })
  } catch (thrown) {
    if (thrown instanceof RangeError) return null
    throw thrown
  }
}

function tryDecode(decoder: Decoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch (thrown) {
    if (thrown instanceof TypeError) return null
    throw thrown
  }
}
