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
export const newOutput = (maxBytes: number): Output => new BoundedOutput(maxBytes)

class BoundedOutput implements Output {
  readonly #maxBytes: number
  #held: Uint8Array
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#held = new Uint8Array(Math.min(4096, Math.max(0, maxBytes)))
  }

  get length(): number {
    return this.#length
  }

  put(octet: number): void {
    this.#makeRoom(1)
    this.#held[this.#length++] = octet
  }

  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    this.#held.set(bytes, this.#length)
    this.#length += bytes.length
  }

  repeat(from: number, count: number): void {
    this.#makeRoom(count)
    // One by one, as the last octets may be those that this very run has put.
    for (let at = from; at < from + count; at += 1) this.#held[this.#length++] = this.#held[at] ?? 0
  }

  bytes(): Uint8Array {
    return this.#held.subarray(0, this.#length)
  }

  #makeRoom(count: number): void {
    if (this.#length + count <= this.#held.length) return
    if (this.#length + count > this.#maxBytes) throw new VerifyError('too-large', 'a stream decodes to too many bytes')
    const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(2 * this.#held.length, this.#length + count)))
    larger.set(this.#held.subarray(0, this.#length))
    this.#held = larger
  }
}
