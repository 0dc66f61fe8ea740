import type { GeneralName } from './general-name.ts'
import { isHostName } from './host-name.ts'

/** unprocessed: the name or the subtree is not well-formed, or of a kind that nothing here compares. */
export type NameMatch = 'inside' | 'outside' | 'unprocessed'

const answer = (inside: boolean): NameMatch => (inside ? 'inside' : 'outside')

/**
 * Says whether a name lies in a subtree of its own kind. A wildcard lies in an excluded subtree when one of the names
 * that it stands for may, and in a permitted one only when all of them do.
 * @see RFC 5280 §4.2.1.10
 */
export function matchName(name: GeneralName, subtree: GeneralName, role: 'permitted' | 'excluded'): NameMatch {
  if (name.kind === 'directory' && subtree.kind === 'directory') {
    const prefix = subtree.name.rdnKeys
    return answer(prefix.every((key, i) => name.name.rdnKeys[i] === key))
  }
  if (name.kind === 'dns' && subtree.kind === 'dns') return matchDns(name.value, subtree.value, role)
  if (name.kind === 'email' && subtree.kind === 'email') return matchEmail(name.value, subtree.value)
  if (name.kind === 'uri' && subtree.kind === 'uri') return matchUri(name.value, subtree.value)
  if (name.kind === 'ip' && subtree.kind === 'ip') return matchIp(name.bytes, subtree.bytes)
  return 'unprocessed'
}

const liesUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

function matchDns(value: string, subtreeValue: string, role: 'permitted' | 'excluded'): NameMatch {
  const domain = subtreeValue.toLowerCase()
  const name = value.toLowerCase()
  const wildcard = name.startsWith('*.')
  const host = wildcard ? name.slice(2) : name
  if (!isHostName(host)) return 'unprocessed'
  if (domain === '') return 'inside'
  if (!isHostName(domain)) return 'unprocessed'
  if (liesUnder(host, domain)) return 'inside'
  const parent = domain.slice(domain.indexOf('.') + 1)
  return answer(wildcard && role === 'excluded' && domain.includes('.') && parent === host)
}

function matchEmail(value: string, subtreeValue: string): NameMatch {
  const at = value.lastIndexOf('@')
  const local = value.slice(0, at)
  const host = value.slice(at + 1).toLowerCase()
  if (at < 1 || (local.includes('@') && !local.startsWith('"')) || !isHostName(host)) return 'unprocessed'
  const constraintAt = subtreeValue.lastIndexOf('@')
  const constraintHost = subtreeValue.slice(constraintAt + 1).toLowerCase()
  if (constraintAt >= 0) {
    if (!isHostName(constraintHost)) return 'unprocessed'
    return answer(subtreeValue.slice(0, constraintAt) === local && constraintHost === host)
  }
  return matchHost(host, constraintHost)
}

/** A leading period: any host below; none: that host alone. */
function matchHost(host: string, constraint: string): NameMatch {
  const below = constraint.startsWith('.')
  const domain = below ? constraint.slice(1) : constraint
  if (!isHostName(domain)) return 'unprocessed'
  return answer(below ? host.endsWith(`.${domain}`) : host === domain)
}

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::\d*)?(?:[/?#]|$)/i

/** A URI without a host name (or with an address as host) cannot be judged and must be refused: RFC 5280 §4.2.1.10. */
function matchUri(value: string, subtreeValue: string): NameMatch {
  const host = AUTHORITY.exec(value)?.[1]?.toLowerCase()
  if (!host || !isHostName(host)) return 'unprocessed'
  return matchHost(host, subtreeValue.toLowerCase())
}

function matchIp(address: Uint8Array, subtree: Uint8Array): NameMatch {
  if (address.length !== 4 && address.length !== 16) return 'unprocessed'
  if (subtree.length !== 8 && subtree.length !== 32) return 'unprocessed'
  const mask = subtree.subarray(subtree.length / 2)
  if (!isPrefixMask(mask)) return 'unprocessed'
  if (subtree.length !== address.length * 2) return 'outside'
  return answer(address.every((octet, i) => ((octet ^ (subtree[i] ?? 0)) & (mask[i] ?? 0)) === 0))
}

/** RFC 4632: ones, then zeros. */
function isPrefixMask(mask: Uint8Array): boolean {
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  return /^1*0*$/.test(bits)
}
