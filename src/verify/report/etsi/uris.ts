import type { SignatureReport, SubIndication } from '../report.ts'

/** Namespaces of TS 119 102-2 V1.4.1 and of what its schema uses. */
export const NAMESPACES = {
  xmlns: 'http://uri.etsi.org/19102/v1.4.1#',
  'xmlns:ds': 'http://www.w3.org/2000/09/xmldsig#',
  'xmlns:XAdES': 'http://uri.etsi.org/01903/v1.3.2#',
  'xmlns:tsl': 'http://uri.etsi.org/02231/v2#',
} as const

/** Main indications: of signatures (clause 4.3.12.2), and of what is validated on the way, such as time-stamps. */
export const MAIN_INDICATION = {
  'TOTAL-PASSED': 'urn:etsi:019102:mainindication:total-passed',
  'TOTAL-FAILED': 'urn:etsi:019102:mainindication:total-failed',
  INDETERMINATE: 'urn:etsi:019102:mainindication:indeterminate',
  PASSED: 'urn:etsi:019102:mainindication:passed',
  FAILED: 'urn:etsi:019102:mainindication:failed',
  // The standard has no word for a file that nobody signed; this is the one that EU DSS writes.
  'NO-SIGNATURE': 'urn:cef:dss:mainindication:noSignatureFound',
} as const

/** @see TS 119 102-2 clause 4.3.12.3: the names of EN 319 102-1 stand at the end of the URI as they are */
export const subIndicationUri = (subIndication: SubIndication): string =>
  `urn:etsi:019102:subindication:${subIndication}`

/** @see TS 119 102-2 clause 4.3.11.1 */
export const VALIDATION_PROCESS = {
  basic: 'urn:etsi:019102:validationprocess:Basic',
  longTerm: 'urn:etsi:019102:validationprocess:LTVM',
  archival: 'urn:etsi:019102:validationprocess:LTA',
} as const

/** @see TS 119 102-2 clause 4.4.4 */
export const OBJECT_TYPE = {
  certificate: 'urn:etsi:019102:validationObject:certificate',
  timestamp: 'urn:etsi:019102:validationObject:timestamp',
  publicKey: 'urn:etsi:019102:validationObject:publicKey',
  signedData: 'urn:etsi:019102:validationObject:signedData',
  crl: 'urn:etsi:019102:validationObject:CRL',
  ocsp: 'urn:etsi:019102:validationObject:OCSPResponse',
} as const

/** By the number of the reason (RFC 5280 §5.3.1; 7 is none). @see TS 119 102-2 clause 4.3.12.4.5 */
const REVOCATION_REASONS: readonly (string | null)[] = [
  ...['unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation'],
  ...['certificateHold', null, 'removeFromCRL', 'privilegeWithdrawn', 'aACompromise'],
]

/** Gives the URI of a reason; null where there is none of that number. */
export function revocationReasonUri(reason: number | null): string | null {
  const name = reason === null ? null : (REVOCATION_REASONS[reason] ?? null)
  return name && `urn:etsi:019102:revocationReason:${name}`
}

/** @see TS 119 102-2 clause 4.4.6.2 */
export const PROOF = {
  validation: 'urn:etsi:019102:poetype:validation',
  provided: 'urn:etsi:019102:poetype:provided',
} as const

/** @see TS 119 102-2 clause 4.3.5.4.2 */
export const CONSTRAINT_STATUS = {
  applied: 'urn:etsi:019102:constraintStatus:applied',
  disabled: 'urn:etsi:019102:constraintStatus:disabled',
} as const

/** What no standard names stands under a prefix of our own. */
export const ownUri = (kind: 'constraint' | 'finding' | 'error' | 'fact', name: string): string =>
  `urn:poststempel:${kind}:${name}`

export const SHA256_URI = 'http://www.w3.org/2001/04/xmlenc#sha256'

const MORE_2001 = 'http://www.w3.org/2001/04/xmldsig-more#'
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
const SIG = 'http://www.w3.org/2000/09/xmldsig#'

/** PKCS #1 with SHA-3 has no URI in RFC 9231: its object identifier stands for it (RFC 3061). */
const RSA_SHA3: Readonly<Record<string, string>> = {
  'sha3-224': 'urn:oid:2.16.840.1.101.3.4.3.13',
  'sha3-256': 'urn:oid:2.16.840.1.101.3.4.3.14',
  'sha3-384': 'urn:oid:2.16.840.1.101.3.4.3.15',
  'sha3-512': 'urn:oid:2.16.840.1.101.3.4.3.16',
}

const WHOLE: Readonly<Record<string, string>> = {
  ed25519: 'http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519',
  ed448: 'http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448',
  'ml-dsa-44': 'urn:oid:2.16.840.1.101.3.4.3.17',
  'ml-dsa-65': 'urn:oid:2.16.840.1.101.3.4.3.18',
  'ml-dsa-87': 'urn:oid:2.16.840.1.101.3.4.3.19',
}

/**
 * Gives the URI of a signature's algorithm with its digest; null where it is not known or has none.
 * @see RFC 9231 clause 2.3; RFC 6931
 */
export function algorithmUri(
  signature: Pick<SignatureReport, 'signatureAlgorithm' | 'digestAlgorithm'>,
): string | null {
  const { signatureAlgorithm: algorithm, digestAlgorithm: digest } = signature
  if (algorithm === null) return null
  const whole = WHOLE[algorithm]
  if (whole) return whole
  if (digest === null || !/^(md5|ripemd160|sha1|sha(224|256|384|512)|sha3-(224|256|384|512))$/.test(digest)) return null
  if (algorithm === 'rsa-pkcs1') return RSA_SHA3[digest] ?? `${digest === 'sha1' ? SIG : MORE_2001}rsa-${digest}`
  if (algorithm === 'rsa-pss') return `${MORE_2007}${digest}-rsa-MGF1`
  if (algorithm === 'ecdsa') {
    return `${digest.startsWith('sha3-') || digest === 'ripemd160' ? MORE_2007 : MORE_2001}ecdsa-${digest}`
  }
  if (algorithm === 'dsa' && digest === 'sha1') return `${SIG}dsa-sha1`
  return algorithm === 'dsa' && digest === 'sha256' ? 'http://www.w3.org/2009/xmldsig11#dsa-sha256' : null
}
