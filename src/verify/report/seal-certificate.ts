import type { Certificate } from '../x509/index.ts'
import { qcStatementsOf } from './qc-statements.ts'

const FOR_SIGNATURES = '0.4.0.1862.1.6.1'
const FOR_SEALS = '0.4.0.1862.1.6.2'

/** QCP-l, QCP-l-qscd, and for natural persons QCP-n, QCP-n-qscd (EN 319 411-2 clause 5.3). */
const POLICIES_OF_LEGAL_PERSONS = ['0.4.0.194112.1.1', '0.4.0.194112.1.3']
const POLICIES_OF_NATURAL_PERSONS = ['0.4.0.194112.1.0', '0.4.0.194112.1.2']

/**
 * Says whether a certificate says of itself that it is for electronic seals and not for signatures, by its type or its
 * policy; a statement that cannot be read says nothing.
 * @see ETSI EN 319 412-5 clause 4.2.3, EN 319 411-2 clause 5.3
 */
export function isSealCertificate(certificate: Pick<Certificate, 'extensions' | 'decoded'>): boolean {
  const { types } = qcStatementsOf(certificate)
  if (types.length > 0) return types.includes(FOR_SEALS) && !types.includes(FOR_SIGNATURES)
  const policies = certificate.decoded.certificatePolicies?.map(({ oid }) => oid) ?? []
  const among = (some: readonly string[]): boolean => some.some((one) => policies.includes(one))
  return among(POLICIES_OF_LEGAL_PERSONS) && !among(POLICIES_OF_NATURAL_PERSONS)
}
