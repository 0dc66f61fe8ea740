import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readKey } from 'openpgp'
import { GatewayError } from '../model/errors.ts'
import { flushFolder, isCode, readIfThere, writeDurably } from './durable-file.ts'
import { makeCa, makeEndEntity, validYears } from './key-maker.ts'
import { makeOpenPgpKey, type OpenPgpKeyPair } from './openpgp-keys.ts'
import { readPkcs12, writePkcs12 } from './pkcs12.ts'

/** What the municipality signs with. */
export interface MunicipalityKeys {
  /** self-made: by us at first start, so nobody outside trusts it yet. imported: put there by the admin. */
  readonly source: 'self-made' | 'imported'
  readonly sealPkcs12: Uint8Array
  readonly sealPassphrase: string
  /** The CA above the seal, PEM; null where an imported seal came without. */
  readonly sealCaPem: string | null
  readonly openpgp: OpenPgpKeyPair
}

const FILES = {
  seal: 'seal.p12',
  passphrase: 'seal.passphrase',
  ca: 'seal-ca.pem',
  openpgpPrivate: 'openpgp-private.asc',
  openpgpPublic: 'openpgp-public.asc',
  /** Written last: whoever finds it finds everything else whole. */
  manifest: 'keys.json',
} as const

/** The municipality as its keys name it. */
export interface MunicipalityIdentity {
  readonly name: string
  readonly address: string
  /** Eight digits; stands in the seal as organizationIdentifier. */
  readonly cvr?: string
}

/**
 * Loads the municipality's keys from `keys/` in the data folder. At first start it makes them beside, flushed to disk
 * and with mode 0600, and renames the whole folder into place: a kill in between leaves nothing half.
 * An admin imports a seal by putting seal.p12 and seal.passphrase (and seal-ca.pem) into keys/ before the first start.
 * @throws GatewayError key-unusable, storage-unavailable
 */
export async function ensureMunicipalityKeys(
  dataDir: string,
  municipality: MunicipalityIdentity,
  now: () => Date = () => new Date(),
): Promise<MunicipalityKeys> {
  const folder = join(dataDir, 'keys')
  try {
    const before = await load(folder)
    if (before) return before
    if (await isThere(join(folder, FILES.seal))) await completeImport(folder, municipality, now())
    else await makeBeside(dataDir, folder, municipality, now())
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    const message = `The municipality's keys cannot be kept in ${folder}.`
    throw new GatewayError('storage-unavailable', message, { cause, retryable: true })
  }
  const made = await load(folder)
  if (!made) throw new GatewayError('key-unusable', `${folder} holds files, but neither a manifest nor a seal.`)
  return made
}

async function load(folder: string): Promise<MunicipalityKeys | null> {
  const manifest = await readIfThere(join(folder, FILES.manifest))
  if (manifest === null) return null
  const read = async (name: string): Promise<string> => await readFile(join(folder, name), 'utf8')
  const publicKeyArmored = await read(FILES.openpgpPublic)
  return {
    source: /"source":\s*"imported"/.test(manifest) ? 'imported' : 'self-made',
    sealPkcs12: await readFile(join(folder, FILES.seal)),
    sealPassphrase: (await read(FILES.passphrase)).replace(/\r?\n$/, ''),
    sealCaPem: await readIfThere(join(folder, FILES.ca)),
    openpgp: {
      publicKeyArmored,
      privateKeyArmored: await read(FILES.openpgpPrivate),
      fingerprint: await fingerprintOf(publicKeyArmored),
    },
  }
}

async function fingerprintOf(armoredKey: string): Promise<string> {
  try {
    return (await readKey({ armoredKey })).getFingerprint()
  } catch (cause) {
    throw new GatewayError('key-unusable', "The municipality's OpenPGP key cannot be read.", { cause })
  }
}

async function makeBeside(
  dataDir: string,
  folder: string,
  municipality: MunicipalityIdentity,
  now: Date,
): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const making = await mkdtemp(join(dataDir, 'keys-making-'))
  try {
    await makeSeal(making, municipality, now)
    await makeOpenPgp(making, municipality, now)
    await writeManifest(making, 'self-made', now)
    await flushFolder(making)
    await rename(making, folder)
    await flushFolder(dataDir)
  } catch (cause) {
    await rm(making, { recursive: true, force: true })
    // Somebody else was first, or the folder holds other things: loading tells which.
    if (!isCode(cause, 'ENOTEMPTY') && !isCode(cause, 'EEXIST')) throw cause
  }
}

async function completeImport(folder: string, municipality: MunicipalityIdentity, now: Date): Promise<void> {
  const passphrase = await readIfThere(join(folder, FILES.passphrase))
  if (passphrase === null)
    throw new GatewayError('key-unusable', `${FILES.seal} needs its ${FILES.passphrase} beside it.`)
  // Refused now, at start, rather than at the first approval.
  readPkcs12(await readFile(join(folder, FILES.seal)), passphrase.replace(/\r?\n$/, ''))
  await makeOpenPgp(folder, municipality, now)
  await writeManifest(folder, 'imported', now)
  await flushFolder(folder)
}

const SEAL_YEARS = 10

async function makeSeal(folder: string, municipality: MunicipalityIdentity, now: Date): Promise<void> {
  const { name, cvr } = municipality
  // A clock that is a little behind elsewhere must not find the seal not yet valid.
  const validity = validYears(new Date(now.getTime() - 3_600_000), SEAL_YEARS)
  const organization = {
    country: 'DK',
    organization: name,
    ...(cvr === undefined ? {} : { organizationIdentifier: `NTRDK-${cvr}` }),
  }
  const ca = await makeCa({ ...organization, commonName: `${name} - eget segl-CA (Poststempel)` }, validity)
  const subject = { ...organization, commonName: `${name} - segl` }
  const seal = await makeEndEntity(ca, { profile: 'seal', subject, validity, kind: 'rsa-3072' })
  const passphrase = randomBytes(24).toString('base64url')
  await writeDurably(folder, FILES.passphrase, `${passphrase}\n`)
  await writeDurably(folder, FILES.seal, writePkcs12(seal, passphrase, subject.commonName))
  await writeDurably(folder, FILES.ca, ca.certificatePem)
}

async function makeOpenPgp(folder: string, { name, address }: MunicipalityIdentity, now: Date): Promise<void> {
  const pair = await makeOpenPgpKey({ name, address, since: now })
  await writeDurably(folder, FILES.openpgpPrivate, pair.privateKeyArmored)
  await writeDurably(folder, FILES.openpgpPublic, pair.publicKeyArmored)
}

async function writeManifest(folder: string, source: MunicipalityKeys['source'], now: Date): Promise<void> {
  await writeDurably(folder, FILES.manifest, `${JSON.stringify({ version: 1, source, madeAt: now.toISOString() })}\n`)
}

const isThere = async (path: string): Promise<boolean> => (await readIfThere(path)) !== null
