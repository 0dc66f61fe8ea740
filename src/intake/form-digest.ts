import { createHash } from 'node:crypto'

/** Stands where a boundary stood, so that the digest still tells where parts begin. */
const BOUNDARY_WAS_HERE = Buffer.from([0, 0xff, 0])

/** Reads a form's body as it passes, and knows its content afterwards. */
export interface FormDigest {
  /** Gives the same pieces on. */
  through(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>
  /** SHA-256 (hex) of all that passed, without the boundary. Call it once, at the end. */
  digest(): string
}

/**
 * Takes a form's Content-Type value; gives the digest of what was filled in. Browsers invent a new boundary for every
 * send (RFC 7578 §4.1), so the same form sent twice has other bytes but the same digest.
 */
export function formDigest(contentType: string): FormDigest {
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`)
  const hash = createHash('sha256')
  // The end of what passed, where a boundary may have begun.
  let held: Buffer = Buffer.alloc(0)

  const take = (piece: Uint8Array): void => {
    let rest = Buffer.concat([held, piece])
    for (let at = rest.indexOf(delimiter); at >= 0; at = rest.indexOf(delimiter)) {
      hash.update(rest.subarray(0, at)).update(BOUNDARY_WAS_HERE)
      rest = rest.subarray(at + delimiter.length)
    }
    const safe = Math.max(0, rest.length - delimiter.length + 1)
    hash.update(rest.subarray(0, safe))
    held = Buffer.from(rest.subarray(safe))
  }
  return {
    async *through(body) {
      for await (const piece of body) {
        take(piece)
        yield piece
      }
    },
    digest: () => hash.update(held).digest('hex'),
  }
}

/** Where none is named the form cannot be read either; then all of its bytes count as they are. */
function boundaryOf(contentType: string): string {
  const found = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType)
  return found?.[1] ?? found?.[2] ?? 'no-boundary-is-named\0'
}
