import { decodeBody, type Entity, fieldValues, readEntity, splitParts, toCanonicalLines } from './mime-entity.ts'

/** Why no signature was found that covers the whole of what the mail shows. */
export type SignedPartProblem =
  | 'not-signed'
  | 'malformed'
  | 'no-boundary'
  | 'not-closed'
  | 'not-two-parts'
  | 'not-a-pgp-signature'

export type SignedPart =
  | {
      readonly found: true
      /** The first part with its header, in canonical lines: the very bytes that were signed. */
      readonly signed: Uint8Array
      /** The detached signature, armoured. */
      readonly signature: string
    }
  | { readonly found: false; readonly problem: SignedPartProblem }

const NOTHING = (problem: SignedPartProblem): SignedPart => ({ found: false, problem })

/**
 * Takes a mail, or the entity inside an encrypted one; gives the bytes that its PGP/MIME signature covers
 * (RFC 3156 §5). Only the root counts: a multipart/signed further in leaves open who wrote the rest.
 */
export function extractSignedPart(bytes: Uint8Array): SignedPart {
  const root = readEntity(bytes)
  if (root === null || root.mediaType === null) return NOTHING('malformed')
  if (root.mediaType !== 'multipart/signed') return NOTHING('not-signed')
  if (root.parameters.get('protocol')?.toLowerCase() !== 'application/pgp-signature') {
    return NOTHING('not-a-pgp-signature')
  }
  return extractFrom(root)
}

function extractFrom(root: Entity): SignedPart {
  const boundary = root.parameters.get('boundary')
  if (!boundary) return NOTHING('no-boundary')
  // RFC 2045 §6.4: a multipart is never encoded; who reads it decoded sees other bytes than were signed.
  const encoding = fieldValues(root, 'content-transfer-encoding').join(' ').trim().toLowerCase()
  if (!['', '7bit', '8bit', 'binary'].includes(encoding)) return NOTHING('malformed')
  const parts = splitParts(root.body, boundary)
  if (parts === null) return NOTHING('not-closed')
  const [first, second] = parts
  // RFC 1847 §2.1: exactly two. Anything more would be shown and not be signed.
  if (first === undefined || second === undefined || parts.length !== 2) return NOTHING('not-two-parts')
  const signaturePart = readEntity(second)
  if (signaturePart?.mediaType !== 'application/pgp-signature') return NOTHING('not-a-pgp-signature')
  const signature = decodeBody(signaturePart)
  if (signature === null) return NOTHING('malformed')
  return { found: true, signed: toCanonicalLines(first), signature: Buffer.from(signature).toString('latin1') }
}
