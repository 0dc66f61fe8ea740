import { Resolver } from 'node:dns/promises'

/** Looks up DNS records as mailauth asks for them. Throws as node:dns does (code ENOTFOUND, ENODATA, ETIMEOUT …). */
export type DnsResolver = (name: string, type: string) => Promise<unknown>

const TIMEOUT_MS = 2_000
const TRIES = 2

/** Makes a resolver that asks the machine's own DNS servers, with a bounded wait. */
export function createSystemResolver(): DnsResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })
  return (name, type) => resolver.resolve(name, type)
}
