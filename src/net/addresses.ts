import { BlockList, isIP, isIPv4 } from 'node:net'
import { GatewayError } from '../model/errors.ts'

/** Says whether an IP address, in any of its notations, belongs to a set of networks. */
export type AddressMatcher = (address: string) => boolean

/** IPv4 for special purposes (IANA registry, RFC 6890), multicast and reserved. */
const isSpecialIpv4 = parseNetworks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])

/**
 * RFC 4291 §2.4 with the IANA registry: all global unicast is here. What lies outside (unique local, link-local,
 * multicast, IPv4-compatible, and what is not given out yet) is refused without a list that could miss one.
 */
const isGlobalIpv6 = parseNetworks(['2000::/3'])
const isSpecialIpv6 = parseNetworks(['2001::/23', '2001:db8::/32', '3fff::/20'])

/**
 * Takes an IP address; says whether it is one of the open Internet. An IPv6 address that reaches an IPv4 one is judged
 * by that one. False for what is no address, and for one with a zone: only one's own links have zones (RFC 4007).
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false
  if (isIPv4(address)) return !isSpecialIpv4(address)
  const reached = ipv4ReachedBy(address)
  if (reached !== null) return !isSpecialIpv4(reached)
  return isGlobalIpv6(address) && !isSpecialIpv6(address)
}

/**
 * Takes networks in CIDR notation or single addresses; gives what says whether an address is in one of them. A mapped
 * address (::ffff:127.0.0.1) counts as the IPv4 address that it holds; a zone does not count.
 * @throws GatewayError configuration, naming all that are no network
 */
export function parseNetworks(networks: readonly string[]): AddressMatcher {
  // Two lists: in one, "::/0" would hold the IPv4 addresses too.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  const wrong = networks.filter((network) => !addNetwork(lists, network))
  if (wrong.length > 0) {
    const named = wrong.map((one) => `"${one}"`).join(', ')
    throw new GatewayError('configuration', `Not an IP address or network (such as 10.2.0.0/16): ${named}`)
  }
  return (address) => {
    const [bare = ''] = address.split('%')
    if (isIP(bare) === 0) return false
    const judged = mappedIpv4(bare) ?? bare
    return lists[familyOf(judged)].check(judged, familyOf(judged))
  }
}

function addNetwork(lists: Readonly<Record<'ipv4' | 'ipv6', BlockList>>, network: string): boolean {
  const [address = '', prefix, more] = network.split('/')
  if (isIP(address) === 0 || address.includes('%') || more !== undefined) return false
  // Mapped addresses are looked up as IPv4: as a network they would never match.
  if (mappedIpv4(address) !== null) return false
  const bits = isIPv4(address) ? 32 : 128
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)) return false
  lists[familyOf(address)].addSubnet(address, Number(prefix ?? bits), familyOf(address))
  return true
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}

/** IPv4 within a mapped address (RFC 4291 §2.5.5.2), one for NAT64 (RFC 6052 §2.1) or 6to4 (RFC 3056); else null. */
function ipv4ReachedBy(address: string): string | null {
  const groups = groupsOf(address)
  if (startsWith(groups, [0x64, 0xff9b, 0, 0, 0, 0])) return ipv4From(groups, 6)
  if (startsWith(groups, [0x2002])) return ipv4From(groups, 1)
  return mappedIpv4(address)
}

function mappedIpv4(address: string): string | null {
  if (isIPv4(address)) return null
  const groups = groupsOf(address)
  return startsWith(groups, [0, 0, 0, 0, 0, 0xffff]) ? ipv4From(groups, 6) : null
}

function startsWith(groups: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((group, at) => groups[at] === group)
}

function ipv4From(groups: readonly number[], at: number): string {
  return groups
    .slice(at, at + 2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

/** Takes an IPv6 address without a zone; gives its eight 16-bit groups. */
function groupsOf(address: string): readonly number[] {
  // The URL parser writes every notation alike: hexadecimal groups, at most one gap of zeros.
  const [head = '', tail = ''] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const first = head.split(':').filter((group) => group !== '')
  const last = tail.split(':').filter((group) => group !== '')
  const gap = Array<string>(8 - first.length - last.length).fill('0')
  return [...first, ...gap, ...last].map((group) => Number.parseInt(group, 16))
}
