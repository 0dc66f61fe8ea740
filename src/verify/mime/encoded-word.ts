import { Buffer } from 'node:buffer'
import { decodeText } from './charset.ts'
import { decodeBase64 } from './transfer-encoding.ts'

// No group can run over a '?', so a text full of half-made words still takes linear time.
const ENCODED_WORD = /=\?([^?\s]{1,60})\?([bq])\?([^?]*)\?=/gi

interface Word {
  readonly charset: string
  readonly bytes: Uint8Array
}

/**
 * Takes a header value, unfolded; gives it with its encoded words decoded (RFC 2047 §6). Neighbours in one charset are
 * joined before decoding, since senders cut characters in two. Never throws: what is no encoded word stays.
 */
export function decodeEncodedWords(value: string): string {
  if (!value.includes('=?')) return value
  const out: string[] = []
  let pending: { charset: string; pieces: Uint8Array[] } | null = null
  let behind = 0
  const flush = () => {
    if (pending) out.push(decodeText(Buffer.concat(pending.pieces), pending.charset).text)
    pending = null
  }
  for (const match of value.matchAll(ENCODED_WORD)) {
    const between = value.slice(behind, match.index)
    const word = readWord(match[1] ?? '', match[2] ?? '', match[3] ?? '')
    const adjacent = pending !== null && between.trim() === ''
    if (!adjacent || (pending as { charset: string } | null)?.charset !== word.charset) flush()
    // White space between two encoded words is not part of the text.
    if (!adjacent) out.push(between)
    pending ??= { charset: word.charset, pieces: [] }
    pending.pieces.push(word.bytes)
    behind = match.index + match[0].length
  }
  flush()
  out.push(value.slice(behind))
  return out.join('')
}

function readWord(charsetAndLanguage: string, encoding: string, text: string): Word {
  const charset = (charsetAndLanguage.split('*')[0] ?? '').toLowerCase()
  const raw = Buffer.from(text, 'latin1')
  return { charset, bytes: encoding.toLowerCase() === 'b' ? decodeBase64(raw).bytes : decodeQ(raw) }
}

/** RFC 2047 §4.2: '_' is a space, =XX is a byte. */
function decodeQ(raw: Uint8Array): Uint8Array {
  const out = Buffer.alloc(raw.length)
  let length = 0
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i] ?? 0
    const hex = byte === 0x3d ? Buffer.from(raw.subarray(i + 1, i + 3)).toString('latin1') : ''
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      out[length++] = Number.parseInt(hex, 16)
      i += 2
    } else {
      out[length++] = byte === 0x5f ? 0x20 : byte
    }
  }
  return out.subarray(0, length)
}
