import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkMailDomain } from '../../src/net/index.ts'
import { dnsName, makeCa, makeLeaf, subjectAltNames } from '../verify/make-pki.ts'

const NOW = new Date('2026-11-27T12:00:00Z')
const keyOf = (modulusLength: number): string =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  'kommune.example/MX': [
    { exchange: 'reserve.kommune.example', priority: 20 },
    { exchange: 'mail.kommune.example', priority: 10 },
  ],
  'mail.kommune.example/A': ['192.0.2.25'],
  'mail.kommune.example/AAAA': ['2001:db8::25'],
  'reserve.kommune.example/A': ['192.0.2.26'],
  '25.2.0.192.in-addr.arpa/PTR': ['mail.kommune.example'],
  '26.2.0.192.in-addr.arpa/PTR': ['reserve.kommune.example'],
  '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa/PTR': ['mail.kommune.example'],
  'kommune.example/TXT': [['google-site-verification=x'], ['v=spf1 mx ', '-all']],
  's1._domainkey.kommune.example/TXT': [['v=DKIM1; k=rsa; p=', keyOf(2048)]],
  '_dmarc.kommune.example/TXT': [['v=DMARC1; p=reject']],
}

/** What is found where these records stand in place of the good ones; null: cannot be asked. */
async function check(
  change: Readonly<Record<string, readonly unknown[] | null>> = {},
  more: Partial<Parameters<typeof checkMailDomain>[0]> = {},
) {
  const zone: Readonly<Record<string, readonly unknown[] | null>> = { ...GOOD, ...change }
  const resolver = async (name: string, type: string): Promise<unknown> => {
    const records = zone[`${name}/${type}`]
    if (records === null) throw Object.assign(new Error('down'), { code: 'ETIMEOUT' })
    if (records === undefined || records.length === 0) throw Object.assign(new Error('none'), { code: 'ENODATA' })
    return records
  }
  const wanted = { domain: 'kommune.example', dkimSelectors: ['s1'], smtpCertificate: null, now: NOW, ...more }
  const checks = await checkMailDomain(wanted, resolver)
  const found = checks.filter(({ state, code }) => state !== 'ok' && code !== 'starttls-missing')
  return { checks, found: found.map(({ state, code }) => `${state} ${code}`), pastes: found.map(({ paste }) => paste) }
}

describe('a mail domain', () => {
  it('that is as it should be has nothing amiss, and its hosts in the order in which mail goes to them', async () => {
    const { checks, found } = await check()
    expect(found).toEqual([])
    expect(checks[0]?.message).toContain('mail.kommune.example, reserve.kommune.example')
    expect(checks.map(({ code }) => code)).toEqual([
      'mx',
      'ptr',
      'ptr',
      'ptr',
      'starttls-missing',
      'spf',
      'dkim',
      'dmarc',
    ])
  })

  it.each<[string, Readonly<Record<string, readonly unknown[] | null>>, string[]]>([
    ['no MX', { 'kommune.example/MX': [] }, ['problem mx-missing']],
    ['that it takes no mail', { 'kommune.example/MX': [{ exchange: '', priority: 0 }] }, ['problem mx-null']],
    ['an MX without address', { 'reserve.kommune.example/A': [] }, ['problem mx-unreachable']],
    ['an address without name', { '25.2.0.192.in-addr.arpa/PTR': [] }, ['warning ptr-missing']],
    ['a name that leads elsewhere', { '25.2.0.192.in-addr.arpa/PTR': ['x.example'] }, ['warning ptr-missing']],
    ['no SPF', { 'kommune.example/TXT': [['x']] }, ['problem spf-missing']],
    ['two SPF', { 'kommune.example/TXT': [['v=spf1 -all'], ['v=spf1 mx -all']] }, ['problem spf-several']],
    ['SPF for all', { 'kommune.example/TXT': [['v=spf1 mx +all']] }, ['problem spf-all']],
    ['SPF for all, unsaid', { 'kommune.example/TXT': [['v=spf1 all']] }, ['problem spf-all']],
    ['SPF without end', { 'kommune.example/TXT': [['v=spf1 mx']] }, ['warning spf-open']],
    ['no DKIM key', { 's1._domainkey.kommune.example/TXT': [] }, ['problem dkim-missing']],
    ['a DKIM key taken back', { 's1._domainkey.kommune.example/TXT': [['v=DKIM1; p=']] }, ['problem dkim-revoked']],
    ['a DKIM key that is none', { 's1._domainkey.kommune.example/TXT': [['p=AAAA']] }, ['problem dkim-unreadable']],
    ['a short DKIM key', { 's1._domainkey.kommune.example/TXT': [[`p=${keyOf(1024)}`]] }, ['warning dkim-short']],
    ['no DMARC', { '_dmarc.kommune.example/TXT': [] }, ['problem dmarc-missing']],
    ['DMARC that asks for nothing', { '_dmarc.kommune.example/TXT': [['v=DMARC1; p=none']] }, ['warning dmarc-none']],
    ['two DMARC', { '_dmarc.kommune.example/TXT': [['v=DMARC1;p=none'], ['v=DMARC1']] }, ['problem dmarc-several']],
    ['an SPF that redirects', { 'kommune.example/TXT': [['v=spf1 redirect=x.example']] }, []],
  ])('with %s is said to be so', async (_, change, found) => {
    expect((await check(change)).found).toEqual(found)
  })

  it('gets the record to paste where one is missing', async () => {
    const { pastes } = await check({ 'kommune.example/TXT': [], '_dmarc.kommune.example/TXT': [] })
    expect(pastes).toEqual([
      'kommune.example. 3600 IN TXT "v=spf1 mx -all"',
      '_dmarc.kommune.example. 3600 IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@kommune.example"',
    ])
  })

  it('is not said to lack what could not be asked', async () => {
    const down = Object.fromEntries(Object.keys(GOOD).map((name) => [name, null]))
    expect(new Set((await check(down)).found)).toEqual(new Set(['unknown dns-failed']))
    expect((await check({}, { dkimSelectors: [] })).found).toEqual(['unknown dkim-not-asked'])
  })

  it('below another takes its DMARC, as far as that goes for what is below', async () => {
    const below = (record: string) =>
      check(
        {
          'digital.kommune.example/MX': GOOD['kommune.example/MX'] ?? [],
          'digital.kommune.example/TXT': [['v=spf1 -all']],
          's1._domainkey.digital.kommune.example/TXT': GOOD['s1._domainkey.kommune.example/TXT'] ?? [],
          '_dmarc.kommune.example/TXT': [[record]],
        },
        { domain: 'digital.kommune.example' },
      )
    expect((await below('v=DMARC1; p=reject')).found).toEqual([])
    expect((await below('v=DMARC1; p=reject; sp=none')).found).toEqual(['warning dmarc-none'])
  })

  it.each<[string, readonly string[], string, string[]]>([
    ['of its name', ['mail.kommune.example'], '2027-06-01', []],
    ['of all names beside it', ['*.kommune.example'], '2027-06-01', []],
    ['of another name', ['mail.firma.example'], '2027-06-01', ['warning starttls-other-name']],
    ['without names', [], '2027-06-01', ['warning starttls-other-name']],
    ['that ends soon', ['mail.kommune.example'], '2026-12-10', ['warning starttls-ends-soon']],
    ['that has ended', ['mail.kommune.example'], '2026-11-26', ['problem starttls-ended']],
  ])('has a receiver with a certificate %s', async (_, hosts, end, found) => {
    const names = hosts.length > 0 ? [subjectAltNames(...hosts.map(dnsName))] : []
    const { certificate } = makeLeaf('mail.kommune.example', makeCa('Root'), names, { notAfter: new Date(end) })
    const body = Buffer.from(certificate.bytes).toString('base64')
    const smtpCertificate = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
    expect((await check({}, { smtpCertificate })).found).toEqual(found)
  })
})
