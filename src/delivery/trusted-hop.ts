import type { Envelope } from '../model/submission.ts'
import { type AuthenticationResults, dmarcOf, parseAuthenticationResults } from './authentication-results.ts'
import { readEntity } from './mime-entity.ts'

/** A mail server in front of ours, whose findings count. */
export interface TrustedHop {
  /** Says whether an address is one that it hands mail over from by SMTP. */
  readonly isItsAddress: (address: string) => boolean
  /** The name in the Authentication-Results that it writes; null: what it writes has none, as Microsoft 365's. */
  readonly authservId: string | null
  /** False: only its ARC seals count, not its Authentication-Results. */
  readonly writesResults: boolean
  /** Domains whose ARC seals count, lower-case. */
  readonly arcSealers: readonly string[]
}

/** What somebody whom we trust found out of the From's domain. */
export interface HopVerdict {
  readonly dmarc: 'pass' | 'fail'
  readonly from: string | null
}

/** Mail of which the client is not known came by LMTP or from a mailbox: from the server that we configured. */
export const cameFromHop = (hop: TrustedHop, { remoteAddress }: Pick<Envelope, 'remoteAddress'>): boolean =>
  remoteAddress === null || hop.isItsAddress(remoteAddress)

/**
 * Takes a raw mail that came from the hop; gives what the hop wrote of DMARC, or null. Only the topmost block of its fields counts, and
 * nothing below a Received that stands under it: what lies deeper came with the mail (RFC 8601 §5). The hop
 * must itself take away fields that claim its name.
 */
export function readHopResults(raw: Uint8Array, hop: TrustedHop): HopVerdict | null {
  if (!hop.writesResults) return null
  const fields = readEntity(raw)?.fields ?? []
  const block: AuthenticationResults[] = []
  for (const { name, value } of fields) {
    if (name === 'received' && block.length > 0) break
    if (name !== 'authentication-results') continue
    const said = parseAuthenticationResults(value)
    if (said === null && block.length === 0) return null
    if (said?.authservId === hop.authservId) block.push(said)
    // Microsoft's has no name that tells it from others: the first one is the one that it wrote.
    if (hop.authservId === null) break
  }
  return asVerdict(dmarcOf(block))
}

/** An ARC set of a chain that was verified from its newest seal to its oldest. */
export interface ArcSet {
  readonly sealer: string
  /** The value of its ARC-Authentication-Results. */
  readonly results: string
}

/**
 * Takes the sets of a chain that holds, newest first; gives what the sealers that we trust say of DMARC. It goes down only as far as
 * each seal is of somebody trusted (RFC 8617 §7.2): what an untrusted one sealed, it may have made up.
 */
export function readArcResults(sets: readonly ArcSet[], hop: TrustedHop): HopVerdict | null {
  for (const { sealer, results } of sets) {
    if (!hop.arcSealers.includes(sealer.toLowerCase())) return null
    const said = parseAuthenticationResults(results.replace(/^[^;]*;/, ''))
    const verdict = said === null ? null : asVerdict(dmarcOf([said]))
    if (verdict?.dmarc === 'pass') return verdict
  }
  return null
}

function asVerdict(said: ReturnType<typeof dmarcOf>): HopVerdict | null {
  if (said === null || said.result === 'other') return null
  // A pass that does not say for whom is one for nobody.
  if (said.result === 'pass' && said.from === null) return null
  return { dmarc: said.result, from: said.from }
}
