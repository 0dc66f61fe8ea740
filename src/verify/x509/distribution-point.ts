import {
  contextConstructed,
  contextPrimitive,
  type Element,
  readBitString,
  readBoolean,
  readChildren,
  readElement,
  readExplicit,
  readFields,
  readImplicit,
  TAG,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type DistinguishedName, extendName, parseRelativeName, type RelativeName } from './distinguished-name.ts'
import { reasonMask } from './extensions.ts'
import { type GeneralName, parseGeneralName } from './general-name.ts'

/** Where a CRL lies: full names, or one name relative to that of the CRL's issuer. */
export type DistributionPointName =
  | { readonly kind: 'full'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'relative'; readonly rdn: RelativeName }

/** One member of CRLDistributionPoints (RFC 5280 §4.2.1.13). */
export interface DistributionPoint {
  readonly name: DistributionPointName | null
  /** Null: all reasons. */
  readonly reasons: number | null
  readonly crlIssuer: readonly GeneralName[] | null
}

/** IssuingDistributionPoint of a CRL (RFC 5280 §5.2.5). */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | null
  readonly onlyUserCertificates: boolean
  readonly onlyCaCertificates: boolean
  readonly onlySomeReasons: number | null
  readonly indirect: boolean
  readonly onlyAttributeCertificates: boolean
  readonly bytes: Uint8Array
}

/** Reads CRLDistributionPoints (also FreshestCRL). @throws VerifyError malformed-der */
export function parseDistributionPoints(value: Uint8Array): readonly DistributionPoint[] {
  const list = readElement(value)
  const members = list.tag === TAG.sequence ? readChildren(list) : []
  if (members.length === 0) throw new VerifyError('malformed-der', 'CRLDistributionPoints is not a list with members')
  return members.map((member) => {
    const fields = readFields(member, 'DistributionPoint')
    const name = fields.optional(contextConstructed(0))
    const reasons = fields.optional(contextPrimitive(1))
    const crlIssuer = fields.optional(contextConstructed(2))
    fields.end()
    if (!name && !crlIssuer) throw new VerifyError('malformed-der', 'DistributionPoint names nothing')
    return {
      name: name ? parseDistributionPointName(name) : null,
      reasons: reasons ? reasonMask(readBitString(readImplicit(reasons, TAG.bitString))) : null,
      crlIssuer: crlIssuer ? readChildren(crlIssuer).map(parseGeneralName) : null,
    }
  })
}

function parseDistributionPointName(element: Element): DistributionPointName {
  const choice = readExplicit(element, 'DistributionPointName')
  if (choice.tag === contextConstructed(0)) return { kind: 'full', names: readChildren(choice).map(parseGeneralName) }
  if (choice.tag === contextConstructed(1)) return { kind: 'relative', rdn: parseRelativeName(choice) }
  throw new VerifyError('malformed-der', 'DistributionPointName is of no known kind')
}

/** Gives the full names of a distribution point; a relative one hangs under each of the given issuers. */
export function fullNames(name: DistributionPointName, issuers: readonly DistinguishedName[]): readonly GeneralName[] {
  if (name.kind === 'full') return name.names
  return issuers.map((issuer) => ({ kind: 'directory', name: extendName(issuer, name.rdn) }))
}

/** Reads IssuingDistributionPoint. @throws VerifyError malformed-der, also where two of the "only" flags are set */
export function parseIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  const element = readElement(value)
  const fields = readFields(element, 'IssuingDistributionPoint')
  const name = fields.optional(contextConstructed(0))
  const flag = (n: number): boolean => {
    const member = fields.optional(contextPrimitive(n))
    return member !== null && readBoolean(readImplicit(member, TAG.boolean))
  }
  const onlyUserCertificates = flag(1)
  const onlyCaCertificates = flag(2)
  const reasons = fields.optional(contextPrimitive(3))
  const indirect = flag(4)
  const onlyAttributeCertificates = flag(5)
  fields.end()
  if (Number(onlyUserCertificates) + Number(onlyCaCertificates) + Number(onlyAttributeCertificates) > 1) {
    throw new VerifyError('malformed-der', 'IssuingDistributionPoint contradicts itself')
  }
  return {
    name: name ? parseDistributionPointName(name) : null,
    onlyUserCertificates,
    onlyCaCertificates,
    onlySomeReasons: reasons ? reasonMask(readBitString(readImplicit(reasons, TAG.bitString))) : null,
    indirect,
    onlyAttributeCertificates,
    bytes: element.bytes,
  }
}
