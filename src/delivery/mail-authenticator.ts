import type { ARCResult } from 'mailauth'
import type { MailAuthenticator } from '../model/ports.ts'
import { type ArcSet, cameFromHop, readArcResults, readHopResults, type TrustedHop } from './trusted-hop.ts'

/**
 * Looks up one name: TXT gives lists of strings, A and AAAA lists of addresses, MX its records, as node:dns/promises
 * does; a name or type that is not there is an Error with the code ENOTFOUND or ENODATA.
 */
export type DnsResolver = (name: string, type: string) => Promise<unknown>

/** More signatures than any honest way through mail servers adds. */
const MAX_SIGNATURES = 10
/** Each is verified, and its key looked up. */
const MAX_SEALS = 10
/** The library hashes the body once for each way of reading it, in our own process: about a second for this much. */
const MAX_HASHED_BYTES = 64 * 1024 * 1024
const UNPROVEN = { dmarc: 'none', alignedDomain: null, sealedFor: null } as const

/**
 * Takes the resolver (null: nobody is asked, as where senderAuthentication is off) and the mail server in front, if there is one whose
 * findings count; gives the authenticator: DMARC (RFC 7489) over SPF and DKIM. alignedDomain is the domain of the
 * From field for which it passed. What could not be found out (a resolver's
 * fault, more to hash than a mail needs) is "none", never a pass. Where it does not pass here, what the server in front wrote
 * (RFC 8601) or sealed (ARC, RFC 8617) counts: it saw the sender's own server, and the mail before anybody changed it.
 */
export function createMailAuthenticator(options: {
  readonly resolver: DnsResolver | null
  readonly trustedHop: TrustedHop | null
}): MailAuthenticator {
  const { resolver, trustedHop: hop } = options
  return {
    authenticate: async (raw, envelope) => {
      const isFromHop = hop !== null && cameFromHop(hop, envelope)
      // What we find of the hop's own address says nothing of the sender: half the world's domains name Microsoft's servers in SPF.
      const client = isFromHop ? { ...envelope, remoteAddress: null, helo: null } : envelope
      const own = resolver === null ? UNPROVEN : await authenticateHere(raw, client, { resolver, hop })
      if (own.dmarc === 'pass') return { dmarc: 'pass', alignedDomain: own.alignedDomain, foundBy: 'gateway' }
      const told = isFromHop ? readHopResults(raw, hop) : null
      if (told?.dmarc === 'pass') return { dmarc: 'pass', alignedDomain: told.from, foundBy: 'trusted-hop' }
      if (own.sealedFor !== null) return { dmarc: 'pass', alignedDomain: own.sealedFor, foundBy: 'arc' }
      if (told) return { dmarc: told.dmarc, alignedDomain: null, foundBy: 'trusted-hop' }
      return { dmarc: own.dmarc, alignedDomain: null, foundBy: 'gateway' }
    },
  }
}

interface Found {
  readonly dmarc: 'pass' | 'fail' | 'none'
  readonly alignedDomain: string | null
  /** The From's domain for which ARC sealers that we trust saw DMARC pass. */
  readonly sealedFor: string | null
}

async function authenticateHere(
  raw: Uint8Array,
  envelope: Parameters<MailAuthenticator['authenticate']>[1],
  { resolver, hop }: { readonly resolver: DnsResolver; readonly hop: TrustedHop | null },
): Promise<Found> {
  const seals = hop === null || hop.arcSealers.length === 0 ? 0 : countFields(raw, 'arc-seal')
  const isArcRead = seals > 0 && seals <= MAX_SEALS
  if (isTooMuchToHash(raw, isArcRead ? 1 : 0)) return UNPROVEN
  // Loaded with the first mail: it brings some dozens of modules.
  const { authenticate } = await import('mailauth')
  const { dmarc, arc } = await authenticate(Buffer.from(raw), {
    resolver: (name, type) => lookUp(resolver, name, type),
    sender: envelope.from,
    ...(envelope.remoteAddress === null ? {} : { ip: envelope.remoteAddress }),
    ...(envelope.helo === null ? {} : { helo: envelope.helo }),
    mta: 'poststempel.invalid',
    // RFC 8301: SHA-1 proves nothing, nor do keys below 1024 bits.
    rejectRsaSha1: true,
    minBitLength: 1024,
    disableArc: !isArcRead,
    disableBimi: true,
  })
  const sealedFor = hop !== null && arc ? readArcResults(setsOf(arc), hop) : null
  if (!dmarc) return { ...UNPROVEN, sealedFor }
  const result = dmarc.status.result
  if (result === 'fail') return { dmarc: 'fail', alignedDomain: null, sealedFor }
  if (result !== 'pass') return { ...UNPROVEN, sealedFor }
  // A signature with l= leaves room for bytes that the domain never saw (RFC 6376 §8.2).
  const onlyPartSigned = Boolean(dmarc.alignment.dkim.underSized) && !dmarc.alignment.spf.result
  if (onlyPartSigned) return { dmarc: 'fail', alignedDomain: null, sealedFor }
  return { dmarc: 'pass', alignedDomain: dmarc.status.header?.from ?? null, sealedFor }
}

/** The sets of a chain that holds, newest first; none where the newest signature does not cover the From and the whole body. */
function setsOf(arc: ARCResult): readonly ArcSet[] {
  const { signature, chain } = arc
  if (arc.status.result !== 'pass' || !signature || !chain) return []
  const covered = signature.signingHeaders?.keys.toLowerCase().split(/\s*:\s*/) ?? []
  if (!covered.includes('from') || signature.status.underSized) return []
  return chain.toReversed().map((set) => ({
    sealer: String(set['arc-seal']?.parsed?.d?.value ?? ''),
    results: unfolded(set['arc-authentication-results']?.original),
  }))
}

/** The value of a field as it stands in the mail. The library's types say string; it gives bytes. */
function unfolded(field: unknown): string {
  const text = Buffer.isBuffer(field) ? field.toString('latin1') : String(field ?? '')
  return text.replace(/^[^:]*:/, '').replace(/\r?\n/g, '')
}

/** A mail may carry as many DKIM-Signature fields as fit in, each a reason to hash all of it once more. */
function isTooMuchToHash(raw: Uint8Array, seals: number): boolean {
  const signatures = countFields(raw, 'dkim-signature')
  return signatures > MAX_SIGNATURES || Math.max(1, signatures + seals) * raw.length > MAX_HASHED_BYTES
}

const countFields = (raw: Uint8Array, name: string): number =>
  headOf(raw).match(new RegExp(`^${name}[ \\t]*:`, 'gim'))?.length ?? 0

function headOf(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const ends = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')].filter((at) => at >= 0)
  return bytes.toString('latin1', 0, Math.min(...ends, raw.length))
}

async function lookUp(resolver: DnsResolver, name: string, type: string): Promise<string[] | string[][]> {
  const records = await resolver(name, type)
  if (isRecordList(records)) return records
  throw Object.assign(new Error('the resolver gave no list'), { code: 'EBADRESP' })
}

// The library's types know lists of texts; the MX records of node:dns are lists too and are read as what they are.
const isRecordList = (value: unknown): value is string[] => Array.isArray(value)
