import type { MailAuthenticator } from '../model/ports.ts'

/**
 * Looks up one name: TXT gives lists of strings, A and AAAA lists of addresses, MX its records, as node:dns/promises
 * does; a name or type that is not there is an Error with the code ENOTFOUND or ENODATA.
 */
export type DnsResolver = (name: string, type: string) => Promise<unknown>

/** More signatures than any honest way through mail servers adds. */
const MAX_SIGNATURES = 10
/** The library hashes the body once for each way of reading it, in our own process: about a second for this much. */
const MAX_HASHED_BYTES = 64 * 1024 * 1024
const UNPROVEN = { dmarc: 'none', alignedDomain: null } as const

/** For a gateway that may ask nobody: proves no sender, and reads nothing. */
export const silentAuthenticator: MailAuthenticator = { authenticate: async () => UNPROVEN }

/**
 * Takes the resolver; gives the authenticator: DMARC (RFC 7489) over SPF and DKIM. alignedDomain is the domain of the
 * From field for which it passed. What could not be found out (a resolver's
 * fault, more to hash than a mail needs) is "none", never a pass.
 */
export function createMailAuthenticator(options: { readonly resolver: DnsResolver }): MailAuthenticator {
  return {
    authenticate: async (raw, envelope) => {
      if (isTooMuchToHash(raw)) return UNPROVEN
      // Loaded with the first mail: it brings some dozens of modules.
      const { authenticate } = await import('mailauth')
      const { dmarc } = await authenticate(Buffer.from(raw), {
        resolver: (name, type) => lookUp(options.resolver, name, type),
        sender: envelope.from,
        ...(envelope.remoteAddress === null ? {} : { ip: envelope.remoteAddress }),
        ...(envelope.helo === null ? {} : { helo: envelope.helo }),
        mta: 'poststempel.invalid',
        // RFC 8301: SHA-1 proves nothing, nor do keys below 1024 bits.
        rejectRsaSha1: true,
        minBitLength: 1024,
        disableArc: true,
        disableBimi: true,
      })
      if (!dmarc) return UNPROVEN
      const result = dmarc.status.result
      if (result === 'fail') return { dmarc: 'fail', alignedDomain: null }
      if (result !== 'pass') return UNPROVEN
      // A signature with l= leaves room for bytes that the domain never saw (RFC 6376 §8.2).
      const onlyPartSigned = Boolean(dmarc.alignment.dkim.underSized) && !dmarc.alignment.spf.result
      if (onlyPartSigned) return { dmarc: 'fail', alignedDomain: null }
      return { dmarc: 'pass', alignedDomain: dmarc.status.header?.from ?? null }
    },
  }
}

/** A mail may carry as many DKIM-Signature fields as fit in, each a reason to hash all of it once more. */
function isTooMuchToHash(raw: Uint8Array): boolean {
  const head = headOf(raw)
  const signatures = head.match(/^dkim-signature[ \t]*:/gim)?.length ?? 0
  return signatures > MAX_SIGNATURES || Math.max(1, signatures) * raw.length > MAX_HASHED_BYTES
}

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
