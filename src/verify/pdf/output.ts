import { VerifyError } from '../errors.ts'

/** Bytes that grow as they are decoded, up to a bound. */
export interface Output {
  put(octet: number): void
  /** Appends bytes of another array. */
  append(bytes: Uint8Array): void
  /** Appends what already stands in the output from a place on; it may run into what it appends. */
  repeat(from: number, count: number): void
  readonly length: number
  /** Gives what was put until now, on the same memory. */
  bytes(): Uint8Array
}

/** Gives an empty output. @throws VerifyError too-large from its methods, once more than that many bytes are put */
export function newOutput(maxBytes: number): Output {
  let held = new Uint8Array(Math.min(4096, Math.max(0, maxBytes)))
  let length = 0
  const makeRoom = (count: number): void => {
    if (length + count <= held.length) return
    if (length + count > maxBytes) throw new VerifyError('too-large', 'a stream decodes to too many bytes')
    const larger = new Uint8Array(Math.min(maxBytes, Math.max(2 * held.length, length + count)))
    larger.set(held.subarray(0, length))
    held = larger
  }
  return {
    put: (octet) => {
      makeRoom(1)
      held[length++] = octet
    },
    append: (bytes) => {
      makeRoom(bytes.length)
      held.set(bytes, length)
      length += bytes.length
    },
    repeat: (from, count) => {
      makeRoom(count)
      // One by one, as the last octets may be those that this very run has put.
      for (let at = from; at < from + count; at += 1) held[length++] = held[at] ?? 0
    },
    get length() {
      return length
    },
    bytes: () => held.subarray(0, length),
  }
}
