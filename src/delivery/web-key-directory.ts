import { createHash } from 'node:crypto'
import { asGatewayError } from '../model/errors.ts'
import type { WebFetcher } from '../model/ports.ts'
import { splitAddress } from './mail-address.ts'
import { readOfferedKey } from './openpgp-key.ts'

const MAX_BYTES = 200_000
const TIMEOUT_MS = 8000

/** What a directory gave: a certificate that bears the address and can be encrypted to. */
export interface FoundKey {
  /** Armoured. */
  readonly certificate: string
  readonly fingerprint: string
}

/**
 * Looks an address up in its domain's Web Key Directory: on the sub-domain openpgpkey, and where that name does not exist on
 * the domain itself. Null: there is no key, none that is of use, or no answer; nobody is told why, as most domains have none.
 * @see draft-koch-openpgp-webkey-service-20 §3.1
 */
export async function lookUpKey(address: string, fetcher: WebFetcher, at: Date): Promise<FoundKey | null> {
  const parts = splitAddress(address)
  // No number, and no name of a local network alone.
  if (!parts || !/\.[a-z][a-z0-9-]*$/.test(parts.domain)) return null
  const { domain } = parts
  const name = `hu/${hashOfLocalPart(parts.local)}?l=${encodeURIComponent(parts.local)}`
  const advanced = `https://openpgpkey.${domain}/.well-known/openpgpkey/${domain}/${name}`
  const bytes = await get(advanced, fetcher, () => get(`https://${domain}/.well-known/openpgpkey/${name}`, fetcher))
  if (!bytes) return null
  const read = await readOfferedKey(bytes, address, at)
  return read.usable ? { certificate: read.certificate, fingerprint: read.fingerprint } : null
}

async function get(
  url: string,
  fetcher: WebFetcher,
  otherwise: () => Promise<Uint8Array | null> = async () => null,
): Promise<Uint8Array | null> {
  try {
    return (await fetcher.fetch({ url, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS })).bytes
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (fault.code === 'internal') throw thrown
    return fault.facts['reason'] === 'dns' ? otherwise() : null
  }
}

/** Only ASCII letters are folded (§3.1). Gives the 32 characters of z-base-32 for the SHA-1 of a local part. */
export const hashOfLocalPart = (local: string): string =>
  zBase32(
    createHash('sha1')
      .update(local.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
      .digest(),
  )

const Z_BASE_32 = 'ybndrfg8ejkmcpqxot1uwisza345h769'

function zBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => Z_BASE_32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}
