import { VerifyError } from '../errors.ts'
import { newOutput } from './output.ts'

const malformed = (message: string): VerifyError => new VerifyError('malformed-pdf', message)

const CLEAR_TABLE = 256
const END_OF_DATA = 257
const FIRST_FREE = 258
const TABLE_SIZE = 4096

/**
 * Undoes LZW. Takes EarlyChange: 1 where codes grow one code early (the default), 0 where they do not.
 * @throws VerifyError malformed-pdf; too-large over `maxBytes`
 * @see ISO 32000-2 clause 7.4.4.2
 */
export function decodeLzw(bytes: Uint8Array, earlyChange: number, maxBytes: number): Uint8Array {
  const out = newOutput(maxBytes)
  // Each entry is a run that was put already: the string before it, and the octet that followed.
  const starts = new Uint32Array(TABLE_SIZE)
  const lengths = new Uint32Array(TABLE_SIZE)
  const early = earlyChange === 0 ? 0 : 1
  let [next, width] = [FIRST_FREE, 9]
  let [previousStart, previousLength] = [0, 0]
  let [pending, bits, at] = [0, 0, 0]
  for (;;) {
    for (; bits < width && at < bytes.length; bits += 8) pending = ((pending << 8) | (bytes[at++] ?? 0)) & 0xffffff
    // Writers that leave the end-of-data code out are common: what was decoded until then counts.
    if (bits < width) return out.bytes()
    bits -= width
    const code = (pending >> bits) & ((1 << width) - 1)
    if (code === END_OF_DATA) return out.bytes()
    if (code === CLEAR_TABLE) {
      ;[next, width, previousLength] = [FIRST_FREE, 9, 0]
      continue
    }
    const start = out.length
    if (code < CLEAR_TABLE) out.put(code)
    else if (code < next) out.repeat(starts[code] ?? 0, lengths[code] ?? 0)
    else if (code === next && previousLength > 0) out.repeat(previousStart, previousLength + 1)
    else throw malformed('an LZW stream names a code that it has not made')
    if (previousLength > 0 && next < TABLE_SIZE) {
      starts[next] = previousStart
      lengths[next] = previousLength + 1
      next += 1
    }
    ;[previousStart, previousLength] = [start, out.length - start]
    width = next + early >= 2048 ? 12 : next + early >= 1024 ? 11 : next + early >= 512 ? 10 : 9
  }
}

/**
 * Undoes run-length encoding; data that end without the end mark count as far as they go.
 * @throws VerifyError too-large over `maxBytes`
 * @see ISO 32000-2 clause 7.4.5
 */
export function decodeRunLength(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const out = newOutput(maxBytes)
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 128
    at += 1
    if (length === 128) break
    if (length < 128) {
      out.append(bytes.subarray(at, at + length + 1))
      at += length + 1
    } else if (at < bytes.length) {
      const octet = bytes[at] ?? 0
      for (let i = 257 - length; i > 0; i -= 1) out.put(octet)
      at += 1
    }
  }
  return out.bytes()
}
