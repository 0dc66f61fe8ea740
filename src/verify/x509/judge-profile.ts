import type { Certificate } from './certificate.ts'
import { EXTENSION } from './extensions.ts'
import { isDnsName } from './host-name.ts'
import { type Problem, problem } from './problem.ts'

/** Extensions whose meaning we apply: any other that is critical keeps a path from passing. */
const PROCESSED = new Set<string>([
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.nameConstraints,
  EXTENSION.crlDistributionPoints,
  EXTENSION.certificatePolicies,
  EXTENSION.policyMappings,
  EXTENSION.policyConstraints,
  EXTENSION.extendedKeyUsage,
  EXTENSION.inhibitAnyPolicy,
  EXTENSION.ocspNoCheck,
  EXTENSION.validityAssuredShortTerm,
])

/** RFC 5280 §4.1.2.2: 20 octets, of a number that is positive; one more for the sign is a common slip. */
const MAX_SERIAL_OCTETS = 21

/** RFC 5280 §4.2.1.1, §4.2.1.2, §4.2.1.15, §4.2.2.1: these are never critical. */
const NEVER_CRITICAL = new Set<string>([
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.freshestCrl,
  EXTENSION.authorityInfoAccess,
])

/**
 * Judges what a certificate is in itself: extensions that could not be read or are critical and not processed, and
 * contradictions that RFC 5280 forbids. Appends to the problems.
 */
export function judgeProfile(
  certificate: Certificate,
  place: { readonly leaf: boolean; readonly anchor: boolean },
  problems: Problem[],
): void {
  const name = certificate.subject.display || `serial ${certificate.serial}`
  const add: Add = (code, message, clause) => {
    problems.push(problem('CERTIFICATE_CHAIN_GENERAL_FAILURE', code, `${name}: ${message}`, clause))
  }
  for (const oid of certificate.decoded.malformed)
    add('malformed-extension', `extension ${oid} is malformed`, 'RFC 5280 §4.2')
  for (const { oid, critical } of certificate.extensions.values()) {
    if (!critical || PROCESSED.has(oid)) continue
    if (NEVER_CRITICAL.has(oid))
      add('extension-must-not-be-critical', `extension ${oid} is critical`, 'RFC 5280 §4.2.1')
    else add('unknown-critical-extension', `critical extension ${oid} is not processed`, 'RFC 5280 §4.2')
  }
  const policies = certificate.extensions.get(EXTENSION.certificatePolicies)
  if (policies?.critical && certificate.decoded.certificatePolicies?.some((policy) => !policy.qualifiersKnown))
    add('unknown-policy-qualifier', 'a critical policy has a qualifier that is not processed', 'RFC 5280 §4.2.1.4')
  if (place.anchor) return
  judgeNaming(certificate, add)
  if (certificate.serialKey.length > MAX_SERIAL_OCTETS * 2)
    add('serial-number-too-long', 'the serial number has more than 20 octets', 'RFC 5280 §4.1.2.2')
  const { basicConstraints, keyUsage, nameConstraints } = certificate.decoded
  const isCa = basicConstraints?.ca === true
  if (keyUsage?.size === 0) add('key-usage-empty', 'key usage has no bit set', 'RFC 5280 §4.2.1.3')
  if (!isCa && keyUsage?.has('keyCertSign')) {
    add('key-usage-contradicts', 'may sign certificates, and is no CA', 'RFC 5280 §4.2.1.3')
  }
  if (!isCa && nameConstraints)
    add('name-constraints-in-end-entity', 'constrains names, and is no CA', 'RFC 5280 §4.2.1.10')
  if (isCa && certificate.extensions.has(EXTENSION.noRevocationAvailable))
    add('no-revocation-for-ca', 'a CA that cannot be revoked', 'RFC 9608 §2')
}

type Add = (code: string, message: string, clause: string) => void

function judgeNaming(certificate: Certificate, add: Add): void {
  const { basicConstraints, subjectAltNames } = certificate.decoded
  for (const name of subjectAltNames) {
    if (name.kind === 'dns' && !isDnsName(name.value))
      add('dns-name-malformed', `"${name.value}" is no DNS name`, 'RFC 5280 §4.2.1.6')
    if (name.kind === 'ip' && name.bytes.length !== 4 && name.bytes.length !== 16)
      add('ip-address-malformed', 'an IP address has neither 4 nor 16 octets', 'RFC 5280 §4.2.1.6')
  }
  if (certificate.subject.rdns.length > 0) return
  if (basicConstraints?.ca) add('subject-empty', 'a CA without a name', 'RFC 5280 §4.1.2.6')
  else if (subjectAltNames.length === 0) add('subject-empty', 'no name at all', 'RFC 5280 §4.1.2.6')
  else if (!certificate.extensions.get(EXTENSION.subjectAltName)?.critical)
    add('subject-alt-name-not-critical', 'the only name is not critical', 'RFC 5280 §4.1.2.6')
}
