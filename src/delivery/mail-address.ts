import { domainToASCII } from 'node:url'

/** RFC 5321 §4.5.3.1: 64 octets before the @, 254 for the path. */
const MAX_LOCAL = 64
const MAX_ADDRESS = 254
/** RFC 5322 §3.2.3 dot-atom: quoted local parts, and those that need SMTPUTF8 all the way, are not sent to. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Takes an address; gives its part before the last @ and its domain (ASCII, lower case), or null where it is none. */
export function splitAddress(address: string): { readonly local: string; readonly domain: string } | null {
  const at = address.lastIndexOf('@')
  if (at < 1) return null
  const domain = domainToASCII(address.slice(at + 1)).toLowerCase()
  return DOMAIN.test(domain) ? { local: address.slice(0, at), domain } : null
}

/**
 * Takes two addresses; true where both name the same mailbox: domains by their ASCII form, local parts without
 * regard to case, as every provider in use reads them (RFC 5321 §2.4 leaves that to the receiver).
 */
export function sameAddress(one: string, other: string): boolean {
  const a = splitAddress(one.trim())
  const b = splitAddress(other.trim())
  return a !== null && b !== null && a.domain === b.domain && a.local.toLowerCase() === b.local.toLowerCase()
}

/** Takes an address; true where it can stand in an envelope and a header as it is: nothing quoted, no control characters. */
export function isSendableAddress(address: string): boolean {
  const parts = splitAddress(address)
  if (parts === null || Buffer.byteLength(address) > MAX_ADDRESS) return false
  return Buffer.byteLength(parts.local) <= MAX_LOCAL && LOCAL_PART.test(parts.local)
}

/** Takes a domain and its possible parent; true for the same domain and for a subdomain. */
export function isWithinDomain(domain: string, parent: string): boolean {
  const child = domainToASCII(domain).toLowerCase()
  const above = domainToASCII(parent).toLowerCase()
  return above !== '' && (child === above || child.endsWith(`.${above}`))
}
