import { readdir } from 'node:fs/promises'
import { readPrivateKeys } from 'openpgp'
import type { Actor } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import type { MailKeyKind, OwnKey } from '../../model/own-key.ts'
import type { Log } from '../../model/ports.ts'
import type { Reader, Store, Writer } from '../../model/store.ts'
import { type Clock, type Instant, instant } from '../../model/time.ts'
import type { SmimeKey } from '../../verify/smime/index.ts'
import { isCode } from '../durable-file.ts'
import { FIRST_OPENPGP_FILE, type KeyFolder, privateKeyOf, publicFileOf, revocationFileOf } from './key-folder.ts'
import { describeOpenPgpKey, type OpenPgpOwnKey } from './openpgp-own-key.ts'

/** The municipality's keys for mail as the steps use them. Rows are read each time: what a command changed counts at once. */
export interface Keyring {
  /** What signs, and is offered to citizens; null where none is active. */
  active(kind: MailKeyKind): Promise<OwnKey | null>
  /** @throws GatewayError configuration where none is active, or its file is gone */
  openpgpSigningKey(): Promise<string>
  /** All that mail may be encrypted to: active and former. What is missing is left out, and was said at start. */
  openpgpDecryptionKeys(): Promise<readonly string[]>
  /** The same of S/MIME, each with its certificate. */
  smimeDecryptionKeys(): Promise<readonly SmimeKey[]>
}

const SYSTEM: Actor = { kind: 'system', id: null, name: null }

export function createKeyring({ store, folder }: { readonly store: Reader; readonly folder: KeyFolder }): Keyring {
  const active: Keyring['active'] = async (kind) =>
    (await store.ownKeys()).find((row) => row.kind === kind && row.state === 'active') ?? null
  return {
    active,
    openpgpSigningKey: async () => {
      const row = await active('openpgp')
      if (row) return privateKeyOf(folder, row)
      throw new GatewayError('configuration', 'No OpenPGP key of the municipality is active: make or import one.')
    },
    openpgpDecryptionKeys: async () => {
      const rows = (await store.ownKeys()).filter(({ kind, state }) => kind === 'openpgp' && opensMail(state))
      const keys = await Promise.all(rows.map(({ file }) => folder.read(file)))
      return keys.filter((key) => key !== null)
    },
    smimeDecryptionKeys: async () => {
      const rows = (await store.ownKeys()).filter(({ kind, state }) => kind === 'smime' && opensMail(state))
      const keys = await Promise.all(
        rows.map(async ({ file, certificate: certificatePem }) => ({
          certificatePem,
          privateKeyPem: await folder.read(file),
        })),
      )
      return keys.flatMap(({ certificatePem, privateKeyPem }) =>
        privateKeyPem === null ? [] : [{ certificatePem, privateKeyPem }],
      )
    },
  }
}

const opensMail = (state: OwnKey['state']): boolean => state === 'active' || state === 'former'

/** What comparing rows and files found. */
export interface Reconciled {
  /** Rows whose private key is gone. */
  readonly missing: readonly OwnKey[]
  /** Files of private keys that no row names: a change that was ended in the middle. They are used for nothing. */
  readonly strays: readonly string[]
}

/**
 * At start: the key that the first start made gets its row, and rows and files are compared. What is missing is said and
 * never made anew: a key that changed by itself would look like an attack to every citizen.
 */
export async function reconcileKeys(parts: {
  readonly store: Store
  readonly folder: KeyFolder
  readonly clock: Clock
  readonly log: Log
}): Promise<Reconciled> {
  const { store, folder, log } = parts
  await adoptFirstKey(parts)
  const rows = await store.ownKeys()
  const missing: OwnKey[] = []
  for (const row of rows) if (!(await folder.has(row.file))) missing.push(row)
  const strays = (await privateKeyFiles(folder)).filter((name) => !rows.some(({ file }) => file === name))
  for (const { id, kind, state, file } of missing) {
    log.error({ id, kind, state, file }, 'a private key is missing: restore it from a backup')
  }
  for (const file of strays) log.warn({ file }, 'a key file belongs to no key: a change was ended in the middle')
  return { missing, strays }
}

async function privateKeyFiles({ path }: KeyFolder): Promise<readonly string[]> {
  try {
    const names = await readdir(path)
    return names.filter((name) => /^(?:openpgp-[0-9a-f]{40,64}\.asc|smime-[0-9a-f]{64}\.pem)$/.test(name))
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return []
    throw thrown
  }
}

async function adoptFirstKey(parts: {
  readonly store: Store
  readonly folder: KeyFolder
  readonly clock: Clock
}): Promise<void> {
  const { store, folder, clock } = parts
  if ((await store.ownKeys()).some(({ kind }) => kind === 'openpgp')) return
  const armoredKeys = await folder.read(FIRST_OPENPGP_FILE)
  if (armoredKeys === null) return
  const [privateKey] = await readPrivateKeys({ armoredKeys })
  if (!privateKey) return
  const key = await describeOpenPgpKey(privateKey, clock())
  if (!(await folder.has(revocationFileOf(key.id)))) await folder.write(revocationFileOf(key.id), key.revocationArmored)
  await store.commit(async (write) => {
    if ((await write.ownKeys()).some(({ kind }) => kind === 'openpgp')) return
    const row = openpgpRow(key, { source: 'self-made', file: FIRST_OPENPGP_FILE, at: instant(clock()) })
    await write.addOwnKey(row)
    await recordKeyChange(write, { event: 'own-key-made', key: row, actor: SYSTEM, at: row.stateSince })
  })
}

/** A row of an OpenPGP key that becomes active. */
export function openpgpRow(
  key: OpenPgpOwnKey,
  about: { readonly source: OwnKey['source']; readonly file: string; readonly at: Instant },
): OwnKey {
  return {
    id: key.id,
    kind: 'openpgp',
    state: 'active',
    source: about.source,
    certificate: key.publicKeyArmored,
    subject: key.subject,
    addresses: key.addresses,
    algorithm: key.algorithm,
    file: about.file,
    createdAt: instant(key.createdAt),
    expiresAt: key.expiresAt === null ? null : instant(key.expiresAt),
    stateSince: about.at,
    reason: null,
    backedUpAt: null,
  }
}

/** What happens to a key of ours, as it stands in the history of the gateway itself. */
export type KeyEvent =
  | 'own-key-made'
  | 'own-key-requested'
  | 'own-key-issued'
  | 'own-key-imported'
  | 'own-key-retired'
  | 'own-key-extended'
  | 'own-key-revoked'
  | 'own-keys-backed-up'
  | 'own-keys-restored'

/** Puts a change on record, with what was before. */
export async function recordKeyChange(
  write: Writer,
  change: {
    readonly event: KeyEvent
    readonly key: OwnKey
    readonly actor: Actor
    readonly at: Instant
    readonly before?: OwnKey
    readonly reason?: string
  },
): Promise<void> {
  const { event, key, actor, at, before, reason } = change
  const facts = ({ state, expiresAt }: OwnKey) => ({ state, expiresAt })
  await appendAdminHistory(write, {
    at,
    actor,
    event,
    payload: {
      keyKind: key.kind,
      keyId: key.id,
      after: facts(key),
      ...(before ? { before: facts(before) } : {}),
      ...(reason ? { reason } : {}),
    },
  })
}

/** Writes the files of an OpenPGP key, all flushed before its row is. */
export async function writeOpenPgpFiles(folder: KeyFolder, file: string, key: OpenPgpOwnKey): Promise<void> {
  await folder.write(revocationFileOf(key.id), key.revocationArmored)
  const beside = publicFileOf(file)
  if (beside !== null) await folder.write(beside, key.publicKeyArmored)
  await folder.write(file, key.privateKeyArmored)
}
