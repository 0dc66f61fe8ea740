import { X509Certificate } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMessage, decrypt, encrypt, encryptKey, generateKey, readKey, readMessage, readPrivateKey } from 'openpgp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/model/case.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { findBrokenLink } from '../../src/model/history.ts'
import { issueCertificate } from '../../src/seal/certificate.ts'
import {
  createKeyring,
  ensureMunicipalityKeys,
  extendKey,
  importKey,
  type KeyParts,
  keyFolder,
  type MadeIdentity,
  makeBackup,
  makeCa,
  makeEndEntity,
  makeKeyPair,
  makeOpenPgp,
  markBackedUp,
  reconcileKeys,
  requestSmime,
  restoreBackup,
  revokeKey,
  toPem,
  validYears,
  warningsOf,
} from '../../src/seal/index.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { makePkcs12 } from './make-pkcs12.ts'

const NOW = new Date('2026-11-26T09:00:00Z')
const ADDRESS = 'post@soeby.example'
const municipality = { name: 'Søby Kommune', cvr: '12345678', mailAddress: ADDRESS }
const actor: Actor = { kind: 'admin', id: 'a', name: 'Ane' }
const root = mkdtempSync(join(tmpdir(), 'poststempel-own-keys-'))
afterAll(() => rmSync(root, { recursive: true }))

const logged: string[] = []
const log = {
  info: () => undefined,
  warn: (_facts: object, message: string) => void logged.push(message),
  error: (_facts: object, message: string) => void logged.push(message),
}

/** Made once: of all that is slow here, RSA keys are the slowest. */
const first = join(root, 'first')
beforeAll(async () => {
  await ensureMunicipalityKeys(first, { name: municipality.name, address: ADDRESS, cvr: '12345678' }, () => NOW)
})

let store: MemoryStore
let parts: KeyParts
let dataDir = ''
let nr = 0
const atStart = () => reconcileKeys({ store, folder: parts.folder, clock: parts.clock, log })
beforeEach(async () => {
  dataDir = join(root, String(nr++))
  store = memoryStore({ clock: () => NOW })
  parts = { store, folder: keyFolder(dataDir), municipality, clock: () => NOW }
  cpSync(first, dataDir, { recursive: true })
  await atStart()
})
afterEach(() => logged.splice(0))

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken in',
    (thrown) => (thrown instanceof GatewayError ? (thrown.facts['reason'] ?? thrown.code) : thrown),
  )
const states = async () => (await store.ownKeys()).map(({ kind, state }) => `${kind} ${state}`)
const events = async () => (await store.adminHistory()).map(({ event }) => event)

async function encryptedTo(publicKeyArmored: string): Promise<string> {
  return encrypt({
    message: await createMessage({ text: 'hemmeligt' }),
    encryptionKeys: await readKey({ armoredKey: publicKeyArmored }),
    date: NOW,
  })
}

async function openedWith(armoredKeys: readonly string[], armoredMessage: string): Promise<unknown> {
  const decryptionKeys = await Promise.all(armoredKeys.map((armoredKey) => readPrivateKey({ armoredKey })))
  const message = await readMessage({ armoredMessage })
  return (await decrypt({ message, decryptionKeys, date: NOW })).data
}

describe('OpenPGP keys of the municipality', () => {
  it('the key of the first start gets its row and its revocation, once', async () => {
    await atStart()
    expect(await states()).toEqual(['openpgp active'])
    const [row] = await store.ownKeys()
    expect(row).toMatchObject({ source: 'self-made', addresses: [ADDRESS], algorithm: 'Ed25519', expiresAt: null })
    const revocation = `openpgp-${row?.id}.revocation.asc`
    expect(statSync(join(dataDir, 'keys', revocation)).mode & 0o777).toBe(0o600)
    expect(await events()).toEqual(['own-key-made'])
  })

  it('after a rotation the new one signs, mail to the former one still opens, and the former vouches for the new', async () => {
    const keyring = createKeyring({ store, folder: parts.folder })
    const former = await keyring.active('openpgp')
    const mail = await encryptedTo(former?.certificate ?? '')
    const made = await makeOpenPgp({ actor, until: null }, parts)
    expect((await keyring.active('openpgp'))?.id).toBe(made.id)
    expect(await keyring.openpgpSigningKey()).toContain('PRIVATE KEY')
    expect(await states()).toEqual(['openpgp former', 'openpgp active'])
    expect(await openedWith(await keyring.openpgpDecryptionKeys(), mail)).toBe('hemmeligt')
    const published = await readKey({ armoredKey: made.certificate })
    const vouched = await published.verifyPrimaryUser([await readKey({ armoredKey: former?.certificate ?? '' })], NOW)
    expect(vouched.some(({ valid }) => valid === true)).toBe(true)
    expect(await events()).toEqual(['own-key-made', 'own-key-retired', 'own-key-made'])
    expect(findBrokenLink(await store.adminHistory())).toBeNull()
  })

  it('one that was revoked opens nothing more, and what is published says that it is revoked', async () => {
    const keyring = createKeyring({ store, folder: parts.folder })
    const [first] = await store.ownKeys()
    expect(await reasonOf(revokeKey({ id: first?.id ?? '', reason: 'x', actor }, parts))).toBe('wrong-state')
    await makeOpenPgp({ actor, until: null }, parts)
    expect(await reasonOf(revokeKey({ id: first?.id ?? '', reason: ' ', actor }, parts))).toBe('invalid-request')
    // The private key is not needed: the revocation was made with it.
    rmSync(join(dataDir, 'keys', 'openpgp-private.asc'))
    const revoked = await revokeKey({ id: first?.id ?? '', reason: 'Kom til andre', actor }, parts)
    expect(await (await readKey({ armoredKey: revoked.certificate })).isRevoked(undefined, undefined, NOW)).toBe(true)
    expect(await states()).toEqual(['openpgp revoked', 'openpgp active'])
    expect(await keyring.openpgpDecryptionKeys()).toHaveLength(1)
    expect(await reasonOf(revokeKey({ id: first?.id ?? '', reason: 'igen', actor }, parts))).toBe('wrong-state')
  })

  it('an end can be set and moved, and a backup from before counts no more', async () => {
    const made = await makeOpenPgp({ actor, until: new Date('2027-01-01T00:00:00Z') }, parts)
    expect(made.expiresAt).toBe('2027-01-01T00:00:00.000Z')
    await markBackedUp([made.id], actor, parts)
    const later = { ...parts, clock: () => new Date('2026-11-27T09:00:00Z') }
    const extended = await extendKey({ id: made.id, until: new Date('2029-01-01T00:00:00Z'), actor }, later)
    expect(extended).toMatchObject({ expiresAt: '2029-01-01T00:00:00.000Z', backedUpAt: null, id: made.id })
    const past = extendKey({ id: made.id, until: new Date('2020-01-01T00:00:00Z'), actor }, later)
    expect(await reasonOf(past)).toBe('invalid-request')
    const onDisk = await readPrivateKey({ armoredKey: (await parts.folder.read(made.file)) ?? '' })
    expect(await onDisk.getExpirationTime()).toEqual(new Date('2029-01-01T00:00:00Z'))
  })

  it('a lost private key is said and never made anew', async () => {
    const made = await makeOpenPgp({ actor, until: null }, parts)
    rmSync(join(dataDir, 'keys', made.file))
    const { missing } = await atStart()
    expect(missing.map(({ id }) => id)).toEqual([made.id])
    expect(logged).toEqual(['a private key is missing: restore it from a backup'])
    expect(readdirSync(join(dataDir, 'keys'))).not.toContain(made.file)
    const keyring = createKeyring({ store, folder: parts.folder })
    expect(await reasonOf(keyring.openpgpSigningKey())).toBe('configuration')
    // What is there still opens what comes to it.
    expect(await keyring.openpgpDecryptionKeys()).toHaveLength(1)
  })

  it('a kill between file and row leaves the old key in force and a file that is used for nothing', async () => {
    store.failWith(new GatewayError('storage-unavailable', 'gone'))
    expect(await reasonOf(makeOpenPgp({ actor, until: null }, parts))).toBe('storage-unavailable')
    store.failWith(null)
    const { strays } = await atStart()
    expect(strays).toHaveLength(1)
    expect(logged).toEqual(['a key file belongs to no key: a change was ended in the middle'])
    expect(await states()).toEqual(['openpgp active'])
    expect(await createKeyring({ store, folder: parts.folder }).openpgpDecryptionKeys()).toHaveLength(1)
  })
})

describe('an OpenPGP key from elsewhere', () => {
  const user = { name: 'Søby Kommune', email: ADDRESS }
  const before = new Date('2026-01-01T00:00:00Z')
  const armored = async (more: object = {}): Promise<string> =>
    (await generateKey({ userIDs: [user], date: before, format: 'armored', ...more })).privateKey
  const take = (text: string, passphrase: string | null = null) =>
    importKey({ bytes: Buffer.from(text), passphrase, actor }, parts)

  it('becomes active, locked or not, and the one before former', async () => {
    const open = await readPrivateKey({ armoredKey: await armored() })
    const locked = (await encryptKey({ privateKey: open, passphrase: 'æblegrød' })).armor()
    expect(await reasonOf(take(locked))).toBe('passphrase-needed')
    expect(await reasonOf(take(locked, 'pære'))).toBe('wrong-passphrase')
    expect(await take(locked, 'æblegrød')).toMatchObject({ source: 'imported', state: 'active' })
    expect(await states()).toEqual(['openpgp former', 'openpgp active'])
    expect(await reasonOf(take(open.armor()))).toBe('present')
    const file = (await store.ownKeys())[1]?.file ?? ''
    expect(statSync(join(dataDir, 'keys', file)).mode & 0o777).toBe(0o600)
    expect(
      (await readPrivateKey({ armoredKey: readFileSync(join(dataDir, 'keys', file), 'utf8') })).isDecrypted(),
    ).toBe(true)
  })

  it('a former one can be taken up again', async () => {
    const [first] = await store.ownKeys()
    const text = readFileSync(join(dataDir, 'keys', 'openpgp-private.asc'), 'utf8')
    await makeOpenPgp({ actor, until: null }, parts)
    expect(await take(text)).toMatchObject({ id: first?.id, file: 'openpgp-private.asc' })
    expect(await states()).toEqual(['openpgp active', 'openpgp former'])
  })

  it.each<[string, () => Promise<string>, string]>([
    ['another address', () => armored({ userIDs: [{ name: ADDRESS, email: 'anden@soeby.example' }] }), 'other-address'],
    ['an end that is past', () => armored({ keyExpirationTime: 86_400 }), 'expired'],
    ['a beginning that is to come', () => armored({ date: new Date('2027-01-01') }), 'not-yet-valid'],
    ['nothing but a public key', async () => (await store.ownKeys())[0]?.certificate ?? '', 'no-private-key'],
    ['two keys', async () => `${await armored()}\n${await armored()}`, 'several-keys'],
    ['damage', async () => (await armored()).replace(/[A-Za-z0-9+/]{30}/, 'x'), 'unreadable'],
    ['no part to encrypt to', () => armored({ subkeys: [] }), 'cannot-decrypt'],
    [
      'a weak RSA key',
      () => armored({ type: 'rsa', rsaBits: 1024, config: { minRSABits: 1024 }, subkeys: [{}] }),
      'weak',
    ],
    [
      'a revocation',
      async () => {
        const { privateKey } = await generateKey({
          userIDs: [user],
          date: before,
          format: 'object',
        })
        const { revokeKey: revoke } = await import('openpgp')
        return (await revoke({ key: privateKey, format: 'object', date: before })).privateKey.armor()
      },
      'revoked',
    ],
  ])('is refused with %s', async (_what, make, reason) => {
    expect(await reasonOf(take(await make()))).toBe(reason)
    expect(await states()).toEqual(['openpgp active'])
  })
})

describe('S/MIME', () => {
  const validity = validYears(new Date('2026-01-01T00:00:00Z'), 3)
  const subject = { country: 'DK', commonName: 'Søby Kommune' }
  let ca: MadeIdentity
  let mail: MadeIdentity
  beforeAll(async () => {
    ca = await makeCa({ country: 'DK', commonName: 'Mail CA' }, validity, 'ec-p256')
    mail = await makeEndEntity(ca, { profile: 'mail', subject, email: ADDRESS, validity, kind: 'ec-p256' })
  })
  const take = (bytes: Uint8Array, passphrase: string | null = 'hemmelig') =>
    importKey({ bytes, passphrase, actor }, parts)
  const packed = async (change: Partial<Parameters<typeof makeEndEntity>[1]> = {}) => {
    const made = await makeEndEntity(ca, {
      profile: 'mail',
      subject,
      email: ADDRESS,
      validity,
      kind: 'ec-p256',
      ...change,
    })
    return makePkcs12(made.privateKey, made.certificateChain, 'hemmelig')
  }

  it('a request becomes a key when its certificate comes back, with the same file', async () => {
    const request = await requestSmime({ actor, kind: 'ec-p256' }, parts)
    expect(request).toMatchObject({ state: 'requested', algorithm: 'EC prime256v1' })
    expect(request.certificate).toContain('BEGIN CERTIFICATE REQUEST')
    const privateKey = (await parts.folder.read(request.file)) ?? ''
    const { createPublicKey } = await import('node:crypto')
    const certificate = issueCertificate(
      { profile: 'mail', subject, publicKey: createPublicKey(privateKey), email: ADDRESS, ...validity },
      ca,
    )
    expect(await reasonOf(take(Buffer.from(mail.certificatePem)))).toBe('not-this-key')
    const issued = await take(Buffer.from(toPem(certificate) + ca.certificatePem))
    expect(issued).toMatchObject({ id: request.id, state: 'active', source: 'issued', addresses: [ADDRESS] })
    expect(issued.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(await states()).toEqual(['openpgp active', 'smime active'])
    expect((await events()).slice(1)).toEqual(['own-key-requested', 'own-key-issued'])
  })

  it('PKCS #12 is taken in, with RSA and with EC; the one before becomes former', async () => {
    const rsa = await makeEndEntity(ca, { profile: 'mail', subject, email: ADDRESS, validity, kind: 'rsa-2048' })
    // An RSA key whose certificate was signed by a CA with ECDSA: it must come out byte for byte.
    const taken = await take(makePkcs12(rsa.privateKey, rsa.certificateChain, 'hemmelig'))
    expect(taken).toMatchObject({ algorithm: 'RSA 2048', source: 'imported' })
    expect(taken.certificate.startsWith(rsa.certificatePem)).toBe(true)
    const ec = await take(makePkcs12(mail.privateKey, mail.certificateChain, 'hemmelig'))
    expect(ec).toMatchObject({ algorithm: 'EC P-256', state: 'active' })
    expect(new X509Certificate(ec.certificate).checkPrivateKey(mail.privateKey)).toBe(true)
    expect(await states()).toEqual(['openpgp active', 'smime former', 'smime active'])
    expect(await reasonOf(take(makePkcs12(mail.privateKey, mail.certificateChain, 'hemmelig')))).toBe('present')
  })

  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['another passphrase', async () => makePkcs12(mail.privateKey, [mail.certificate], 'anden'), 'unreadable'],
    [
      'no certificate of its key',
      async () => makePkcs12((await makeKeyPair('ec-p256')).privateKey, [mail.certificate], 'hemmelig'),
      'not-this-key',
    ],
    ['another address', () => packed({ email: 'anden@soeby.example' }), 'other-address'],
    ['an end that is past', () => packed({ validity: validYears(new Date('2020-01-01'), 1) }), 'expired'],
    ['a beginning that is to come', () => packed({ validity: validYears(new Date('2027-01-01'), 1) }), 'not-yet-valid'],
    ['a key usage that encrypts nothing', () => packed({ profile: 'citizen' }), 'cannot-decrypt'],
    ['the certificate of a CA', async () => makePkcs12(ca.privateKey, [ca.certificate], 'hemmelig'), 'is-a-ca'],
    ['a key that no mail program takes', () => packed({ kind: 'ed25519' }), 'weak'],
    ['something else altogether', async () => Buffer.from('hej'), 'unreadable'],
  ])('is refused with %s', async (_what, make, reason) => {
    expect(await reasonOf(take(await make()))).toBe(reason)
    expect(await states()).toEqual(['openpgp active'])
  })
})

describe('a backup', () => {
  const PASSPHRASE = 'æbler og pærer på bordet'
  const backupParts = () => ({ store, folder: parts.folder, clock: parts.clock })

  it('brings all keys back in a new data folder, and mail to a former one opens there', async () => {
    const [former] = await store.ownKeys()
    const mail = await encryptedTo(former?.certificate ?? '')
    await makeOpenPgp({ actor, until: null }, parts)
    await requestSmime({ actor, kind: 'ec-p256' }, parts)
    const text = await makeBackup(PASSPHRASE, backupParts())
    expect(text).not.toContain('PRIVATE')
    const rows = await store.ownKeys()
    const seal = readFileSync(join(dataDir, 'keys', 'seal.p12'))

    const otherDir = join(root, `${nr}-restored`)
    const other = memoryStore({ clock: () => NOW })
    const there = { store: other, folder: keyFolder(otherDir), clock: () => NOW }
    await restoreBackup(text, { passphrase: PASSPHRASE, actor, dataDir: otherDir }, there)
    expect(await other.ownKeys()).toEqual(rows.map((row) => ({ ...row, backedUpAt: NOW.toISOString() })))
    expect(readFileSync(join(otherDir, 'keys', 'seal.p12')).equals(seal)).toBe(true)
    const keys = await ensureMunicipalityKeys(otherDir, { name: 'x', address: ADDRESS })
    expect(keys.openpgp.fingerprint).toBe(former?.id)
    const keyring = createKeyring({ store: other, folder: there.folder })
    expect(await openedWith(await keyring.openpgpDecryptionKeys(), mail)).toBe('hemmeligt')
    const { missing, strays } = await reconcileKeys({ ...there, log })
    expect([missing, strays]).toEqual([[], []])
  })

  it('brings back what is lost, and overwrites nothing', async () => {
    const text = await makeBackup(PASSPHRASE, backupParts())
    const given = { passphrase: PASSPHRASE, actor, dataDir }
    rmSync(join(dataDir, 'keys', 'openpgp-private.asc'))
    expect((await restoreBackup(text, given, backupParts())).files).toEqual(['openpgp-private.asc'])
    expect(await states()).toEqual(['openpgp active'])
    writeFileSync(join(dataDir, 'keys', 'seal.p12'), 'another seal')
    expect(await reasonOf(restoreBackup(text, given, backupParts()))).toBe('duplicate')
    expect(readFileSync(join(dataDir, 'keys', 'seal.p12'), 'utf8')).toBe('another seal')
  })

  it('is refused with another passphrase, with one byte changed, and where it is none', async () => {
    const text = await makeBackup(PASSPHRASE, backupParts())
    const open = (changed: string, passphrase = PASSPHRASE) =>
      reasonOf(restoreBackup(changed, { passphrase, actor, dataDir }, backupParts()))
    expect(await open(text, 'noget andet')).toBe('key-unusable')
    const { data } = JSON.parse(text) as { data: string }
    const flipped = `${data.slice(0, 40)}${data[40] === 'A' ? 'B' : 'A'}${data.slice(41)}`
    expect(await open(text.replace(data, flipped))).toBe('key-unusable')
    expect(await open('{}')).toBe('key-unusable')
    expect(await open(text.replace('"N": 131072', '"N": 1073741824'))).toBe('key-unusable')
  })

  it('is none with a short passphrase, nor without a private key that should be in it', async () => {
    expect(await reasonOf(makeBackup('kort', backupParts()))).toBe('invalid-request')
    rmSync(join(dataDir, 'keys', 'openpgp-private.asc'))
    expect(await reasonOf(makeBackup(PASSPHRASE, backupParts()))).toBe('configuration')
  })
})

describe('a key is warned of', () => {
  it.each([
    ['2027-11-26', []],
    ['2027-02-24', ['90']],
    ['2026-12-26', ['30']],
    ['2026-12-03', ['7']],
    ['2026-11-26', ['expired']],
  ])('when it ends on %s: %j', async (day, expected) => {
    const [row] = await store.ownKeys()
    if (!row) throw new Error('no key')
    const key = { ...row, expiresAt: `${day}T00:00:00.000Z`, backedUpAt: NOW.toISOString() }
    const said = warningsOf(key, true, NOW).map((one) => (one.code === 'expires-soon' ? String(one.level) : one.code))
    expect(said).toEqual(expected)
    expect(warningsOf({ ...key, state: 'former' }, true, NOW)).toEqual([])
  })

  it('where no backup was made since it was made, or its file is gone', async () => {
    const [row] = await store.ownKeys()
    if (!row) throw new Error('no key')
    expect(warningsOf(row, false, NOW).map(({ code }) => code)).toEqual(['private-key-missing', 'never-backed-up'])
  })
})
