import { createPrivateKey, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type MadeIdentity,
  makeCa,
  makeEndEntity,
  makeOpenPgpKey,
  type OpenPgpKeyPair,
  type SigningIdentity,
  toPem,
  validYears,
} from '../seal/index.ts'

/** Somebody who writes to the municipality. */
export interface Citizen {
  readonly name: string
  readonly address: string
  /** Signs PDFs with it. */
  readonly identity: SigningIdentity
  /** Null: has no key for mail. */
  readonly openpgp: OpenPgpKeyPair | null
}

/** Who plays in the demo. All keys are made at first run, in the data folder. */
export interface People {
  /** The CA that the demo's admin trusts, DER. */
  readonly trustedCa: Uint8Array
  /** A CA that nobody here trusts yet, DER and PEM. */
  readonly unknownCa: Uint8Array
  readonly kai: Citizen
  readonly anna: Citizen
  readonly staff: readonly StaffSignIn[]
}

export interface StaffSignIn {
  readonly username: string
  readonly displayName: string
  readonly role: 'caseworker' | 'admin'
  readonly password: string
}

interface StoredIdentity {
  readonly privateKeyPem: string
  readonly certificateChain: readonly string[]
}

interface StoredPeople {
  readonly version: 1
  readonly trustedCa: string
  readonly unknownCa: string
  readonly kai: StoredIdentity
  readonly anna: StoredIdentity
  readonly kaiOpenpgp: OpenPgpKeyPair
  readonly staff: readonly StaffSignIn[]
}

const KAI = { name: 'Kai Jensen', address: 'kai.jensen@borger.example' }
const ANNA = { name: 'Anna Møller', address: 'anna.moeller@firma.example' }

/** Gives the demo's people; makes their keys in FOLDER (mode 0600) at first run, in about a second. */
export async function ensurePeople(folder: string, now: Date): Promise<People> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'people.json')
  const stored = (await readStored(file)) ?? (await makePeople(file, now))
  return {
    trustedCa: Buffer.from(stored.trustedCa, 'base64'),
    unknownCa: Buffer.from(stored.unknownCa, 'base64'),
    kai: { ...KAI, identity: toIdentity(stored.kai), openpgp: stored.kaiOpenpgp },
    anna: { ...ANNA, identity: toIdentity(stored.anna), openpgp: null },
    staff: stored.staff,
  }
}

async function readStored(file: string): Promise<StoredPeople | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    throw thrown
  }
}

async function makePeople(file: string, now: Date): Promise<StoredPeople> {
  const validity = validYears(new Date(now.getTime() - 86_400_000), 5)
  const [trusted, unknown] = await Promise.all([
    makeCa(
      { country: 'DK', organization: 'Poststempel demo', commonName: 'Poststempel Demo CA' },
      validity,
      'rsa-2048',
    ),
    makeCa({ country: 'DK', organization: 'Ukendt', commonName: 'Oliefirmaets egen CA' }, validity, 'rsa-2048'),
  ])
  const citizen = (ca: MadeIdentity, { name, address }: typeof KAI): Promise<MadeIdentity> =>
    makeEndEntity(ca, { profile: 'citizen', subject: { country: 'DK', commonName: name }, email: address, validity })
  const [kai, anna, kaiOpenpgp] = await Promise.all([
    citizen(trusted, KAI),
    citizen(unknown, ANNA),
    makeOpenPgpKey({ ...KAI, since: validity.notBefore }),
  ])
  const password = (): string => randomBytes(12).toString('base64url')
  const stored: StoredPeople = {
    version: 1,
    trustedCa: base64(trusted.certificate),
    unknownCa: base64(unknown.certificate),
    kai: fromIdentity(kai),
    anna: fromIdentity(anna),
    kaiOpenpgp,
    staff: [
      { username: 'mette', displayName: 'Mette Holm', role: 'caseworker', password: password() },
      { username: 'admin', displayName: 'Aksel Dam', role: 'admin', password: password() },
    ],
  }
  await writeFile(`${file}.new`, JSON.stringify(stored), { mode: 0o600 })
  await rename(`${file}.new`, file)
  await writeFile(join(file, '..', 'unknown-ca.pem'), toPem(unknown.certificate))
  await writeFile(join(file, '..', 'trusted-ca.pem'), toPem(trusted.certificate))
  return stored
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const fromIdentity = (identity: SigningIdentity): StoredIdentity => ({
  privateKeyPem: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  certificateChain: identity.certificateChain.map(base64),
})

const toIdentity = (stored: StoredIdentity): SigningIdentity => ({
  privateKey: createPrivateKey(stored.privateKeyPem),
  certificateChain: stored.certificateChain.map((der) => Buffer.from(der, 'base64')),
})
