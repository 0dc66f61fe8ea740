import { VerifyError } from '../errors.ts'
import { type DistributionPoint, parseDistributionPoints } from './distribution-point.ts'
import {
  type AccessDescription,
  type BasicConstraints,
  EXTENSION,
  type Extension,
  type KeyUsage,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyInformation,
  type PolicyMapping,
  parseAuthorityInfoAccess,
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseExtendedKeyUsage,
  parseGeneralNames,
  parseInhibitAnyPolicy,
  parseKeyUsage,
  parseNameConstraints,
  parsePolicyConstraints,
  parsePolicyMappings,
  parseSubjectKeyIdentifier,
} from './extensions.ts'
import type { GeneralName } from './general-name.ts'

/** A certificate's extensions as typed values; null where absent or malformed. */
export interface DecodedExtensions {
  readonly basicConstraints: BasicConstraints | null
  readonly keyUsage: ReadonlySet<KeyUsage> | null
  readonly extendedKeyUsage: ReadonlySet<string> | null
  readonly subjectAltNames: readonly GeneralName[]
  readonly subjectKeyIdentifier: Uint8Array | null
  readonly authorityKeyIdentifier: Uint8Array | null
  readonly nameConstraints: NameConstraints | null
  readonly certificatePolicies: readonly PolicyInformation[] | null
  readonly policyMappings: readonly PolicyMapping[] | null
  readonly policyConstraints: PolicyConstraints | null
  readonly inhibitAnyPolicy: number | null
  readonly distributionPoints: readonly DistributionPoint[] | null
  readonly freshestCrl: readonly DistributionPoint[] | null
  readonly authorityInfoAccess: readonly AccessDescription[]
  /** Object identifiers of extensions that we process and that could not be read: nothing with them can pass. */
  readonly malformed: readonly string[]
}

/** Takes the extensions as they stand; decodes each that path validation uses. Throws nothing for malformed ones. */
export function decodeExtensions(extensions: ReadonlyMap<string, Extension>): DecodedExtensions {
  const malformed: string[] = []
  const decode = <T>(oid: string, parse: (value: Uint8Array) => T): T | null => {
    const extension = extensions.get(oid)
    if (!extension) return null
    try {
      return parse(extension.value)
    } catch (fault) {
      if (!(fault instanceof VerifyError)) throw fault
      malformed.push(oid)
      return null
    }
  }
  return {
    basicConstraints: decode(EXTENSION.basicConstraints, parseBasicConstraints),
    keyUsage: decode(EXTENSION.keyUsage, parseKeyUsage),
    extendedKeyUsage: decode(EXTENSION.extendedKeyUsage, parseExtendedKeyUsage),
    subjectAltNames: decode(EXTENSION.subjectAltName, parseGeneralNames) ?? [],
    subjectKeyIdentifier: decode(EXTENSION.subjectKeyIdentifier, parseSubjectKeyIdentifier),
    authorityKeyIdentifier: decode(EXTENSION.authorityKeyIdentifier, parseAuthorityKeyIdentifier),
    nameConstraints: decode(EXTENSION.nameConstraints, parseNameConstraints),
    certificatePolicies: decode(EXTENSION.certificatePolicies, parseCertificatePolicies),
    policyMappings: decode(EXTENSION.policyMappings, parsePolicyMappings),
    policyConstraints: decode(EXTENSION.policyConstraints, parsePolicyConstraints),
    inhibitAnyPolicy: decode(EXTENSION.inhibitAnyPolicy, parseInhibitAnyPolicy),
    distributionPoints: decode(EXTENSION.crlDistributionPoints, parseDistributionPoints),
    freshestCrl: decode(EXTENSION.freshestCrl, parseDistributionPoints),
    authorityInfoAccess: decode(EXTENSION.authorityInfoAccess, parseAuthorityInfoAccess) ?? [],
    malformed,
  }
}
