import { prepareSignedData, signatureTimeStamp } from './cms.ts'
import { attributesOf, type PdfSignatureOptions, prepareSignature, SPARE_BYTES } from './pades.ts'
import { maxSignatureBytes, type SigningKey } from './signing-key.ts'

/** Gets a DER TimeStampToken (RFC 3161) over a signature value; null: none can be had now, and the signature goes without. */
export type TimestampSignature = (signatureValue: Uint8Array) => Promise<Uint8Array | null>

/** What time-stamp tokens with their certificates take; larger ones cost a second signature. */
const TOKEN_BYTES = 12 * 1024

/**
 * Signs a PDF as signPdf does, with a key that may live elsewhere. With `timestamp`, the signature carries a time-stamp
 * over its value (PAdES B-T, EN 319 142-1 §6.3), where it gives one.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input, wrong-state, and what `key` and `timestamp` throw
 */
export async function signPdfWithKey(
  pdf: Uint8Array,
  key: SigningKey,
  options: Omit<PdfSignatureOptions, 'scheme' | 'hash'>,
  timestamp: TimestampSignature | null = null,
): Promise<Uint8Array> {
  const attributes = attributesOf(options)
  const blank = prepareSignedData([], key, attributes).finish(new Uint8Array(maxSignatureBytes(key)))
  const withoutToken = blank.length + SPARE_BYTES

  const attempt = async (room: number) => {
    const prepared = prepareSignature(pdf, options, room)
    const signedData = prepareSignedData(prepared.content, key, attributes)
    const signature = await key.sign(signedData.toSign)
    const token = timestamp === null ? null : await timestamp(signature)
    const cms = signedData.finish(signature, token === null ? [] : [signatureTimeStamp(token)])
    return { fits: cms.length <= room, cms, prepared }
  }

  const first = await attempt(withoutToken + (timestamp === null ? 0 : TOKEN_BYTES))
  if (first.fits) return first.prepared.embed(first.cms)
  // A token larger than any that we met: the byte range moves with the room, so all is signed once more.
  const second = await attempt(first.cms.length + TOKEN_BYTES)
  return second.prepared.embed(second.cms)
}
