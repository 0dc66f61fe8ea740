import { createHash } from 'node:crypto'
import { readElement, readFields, readOctetString, sameBytes, TAG } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Extension } from '../x509/extensions.ts'
import { hashName } from '../x509/signature-scheme.ts'

/** id-isismtt-at-certHash: the responder has seen this very certificate. */
export const CERT_HASH = '1.3.36.8.3.13'

/**
 * Says whether a single response may be about a certificate by the hash that it gives of it: true where it gives none.
 * Another hash: another certificate has that serial number, and nothing is said about this one.
 * @see Common PKI 2.0 part 4 §3.1.2 (CertHash)
 */
export function fitsCertHash(extensions: ReadonlyMap<string, Extension>, certificate: Certificate): boolean {
  const extension = extensions.get(CERT_HASH)
  if (!extension) return true
  try {
    const fields = readFields(readElement(extension.value), 'CertHash')
    const hash = hashName(parseAlgorithmIdentifier(fields.take(TAG.sequence, 'hashAlgorithm')).oid)
    const value = readOctetString(fields.take(TAG.octetString, 'certificateHash'))
    fields.end()
    return hash !== null && sameBytes(createHash(hash).update(certificate.bytes).digest(), value)
  } catch (fault) {
    if (fault instanceof VerifyError) return false
    throw fault
  }
}
