import type { Actor } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import type { OwnKey } from '../../model/own-key.ts'
import type { Settings } from '../../model/settings.ts'
import type { Store, Writer } from '../../model/store.ts'
import { type Clock, type Instant, instant } from '../../model/time.ts'
import type { KeyKind } from '../key-maker.ts'
import { fileOf, type KeyFolder, privateKeyOf, revocationFileOf } from './key-folder.ts'
import { type KeyEvent, openpgpRow, recordKeyChange, writeOpenPgpFiles } from './keyring.ts'
import {
  certifyWith,
  extendOpenPgpKey,
  makeOpenPgpOwnKey,
  type OpenPgpOwnKey,
  readOpenPgpOwnKey,
  revokeOpenPgpCertificate,
} from './openpgp-own-key.ts'
import { refused } from './refusal.ts'
import { makeSmimeRequest, readIssuedCertificate, readSmimePkcs12, type SmimeOwnKey } from './smime-own-key.ts'

export interface KeyParts {
  readonly store: Store
  readonly folder: KeyFolder
  readonly municipality: Pick<Settings['municipality'], 'name' | 'cvr' | 'mailAddress'>
  readonly clock: Clock
}

const OPENPGP = '-----BEGIN PGP '
const MAX_REASON = 500

/**
 * Makes an OpenPGP key that signs from now on. The one before becomes former: it opens what still comes to it, and
 * certifies the new one. @throws GatewayError malformed-key, storage-unavailable
 */
export async function makeOpenPgp(
  ask: { readonly actor: Actor; readonly until: Date | null },
  parts: KeyParts,
): Promise<OwnKey> {
  const { name, mailAddress } = parts.municipality
  const made = await makeOpenPgpOwnKey({ name, address: mailAddress, since: parts.clock(), until: ask.until })
  return putOpenPgp(made, { source: 'self-made', event: 'own-key-made', actor: ask.actor }, parts)
}

/**
 * Takes in a key that was made elsewhere, and makes it the active one of its kind: an armoured OpenPGP private key, or
 * PKCS #12. A certificate alone is what the CA issued for a request of ours.
 * @throws GatewayError key-unusable with the fact "reason", storage-unavailable
 */
export async function importKey(
  ask: { readonly bytes: Uint8Array; readonly passphrase: string | null; readonly actor: Actor },
  parts: KeyParts,
): Promise<OwnKey> {
  const { bytes, passphrase, actor } = ask
  const given = { passphrase: passphrase ?? '', address: parts.municipality.mailAddress, now: parts.clock() }
  const text = Buffer.from(bytes).toString('latin1')
  if (text.includes(OPENPGP)) {
    const key = await readOpenPgpOwnKey(text, { ...given, passphrase })
    return putOpenPgp(key, { source: 'imported', event: 'own-key-imported', actor }, parts)
  }
  const issued = await readAsIssued(bytes, parts)
  if (issued) return putSmime(issued, { source: 'issued', event: 'own-key-issued', actor }, parts)
  const key = readSmimePkcs12(bytes, given)
  return putSmime(key, { source: 'imported', event: 'own-key-imported', actor }, parts)
}

/** Null where the bytes are no certificates. @throws GatewayError key-unusable where they fit no request of ours */
async function readAsIssued(bytes: Uint8Array, parts: KeyParts): Promise<SmimeOwnKey | null> {
  const text = Buffer.from(bytes).toString('latin1')
  const isText = text.includes('-----BEGIN CERTIFICATE-----') || text.includes('-----BEGIN PKCS7-----')
  const isDer = bytes[0] === 0x30 && !text.includes('\x02\x01\x03\x30')
  if (text.includes('PRIVATE KEY-----') || !(isText || isDer)) return null
  const given = { address: parts.municipality.mailAddress, now: parts.clock() }
  let fault: unknown = refused('not-this-key')
  for (const row of (await parts.store.ownKeys()).filter(({ kind }) => kind === 'smime')) {
    try {
      return readIssuedCertificate(bytes, await privateKeyOf(parts.folder, row), given)
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.code !== 'key-unusable') throw thrown
      // What is wrong with a certificate of ours says more than that it is of no other request.
      if (thrown.facts['reason'] !== 'not-this-key') fault = thrown
    }
  }
  throw fault
}

/** Makes an S/MIME key and the request for its CA; it counts when the certificate is imported. */
export async function requestSmime(
  ask: { readonly actor: Actor; readonly kind?: KeyKind },
  parts: KeyParts,
): Promise<OwnKey> {
  const { name, cvr, mailAddress } = parts.municipality
  const made = await makeSmimeRequest({ name, cvr, address: mailAddress }, ask.kind)
  const at = instant(parts.clock())
  const row = smimeRow(made, { source: 'issued', state: 'requested', at })
  await parts.folder.write(row.file, made.privateKeyPem)
  await parts.store.commit(async (write) => {
    await write.addOwnKey(row)
    await recordKeyChange(write, { event: 'own-key-requested', key: row, actor: ask.actor, at })
  })
  return row
}

interface Put {
  readonly source: OwnKey['source']
  readonly event: KeyEvent
  readonly actor: Actor
}

async function putOpenPgp(made: OpenPgpOwnKey, put: Put, parts: KeyParts): Promise<OwnKey> {
  const { store, folder, clock } = parts
  const rows = await store.ownKeys()
  const known = rows.find(({ id }) => id === made.id)
  if (known && known.state !== 'former') throw refused(known.state === 'revoked' ? 'revoked' : 'present')
  const older = rows.find(({ kind, state }) => kind === 'openpgp' && state === 'active')
  const olderKey = older ? await folder.read(older.file) : null
  const key = olderKey === null ? made : await certifyWith(made, olderKey, clock())
  const file = known?.file ?? fileOf('openpgp', key.id)
  await writeOpenPgpFiles(folder, file, key)
  const at = instant(clock())
  const row = openpgpRow(key, { source: put.source, file, at })
  await store.commit((write) => putRow(write, row, { ...put, at }))
  return row
}

async function putSmime(made: SmimeOwnKey, put: Put, parts: KeyParts): Promise<OwnKey> {
  const { store, folder, clock } = parts
  const known = (await store.ownKeys()).find(({ id }) => id === made.id)
  if (known?.state === 'revoked') throw refused('revoked')
  if (known && known.state !== 'requested' && known.certificate === made.certificatePem) throw refused('present')
  const at = instant(clock())
  const row = smimeRow(made, { source: put.source, state: 'active', at, createdAt: known?.createdAt ?? at })
  await folder.write(row.file, made.privateKeyPem)
  await store.commit((write) => putRow(write, row, { ...put, at }))
  return row
}

/** The one before first: at no time are there two that sign. */
async function putRow(write: Writer, row: OwnKey, put: Put & { readonly at: Instant }): Promise<void> {
  const { actor, at, event } = put
  const rows = await write.ownKeys()
  for (const before of rows.filter(({ id, kind, state }) => id !== row.id && kind === row.kind && state === 'active')) {
    const key: OwnKey = { ...before, state: 'former', stateSince: at }
    await write.updateOwnKey(before.id, { state: 'former', stateSince: at })
    await recordKeyChange(write, { event: 'own-key-retired', key, before, actor, at })
  }
  const known = rows.find(({ id }) => id === row.id)
  const { id, kind: _kind, ...change } = row
  if (known) await write.updateOwnKey(id, change)
  else await write.addOwnKey(row)
  await recordKeyChange(write, { event, key: row, actor, at, ...(known ? { before: known } : {}) })
}

function smimeRow(
  key: SmimeOwnKey,
  about: Pick<OwnKey, 'source' | 'state'> & { readonly at: Instant; readonly createdAt?: Instant },
): OwnKey {
  return {
    id: key.id,
    kind: 'smime',
    state: about.state,
    source: about.source,
    certificate: key.certificatePem,
    subject: key.subject,
    addresses: key.addresses,
    algorithm: key.algorithm,
    file: fileOf('smime', key.id),
    createdAt: about.createdAt ?? about.at,
    expiresAt: key.expiresAt === null ? null : instant(key.expiresAt),
    stateSince: about.at,
    reason: null,
    backedUpAt: null,
  }
}

/** Gives an OpenPGP key another end. A certificate's is its CA's to extend. @throws GatewayError wrong-state, not-found */
export async function extendKey(
  ask: { readonly id: string; readonly until: Date | null; readonly actor: Actor },
  { store, folder, clock }: KeyParts,
): Promise<OwnKey> {
  const before = await rowOf(store, ask.id)
  if (before.kind !== 'openpgp' || (before.state !== 'active' && before.state !== 'former')) {
    throw new GatewayError('wrong-state', 'Only an OpenPGP key in use can be extended; S/MIME needs a new certificate')
  }
  const now = clock()
  if (ask.until !== null && ask.until <= now) throw new GatewayError('invalid-request', 'The new end is past already')
  const key = await extendOpenPgpKey(await privateKeyOf(folder, before), ask.until, now)
  await writeOpenPgpFiles(folder, before.file, key)
  const change = {
    certificate: key.publicKeyArmored,
    expiresAt: key.expiresAt === null ? null : instant(key.expiresAt),
    // The key's file changed: a backup made before would bring the old end back.
    backedUpAt: null,
  }
  const row: OwnKey = { ...before, ...change }
  await store.commit(async (write) => {
    await write.updateOwnKey(before.id, change)
    const at = instant(now)
    await recordKeyChange(write, { event: 'own-key-extended', key: row, before, actor: ask.actor, at })
  })
  return row
}

/**
 * Takes a key out of use for good, with why. Of OpenPGP the page gives out the revoked certificate from then on, made
 * from the revocation that was made with the key; of a certificate the CA must be told as well.
 * @throws GatewayError not-found, wrong-state, invalid-request
 */
export async function revokeKey(
  ask: { readonly id: string; readonly reason: string; readonly actor: Actor },
  { store, folder, clock }: KeyParts,
): Promise<OwnKey> {
  const reason = ask.reason.trim()
  if (reason === '' || reason.length > MAX_REASON) throw new GatewayError('invalid-request', 'Say why it is revoked')
  const before = await rowOf(store, ask.id)
  if (before.state === 'revoked') throw new GatewayError('wrong-state', 'This key is revoked already')
  if (before.kind === 'openpgp' && before.state === 'active') {
    // Without one, no encrypted answer goes out, and nobody would be told.
    throw new GatewayError('wrong-state', 'This key signs what goes out: make the next one first (keys rotate)')
  }
  const certificate = before.kind === 'openpgp' ? await revokedCertificate(before, folder, clock()) : before.certificate
  const at = instant(clock())
  const change = { state: 'revoked', stateSince: at, reason, certificate } as const
  const row: OwnKey = { ...before, ...change }
  await store.commit(async (write) => {
    await write.updateOwnKey(before.id, change)
    await recordKeyChange(write, { event: 'own-key-revoked', key: row, before, actor: ask.actor, at, reason })
  })
  return row
}

async function revokedCertificate(row: OwnKey, folder: KeyFolder, now: Date): Promise<string> {
  const revocation = await folder.read(revocationFileOf(row.id))
  if (revocation !== null) return revokeOpenPgpCertificate(row.certificate, revocation, now)
  throw new GatewayError('configuration', `The key's revocation is missing in ${folder.path}: restore it.`, {
    facts: { file: revocationFileOf(row.id) },
  })
}

async function rowOf(store: Store, id: string): Promise<OwnKey> {
  const row = (await store.ownKeys()).find((one) => one.id === id)
  if (!row) throw new GatewayError('not-found', 'The municipality has no such key', { facts: { id } })
  return row
}
