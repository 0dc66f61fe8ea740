import { createHash, type KeyObject, sign } from 'node:crypto'
import { XmlC14NMode, XmlDocument, type XmlElement } from 'libxml2-wasm'

/** Who signs a list. */
export interface ListSigner {
  readonly privateKey: KeyObject
  /** DER. */
  readonly certificate: Uint8Array
}

export interface ListPlan {
  /** EUgeneric for a country's, EUlistofthelists for the list of the lists. */
  readonly type?: 'EUgeneric' | 'EUlistofthelists'
  readonly version?: 5 | 6
  readonly territory: string
  readonly sequence?: number
  readonly issuedAt?: string
  readonly nextUpdate?: string
  readonly schemeUris?: readonly string[]
  readonly pointers?: readonly {
    readonly territory: string
    readonly location: string
    readonly type?: ListPlan['type']
    readonly certificates: readonly Uint8Array[]
  }[]
  readonly services?: readonly {
    readonly name: string
    readonly type: string
    readonly certificates: readonly Uint8Array[]
    /** Newest first: the last word of the status's address, since when, and extensions as XML (usesXml, qualificationXml). */
    readonly statuses: readonly (readonly [status: string, from: string, extensions?: string])[]
  }[]
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const TYPES = 'http://uri.etsi.org/TrstSvc/TrustedList/TSLType/'
const RULES = 'http://uri.etsi.org/TrstSvc/TrustedList/'
const MIME = 'application/vnd.etsi.tsl+xml'
const name = (text: string): string => `<Name xml:lang="en">${text}</Name>`
const uri = (text: string): string => `<URI xml:lang="en">${text}</URI>`

/** A trusted list by the schema of TS 119 612, and its XAdES signature. */
export function makeList(plan: ListPlan, signer: ListSigner): Buffer {
  return signList(listXml(plan), signer)
}

/** The same, not signed yet. */
export function listXml(plan: ListPlan): string {
  const { type = 'EUgeneric', version = 6, territory, sequence = 1 } = plan
  const { issuedAt = '2026-11-01T00:00:00Z', nextUpdate = '2027-05-01T00:00:00Z' } = plan
  const address = `<SchemeOperatorAddress><PostalAddresses><PostalAddress xml:lang="en"><StreetAddress>Vej 1</StreetAddress><Locality>Søby</Locality><CountryName>DK</CountryName></PostalAddress></PostalAddresses><ElectronicAddress>${uri('mailto:list@example.dk')}</ElectronicAddress></SchemeOperatorAddress>`
  const pointers = (plan.pointers ?? []).map(pointerXml).join('')
  const services = (plan.services ?? []).map(serviceXml).join('')
  const provider = `<TrustServiceProvider><TSPInformation><TSPName>${name('Prøve A/S')}</TSPName><TSPTradeName>${name('VATDK-12345678')}</TSPTradeName><TSPAddress><PostalAddresses><PostalAddress xml:lang="en"><StreetAddress>Vej 2</StreetAddress><Locality>Søby</Locality><CountryName>DK</CountryName></PostalAddress></PostalAddresses><ElectronicAddress>${uri('mailto:ca@example.dk')}</ElectronicAddress></TSPAddress><TSPInformationURI>${uri('https://ca.example.dk')}</TSPInformationURI></TSPInformation><TSPServices>${services}</TSPServices></TrustServiceProvider>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:a="http://uri.etsi.org/02231/v2/additionaltypes#" Id="list" TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation><TSLVersionIdentifier>${version}</TSLVersionIdentifier><TSLSequenceNumber>${sequence}</TSLSequenceNumber><TSLType>${TYPES}${type}</TSLType><SchemeOperatorName>${name('Prøvetilsynet')}</SchemeOperatorName>${address}<SchemeName>${name(`${territory}:Prøveliste`)}</SchemeName><SchemeInformationURI>${(plan.schemeUris ?? ['https://list.example.dk']).map(uri).join('')}</SchemeInformationURI><StatusDeterminationApproach>${RULES}StatusDetn/EUappropriate</StatusDeterminationApproach><SchemeTypeCommunityRules>${uri(`${RULES}schemerules/EUcommon`)}</SchemeTypeCommunityRules><SchemeTerritory>${territory}</SchemeTerritory><PolicyOrLegalNotice><TSLLegalNotice xml:lang="en">For tests.</TSLLegalNotice></PolicyOrLegalNotice><HistoricalInformationPeriod>65535</HistoricalInformationPeriod>${pointers ? `<PointersToOtherTSL>${pointers}</PointersToOtherTSL>` : ''}<ListIssueDateTime>${issuedAt}</ListIssueDateTime><NextUpdate><dateTime>${nextUpdate}</dateTime></NextUpdate></SchemeInformation>${services ? `<TrustServiceProviderList>${provider}</TrustServiceProviderList>` : ''}</TrustServiceStatusList>
`
}

const identity = (certificate: Uint8Array): string =>
  `<ServiceDigitalIdentity><DigitalId><X509Certificate>${base64(certificate)}</X509Certificate></DigitalId></ServiceDigitalIdentity>`

function pointerXml(pointer: NonNullable<ListPlan['pointers']>[number]): string {
  const { territory, location, type = 'EUgeneric', certificates } = pointer
  const about = [
    `<TSLType>${TYPES}${type}</TSLType>`,
    `<SchemeOperatorName>${name('Prøvetilsynet')}</SchemeOperatorName>`,
    `<SchemeTypeCommunityRules>${uri(`${RULES}schemerules/EUcommon`)}</SchemeTypeCommunityRules>`,
    `<SchemeTerritory>${territory}</SchemeTerritory>`,
    `<a:MimeType>${MIME}</a:MimeType>`,
  ]
  const information = about.map((one) => `<OtherInformation>${one}</OtherInformation>`).join('')
  return `<OtherTSLPointer><ServiceDigitalIdentities>${certificates.map(identity).join('')}</ServiceDigitalIdentities><TSLLocation>${location}</TSLLocation><AdditionalInformation>${information}</AdditionalInformation></OtherTSLPointer>`
}

function serviceXml(service: NonNullable<ListPlan['services']>[number]): string {
  const type = `http://uri.etsi.org/TrstSvc/Svctype/${service.type}`
  const ids = service.certificates
    .map((der) => `<DigitalId><X509Certificate>${base64(der)}</X509Certificate></DigitalId>`)
    .join('')
  const [now, ...before] = service.statuses.map(
    ([status, from, extensions]) =>
      `<ServiceTypeIdentifier>${type}</ServiceTypeIdentifier><ServiceName>${name(service.name)}</ServiceName><ServiceDigitalIdentity>${ids}</ServiceDigitalIdentity><ServiceStatus>${RULES}Svcstatus/${status}</ServiceStatus><StatusStartingTime>${from}</StatusStartingTime>${extensions ? `<ServiceInformationExtensions>${extensions}</ServiceInformationExtensions>` : ''}`,
  )
  const history = before.map((one) => `<ServiceHistoryInstance>${one}</ServiceHistoryInstance>`).join('')
  return `<TSPService><ServiceInformation>${now}</ServiceInformation>${history ? `<ServiceHistory>${history}</ServiceHistory>` : ''}</TSPService>`
}

/** An extension that says what a service's certificates are for: "ForeSignatures", "ForeSeals", "ForWebSiteAuthentication". */
export const usesXml = (...uses: readonly string[]): string =>
  uses
    .map(
      (one) =>
        `<Extension Critical="true"><AdditionalServiceInformation><URI xml:lang="en">${RULES}SvcInfoExt/${one}</URI></AdditionalServiceInformation></Extension>`,
    )
    .join('')

/** An extension with qualifiers for the certificates that meet criteria: XML with prefix q, x for XAdES and a for additional types. */
export const qualificationXml = (
  qualifiers: readonly string[],
  criteria: string,
  assert: 'all' | 'atLeastOne' | 'none' = 'all',
): string =>
  `<Extension Critical="true"><q:Qualifications xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#" xmlns:x="http://uri.etsi.org/01903/v1.3.2#"><q:QualificationElement><q:Qualifiers>${qualifiers.map((one) => `<q:Qualifier uri="${RULES}SvcInfoExt/${one}"/>`).join('')}</q:Qualifiers><q:CriteriaList assert="${assert}">${criteria}</q:CriteriaList></q:QualificationElement></q:Qualifications></Extension>`

/** A criterion: all of these policies. */
export const policiesXml = (...oids: readonly string[]): string =>
  `<q:PolicySet>${oids.map((oid) => `<q:PolicyIdentifier><x:Identifier Qualifier="OIDAsURN">urn:oid:${oid}</x:Identifier></q:PolicyIdentifier>`).join('')}</q:PolicySet>`

const EXCLUSIVE = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 }
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const digest = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('base64')

/** Signs a list as TS 119 612 Annex B has it: enveloped, exclusive C14N, with signed properties. */
export function signList(xml: string, { privateKey, certificate }: ListSigner): Buffer {
  const isEc = privateKey.asymmetricKeyType === 'ec'
  const method = `http://www.w3.org/2001/04/xmldsig-more#${isEc ? 'ecdsa' : 'rsa'}-sha256`
  const properties = `<x:SignedProperties Id="props"><x:SignedSignatureProperties><x:SigningTime>2026-11-01T00:00:00Z</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest><d:DigestMethod Algorithm="${SHA256}"/><d:DigestValue>${digest(certificate)}</d:DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedSignatureProperties></x:SignedProperties>`
  const reference = (about: string, transforms: readonly string[], value: string): string =>
    `<d:Reference ${about}><d:Transforms>${transforms.map((one) => `<d:Transform Algorithm="${one}"/>`).join('')}</d:Transforms><d:DigestMethod Algorithm="${SHA256}"/><d:DigestValue>${value}</d:DigestValue></d:Reference>`
  const whole = reference(
    'Id="whole" URI=""',
    ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', C14N],
    digest(canonicalOf(xml, null)),
  )
  const signed = (ofProperties: string, value: string): string => {
    const own = reference('Type="http://uri.etsi.org/01903#SignedProperties" URI="#props"', [C14N], ofProperties)
    return xml.replace(
      '</TrustServiceStatusList>',
      `<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#" Id="sig"><d:SignedInfo><d:CanonicalizationMethod Algorithm="${C14N}"/><d:SignatureMethod Algorithm="${method}"/>${whole}${own}</d:SignedInfo><d:SignatureValue>${value}</d:SignatureValue><d:KeyInfo><d:X509Data><d:X509Certificate>${base64(certificate)}</d:X509Certificate></d:X509Data></d:KeyInfo><d:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#sig">${properties}</x:QualifyingProperties></d:Object></d:Signature></TrustServiceStatusList>`,
    )
  }
  const ofProperties = digest(canonicalOf(signed('AA==', 'AA=='), '//x:SignedProperties'))
  const signedInfo = canonicalOf(signed(ofProperties, 'AA=='), '//d:SignedInfo')
  const key = isEc ? ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const) : privateKey
  return Buffer.from(signed(ofProperties, sign('sha256', Buffer.from(signedInfo), key).toString('base64')))
}

function canonicalOf(xml: string, path: string | null): string {
  const document = XmlDocument.fromBuffer(Buffer.from(xml))
  try {
    if (path === null) return document.canonicalizeToString(EXCLUSIVE)
    const names = { d: 'http://www.w3.org/2000/09/xmldsig#', x: 'http://uri.etsi.org/01903/v1.3.2#' }
    return (document.get(path, names) as XmlElement).canonicalizeToString(EXCLUSIVE)
  } finally {
    document.dispose()
  }
}
