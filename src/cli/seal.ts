import type { SealFacts, SealWarning } from '../model/seal.ts'
import type { Listing } from '../model/trusted-list.ts'
import { createFetcher, parseNetworks } from '../net/index.ts'
import { chainOf, createOwnSeal, ensureMunicipalityKeys, openSealKey, sealFacts } from '../seal/index.ts'
import { listingOf } from '../trust/index.ts'
import { type Asked, badUsage, type RootsVerb, runVerb } from './roots-verb.ts'

const HELP = `usage: poststempel seal show|test [--data DIR] [--config FILE]

  show    the seal: which certificate, where its key lies, what citizens' programs say of it, what to warn of
  test    signs something of no worth with it and holds that against the certificate; no case changes

Works beside a running gateway.`

const show: RootsVerb = {
  help: HELP,
  flags: {},
  async act(asked) {
    if (asked.words.length > 0) throw badUsage('seal show takes no words')
    const { settings, store, now } = asked
    const seals = await store.sealCertificates()
    console.log(linesOf(sealFacts(seals, now)).join('\n'))
    const newest = seals.at(-1)
    if (newest && newest.kind !== 'own') {
      console.log(`  EU list      ${sayListing(await listingOf(store, chainOf(newest), now.toISOString()))}`)
    }
    if (settings.seal.kind !== 'own' && seals.at(-1)?.kind !== settings.seal.kind) {
      console.log(`The configuration names another key (${settings.seal.kind}); it comes into use at the next start.`)
    }
    return 0
  },
}

const test: RootsVerb = {
  help: HELP,
  flags: {},
  async act(asked) {
    if (asked.words.length > 0) throw badUsage('seal test takes no words')
    const seal = await sealOf(asked)
    await seal.key()
    const milliseconds = await seal.test()
    const facts = sealFacts(seal.certificates(), asked.now)
    console.log([...linesOf(facts), '', `The seal works. It took ${Math.round(milliseconds)} ms.`].join('\n'))
    return 0
  },
}

async function sealOf({ settings, store, now }: Asked) {
  const { municipality, dataDir } = settings
  const clock = () => now
  const allowed = parseNetworks(settings.seal.kind === 'csc' ? settings.seal.allowedNetworks : [])
  const fetcher = createFetcher({ allowed, now: clock })
  const keys = await ensureMunicipalityKeys(dataDir, { ...municipality, address: municipality.mailAddress }, clock)
  return createOwnSeal({
    ...{ store, clock, timestamp: null },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    kind: settings.seal.kind === 'own' && keys.source === 'imported' ? 'pkcs12' : settings.seal.kind,
    open: () => openSealKey(settings.seal, { keys, fetcher, now: clock }),
  })
}

const KINDS: Readonly<Record<NonNullable<SealFacts['certificate']>['kind'], string>> = {
  own: 'a file in the data folder, made by the gateway',
  pkcs12: 'a PKCS #12 file',
  pkcs11: 'a token (PKCS #11)',
  csc: 'a signing service (CSC)',
}
const READERS: Readonly<Record<SealFacts['readers'], string>> = {
  nobody:
    'its CA is the municipality’s own: on no list, programs say "unknown"; stamps and letters say where to check the seal',
  qualified:
    'says that it is qualified under eIDAS: its CA should be on its country’s trusted list, which Acrobat reads',
  unknown: 'does not say that it is qualified: whether its CA is on Adobe’s list (AATL), the CA knows',
}
type Plain = Exclude<SealWarning['code'], 'expires-soon' | 'incomplete-chain'>
const WARNINGS: Readonly<Record<Plain, string>> = {
  expired: 'the certificate has expired: nothing can be sealed with it',
  'not-yet-valid': 'the certificate is not valid yet',
  'no-issuers': 'the certificate of its issuer is not there: others cannot check the seal without finding it',
  'not-for-signing': 'the certificate says that the key is not for signing',
  'weak-key': 'the key is shorter than ETSI TS 119 312 recommends for the years to come',
}

function sayWarning(one: SealWarning): string {
  if (one.code === 'expires-soon') return `it ends in ${one.days} ${one.days === 1 ? 'day' : 'days'}`
  if (one.code !== 'incomplete-chain') return WARNINGS[one.code]
  return `its issuers end before a root: the certificate of ${one.issuer} is not there; others need it, unless it is a root that they know`
}

function sayListing(listing: Listing): string {
  if (listing.state === 'no-lists') return 'no trusted list is in use, so it cannot be told'
  if (listing.state === 'not-listed') return 'its CA is on none of the trusted lists in use'
  const { territory, isInForce, level } = listing
  return `its CA is on the list of ${territory}${isInForce ? `; a seal made now: ${level ?? 'unknown'}` : ', which does not vouch for it now'}`
}

function linesOf(facts: ReturnType<typeof sealFacts>): readonly string[] {
  const { certificate } = facts
  if (!certificate) return ['The seal was not reached yet: start the gateway, or run poststempel seal test.']
  return [
    certificate.subject,
    `  key          ${facts.algorithm}, in ${KINDS[certificate.kind]}`,
    `  fingerprint  ${certificate.sha256}`,
    `  valid        ${certificate.notBefore} to ${certificate.notAfter}`,
    `  issuers      ${facts.issuers.length > 0 ? facts.issuers.join(' -> ') : 'none known'}`,
    `  in use       since ${certificate.since}`,
    `  programs     ${READERS[facts.readers]}`,
    ...facts.warnings.map((one) => `  warning      ${sayWarning(one)}`),
    ...facts.former.map(({ subject, sha256, since }) => `  before       ${subject} (${sha256}), since ${since}`),
  ]
}

/** Runs `poststempel seal`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === 'show' || name === 'test') return runVerb(name === 'show' ? show : test, rest)
  console.log(HELP)
  return name === '--help' ? 0 : 2
}
