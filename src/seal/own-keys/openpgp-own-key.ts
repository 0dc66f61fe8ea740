import {
  type Config,
  config,
  decryptKey,
  enums,
  generateKey,
  type PrivateKey,
  type PublicKey,
  readKey,
  readPrivateKeys,
  reformatKey,
  revokeKey,
} from 'openpgp'
import { GatewayError } from '../../model/errors.ts'
import { refused } from './refusal.ts'

/** An OpenPGP key of ours as it lies in its files. */
export interface OpenPgpOwnKey {
  readonly id: string
  /** Not locked: the file's mode guards it. */
  readonly privateKeyArmored: string
  readonly publicKeyArmored: string
  /** Takes the key out of use for all who get it, also where the private key is lost one day (RFC 9580 §13.9). */
  readonly revocationArmored: string
  readonly subject: string
  readonly addresses: readonly string[]
  readonly algorithm: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
}

// GnuPG 2.2 knows neither version 6 keys nor AEAD packets.
const V4: Partial<Config> = { v6Keys: false, aeadProtect: false }
const STRICT: Config = {
  ...config,
  minRSABits: 2048,
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.elgamal, enums.publicKey.dsa]),
}
const LAX: Config = { ...config, minRSABits: 0, rejectPublicKeyAlgorithms: new Set(), rejectHashAlgorithms: new Set() }
const MAX_ARMORED = 1_000_000

/** Makes a key for the municipality, valid from that second on; until null: without end. @throws GatewayError malformed-key */
export async function makeOpenPgpOwnKey(user: {
  readonly name: string
  readonly address: string
  readonly since: Date
  readonly until: Date | null
}): Promise<OpenPgpOwnKey> {
  try {
    const { privateKey } = await generateKey({
      type: 'ecc',
      curve: 'curve25519Legacy',
      userIDs: [{ name: user.name, email: user.address }],
      date: user.since,
      keyExpirationTime: secondsBetween(user.since, user.until),
      format: 'object',
      config: V4,
    })
    return await describeOpenPgpKey(privateKey, user.since)
  } catch (cause) {
    throw new GatewayError('malformed-key', `No OpenPGP key can be made for ${user.address}.`, { cause })
  }
}

/**
 * Reads a private key that is to become the municipality's: opens it, and checks that it is one key, in force, strong,
 * signs and decrypts, and carries the address.
 * @throws GatewayError key-unusable with the fact "reason"
 */
export async function readOpenPgpOwnKey(
  armored: string,
  given: { readonly passphrase: string | null; readonly address: string; readonly now: Date },
): Promise<OpenPgpOwnKey> {
  const key = await unlock(await readOne(armored), given.passphrase)
  await mustBeInForce(key, given.now)
  await mustBeFit(key, given.now)
  const own = await describeOpenPgpKey(key, given.now)
  if (!own.addresses.includes(given.address.toLowerCase())) throw refused('other-address')
  return own
}

async function readOne(armored: string): Promise<PrivateKey> {
  if (armored.length > MAX_ARMORED) throw refused('unreadable')
  if (!armored.includes('-----BEGIN PGP PRIVATE KEY BLOCK-----')) throw refused('no-private-key')
  const [key, ...more] = await readPrivateKeys({ armoredKeys: armored }).catch((cause: unknown) => {
    throw refused('unreadable', cause)
  })
  if (!key) throw refused('no-private-key')
  if (more.length > 0 || armored.split('-----BEGIN PGP ').length > 2) throw refused('several-keys')
  return key
}

async function unlock(privateKey: PrivateKey, passphrase: string | null): Promise<PrivateKey> {
  // A part whose secret stays on a card opens nothing here.
  const packets = privateKey.getKeys().map(({ keyPacket }) => keyPacket)
  if (packets.some((packet) => 'isDummy' in packet && packet.isDummy())) throw refused('no-private-key')
  if (privateKey.isDecrypted()) return privateKey
  if (passphrase === null || passphrase === '') throw refused('passphrase-needed')
  return decryptKey({ privateKey, passphrase }).catch((cause: unknown) => {
    throw refused('wrong-passphrase', cause)
  })
}

async function mustBeInForce(key: PrivateKey, now: Date): Promise<void> {
  if (await key.isRevoked(undefined, undefined, now, LAX)) throw refused('revoked')
  if (key.getCreationTime() > now) throw refused('not-yet-valid')
  const end = await key.getExpirationTime()
  if (end instanceof Date && end <= now) throw refused('expired')
}

async function mustBeFit(key: PrivateKey, now: Date): Promise<void> {
  if (!(await holds(key.getSigningKey(undefined, now, undefined, STRICT)))) {
    throw refused((await holds(key.getSigningKey(undefined, now, undefined, LAX))) ? 'weak' : 'cannot-sign')
  }
  if (!(await holds(key.getEncryptionKey(undefined, now, undefined, STRICT)))) {
    throw refused((await holds(key.getEncryptionKey(undefined, now, undefined, LAX))) ? 'weak' : 'cannot-decrypt')
  }
}

const holds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

/** Takes an unlocked private key; gives it as it lies in files, with its revocation made now. */
export async function describeOpenPgpKey(privateKey: PrivateKey, now: Date): Promise<OpenPgpOwnKey> {
  const publicKey = privateKey.toPublic()
  const revoked = await revokeKey({ key: privateKey, date: now, format: 'object' })
  const revocationArmored = await revoked.publicKey.getRevocationCertificate(now)
  if (typeof revocationArmored !== 'string') throw new GatewayError('internal', 'No revocation could be made')
  const end = await publicKey.getExpirationTime()
  return {
    id: publicKey.getFingerprint(),
    privateKeyArmored: privateKey.armor(),
    publicKeyArmored: publicKey.armor(),
    revocationArmored,
    subject: publicKey.getUserIDs()[0] ?? '',
    addresses: addressesOf(publicKey),
    algorithm: nameAlgorithm(publicKey),
    createdAt: publicKey.getCreationTime(),
    expiresAt: end instanceof Date ? end : null,
  }
}

const addressesOf = (key: PublicKey): readonly string[] => [
  ...new Set(key.users.flatMap(({ userID }) => (userID?.email ? [userID.email.toLowerCase()] : []))),
]

const CURVES: Readonly<Record<string, string>> = { ed25519Legacy: 'Ed25519', nistP256: 'P-256', nistP384: 'P-384' }

function nameAlgorithm(key: PublicKey): string {
  const { algorithm, bits, curve } = key.getAlgorithmInfo()
  if (bits !== undefined) return `RSA ${bits}`
  return curve === undefined ? String(algorithm) : (CURVES[curve] ?? curve)
}

/** The old key says of the new one that it is ours: who trusts the old one finds the way (RFC 9580 §5.2.1.4). */
export async function certifyWith(
  newer: OpenPgpOwnKey,
  olderPrivateKeyArmored: string,
  now: Date,
): Promise<OpenPgpOwnKey> {
  const [key] = await readPrivateKeys({ armoredKeys: newer.privateKeyArmored })
  const [older] = await readPrivateKeys({ armoredKeys: olderPrivateKeyArmored })
  if (!key || !older) throw refused('no-private-key')
  const certified = await key.signPrimaryUser([older], now)
  return { ...newer, privateKeyArmored: certified.armor(), publicKeyArmored: certified.toPublic().armor() }
}

/** Gives the same key with another end; null: without. @throws GatewayError key-unusable */
export async function extendOpenPgpKey(armored: string, until: Date | null, now: Date): Promise<OpenPgpOwnKey> {
  const [privateKey] = await readPrivateKeys({ armoredKeys: armored })
  if (!privateKey) throw refused('no-private-key')
  const { privateKey: extended } = await reformatKey({
    privateKey,
    userIDs: privateKey.users.flatMap(({ userID }) => (userID ? [{ name: userID.name, email: userID.email }] : [])),
    keyExpirationTime: secondsBetween(privateKey.getCreationTime(), until),
    date: now,
    format: 'object',
    config: V4,
  })
  return describeOpenPgpKey(extended, now)
}

/** Gives the certificate with its revocation, to be published. The private key is not needed for it. */
export async function revokeOpenPgpCertificate(
  armoredKey: string,
  revocationArmored: string,
  now: Date,
): Promise<string> {
  const key = await readKey({ armoredKey })
  const { publicKey } = await revokeKey({ key, revocationCertificate: revocationArmored, date: now, format: 'object' })
  return publicKey.armor()
}

/** OpenPGP counts a key's life in whole seconds from its making; 0 is without end. */
const secondsBetween = (from: Date, until: Date | null): number =>
  until === null ? 0 : Math.max(1, Math.floor((until.getTime() - from.getTime()) / 1000))
