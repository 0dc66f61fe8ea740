import { createHash } from 'node:crypto'
import type { SignedContent } from '../cms/index.ts'

/** Gives bytes as the content of a signature; SHAKE256 with 64 octets (RFC 8419). */
export function digestContent(bytes: Uint8Array): SignedContent {
  return {
    digestOf: (algorithm) =>
      createHash(algorithm, algorithm === 'shake256' ? { outputLength: 64 } : {})
        .update(bytes)
        .digest(),
    bytes: () => bytes,
  }
}
