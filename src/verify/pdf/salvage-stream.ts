import { VerifyError } from '../errors.ts'
import type { PdfBudget } from './limits.ts'
import { decodeStream, type Resolve } from './stream-filters.ts'
import type { PdfStream } from './values.ts'

/** Of one stream no more is decoded than that: dictionaries are small. */
const MAX_SALVAGED_BYTES = 1 << 20

/**
 * Gives what a stream decodes to before the octet at which its filters give up; nothing where the document's damaged
 * streams took all that may be spent on them. Prefixes are tried, for a decoder that fails gives nothing.
 */
export function salvageStream(stream: PdfStream, resolve: Resolve, budget: PdfBudget): Uint8Array {
  const plain = { ...stream, raw: stream.decrypt ? stream.decrypt(stream.raw) : stream.raw, decrypt: null }
  let [low, high] = [0, plain.raw.length]
  let salvaged: Uint8Array = new Uint8Array(0)
  while (low < high && budget.salvagedBytesLeft > 0) {
    const middle = (low + high + 1) >> 1
    const decoded = tryDecode({ ...plain, raw: plain.raw.subarray(0, middle) }, resolve, budget)
    if (decoded) [low, salvaged] = [middle, decoded]
    else high = middle - 1
  }
  return salvaged
}

function tryDecode(stream: PdfStream, resolve: Resolve, budget: PdfBudget): Uint8Array | null {
  const limits = { ...budget.limits, maxStreamBytes: MAX_SALVAGED_BYTES }
  const spent = { ...budget, limits, decodedBytesLeft: budget.salvagedBytesLeft }
  try {
    return decodeStream(stream, resolve, spent)
  } catch (fault) {
    if (!(fault instanceof VerifyError)) throw fault
    // What swells too far is as good as what cannot be decoded.
    spent.decodedBytesLeft -= fault.code === 'too-large' ? MAX_SALVAGED_BYTES : 0
    return null
  } finally {
    budget.salvagedBytesLeft = spent.decodedBytesLeft
  }
}
