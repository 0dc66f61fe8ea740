import { createHash, type Hash, type HashOptions, hash as hashOnce } from 'node:crypto'

/** Digests over ranges of one document that begin at its start: what they have in common is read once. */
export interface RunningDigest {
  /** Gives the digest of [0, prefixEnd) and [start, end), by node:crypto's name; SHAKE256 with 64 octets (RFC 8419). */
  over(algorithm: string, prefixEnd: number, start: number, end: number): Uint8Array
  /** Gives the SHA-256 of the whole document, lower-case hex. */
  sha256(): string
}

interface Running {
  hash: Hash
  /** Octets that went into it, from the start on. */
  read: number
}

/** Below this, taking a copy of a hash's state costs more than to hash anew. */
const WORTH_SHARING = 32 * 1024

/**
 * Makes the digests of one document. Each signature of an updated document covers what the one before it did, and more:
 * fifty of them cost one reading of the file, and not fifty. Belongs to one judging of the bytes, which must not change
 * meanwhile.
 */
export function startDigests(bytes: Uint8Array): RunningDigest {
  const running = new Map<string, Running>()

  /** Gives a hash that has read so much of the document; it is the caller's own. */
  const afterPrefix = (algorithm: string, end: number): Hash => {
    const known = running.get(algorithm)
    if (end < WORTH_SHARING || (known && known.read > end)) return newHash(algorithm).update(bytes.subarray(0, end))
    const one = known ?? { hash: newHash(algorithm), read: 0 }
    if (end > one.read) one.hash.update(bytes.subarray(one.read, end))
    one.read = Math.max(one.read, end)
    running.set(algorithm, one)
    return one.hash.copy(optionsOf(algorithm))
  }

  return {
    over: (algorithm, prefixEnd, start, end) =>
      afterPrefix(algorithm, prefixEnd).update(bytes.subarray(start, end)).digest(),
    sha256: () => {
      const known = running.get('sha256')
      if (!known) return hashOnce('sha256', bytes, 'hex')
      return known.hash.copy().update(bytes.subarray(known.read)).digest('hex')
    },
  }
}

const optionsOf = (algorithm: string): HashOptions => (algorithm === 'shake256' ? { outputLength: 64 } : {})

const newHash = (algorithm: string): Hash => createHash(algorithm, optionsOf(algorithm))
