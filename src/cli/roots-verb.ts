import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import type { AnchorConstraints, AnchorPurpose } from '../model/trust-anchor.ts'
import { plainFingerprint, readConstraints } from '../trust/index.ts'
import { openOrMakeStore, openStoreBeside } from './open-store.ts'
import { parseInstant } from './read-inputs.ts'
import { sayFault } from './say-fault.ts'

/** What one verb of `poststempel roots` was asked, with the store of the gateway that may be running beside it. */
export interface Asked {
  /** The words that belong to no flag. */
  readonly words: readonly string[]
  text(flag: string): string | null
  texts(flag: string): readonly string[]
  isSet(flag: string): boolean
  readonly store: Store
  readonly settings: Settings
  readonly now: Date
}

export interface RootsVerb {
  readonly help: string
  readonly flags: ParseArgsOptionsConfig
  /** True for what is done before a gateway ever ran on the data folder. */
  readonly makesStore?: true
  /** Gives the exit code. @throws GatewayError, which ends the command with 2 */
  act(asked: Asked): Promise<number>
}

export const badUsage = (message: string): GatewayError => new GatewayError('invalid-request', message)

const COMMON = { data: { type: 'string' }, config: { type: 'string' }, help: { type: 'boolean' } } as const

/** Runs a verb with the words behind it; gives the exit code. */
export async function runVerb(verb: RootsVerb, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...verb.flags, ...COMMON },
  })
  const given = new Map<string, unknown>(Object.entries(values))
  const texts = (flag: string): readonly string[] =>
    [given.get(flag) ?? []].flat().filter((value) => typeof value === 'string')
  const text = (flag: string): string | null => texts(flag)[0] ?? null
  const isSet = (flag: string): boolean => given.get(flag) === true
  if (isSet('help')) {
    console.log(verb.help)
    return 0
  }
  try {
    const place = { configFile: text('config') ?? undefined, dataDir: text('data') ?? undefined }
    const { store, settings } = await (verb.makesStore ? openOrMakeStore(place) : openStoreBeside(place))
    try {
      return await verb.act({ words: positionals, text, texts, isSet, store, settings, now: new Date() })
    } finally {
      await store.close()
    }
  } catch (thrown) {
    const code = sayFault(thrown)
    if (asGatewayError(thrown).code === 'invalid-request') console.error(verb.help.split('\n', 1)[0])
    return code
  }
}

const MAX_REASON = 500
const MAX_NAME = 100

/** Who changes trust and why, as it will stand on record. @throws GatewayError invalid-request */
export function readChange({ text, now }: Asked, reasonFlag: string): { actor: string; reason: string; at: string } {
  const reason = text(reasonFlag)?.trim() ?? ''
  const name = text('by')?.trim() ?? ''
  if (reason === '' || reason.length > MAX_REASON) throw badUsage(`--${reasonFlag} TEXT says why: it stands on record`)
  if (name === '' || name.length > MAX_NAME) throw badUsage('--by NAME says who does this: it stands on record')
  return { actor: `cli:${name}`, reason, at: now.toISOString() }
}

const PURPOSES: ReadonlyMap<string, AnchorPurpose> = new Map([
  ['document', 'document'],
  ['mail', 'mail'],
  ['timestamp', 'timestamp'],
])

/** @throws GatewayError invalid-request */
export function readPurposes({ texts }: Asked): readonly AnchorPurpose[] {
  return texts('purpose').map((word) => {
    const purpose = PURPOSES.get(word)
    if (!purpose) throw badUsage(`--purpose takes ${[...PURPOSES.keys()].join(', ')}`)
    return purpose
  })
}

/** A whole fingerprint: a shorter piece may be another certificate's too. @throws GatewayError invalid-request */
export function readFingerprint(word: string | undefined): string {
  const sha256 = plainFingerprint(word ?? '')
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw badUsage('give the SHA-256 fingerprint with all its 64 digits')
  return sha256
}

/** A time as ISO 8601 in UTC, or null where the flag is not there. @throws GatewayError invalid-request */
export function readTime({ text }: Asked, flag: string): string | null {
  const given = text(flag)
  return given === null ? null : parseInstant(given).toISOString()
}

export const CONSTRAINT_FLAGS: ParseArgsOptionsConfig = {
  email: { type: 'string', multiple: true },
  organization: { type: 'string', multiple: true },
  policy: { type: 'string', multiple: true },
  permit: { type: 'string', multiple: true },
  exclude: { type: 'string', multiple: true },
}

/** Whose signatures an anchor is to vouch for; null where nothing is said. @throws GatewayError invalid-request */
export const readLimits = ({ texts }: Asked): AnchorConstraints | null =>
  readConstraints({
    emails: texts('email'),
    organizations: texts('organization'),
    policies: texts('policy'),
    permitted: texts('permit'),
    excluded: texts('exclude'),
  })
