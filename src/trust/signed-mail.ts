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
