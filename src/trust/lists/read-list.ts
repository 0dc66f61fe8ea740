import type { XmlElement } from 'libxml2-wasm'
import { readStated, type StatedOfCertificates } from './qualifications.ts'
import { listRefused } from './refusal.ts'
import { at, base64Of, children, NAMESPACES, only, textOf } from './xml.ts'

const { tsl, additional } = NAMESPACES

/** A list as it was read (TS 119 612 §5); nothing of it is believed before its signature was verified. */
export interface ListDocument {
  readonly version: number
  readonly sequence: number
  readonly type: string
  readonly territory: string
  readonly operator: string
  readonly issuedAt: Date
  readonly nextUpdate: Date | null
  /** Information about the scheme; in the list of the lists the pivots, newest first (§5.3.7). */
  readonly schemeUris: readonly string[]
  readonly pointers: readonly ListPointer[]
  readonly services: readonly ListedService[]
}

/** Where another list lies, and who may sign it (§5.3.13). */
export interface ListPointer {
  readonly location: string
  readonly territory: string
  readonly type: string
  readonly mimeType: string
  /** DER. */
  readonly certificates: readonly Uint8Array[]
}

/** A service with its status and how that was before (§5.5). */
export interface ListedService {
  readonly provider: string
  readonly name: string
  readonly type: string
  /** DER. */
  readonly certificates: readonly Uint8Array[]
  /** Newest first. */
  readonly statuses: readonly ({
    readonly status: string
    readonly from: Date
    readonly type: string
  } & StatedOfCertificates)[]
}

/** Versions of the format: TS 119 612 v2.1.1 and v2.2.1 write 5, v2.3.1 and later 6. */
const VERSIONS: ReadonlySet<number> = new Set([5, 6])

/** Takes a list's root element; gives what it says. @throws GatewayError list-refused malformed */
export function readList(root: XmlElement): ListDocument {
  const scheme = mustBe(only(root, tsl, 'SchemeInformation'), 'SchemeInformation')
  const version = numberOf(only(scheme, tsl, 'TSLVersionIdentifier'), 'TSLVersionIdentifier')
  if (!VERSIONS.has(version)) throw listRefused('malformed', `The list is of version ${version}, which is not known.`)
  const pointers = only(scheme, tsl, 'PointersToOtherTSL')
  const uris = only(scheme, tsl, 'SchemeInformationURI')
  const providers = only(root, tsl, 'TrustServiceProviderList')
  return {
    version,
    sequence: numberOf(only(scheme, tsl, 'TSLSequenceNumber'), 'TSLSequenceNumber'),
    type: mustSay(only(scheme, tsl, 'TSLType'), 'TSLType'),
    territory: mustSay(only(scheme, tsl, 'SchemeTerritory'), 'SchemeTerritory'),
    operator: nameIn(only(scheme, tsl, 'SchemeOperatorName')),
    issuedAt: mustBeTime(only(scheme, tsl, 'ListIssueDateTime'), 'ListIssueDateTime'),
    nextUpdate: timeOf(at(scheme, tsl, 'NextUpdate', 'dateTime')),
    schemeUris: uris ? children(uris, tsl, 'URI').map((one) => textOf(one) ?? '') : [],
    pointers: pointers ? children(pointers, tsl, 'OtherTSLPointer').map(readPointer) : [],
    services: providers ? children(providers, tsl, 'TrustServiceProvider').flatMap(readProvider) : [],
  }
}

function readPointer(pointer: XmlElement): ListPointer {
  const facts = at(pointer, tsl, 'AdditionalInformation')
  const others = facts ? children(facts, tsl, 'OtherInformation') : []
  const said = (namespace: string, name: string): string =>
    others.map((one) => textOf(only(one, namespace, name))).find((text) => text !== null) ?? ''
  return {
    location: textOf(only(pointer, tsl, 'TSLLocation')) ?? '',
    territory: said(tsl, 'SchemeTerritory'),
    type: said(tsl, 'TSLType'),
    mimeType: said(additional, 'MimeType'),
    certificates: certificatesIn(at(pointer, tsl, 'ServiceDigitalIdentities')),
  }
}

/** ServiceDigitalIdentities, or a single ServiceDigitalIdentity; equal certificates count once. */
function certificatesIn(identities: XmlElement | null): readonly Uint8Array[] {
  if (!identities) return []
  const several = children(identities, tsl, 'ServiceDigitalIdentity')
  const ids = (several.length > 0 ? several : [identities]).flatMap((one) => children(one, tsl, 'DigitalId'))
  const found = ids.flatMap((id) => children(id, tsl, 'X509Certificate')).map((one) => base64Of(one))
  return [...new Map(found.map((der) => [Buffer.from(der).toString('base64'), der])).values()]
}

function readProvider(provider: XmlElement): readonly ListedService[] {
  const name = nameIn(at(provider, tsl, 'TSPInformation', 'TSPName'))
  const services = only(provider, tsl, 'TSPServices')
  return services ? children(services, tsl, 'TSPService').map((one) => readService(one, name)) : []
}

function readService(service: XmlElement, provider: string): ListedService {
  const now = mustBe(only(service, tsl, 'ServiceInformation'), 'ServiceInformation')
  const history = only(service, tsl, 'ServiceHistory')
  const instances = history ? children(history, tsl, 'ServiceHistoryInstance') : []
  const type = mustSay(only(now, tsl, 'ServiceTypeIdentifier'), 'ServiceTypeIdentifier')
  return {
    provider,
    name: nameIn(only(now, tsl, 'ServiceName')),
    type,
    certificates: certificatesIn(only(now, tsl, 'ServiceDigitalIdentity')),
    statuses: [now, ...instances]
      .map((one) => ({
        status: mustSay(only(one, tsl, 'ServiceStatus'), 'ServiceStatus'),
        from: mustBeTime(only(one, tsl, 'StatusStartingTime'), 'StatusStartingTime'),
        type: textOf(only(one, tsl, 'ServiceTypeIdentifier')) ?? type,
        ...readStated(one),
      }))
      .sort((one, other) => other.from.getTime() - one.from.getTime()),
  }
}

/** The English name, which every list has (§5.1.4), else the first. */
function nameIn(names: XmlElement | null): string {
  const all = names ? children(names, tsl, 'Name') : []
  const english = all.find((one) => one.attr('lang', 'xml')?.value.toLowerCase() === 'en')
  return textOf(english ?? all[0] ?? null) ?? ''
}

function timeOf(element: XmlElement | null): Date | null {
  const text = textOf(element)
  if (text === null) return null
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw listRefused('malformed', 'The list holds a time that is none.')
  return time
}

const mustBeTime = (element: XmlElement | null, name: string): Date => {
  const time = timeOf(element)
  if (!time) throw listRefused('malformed', `The list has no ${name}.`)
  return time
}

function numberOf(element: XmlElement | null, name: string): number {
  const value = Number(textOf(element))
  if (!Number.isSafeInteger(value) || value < 0) throw listRefused('malformed', `The list has no ${name}.`)
  return value
}

function mustSay(element: XmlElement | null, name: string): string {
  const text = textOf(element)
  if (text === null) throw listRefused('malformed', `The list has no ${name}.`)
  return text
}

function mustBe(element: XmlElement | null, name: string): XmlElement {
  if (!element) throw listRefused('malformed', `The list has no ${name}.`)
  return element
}
