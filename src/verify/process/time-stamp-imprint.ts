import { readElement, readFields, readOctetString, readSmallInteger, sameBytes, TAG } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import { hashName } from '../x509/signature-scheme.ts'

/** Says whether the message imprint of a TSTInfo is the digest of the given bytes (RFC 3161 §2.4.2). */
export function imprintHolds(tstInfo: Uint8Array, digestOf: (algorithm: string) => Uint8Array): boolean {
  try {
    const fields = readFields(readElement(tstInfo, 'ber'), 'TSTInfo')
    readSmallInteger(fields.take(TAG.integer, 'version'))
    fields.take(TAG.oid, 'policy')
    const imprint = readFields(fields.take(TAG.sequence, 'messageImprint'), 'MessageImprint')
    const algorithm = hashName(parseAlgorithmIdentifier(imprint.take(TAG.sequence, 'hashAlgorithm')).oid)
    const digest = readOctetString(imprint.take(TAG.octetString, 'hashedMessage'))
    imprint.end()
    return algorithm !== null && sameBytes(digest, digestOf(algorithm))
  } catch (fault) {
    if (fault instanceof VerifyError) return false
    throw fault
  }
}
