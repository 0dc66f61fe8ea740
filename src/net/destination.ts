import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { AddressMatcher } from './addresses.ts'
import { failed, NOWHERE, placeOf, refused, systemCode } from './faults.ts'
import { isWebPort } from './ports.ts'

const MAX_URL_LENGTH = 2048

/** Gives all addresses of a host name. */
export type HostLookup = (host: string) => Promise<readonly string[]>

/** A place that may be gone to: every address was checked. */
export interface Destination {
  readonly url: URL
  readonly addresses: readonly string[]
}

/** Asks the machine's own resolver (hosts file and DNS), as every program on it does. */
export const lookupHost: HostLookup = async (host) =>
  (await systemLookup(host, { all: true })).map(({ address }) => address)

/**
 * Takes a URL, or a reference with the URL that it stands in; gives it parsed, without its fragment.
 * @throws GatewayError fetch-refused: no URL, longer than 2048 characters, not http: or https:, with user information, a port of
 * another protocol
 */
export function parseWebUrl(text: string, base?: URL): URL {
  const place = base ? placeOf(base) : NOWHERE
  // Not `new URL`: what it throws holds the whole text.
  const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text, base)
  if (!url || url.href.length > MAX_URL_LENGTH) throw refused('url', place, 'no URL, or too long a one')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('scheme', place, 'neither http nor https')
  if (url.username !== '' || url.password !== '') throw refused('url', placeOf(url), 'a name or password stands in it')
  if (!isWebPort(placeOf(url).port)) throw refused('port', placeOf(url), 'no web server is asked on that port')
  url.hash = ''
  return url
}

/**
 * Resolves the host once and checks every address: of a name with one public and one private address, nobody could say
 * which one is connected to.
 * @throws GatewayError fetch-refused: an address that is not admitted; fetch-failed: the name does not resolve
 */
export async function resolveDestination(
  url: URL,
  lookup: HostLookup,
  isAdmitted: AddressMatcher,
): Promise<Destination> {
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await lookUp(url, lookup) : [host]
  if (!addresses.every(isAdmitted)) throw refused('address', placeOf(url), 'its address is not public')
  return { url, addresses }
}

/** The host name or the address; an IPv6 one without the brackets that it has in a URL. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

async function lookUp(url: URL, lookup: HostLookup): Promise<readonly string[]> {
  const addresses = await lookup(url.hostname).catch((cause: unknown) => {
    throw failed('dns', placeOf(url), 'the name does not resolve', { cause, facts: { system: systemCode(cause) } })
  })
  if (addresses.length === 0) throw failed('dns', placeOf(url), 'the name has no address')
  return addresses
}
