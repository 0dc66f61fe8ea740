import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import type { OwnKey } from '../../model/own-key.ts'
import type { Store } from '../../model/store.ts'
import { type Clock, instant } from '../../model/time.ts'
import { flushFolder, isCode, writeDurably } from '../durable-file.ts'
import type { KeyFolder } from './key-folder.ts'
import { recordKeyChange } from './keyring.ts'

const FORMAT = 'poststempel-keys-backup'
/** About half a second and 128 MB for each guess of the passphrase. */
const KDF = { N: 2 ** 17, r: 8, p: 1 } as const
const MAX_MEMORY = 256 * 1024 * 1024
export const MIN_PASSPHRASE = 12
const MAX_FILE_BYTES = 1024 * 1024
const NAME = /^[a-z0-9][a-z0-9.-]{0,127}$/

interface Backup {
  readonly format: typeof FORMAT
  readonly version: 1
  readonly madeAt: string
  readonly kdf: {
    readonly name: 'scrypt'
    readonly N: number
    readonly r: number
    readonly p: number
    readonly salt: string
  }
  readonly cipher: { readonly name: 'aes-256-gcm'; readonly iv: string; readonly tag: string }
  readonly data: string
}

interface Contents {
  readonly keys: readonly OwnKey[]
  /** Name → base64: the private keys, revocations, and the seal. */
  readonly files: Readonly<Record<string, string>>
}

export interface BackupParts {
  readonly store: Store
  readonly folder: KeyFolder
  readonly clock: Clock
}

/**
 * Gives all of keys/ (the seal too) and the rows as one text, encrypted with a passphrase (scrypt, AES-256-GCM).
 * It counts as a backup only once it is written: then call markBackedUp.
 * @throws GatewayError invalid-request where the passphrase is short; configuration where a private key is missing
 */
export async function makeBackup(passphrase: string, { store, folder, clock }: BackupParts): Promise<string> {
  mustBeLong(passphrase)
  const keys = await store.ownKeys()
  const files = await readFiles(folder)
  for (const { file } of keys) {
    if (file in files) continue
    throw new GatewayError('configuration', `The private key ${file} is missing: a backup without it is none.`)
  }
  const contents: Contents = { keys, files }
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(passphrase, salt, KDF), iv)
  const data = Buffer.concat([cipher.update(JSON.stringify(contents), 'utf8'), cipher.final()])
  const backup: Backup = {
    format: FORMAT,
    version: 1,
    madeAt: instant(clock()),
    kdf: { name: 'scrypt', ...KDF, salt: salt.toString('base64') },
    cipher: { name: 'aes-256-gcm', iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64') },
    data: data.toString('base64'),
  }
  return `${JSON.stringify(backup, null, 1)}\n`
}

/** Notes that a backup of all keys was written. */
export async function markBackedUp(ids: readonly string[], actor: Actor, { store, clock }: BackupParts): Promise<void> {
  const at = instant(clock())
  await store.commit(async (write) => {
    for (const row of (await write.ownKeys()).filter(({ id }) => ids.includes(id))) {
      await write.updateOwnKey(row.id, { backedUpAt: at })
      await recordKeyChange(write, { event: 'own-keys-backed-up', key: row, actor, at })
    }
  })
}

/**
 * Brings back what a backup holds: into a data folder without keys, or what is missing in one that has the same. Nothing
 * that is there is overwritten. Gives the names of the files that were written.
 * @throws GatewayError key-unusable (no backup, or another passphrase), duplicate (keys/ holds other keys)
 */
export async function restoreBackup(
  text: string,
  given: { readonly passphrase: string; readonly actor: Actor; readonly dataDir: string },
  { store, folder, clock }: BackupParts,
): Promise<{ readonly files: readonly string[]; readonly keys: readonly OwnKey[] }> {
  const { keys, files, madeAt } = openBackup(text, given.passphrase)
  const written = await restoreFiles(files, given.dataDir, folder)
  const at = instant(clock())
  const added: OwnKey[] = []
  await store.commit(async (write) => {
    for (const key of keys) {
      const rows = await write.ownKeys()
      if (rows.some(({ id }) => id === key.id)) continue
      const isTaken = key.state === 'active' && rows.some(({ kind, state }) => kind === key.kind && state === 'active')
      const row: OwnKey = { ...key, state: isTaken ? 'former' : key.state, backedUpAt: madeAt }
      await write.addOwnKey(row)
      await recordKeyChange(write, { event: 'own-keys-restored', key: row, actor: given.actor, at })
      added.push(row)
    }
  })
  return { files: written, keys: added }
}

async function readFiles({ path }: KeyFolder): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {}
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isFile() || !NAME.test(entry.name)) continue
    files[entry.name] = (await readFile(join(path, entry.name))).toString('base64')
  }
  return files
}

async function restoreFiles(files: Contents['files'], dataDir: string, folder: KeyFolder): Promise<readonly string[]> {
  const there = await readFiles(folder).catch((thrown: unknown) => {
    if (isCode(thrown, 'ENOENT')) return null
    throw thrown
  })
  if (there === null) return restoreWhole(files, dataDir, folder)
  const other = Object.keys(files).filter((name) => name in there && there[name] !== files[name])
  if (other.length > 0) {
    const message = `${folder.path} holds other keys (${other.join(', ')}): restore into a data folder without keys.`
    throw new GatewayError('duplicate', message, { facts: { file: other[0] ?? '' } })
  }
  const lacking = Object.keys(files).filter((name) => !(name in there))
  for (const name of lacking) await writeDurably(folder.path, name, Buffer.from(files[name] ?? '', 'base64'))
  await flushFolder(folder.path)
  return lacking
}

/** Beside, then renamed: a kill in between leaves no half set that a start would take for the whole. */
async function restoreWhole(files: Contents['files'], dataDir: string, folder: KeyFolder): Promise<readonly string[]> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const making = await mkdtemp(join(dataDir, 'keys-restoring-'))
  try {
    for (const [name, content] of Object.entries(files))
      await writeDurably(making, name, Buffer.from(content, 'base64'))
    await flushFolder(making)
    await rename(making, folder.path)
    await flushFolder(dataDir)
    return Object.keys(files)
  } catch (thrown) {
    await rm(making, { recursive: true, force: true })
    throw thrown
  }
}

const noBackup = (cause?: unknown): GatewayError =>
  new GatewayError('key-unusable', 'This is no backup of keys, it is damaged, or the passphrase is another.', { cause })

function openBackup(text: string, passphrase: string): Contents & { readonly madeAt: string } {
  const backup = readBackup(text)
  try {
    const { N, r, p, salt } = backup.kdf
    const key = deriveKey(passphrase, Buffer.from(salt, 'base64'), { N, r, p })
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(backup.cipher.iv, 'base64'), {
      authTagLength: 16,
    })
    decipher.setAuthTag(Buffer.from(backup.cipher.tag, 'base64'))
    const plain = Buffer.concat([decipher.update(Buffer.from(backup.data, 'base64')), decipher.final()])
    const contents: Contents = JSON.parse(plain.toString('utf8'))
    if (Object.keys(contents.files).some((name) => !NAME.test(name))) throw noBackup()
    return { ...contents, madeAt: backup.madeAt }
  } catch (cause) {
    throw noBackup(cause)
  }
}

function readBackup(text: string): Backup {
  if (text.length > MAX_FILE_BYTES * 10) throw noBackup()
  try {
    const backup: Backup = JSON.parse(text)
    const { N, r, p } = backup.kdf
    // What a file asks for is bounded: it must not cost more than what we write ourselves.
    const isOurs = backup.format === FORMAT && backup.version === 1 && N <= KDF.N && r <= KDF.r && p <= KDF.p
    if (!isOurs) throw noBackup()
    return backup
  } catch (cause) {
    throw noBackup(cause)
  }
}

function deriveKey(passphrase: string, salt: Uint8Array, cost: { N: number; r: number; p: number }): Buffer {
  return scryptSync(passphrase.normalize('NFC'), salt, 32, { ...cost, maxmem: MAX_MEMORY })
}

function mustBeLong(passphrase: string): void {
  if (passphrase.length >= MIN_PASSPHRASE) return
  throw new GatewayError('invalid-request', `A backup's passphrase has at least ${MIN_PASSPHRASE} characters.`)
}
