import { readElement, readTime } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Extension } from '../x509/extensions.ts'

const EXPIRED_CERTS_ON_CRL = '2.5.29.60'
/** When the responder's memory of expired certificates begins (RFC 6960 §4.4.4). */
export const ARCHIVE_CUTOFF = '1.3.6.1.5.5.7.48.1.6'

/**
 * Says whether evidence may call a certificate good. CAs drop expired certificates from their lists, so evidence made
 * after notAfter is silent about them, unless it says since when it keeps them (X.509 §9.5.2.8, RFC 6960 §4.4.4).
 */
export function outlivesExpiry(
  certificate: Certificate,
  thisUpdate: Date,
  extensions: ReadonlyMap<string, Extension>,
): boolean {
  if (thisUpdate <= certificate.notAfter) return true
  const kept = extensions.get(EXPIRED_CERTS_ON_CRL) ?? extensions.get(ARCHIVE_CUTOFF)
  if (!kept) return false
  try {
    return readTime(readElement(kept.value), { fractions: true }) <= certificate.notAfter
  } catch (fault) {
    if (fault instanceof VerifyError) return false
    throw fault
  }
}
