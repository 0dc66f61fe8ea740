import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { GatewayError } from '../model/errors.ts'
import { makeBackup, markBackedUp, restoreBackup } from '../seal/index.ts'
import { keyPartsOf, nameOf, readActor } from './keys-words.ts'
import { readPassphrase } from './passphrase.ts'
import { type Asked, badUsage, type RootsVerb } from './roots-verb.ts'

/** `poststempel keys backup`: all keys in one file. */
export const backup: RootsVerb = {
  help: `usage: poststempel keys backup FILE --by NAME [--passphrase-file FILE] [--data DIR] [--config FILE]
Writes all private keys of the municipality, the seal too, into one new file, encrypted with a passphrase (scrypt,
AES-256-GCM). Keep the file and the passphrase apart, and neither on this machine alone. Without the keys, mail that is
encrypted to them can never be opened again.`,
  flags: { by: { type: 'string' }, 'passphrase-file': { type: 'string' } },
  async act(asked) {
    const file = oneFile(asked)
    const actor = readActor(asked)
    const passphrase = await readPassphrase(asked.text('passphrase-file'), 'Passphrase of the backup', { twice: true })
    const parts = keyPartsOf(asked)
    const ids = (await asked.store.ownKeys()).map(({ id }) => id)
    write(file, await makeBackup(passphrase, parts))
    await markBackedUp(ids, actor, parts)
    console.log(`${file} holds ${ids.length} ${ids.length === 1 ? 'key' : 'keys'} and the seal.`)
    return 0
  },
}

/** `poststempel keys restore`: what a backup holds, where nothing of it is, or where something is lacking. */
export const restore: RootsVerb = {
  help: `usage: poststempel keys restore FILE --by NAME [--passphrase-file FILE] [--data DIR] [--config FILE]
Brings back the keys of a backup: into a new data folder before the gateway's first start, or what is missing in one
that has the same keys. Nothing that is there is overwritten.`,
  flags: { by: { type: 'string' }, 'passphrase-file': { type: 'string' } },
  makesStore: true,
  async act(asked) {
    const file = oneFile(asked)
    const actor = readActor(asked)
    const text = read(file)
    const passphrase = await readPassphrase(asked.text('passphrase-file'), 'Passphrase of the backup')
    const given = { passphrase, actor, dataDir: asked.settings.dataDir }
    const { files, keys } = await restoreBackup(text, given, keyPartsOf(asked))
    const lines = [`Restored ${files.length} files.`, ...keys.map(nameOf)]
    console.log(lines.join('\n'))
    return 0
  },
}

function oneFile({ words }: Asked): string {
  const [file, ...more] = words
  if (file === undefined || more.length > 0) throw badUsage('give one FILE')
  return file
}

function write(file: string, text: string): void {
  try {
    // Never over an older backup: that may be the only good one.
    writeFileSync(file, text, { flag: 'wx', mode: 0o600, flush: true })
    chmodSync(file, 0o600)
  } catch (cause) {
    throw new GatewayError('invalid-request', `${file} cannot be written, or is there already`, { cause })
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GatewayError('unreadable-input', `${file} cannot be read`, { cause })
  }
}
