import { createPublicKey, X509Certificate } from 'node:crypto'
import type { DnsResolver } from './resolver.ts'

/** One thing that was looked at, and how it stands. */
export interface DomainCheck {
  /** Stable: mx-missing, spf-several … ; of what is as it should be, the name alone (mx, spf …). */
  readonly code: string
  readonly state: 'ok' | 'warning' | 'problem' | 'unknown'
  readonly message: string
  /** The line to paste where something is missing: a record of the zone. */
  readonly paste: string | null
}

/** What a mail domain is held against. */
export interface DomainToCheck {
  readonly domain: string
  /** DKIM selectors that outgoing mail is signed with. */
  readonly dkimSelectors: readonly string[]
  /** PEM of the certificate that the SMTP receiver shows; null: it offers no STARTTLS. Undefined: another server is the MX, and ours is not looked at. */
  readonly smtpCertificate: string | null | undefined
  readonly now: Date
}

const WARN_BEFORE_END_MS = 21 * 86_400_000
const MIN_RSA_BITS = 2048
const MAX_HOSTS = 10

/**
 * Takes a domain and how to look names up; gives what others' mail servers would find of it: MX with addresses and their names, SPF, DKIM, DMARC, and
 * whether the receiver's certificate is the MX's. A look-up that fails is "unknown", never "missing".
 * @see RFC 5321 §5.1, RFC 7505, RFC 7208 §4.5, RFC 7489 §6.6.3, RFC 6376 §3.6.1
 */
export async function checkMailDomain(wanted: DomainToCheck, resolver: DnsResolver): Promise<readonly DomainCheck[]> {
  const dns = new Records(resolver)
  const hosts = await mailHosts(wanted.domain, dns)
  return [
    ...hosts.checks,
    ...(await addressChecks(hosts.names, dns)),
    ...(wanted.smtpCertificate === undefined
      ? []
      : [certificateCheck(wanted.smtpCertificate, wanted.now, hosts.names)]),
    await spfCheck(wanted.domain, dns),
    ...(await dkimChecks(wanted, dns)),
    await dmarcCheck(wanted.domain, dns),
  ]
}

const ok = (code: string, message: string): DomainCheck => ({ code, state: 'ok', message, paste: null })
const warning = (code: string, message: string, paste: string | null = null): DomainCheck => ({
  ...{ code, state: 'warning', message, paste },
})
const problem = (code: string, message: string, paste: string | null = null): DomainCheck => ({
  ...{ code, state: 'problem', message, paste },
})
const unknown = (name: string): DomainCheck => ({
  ...{ code: 'dns-failed', state: 'unknown', message: `${name} could not be looked up; try again`, paste: null },
})

async function mailHosts(
  domain: string,
  dns: Records,
): Promise<{ readonly names: readonly string[]; readonly checks: readonly DomainCheck[] }> {
  const records = await dns.look(domain, 'MX')
  if (records === 'failed') return { names: [], checks: [unknown(`${domain} MX`)] }
  const hosts = records.flatMap((record) => (isMx(record) ? [record] : []))
  const isNull = hosts.some(({ exchange }) => exchange === '' || exchange === '.')
  if (isNull) return { names: [], checks: [problem('mx-null', `${domain} says that it takes no mail (RFC 7505)`)] }
  if (hosts.length === 0) {
    const paste = `${domain}. 3600 IN MX 10 mail.${domain}.`
    return { names: [], checks: [problem('mx-missing', `${domain} has no MX record`, paste)] }
  }
  const names = hosts.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange.replace(/\.$/, ''))
  return { names: names.slice(0, MAX_HOSTS), checks: [ok('mx', `mail for ${domain} goes to ${names.join(', ')}`)] }
}

const isMx = (record: unknown): record is { readonly exchange: string; readonly priority: number } =>
  typeof record === 'object' && record !== null && 'exchange' in record && typeof record.exchange === 'string'

async function addressChecks(hosts: readonly string[], dns: Records): Promise<readonly DomainCheck[]> {
  const checks: DomainCheck[] = []
  for (const host of hosts) {
    const [v4, v6] = [await dns.look(host, 'A'), await dns.look(host, 'AAAA')]
    if (v4 === 'failed' && v6 === 'failed') {
      checks.push(unknown(`${host} A`))
      continue
    }
    const addresses = [v4, v6].flatMap((found) => (found === 'failed' ? [] : found)).filter(isText)
    if (addresses.length === 0) {
      checks.push(problem('mx-unreachable', `${host} has no address`, `${host}. 3600 IN A <address of the gateway>`))
    }
    for (const address of addresses) checks.push(await nameCheck(host, address, dns))
  }
  return checks
}

/** Whom others get mail from should have a name that leads back to it: many servers refuse mail without. */
async function nameCheck(host: string, address: string, dns: Records): Promise<DomainCheck> {
  const names = await dns.look(reverseName(address), 'PTR')
  if (names === 'failed') return unknown(`${address} PTR`)
  for (const name of names.filter(isText).slice(0, MAX_HOSTS)) {
    const back = await dns.look(name, address.includes(':') ? 'AAAA' : 'A')
    if (back !== 'failed' && back.includes(address)) return ok('ptr', `${address} is ${name}, and back`)
  }
  const paste = `${reverseName(address)}. 3600 IN PTR ${host}.`
  const message = `${address} has no name that leads back to it: where it sends mail, others may refuse it (ask who gave you the address)`
  return warning('ptr-missing', message, paste)
}

function reverseName(address: string): string {
  if (!address.includes(':')) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  const [head = '', tail = ''] = address.split('::')
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '')
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const nibbles = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('')
  return `${[...nibbles].reverse().join('.')}.ip6.arpa`
}

function certificateCheck(smtpCertificate: string | null, now: Date, hosts: readonly string[]): DomainCheck {
  if (smtpCertificate === null) {
    return problem('starttls-missing', 'the SMTP receiver has no certificate: mail comes in unencrypted; set smtp.tls')
  }
  const certificate = new X509Certificate(smtpCertificate)
  const ends = certificate.validToDate
  const until = ends.toISOString().slice(0, 10)
  if (ends <= now) return problem('starttls-ended', `the certificate of the SMTP receiver ended on ${until}`)
  const isNamed = hosts.some((host) => certificate.checkHost(host, { subject: 'never' }) !== undefined)
  if (hosts.length > 0 && !isNamed) {
    return warning('starttls-other-name', `the certificate of the SMTP receiver names none of ${hosts.join(', ')}`)
  }
  if (ends.getTime() - now.getTime() < WARN_BEFORE_END_MS) {
    return warning('starttls-ends-soon', `the certificate of the SMTP receiver ends on ${until}`)
  }
  return ok('starttls', `the SMTP receiver shows a certificate until ${until}`)
}

async function spfCheck(domain: string, dns: Records): Promise<DomainCheck> {
  const texts = await dns.texts(domain)
  if (texts === 'failed') return unknown(`${domain} TXT`)
  const [record, ...more] = texts.filter((text) => /^v=spf1(?: |$)/i.test(text))
  if (record === undefined) {
    const paste = `${domain}. 3600 IN TXT "v=spf1 mx -all"`
    return problem('spf-missing', 'there is no SPF record: anybody may send as this domain', paste)
  }
  if (more.length > 0) return problem('spf-several', 'there are several SPF records: none of them counts; keep one')
  const end = /(?:^| )([+?~-]?)all(?: |$)/i.exec(record)?.[1]
  if (end === undefined && !/ redirect=/i.test(record)) {
    return warning('spf-open', 'the SPF record has no end (-all): servers that it does not name are not refused')
  }
  if (end === '' || end === '+') return problem('spf-all', 'the SPF record ends in +all: it lets anybody send')
  if (end === '?')
    return warning('spf-open', 'the SPF record ends in ?all: servers that it does not name are not refused')
  return ok('spf', record)
}

async function dkimChecks({ domain, dkimSelectors }: DomainToCheck, dns: Records): Promise<readonly DomainCheck[]> {
  if (dkimSelectors.length === 0) {
    const message = 'DKIM was not looked at: name the selectors that your mail server signs with (--dkim-selector)'
    return [{ code: 'dkim-not-asked', state: 'unknown', message, paste: null }]
  }
  const checks: DomainCheck[] = []
  for (const selector of dkimSelectors) checks.push(await dkimCheck(`${selector}._domainkey.${domain}`, dns))
  return checks
}

async function dkimCheck(name: string, dns: Records): Promise<DomainCheck> {
  const texts = await dns.texts(name)
  if (texts === 'failed') return unknown(`${name} TXT`)
  const [record, ...more] = texts.filter((text) => /(?:^|;)\s*p\s*=/i.test(text))
  if (record === undefined || more.length > 0) {
    const message = `${name} has ${record === undefined ? 'no DKIM key' : 'several DKIM keys'}`
    return problem('dkim-missing', message, `${name}. 3600 IN TXT "v=DKIM1; k=rsa; p=<key>"`)
  }
  const key = (/(?:^|;)\s*p\s*=([^;]*)/i.exec(record)?.[1] ?? '').replace(/\s/g, '')
  if (key === '') return problem('dkim-revoked', `the DKIM key of ${name} is taken back (p= is empty)`)
  if (/(?:^|;)\s*k\s*=\s*ed25519/i.test(record)) return ok('dkim', `${name} has an Ed25519 key`)
  const bits = rsaBits(key)
  if (bits === null) return problem('dkim-unreadable', `the DKIM key of ${name} cannot be read`)
  const message = `${name} has an RSA key of ${bits} bits`
  return bits < MIN_RSA_BITS ? warning('dkim-short', `${message}: make one of ${MIN_RSA_BITS}`) : ok('dkim', message)
}

function rsaBits(key: string): number | null {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
    return asymmetricKeyDetails?.modulusLength ?? null
  } catch {
    return null
  }
}

/** The domain's own record, or that of a domain above it (RFC 9989 §4.10 walks up). */
async function dmarcCheck(domain: string, dns: Records): Promise<DomainCheck> {
  const labels = domain.split('.')
  for (let from = 0; from < labels.length - 1 && from < 8; from += 1) {
    const at = labels.slice(from).join('.')
    const texts = await dns.texts(`_dmarc.${at}`)
    if (texts === 'failed') return unknown(`_dmarc.${at} TXT`)
    const [record, ...more] = texts.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text))
    if (record === undefined) continue
    if (more.length > 0) return problem('dmarc-several', `_dmarc.${at} has several DMARC records: none counts`)
    const policyOf = (tag: string): string | undefined =>
      new RegExp(`;\\s*${tag}\\s*=\\s*(\\w+)`, 'i').exec(record)?.[1]?.toLowerCase()
    const policy = (from > 0 ? policyOf('sp') : undefined) ?? policyOf('p') ?? 'none'
    if (policy === 'none') {
      const message = `DMARC (at ${at}) asks for nothing (p=none): mail in your name that is none of yours is delivered`
      return warning('dmarc-none', message, `_dmarc.${at}. 3600 IN TXT "v=DMARC1; p=quarantine"`)
    }
    return ok('dmarc', `DMARC (at ${at}): ${policy}`)
  }
  const paste = `_dmarc.${domain}. 3600 IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@${domain}"`
  return problem(
    'dmarc-missing',
    'there is no DMARC record: others cannot tell your mail from what pretends to be',
    paste,
  )
}

const isText = (record: unknown): record is string => typeof record === 'string'

/** Tells what is not there from what could not be asked. */
class Records {
  readonly #resolver: DnsResolver

  constructor(resolver: DnsResolver) {
    this.#resolver = resolver
  }

  async look(name: string, type: string): Promise<readonly unknown[] | 'failed'> {
    try {
      const records = await this.#resolver(name, type)
      return Array.isArray(records) ? records : 'failed'
    } catch (fault) {
      const code = fault instanceof Error && 'code' in fault ? fault.code : null
      return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : 'failed'
    }
  }

  /** TXT records, the pieces of each put together (RFC 7208 §3.3). */
  async texts(name: string): Promise<readonly string[] | 'failed'> {
    const records = await this.look(name, 'TXT')
    return records === 'failed' ? records : records.map((record) => (Array.isArray(record) ? record.join('') : ''))
  }
}
