import type { Envelope } from '../model/submission.ts'
import { dmarcOf, parseAuthenticationResults } from './authentication-results.ts'
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

/** A server that hands on by LMTP writes a Received of its own above what the one before found out. */
const MAX_RECEIVED_ABOVE = 1

/**
 * Takes a raw mail that came from the hop; gives what the hop wrote of DMARC, or null. Only its topmost fields that stand together count, with one
 * Received above them at most (Microsoft 365 hands on within itself, and has more): what lies deeper came with the mail (RFC 8601 §5). Several
 * fields are read together only where a Received of the hop closes them off; one that cannot be read ends it. The hop must
 * itself take away fields that claim its name.
 */
export function readHopResults(raw: Uint8Array, hop: TrustedHop): HopVerdict | null {
  if (!hop.writesResults) return null
  const fields = readEntity(raw)?.fields ?? []
  const first = fields.findIndex(({ name }) => name === 'authentication-results')
  const above = fields.slice(0, Math.max(first, 0)).filter(({ name }) => name === 'received').length
  if (first < 0 || (hop.authservId !== null && above > MAX_RECEIVED_ABOVE)) return null
  const length = fields.slice(first).findIndex(({ name }) => name !== 'authentication-results')
  const block = fields.slice(first, length < 0 ? undefined : first + length)
  const isClosed = fields[first + block.length]?.name === 'received'
  const said = block.map(({ value }) => parseAuthenticationResults(value))
  const known = said.flatMap((one) => one ?? [])
  if (known.length < said.length) return null
  // Microsoft's has no name that tells it from others: the first one is the one that it wrote.
  const its = hop.authservId === null ? known.slice(0, 1) : known
  const own = its.filter(({ authservId }) => authservId === hop.authservId)
  return asVerdict(dmarcOf(isClosed && above === 0 ? own : own.slice(0, 1)))
}

/** An ARC set of a chain that was verified from its newest seal to its oldest. */
export interface ArcSet {
  readonly sealer: string
  /** The value of its ARC-Authentication-Results. */
  readonly results: string
}

/**
 * Takes the sets of a chain that holds, newest first; gives the From's domain for which a sealer that we trust saw DMARC pass, or null. It goes down only as far as
 * each seal is of somebody trusted (RFC 8617 §7.2): what an untrusted one sealed, it may have made up.
 */
export function readArcResults(sets: readonly ArcSet[], hop: TrustedHop): string | null {
  for (const { sealer, results } of sets) {
    if (!hop.arcSealers.includes(sealer.toLowerCase())) return null
    const said = parseAuthenticationResults(results.replace(/^[^;]*;/, ''))
    const verdict = said === null ? null : asVerdict(dmarcOf([said]))
    if (verdict?.dmarc === 'pass') return verdict.from
  }
  return null
}

function asVerdict(said: ReturnType<typeof dmarcOf>): HopVerdict | null {
  if (said === null || said.result === 'other') return null
  // A pass that does not say for whom is one for nobody.
  if (said.result === 'pass' && said.from === null) return null
  return { dmarc: said.result, from: said.from }
}
