import { CONTENT_TYPE, parseSignedData } from '../cms/index.ts'
import { contextConstructed, readElementAt, readFields, readOid, TAG } from '../der/index.ts'
import { asVerifyError, VerifyError } from '../errors.ts'
import { findPdfHeader } from '../pdf/index.ts'
import type { Finding } from '../report/report.ts'
import { judgeCmsSigners } from './cms-signature.ts'
import { worstOf } from './file-indication.ts'
import type { Judged, JudgePart } from './judged.ts'
import type { Evidence } from './verify-options.ts'

/** Content types that hide their content (RFC 5652 §6, RFC 5083). */
const ENCRYPTED = new Set(['1.2.840.113549.1.7.3', '1.2.840.113549.1.9.16.1.23', '1.2.840.113549.1.7.6'])

/** Gives the content type of a ContentInfo; null where the bytes are none. */
export function cmsContentType(bytes: Uint8Array): string | null {
  try {
    const info = readFields(readElementAt(bytes, 0, 'ber'), 'ContentInfo')
    const type = readOid(info.take(TAG.oid, 'contentType'))
    return info.optional(contextConstructed(0)) ? type : null
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}

/** Says whether a content type is one whose content is encrypted. */
export const isEncryptedType = (contentType: string | null): boolean => ENCRYPTED.has(contentType ?? '')

/** What is said of content that is encrypted to somebody. */
export const ENCRYPTED_FINDING: Finding = {
  code: 'encrypted',
  severity: 'error',
  message: 'the content is encrypted: what it is and who signed it cannot be told',
  clause: 'RFC 5652 §6',
}

/** Judges a CMS that stands alone (.p7s, .p7m); its detached content is handed in with the evidence. */
export function verifyCms(bytes: Uint8Array, evidence: Evidence, judgePart: JudgePart): Judged {
  const base = { mediaType: 'application/cms', signatures: [], encrypted: false, parts: [], findings: [] }
  const contentType = cmsContentType(bytes)
  if (isEncryptedType(contentType)) {
    return { ...base, encrypted: true, findings: [ENCRYPTED_FINDING], indication: 'INDETERMINATE' }
  }
  try {
    if (contentType !== CONTENT_TYPE.signedData) throw new VerifyError('malformed-cms', 'the CMS holds no signed data')
    const signedData = parseSignedData(bytes, { cache: evidence.cache })
    const place = { kind: 'cms', outside: evidence.content, content: 'any', purpose: 'document-signing' } as const
    const signatures = judgeCmsSigners(signedData, place, evidence)
    const inside = signedData.content
    const parts = inside && findPdfHeader(inside) >= 0 ? [judgePart({ name: 'content.pdf', bytes: inside })] : []
    // A bag of certificates without signers is signed by nobody.
    return { ...base, signatures, parts, indication: worstOf(signatures) }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return { ...base, error: { code: error.code, message: error.message } }
  }
}
