import { readChildren, readElement, readOid, TAG } from '../der/index.ts'
import { asVerifyError } from '../errors.ts'
import { type Certificate, EXTENSION } from '../x509/index.ts'

const QC_TYPE = '0.4.0.1862.1.6'
const FOR_SIGNATURES = '0.4.0.1862.1.6.1'
const FOR_SEALS = '0.4.0.1862.1.6.2'

/**
 * Says whether a certificate says of itself that it is for electronic seals and not for signatures; a statement that
 * cannot be read says nothing.
 * @see ETSI EN 319 412-5 clause 4.2.3
 */
export function isSealCertificate(certificate: Pick<Certificate, 'extensions'>): boolean {
  const extension = certificate.extensions.get(EXTENSION.qcStatements)
  if (!extension) return false
  try {
    const types = readChildren(readElement(extension.value)).flatMap((statement) => {
      const [id, info] = readChildren(statement)
      if (id?.tag !== TAG.oid || readOid(id) !== QC_TYPE || !info) return []
      return readChildren(info).map(readOid)
    })
    return types.includes(FOR_SEALS) && !types.includes(FOR_SIGNATURES)
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return false
  }
}
