import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../model/errors.ts'
import type { OwnKey } from '../../model/own-key.ts'
import { flushFolder, isCode, readIfThere, writeDurably } from '../durable-file.ts'

/** The key that the first start made, and what it is called there. */
export const FIRST_OPENPGP_FILE = 'openpgp-private.asc'
const FIRST_PUBLIC_FILE = 'openpgp-public.asc'

/** The data folder's keys/: private keys, each a file with mode 0600 that is flushed before its row is written. */
export interface KeyFolder {
  readonly path: string
  write(name: string, content: string): Promise<void>
  /** Null where the file is not there. */
  read(name: string): Promise<string | null>
  has(name: string): Promise<boolean>
}

export function keyFolder(dataDir: string): KeyFolder {
  const path = join(dataDir, 'keys')
  return {
    path,
    write: async (name, content) => {
      try {
        await mkdir(path, { recursive: true, mode: 0o700 })
        await writeDurably(path, mustBePlain(name), content)
        await flushFolder(path)
      } catch (cause) {
        throw new GatewayError('storage-unavailable', `The key cannot be kept in ${path}.`, { cause, retryable: true })
      }
    },
    read: (name) => readIfThere(join(path, mustBePlain(name))),
    has: async (name) => {
      try {
        return (await stat(join(path, mustBePlain(name)))).isFile()
      } catch (thrown) {
        if (isCode(thrown, 'ENOENT')) return false
        throw thrown
      }
    },
  }
}

/** A name comes from a row or a backup: it must not lead out of the folder. */
function mustBePlain(name: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{0,127}$/.test(name)) throw new GatewayError('internal', 'This is no name of a key file')
  return name
}

/** The name of a new key's file. */
export const fileOf = (kind: OwnKey['kind'], id: string): string =>
  kind === 'openpgp' ? `openpgp-${id}.asc` : `smime-${id}.pem`

/** Where an OpenPGP key's revocation lies, made with the key. */
export const revocationFileOf = (id: string): string => `openpgp-${id}.revocation.asc`

/** The public half that lies beside the very first key, and follows it. */
export const publicFileOf = (file: string): string | null => (file === FIRST_OPENPGP_FILE ? FIRST_PUBLIC_FILE : null)

/** The private key of a row. @throws GatewayError configuration where its file is gone: it is never made anew */
export async function privateKeyOf(folder: KeyFolder, row: OwnKey): Promise<string> {
  const content = await folder.read(row.file)
  if (content !== null) return content
  throw new GatewayError('configuration', `The private key ${row.file} is missing in ${folder.path}: restore it.`, {
    facts: { file: row.file },
  })
}
