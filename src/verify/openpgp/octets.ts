import { VerifyError } from '../errors.ts'

/** Makes the fault of what is no OpenPGP data. */
export const malformed = (message: string): VerifyError => new VerifyError('malformed-openpgp', message)

/** Reads octets in order; each call throws VerifyError malformed-openpgp where fewer are left than asked for. */
export class Octets {
  readonly bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.bytes.length - this.#at
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw malformed('data ends too early')
    this.#at += length
    return this.bytes.subarray(this.#at - length, this.#at)
  }

  /** A big-endian number of 1, 2 or 4 octets (RFC 9580 §3.1). */
  number(size: 1 | 2 | 4): number {
    return this.take(size).reduce((sum, octet) => sum * 256 + octet, 0)
  }

  /** A multiprecision integer without its leading zeros (RFC 9580 §3.2). */
  integer(): Uint8Array {
    return this.take(Math.ceil(this.number(2) / 8))
  }

  rest(): Uint8Array {
    return this.take(this.left)
  }

  end(what: string): void {
    if (this.left > 0) throw malformed(`${what} has octets behind its end`)
  }
}

/** Gives a number as big-endian octets. */
export function octetsOf(value: number, size: 1 | 2 | 4): Uint8Array {
  const out = Buffer.alloc(size)
  out.writeUIntBE(value, 0, size)
  return out
}

/** Gives octets as text, one character for each: armour is looked for in what may hold any charset. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

/** Gives seconds since 1970 as a time (RFC 9580 §3.5). */
export const timeOf = (seconds: number): Date => new Date(seconds * 1000)
