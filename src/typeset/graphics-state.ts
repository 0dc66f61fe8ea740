import { decodeStream, isArray, isStream, type PdfDictionary, type PdfFile } from '../model/pdf/index.ts'

/** How a page's content leaves the graphics state (ISO 32000-2 §8.4.2). */
export interface StateBalance {
  /** Q operators that nothing was saved for. */
  readonly excess: number
  /** q operators that were never restored. */
  readonly open: number
}

/** One page may name the same packed stream a thousand times. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024
const BALANCED: StateBalance = { excess: 0, open: 0 }
const WHITE = new Set([0, 9, 10, 12, 13, 32])
const DELIMITERS = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)))

/**
 * Counts what a page's content saves and restores. What we draw after it must stand on a clean state, and some viewers
 * stop at a Q too many. Content that we cannot unpack, or not within bounds, counts as balanced.
 */
export function contentBalance(file: PdfFile, page: PdfDictionary): StateBalance {
  const contents = file.resolve(page.entries.get('Contents'))
  const parts = (isArray(contents) ? contents : [contents]).map((part) => file.resolve(part))
  const pieces: Uint8Array[] = []
  let bytesLeft = MAX_CONTENT_BYTES
  try {
    for (const part of parts) {
      if (!isStream(part)) continue
      const piece = decodeStream(part)
      bytesLeft -= piece.length
      if (bytesLeft < 0) return BALANCED
      pieces.push(piece, Buffer.from('\n'))
    }
    return countStates(Buffer.concat(pieces))
  } catch {
    // An unusual filter: viewers may read it, we do not.
    return BALANCED
  }
}

/** Takes a content stream; gives its balance. Strings, comments, names and inline images are passed over. */
export function countStates(content: Uint8Array): StateBalance {
  let excess = 0
  let open = 0
  let at = 0
  while (at < content.length) {
    const byte = content[at] ?? 0
    if (byte === 0x28) at = afterString(content, at)
    else if (byte === 0x25) at = afterComment(content, at)
    else if (WHITE.has(byte)) at += 1
    else if (DELIMITERS.has(byte)) {
      at += 1
      if (byte === 0x2f) at = afterWord(content, at)
    } else {
      const end = afterWord(content, at)
      if (end - at === 1 && byte === 0x71) open += 1
      else if (end - at === 1 && byte === 0x51) {
        if (open > 0) open -= 1
        else excess += 1
      }
      at = end - at === 2 && byte === 0x49 && content[at + 1] === 0x44 ? afterInlineImage(content, end) : end
    }
  }
  return { excess, open }
}

function afterWord(content: Uint8Array, start: number): number {
  let at = start
  while (at < content.length && !WHITE.has(content[at] ?? 0) && !DELIMITERS.has(content[at] ?? 0)) at += 1
  return at
}

function afterComment(content: Uint8Array, start: number): number {
  let at = start
  while (at < content.length && content[at] !== 10 && content[at] !== 13) at += 1
  return at
}

function afterString(content: Uint8Array, start: number): number {
  let depth = 0
  for (let at = start; at < content.length; at += 1) {
    const byte = content[at]
    if (byte === 0x5c) at += 1
    else if (byte === 0x28) depth += 1
    else if (byte === 0x29) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return content.length
}

/** To the EI that stands between white space (§8.9.7). */
function afterInlineImage(content: Uint8Array, start: number): number {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length)
  for (let at = bytes.indexOf('EI', start, 'latin1'); at >= 0; at = bytes.indexOf('EI', at + 1, 'latin1')) {
    const ends = at + 2 >= bytes.length || WHITE.has(bytes[at + 2] ?? 0)
    if (ends && WHITE.has(bytes[at - 1] ?? 0)) return at + 2
  }
  return content.length
}
