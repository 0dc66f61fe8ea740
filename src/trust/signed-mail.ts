const MAX_HEADER_BYTES = 64 * 1024

/** A text that is signed as it stands (RFC 9580 §7). */
const SIGNED_TEXT = '-----BEGIN PGP SIGNED MESSAGE-----'

/** Types of a whole mail that carry a signature: RFC 1847 (PGP/MIME, detached S/MIME) and RFC 8551 §3.5 (opaque). */
const SIGNED = /^\s*(multipart\/signed|application\/(x-)?pkcs7-mime)\s*(;|$)/i

/**
 * Takes a raw mail; says whether its outermost part claims a signature, so that judging it makes sense.
 * A claim only: what the signature is worth, the verifier says.
 */
export function isSignedMail(raw: Uint8Array): boolean {
  const start = Buffer.from(raw.subarray(0, MAX_HEADER_BYTES)).toString('latin1')
  const [header = '', ...body] = start.split(/\r?\n\r?\n/)
  const unfolded = header.replace(/\r?\n[ \t]+/g, ' ')
  const types = unfolded.split(/\r?\n/).filter((line) => /^content-type\s*:/i.test(line))
  if (types.some((line) => SIGNED.test(line.slice(line.indexOf(':') + 1)))) return true
  const isBase64 = /^content-transfer-encoding\s*:\s*base64\s*$/im.test(unfolded)
  const text = body.join('\n\n')
  return (isBase64 ? Buffer.from(text, 'base64').toString('latin1') : text).includes(SIGNED_TEXT)
}

/** Packets of OpenPGP that carry content alone (RFC 9580 §4.2): the rest of a message is signatures. */
const LITERAL_TAGS: ReadonlySet<number> = new Set([0xcb, 0xac, 0xad, 0xae, 0xaf])
const SIGNED_WITHIN = /multipart\/signed|application\/(x-)?pkcs7-mime|-----BEGIN PGP SIGNED MESSAGE-----/i

/** The same of what decryption gave: a MIME entity, or packets of OpenPGP. */
export function isSignedInside(opened: Uint8Array): boolean {
  const first = opened[0] ?? 0
  if (first < 0x80) return isSignedMail(opened)
  return !LITERAL_TAGS.has(first) || SIGNED_WITHIN.test(Buffer.from(opened.subarray(0, 4096)).toString('latin1'))
}
