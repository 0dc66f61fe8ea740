import { asGatewayError } from '../model/errors.ts'
import type { OwnKey } from '../model/own-key.ts'
import { importKey } from '../seal/index.ts'
import { keyPartsOf, nameOf, readActor } from './keys-words.ts'
import { readPassphrase } from './passphrase.ts'
import { readBytes } from './read-inputs.ts'
import { type Asked, badUsage, type RootsVerb } from './roots-verb.ts'

/** `poststempel keys import`: a key from elsewhere, or what a CA issued. */
export const importVerb: RootsVerb = {
  help: `usage: poststempel keys import FILE --by NAME [--passphrase-file FILE] [--data DIR] [--config FILE]
Takes in an armoured OpenPGP private key, a PKCS #12 file (RSA or EC), or the certificate that a CA issued for a request
of ours (PEM, DER, PKCS #7). It is used from now on; the one before of its kind becomes former.
The passphrase is asked for, or read from a file; it is never an argument.

Exit code: 0 taken in, 2 bad usage, or refused with the reason.`,
  flags: { by: { type: 'string' }, 'passphrase-file': { type: 'string' } },
  async act(asked) {
    const [file, ...more] = asked.words
    if (file === undefined || more.length > 0) throw badUsage('give one FILE')
    const actor = readActor(asked)
    const bytes = readBytes(file)
    const said = asked.text('passphrase-file')
    const first = said === null ? null : await readPassphrase(said, '')
    const take = (passphrase: string | null): Promise<OwnKey> =>
      importKey({ bytes, passphrase, actor }, keyPartsOf(asked))
    const key = await take(first).catch((thrown: unknown) => askWhereLocked(thrown, asked, take))
    console.log(`${nameOf(key)}\nThere is no backup of it yet: poststempel keys backup FILE`)
    return 0
  },
}

/** What is not locked needs no passphrase; so it is asked for only where the file says so. */
async function askWhereLocked(
  thrown: unknown,
  asked: Asked,
  take: (passphrase: string) => Promise<OwnKey>,
): Promise<OwnKey> {
  const { code, facts } = asGatewayError(thrown)
  const locked = code === 'key-unusable' && ['passphrase-needed', 'unreadable'].includes(String(facts['reason']))
  if (!locked || asked.text('passphrase-file') !== null || !process.stdin.isTTY) throw thrown
  return take(await readPassphrase(null, 'Passphrase of the file'))
}
