import {
  type BitString,
  contextConstructed,
  contextPrimitive,
  type Element,
  hasBit,
  readBitString,
  readBoolean,
  readChildren,
  readElement,
  readFields,
  readImplicit,
  readOctetString,
  readOid,
  readSmallInteger,
  TAG,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type GeneralName, parseGeneralName } from './general-name.ts'

/** Object identifiers of extensions that are read here. */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  qcStatements: '1.3.6.1.5.5.7.1.3',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  noRevocationAvailable: '2.5.29.56',
  validityAssuredShortTerm: '0.4.0.194121.2.1',
} as const

/** An extension as it stands: its value is the DER inside the OCTET STRING. */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/**
 * Reads Extensions. A critical flag written out as FALSE is let through, as many CAs do so.
 * @throws VerifyError malformed-der, also where one kind stands twice (RFC 5280 §4.2)
 */
export function parseExtensions(element: Element): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  const members = readChildren(element)
  if (element.tag !== TAG.sequence || members.length === 0)
    throw new VerifyError('malformed-der', 'Extensions is empty')
  for (const member of members) {
    const fields = readFields(member, 'Extension')
    const oid = readOid(fields.take(TAG.oid, 'extnID'))
    const flag = fields.optional(TAG.boolean)
    const value = readOctetString(fields.take(TAG.octetString, 'extnValue'))
    fields.end()
    if (extensions.has(oid)) throw new VerifyError('malformed-der', `extension ${oid} stands twice`)
    extensions.set(oid, { oid, critical: flag !== null && readBoolean(flag), value })
  }
  return extensions
}

/** KeyUsage bits by name (RFC 5280 §4.2.1.3), in their order. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof KEY_USAGES)[number]

/** Reads KeyUsage. @throws VerifyError malformed-der */
export function parseKeyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const bits = readBitString(readElement(value))
  return new Set(KEY_USAGES.filter((_, n) => hasBit(bits, n)))
}

export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength: number | null
}

/** Reads BasicConstraints (RFC 5280 §4.2.1.9). @throws VerifyError malformed-der */
export function parseBasicConstraints(value: Uint8Array): BasicConstraints {
  const fields = readFields(readElement(value), 'BasicConstraints')
  const flag = fields.optional(TAG.boolean)
  const length = fields.optional(TAG.integer)
  fields.end()
  const pathLength = length ? readSmallInteger(length) : null
  if (pathLength !== null && pathLength < 0) throw new VerifyError('malformed-der', 'pathLenConstraint is negative')
  return { ca: flag !== null && readBoolean(flag), pathLength }
}

/** Reads ExtKeyUsageSyntax: object identifiers. @throws VerifyError malformed-der */
export function parseExtendedKeyUsage(value: Uint8Array): ReadonlySet<string> {
  const members = listOf(value, 'ExtKeyUsageSyntax')
  return new Set(members.map(readOid))
}

/** Reads GeneralNames. @throws VerifyError malformed-der */
export function parseGeneralNames(value: Uint8Array): readonly GeneralName[] {
  return listOf(value, 'GeneralNames').map(parseGeneralName)
}

function listOf(value: Uint8Array, name: string): readonly Element[] {
  const list = readElement(value)
  const members = list.tag === TAG.sequence ? readChildren(list) : []
  if (members.length === 0) throw new VerifyError('malformed-der', `${name} is not a list with members`)
  return members
}

/** Reads AuthorityKeyIdentifier; gives its keyIdentifier, null where it has none. @throws VerifyError malformed-der */
export function parseAuthorityKeyIdentifier(value: Uint8Array): Uint8Array | null {
  const fields = readFields(readElement(value), 'AuthorityKeyIdentifier')
  const keyIdentifier = fields.optional(contextPrimitive(0))
  const issuer = fields.optional(contextConstructed(1))
  const serial = fields.optional(contextPrimitive(2))
  fields.end()
  if ((issuer === null) !== (serial === null)) {
    throw new VerifyError('malformed-der', 'AuthorityKeyIdentifier has issuer and serial not together')
  }
  return keyIdentifier?.content ?? null
}

/** One way to more data: an access method and where. */
export interface AccessDescription {
  readonly method: string
  readonly location: GeneralName
}

/** Reads AuthorityInfoAccessSyntax (RFC 5280 §4.2.2.1). @throws VerifyError malformed-der */
export function parseAuthorityInfoAccess(value: Uint8Array): readonly AccessDescription[] {
  return listOf(value, 'AuthorityInfoAccess').map((member) => {
    const fields = readFields(member, 'AccessDescription')
    const method = readOid(fields.take(TAG.oid, 'accessMethod'))
    const location = parseGeneralName(fields.takeAny('accessLocation'))
    fields.end()
    return { method, location }
  })
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | null
  readonly inhibitPolicyMapping: number | null
}

/** Reads PolicyConstraints (RFC 5280 §4.2.1.11). @throws VerifyError malformed-der */
export function parsePolicyConstraints(value: Uint8Array): PolicyConstraints {
  const fields = readFields(readElement(value), 'PolicyConstraints')
  const explicit = fields.optional(contextPrimitive(0))
  const mapping = fields.optional(contextPrimitive(1))
  fields.end()
  return { requireExplicitPolicy: readSkip(explicit), inhibitPolicyMapping: readSkip(mapping) }
}

function readSkip(element: Element | null): number | null {
  if (!element) return null
  const skip = readSmallInteger(readImplicit(element, TAG.integer))
  if (skip < 0) throw new VerifyError('malformed-der', 'SkipCerts is negative')
  return skip
}

/** Reads InhibitAnyPolicy. @throws VerifyError malformed-der */
export function parseInhibitAnyPolicy(value: Uint8Array): number {
  const skip = readSmallInteger(readElement(value))
  if (skip < 0) throw new VerifyError('malformed-der', 'SkipCerts is negative')
  return skip
}

/** One certificate policy, and whether each of its qualifiers is of a kind that RFC 5280 defines. */
export interface PolicyInformation {
  readonly oid: string
  readonly qualifiersKnown: boolean
}

/** id-qt-cps, id-qt-unotice */
const POLICY_QUALIFIERS = new Set(['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2'])

/** Reads CertificatePolicies (RFC 5280 §4.2.1.4). @throws VerifyError malformed-der, also for a policy named twice */
export function parseCertificatePolicies(value: Uint8Array): readonly PolicyInformation[] {
  const policies = listOf(value, 'CertificatePolicies').map((member) => {
    const fields = readFields(member, 'PolicyInformation')
    const oid = readOid(fields.take(TAG.oid, 'policyIdentifier'))
    const qualifiers = fields.optional(TAG.sequence)
    fields.end()
    const kinds = qualifiers ? readChildren(qualifiers).map(readQualifierKind) : []
    return { oid, qualifiersKnown: kinds.every((kind) => POLICY_QUALIFIERS.has(kind)) }
  })
  if (new Set(policies.map((p) => p.oid)).size < policies.length) {
    throw new VerifyError('malformed-der', 'a policy stands twice')
  }
  return policies
}

const readQualifierKind = (element: Element): string =>
  readOid(readFields(element, 'PolicyQualifierInfo').take(TAG.oid, 'policyQualifierId'))

export interface PolicyMapping {
  readonly issuerDomain: string
  readonly subjectDomain: string
}

/** Reads PolicyMappings (RFC 5280 §4.2.1.5). @throws VerifyError malformed-der */
export function parsePolicyMappings(value: Uint8Array): readonly PolicyMapping[] {
  return listOf(value, 'PolicyMappings').map((member) => {
    const fields = readFields(member, 'PolicyMapping')
    const issuerDomain = readOid(fields.take(TAG.oid, 'issuerDomainPolicy'))
    const subjectDomain = readOid(fields.take(TAG.oid, 'subjectDomainPolicy'))
    fields.end()
    return { issuerDomain, subjectDomain }
  })
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

/** Reads NameConstraints (RFC 5280 §4.2.1.10); minimum other than 0, and maximum, are refused. @throws VerifyError malformed-der */
export function parseNameConstraints(value: Uint8Array): NameConstraints {
  const fields = readFields(readElement(value), 'NameConstraints')
  const permitted = fields.optional(contextConstructed(0))
  const excluded = fields.optional(contextConstructed(1))
  fields.end()
  if (!permitted && !excluded) throw new VerifyError('malformed-der', 'NameConstraints is empty')
  return { permitted: parseSubtrees(permitted), excluded: parseSubtrees(excluded) }
}

function parseSubtrees(element: Element | null): readonly GeneralName[] {
  if (!element) return []
  const subtrees = readChildren(element)
  if (subtrees.length === 0) throw new VerifyError('malformed-der', 'GeneralSubtrees has no member')
  return subtrees.map((subtree) => {
    const fields = readFields(subtree, 'GeneralSubtree')
    const base = parseGeneralName(fields.takeAny('base'))
    const minimum = fields.optional(contextPrimitive(0))
    fields.end()
    if (minimum && readSmallInteger(readImplicit(minimum, TAG.integer)) !== 0) {
      throw new VerifyError('malformed-der', 'GeneralSubtree has a minimum')
    }
    return base
  })
}

/** Reads SubjectKeyIdentifier. @throws VerifyError malformed-der */
export const parseSubjectKeyIdentifier = (value: Uint8Array): Uint8Array => readOctetString(readElement(value))

/** ReasonFlags (RFC 5280 §4.2.1.13) as a mask: bit n of the mask is reason n. */
export function reasonMask(bits: BitString): number {
  let mask = 0
  for (let n = 1; n <= 8; n += 1) if (hasBit(bits, n)) mask |= 1 << n
  return mask
}
/** All reasons that a CRL can be split by. */
export const ALL_REASONS = 0b1_1111_1110
