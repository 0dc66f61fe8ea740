import { CONTENT_TYPE, parseSignedData, type SignedContent, type SignedData } from '../cms/index.ts'
import { isZero, readElementAt, sameBytes } from '../der/index.ts'
import { asVerifyError } from '../errors.ts'
import { bytesOfByteRange, digestOfByteRange, isKind, type PdfDocument, type PdfSignature } from '../pdf/index.ts'
import type { Finding } from '../report/report.ts'
import { digestContent } from './signed-content.ts'
import type { Evidence } from './verify-options.ts'

/** Gives what the byte range of a signature covers, as content that is digested where it stands. */
export const contentOfRange = (document: PdfDocument, { range }: PdfSignature): SignedContent => ({
  digestOf: (algorithm) => digestOfByteRange(document, range, algorithm),
  bytes: () => bytesOfByteRange(document.bytes, range),
})

/** Gives the decoded bytes of a signature's Contents; none where it is no string. */
export function contentsOf(signature: PdfSignature): Uint8Array {
  const contents = signature.dict.entries.get('Contents')
  return isKind(contents, 'string') ? contents.bytes : new Uint8Array()
}

export type OpenedContents =
  | { readonly signedData: SignedData; readonly findings: readonly Finding[] }
  | { readonly fault: Finding }

/** Reads the CMS in Contents. What follows it there is padding; other than zeros it is said, as nobody signed it. */
export function openContents(signature: PdfSignature, { cache }: Pick<Evidence, 'cache'>): OpenedContents {
  const bytes = contentsOf(signature)
  try {
    const { length } = readElementAt(bytes, 0, 'ber').bytes
    const padded = !isZero(bytes.subarray(length))
    const message = 'bytes other than zero follow the signature inside Contents, where nobody signs'
    const clause = 'ISO 32000-2 §12.8.3.3.1'
    const findings: Finding[] = padded ? [{ code: 'contents-padding', severity: 'warning', message, clause }] : []
    return { signedData: parseSignedData(bytes.subarray(0, length), { cache }), findings }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return { fault: { code: 'cms-unreadable', severity: 'error', message: error.message, clause: 'RFC 5652 §5.1' } }
  }
}

/**
 * RFC 5652 §5.4: where content stands inside, its digest is the signed one; it must be that of the byte range too.
 * Takes the digest that the signature is over, by node:crypto's name; null where it is none that we know.
 */
export function isCarried(inner: Uint8Array, algorithm: string | null, content: SignedContent): boolean {
  return algorithm === null || sameBytes(digestContent(inner).digestOf(algorithm), content.digestOf(algorithm))
}

/** ISO 32000-1 clause 12.8.3.3.1: the content of adbe.pkcs7.sha1 is the SHA-1 digest of the byte range. */
export function isSha1OfRange(signedData: SignedData, inner: Uint8Array, content: SignedContent): boolean {
  return signedData.contentType === CONTENT_TYPE.data && sameBytes(inner, content.digestOf('sha1'))
}
