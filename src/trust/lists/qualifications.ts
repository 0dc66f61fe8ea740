import type { XmlElement } from 'libxml2-wasm'
import type { CertificateUse, Criterion, Qualification } from '../../verify/x509/index.ts'
import { at, attribute, children, NAMESPACES, only, textOf } from './xml.ts'

const { tsl, qualifying, additional, xades } = NAMESPACES

/** What a service's extensions say of its certificates. */
export interface StatedOfCertificates {
  readonly uses: readonly CertificateUse[]
  readonly qualifications: readonly Qualification[]
}

const USES: Readonly<Record<string, CertificateUse>> = {
  ForeSignatures: 'signature',
  ForeSeals: 'seal',
  ForWebSiteAuthentication: 'website',
}

/** Takes a service's information, or one of its history; gives what its extensions say (TS 119 612 §5.5.9). @throws GatewayError list-refused malformed */
export function readStated(information: XmlElement): StatedOfCertificates {
  const holder = only(information, tsl, 'ServiceInformationExtensions')
  const extensions = holder ? children(holder, tsl, 'Extension') : []
  const uses = extensions
    .flatMap((one) => children(one, tsl, 'AdditionalServiceInformation'))
    .flatMap((one) => USES[lastWord(textOf(only(one, tsl, 'URI')))] ?? [])
  const qualifications = extensions
    .flatMap((one) => children(one, qualifying, 'Qualifications'))
    .flatMap((one) => children(one, qualifying, 'QualificationElement'))
    .map(readQualification)
  return { uses: [...new Set(uses)], qualifications }
}

const lastWord = (uri: string | null): string => /[^/]*$/.exec(uri?.trim() ?? '')?.[0] ?? ''

function readQualification(element: XmlElement): Qualification {
  const qualifiers = only(element, qualifying, 'Qualifiers')
  const criteria = only(element, qualifying, 'CriteriaList')
  const all = qualifiers ? children(qualifiers, qualifying, 'Qualifier') : []
  return {
    qualifiers: all.map((one) => lastWord(attribute(one, 'uri'))),
    criterion: criteria ? readCriteria(criteria) : { test: 'unknown' },
  }
}

const ASSERTIONS: Readonly<Record<string, 'all' | 'any' | 'none'>> = { all: 'all', atLeastOne: 'any', none: 'none' }

function readCriteria(list: XmlElement): Criterion {
  const test = ASSERTIONS[attribute(list, 'assert') ?? '']
  const of = children(list).flatMap(readCriterion)
  // A list that asks for nothing says nothing of whom it means.
  return test === undefined || of.length === 0 ? { test: 'unknown' } : { test, of }
}

function readCriterion(element: XmlElement): readonly Criterion[] {
  if (element.namespaceUri !== qualifying) return [{ test: 'unknown' }]
  switch (element.name) {
    case 'KeyUsage':
      return [{ test: 'key-usage', bits: readBits(element) }]
    case 'PolicySet':
      return [oidTest('policies', children(element, qualifying, 'PolicyIdentifier'))]
    case 'CriteriaList':
      return [readCriteria(element)]
    case 'otherCriteriaList':
      return children(element).map(readOther)
    case 'Description':
      return []
    default:
      return [{ test: 'unknown' }]
  }
}

function readBits(element: XmlElement): Readonly<Record<string, boolean>> {
  const bits = children(element, qualifying, 'KeyUsageBit')
  return Object.fromEntries(
    bits.map((one) => [attribute(one, 'name') ?? '', ['true', '1'].includes(textOf(one) ?? '')] as const),
  )
}

function readOther(element: XmlElement): Criterion {
  if (element.namespaceUri !== additional) return { test: 'unknown' }
  if (element.name === 'ExtendedKeyUsage') {
    return oidTest('extended-key-usage', children(element, additional, 'KeyPurposeId'))
  }
  if (element.name !== 'CertSubjectDNAttribute') return { test: 'unknown' }
  return oidTest('subject-attributes', children(element, additional, 'AttributeOID'))
}

/** Object identifiers as XAdES writes them, "urn:oid:1.2.3" or "1.2.3". */
function oidTest(
  test: 'policies' | 'extended-key-usage' | 'subject-attributes',
  identifiers: readonly XmlElement[],
): Criterion {
  const oids = identifiers.map((one) => (textOf(at(one, xades, 'Identifier')) ?? '').replace(/^urn:oid:/i, ''))
  return oids.length > 0 && oids.every((one) => /^[0-2](\.\d+)+$/.test(one)) ? { test, oids } : { test: 'unknown' }
}
