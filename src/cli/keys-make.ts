import type { OwnKey } from '../model/own-key.ts'
import { extendKey, type KeyParts, makeOpenPgp, requestSmime, revokeKey } from '../seal/index.ts'
import { keyPartsOf, nameOf, readActor, readEnd, readKey } from './keys-words.ts'
import { type Asked, badUsage, type RootsVerb } from './roots-verb.ts'

const NOT_BACKED_UP = 'There is no backup of it yet: poststempel keys backup FILE'

async function isOpenPgpActive({ store }: Asked): Promise<boolean> {
  return (await store.ownKeys()).some(({ kind, state }) => kind === 'openpgp' && state === 'active')
}

async function makeAndSay(asked: Asked, parts: KeyParts): Promise<number> {
  const key = await makeOpenPgp({ actor: readActor(asked), until: readEnd(asked) ?? null }, parts)
  console.log(`${nameOf(key)}\n${NOT_BACKED_UP}`)
  return 0
}

/** `poststempel keys make`: a first key of its kind. */
export const make: RootsVerb = {
  help: `usage: poststempel keys make --by NAME [--kind openpgp|smime] [--until DAY|never] [--algorithm rsa-3072|ec-p256|ec-p384]
Makes an OpenPGP key where none is in use (else: keys rotate). With --kind smime: makes a key and prints the request
(PKCS #10) that a CA issues the certificate for; then: poststempel keys import CERTIFICATE.`,
  flags: {
    by: { type: 'string' },
    kind: { type: 'string' },
    until: { type: 'string' },
    algorithm: { type: 'string' },
  },
  async act(asked) {
    const kind = asked.text('kind') ?? 'openpgp'
    if (kind === 'smime') return requestAndSay(asked)
    if (kind !== 'openpgp') throw badUsage('--kind takes openpgp or smime')
    if (await isOpenPgpActive(asked)) throw badUsage('an OpenPGP key is in use: poststempel keys rotate makes the next')
    return makeAndSay(asked, keyPartsOf(asked))
  },
}

const ALGORITHMS = ['rsa-3072', 'ec-p256', 'ec-p384'] as const

async function requestAndSay(asked: Asked): Promise<number> {
  const said = asked.text('algorithm') ?? 'rsa-3072'
  const algorithm = ALGORITHMS.find((one) => one === said)
  if (!algorithm) throw badUsage(`--algorithm takes ${ALGORITHMS.join(', ')}`)
  const key = await requestSmime({ actor: readActor(asked), kind: algorithm }, keyPartsOf(asked))
  console.error(`${nameOf(key)}\nSend this request to the CA. ${NOT_BACKED_UP}`)
  console.log(key.certificate.trimEnd())
  return 0
}

/** `poststempel keys rotate`: the next OpenPGP key. */
export const rotate: RootsVerb = {
  help: `usage: poststempel keys rotate --by NAME [--until DAY|never] [--data DIR] [--config FILE]
Makes an OpenPGP key that signs from now on. The one before becomes former: it still opens what comes to it, and its
signature on the new one shows citizens the way.`,
  flags: { by: { type: 'string' }, until: { type: 'string' } },
  async act(asked) {
    if (!(await isOpenPgpActive(asked))) throw badUsage('no OpenPGP key is in use: poststempel keys make')
    return makeAndSay(asked, keyPartsOf(asked))
  },
}

const end = ({ expiresAt }: OwnKey): string => (expiresAt === null ? 'has no end' : `ends at ${expiresAt}`)

/** `poststempel keys extend`. */
export const extend: RootsVerb = {
  help: `usage: poststempel keys extend ID --until DAY|never --by NAME [--data DIR] [--config FILE]
Gives an OpenPGP key another end. Citizens fetch it again from the page; make a new backup.`,
  flags: { by: { type: 'string' }, until: { type: 'string' } },
  async act(asked) {
    const until = readEnd(asked)
    if (until === undefined) throw badUsage('--until DAY (or never) says how long it shall hold')
    const actor = readActor(asked)
    const key = await extendKey({ id: (await readKey(asked)).id, until, actor }, keyPartsOf(asked))
    console.log(`${nameOf(key)} ${end(key)}. ${NOT_BACKED_UP}`)
    return 0
  },
}

/** `poststempel keys revoke`. */
export const revoke: RootsVerb = {
  help: `usage: poststempel keys revoke ID --reason TEXT --by NAME [--data DIR] [--config FILE]
Takes a key out of use for good: it signs nothing and opens nothing any more. The page gives out the revoked OpenPGP
certificate; of an S/MIME certificate tell the CA too. The OpenPGP key in use is rotated first.`,
  flags: { by: { type: 'string' }, reason: { type: 'string' } },
  async act(asked) {
    const actor = readActor(asked)
    const reason = asked.text('reason') ?? ''
    const key = await revokeKey({ id: (await readKey(asked)).id, reason, actor }, keyPartsOf(asked))
    console.log(nameOf(key))
    return 0
  },
}
