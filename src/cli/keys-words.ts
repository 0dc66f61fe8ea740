import type { Actor } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import type { KeyWarning, OwnKey } from '../model/own-key.ts'
import { type KeyParts, keyFolder, warningsOf } from '../seal/index.ts'
import { type Asked, badUsage } from './roots-verb.ts'

const MAX_NAME = 100
const MIN_DIGITS = 8

/** What changes of keys need, beside a gateway that may be running. */
export function keyPartsOf({ store, settings, now }: Asked): KeyParts {
  return { store, folder: keyFolder(settings.dataDir), municipality: settings.municipality, clock: () => now }
}

/** Who does this, as it will stand on record. @throws GatewayError invalid-request */
export function readActor({ text }: Asked): Actor {
  const name = text('by')?.trim() ?? ''
  if (name === '' || name.length > MAX_NAME) throw badUsage('--by NAME says who does this: it stands on record')
  return { kind: 'admin', id: null, name: `cli:${name}` }
}

/** The one key that begins with these digits. @throws GatewayError invalid-request, not-found */
export async function readKey({ store, words }: Asked): Promise<OwnKey> {
  const prefix = (words[0] ?? '').replace(/[\s:]/g, '').toLowerCase()
  if (words.length !== 1 || !/^[0-9a-f]+$/.test(prefix) || prefix.length < MIN_DIGITS) {
    throw badUsage(`give a key's ID, or at least its first ${MIN_DIGITS} digits`)
  }
  const [key, second] = (await store.ownKeys()).filter(({ id }) => id.startsWith(prefix))
  if (!key) throw new GatewayError('not-found', 'The municipality has no such key')
  if (second) throw badUsage('several keys begin so: give more digits')
  return key
}

/** A day or time until which a key holds; null for "never", undefined where nothing was said. @throws GatewayError invalid-request */
export function readEnd({ text }: Asked): Date | null | undefined {
  const said = text('until')
  if (said === null) return undefined
  if (said === 'never') return null
  const until = new Date(said)
  if (Number.isNaN(until.getTime())) throw badUsage('--until takes a day (2029-12-31) or never')
  return until
}

const WARNINGS: Readonly<Record<KeyWarning['code'], string>> = {
  'expires-soon': 'its end is near',
  expired: 'it has expired: nothing is signed with it, and nobody can encrypt to it',
  'never-backed-up': 'there is no backup of it: poststempel keys backup FILE',
  'private-key-missing': 'its private key is missing: poststempel keys restore FILE',
}

/** What to know of a key now, one sentence each. */
export async function warningLines(key: OwnKey, { folder, clock }: KeyParts): Promise<readonly string[]> {
  const warnings = warningsOf(key, await folder.has(key.file), clock())
  return warnings.map((one) =>
    one.code === 'expires-soon' ? `it ends in ${one.days} ${one.days === 1 ? 'day' : 'days'}` : WARNINGS[one.code],
  )
}

/** One line that says what a key is. */
export const nameOf = ({ kind, id, subject, algorithm, state }: OwnKey): string =>
  `${kind === 'openpgp' ? 'OpenPGP' : 'S/MIME'} ${id} (${subject}, ${algorithm}): ${state}`
