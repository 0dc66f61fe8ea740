import { randomBytes } from 'node:crypto'
import type { Case, Party } from '../model/case.ts'
import type { CitizenKey, KeyChallenge } from '../model/citizen-key.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Reader, Store, Writer } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import { citizenOf } from './actors.ts'
import { settleProvenKey } from './citizen-keys.ts'
import { hashCode, isSameHash, mintCode, saltOf } from './code-hash.ts'
import { keyCodeText } from './letter-texts.ts'

const TRIES = 5
const VALID_MINUTES = 60
const PER_HOUR = 5
const MINUTE_MS = 60_000

/** What came of looking at a key that somebody handed in: the certificate as it is kept, or why it is of no use. */
export type OfferedKey =
  | { readonly usable: true; readonly certificate: string; readonly fingerprint: string }
  | { readonly usable: false; readonly reason: string }

/** Takes a key as it was handed in, armoured or not, the address that it is to be for, and a time. */
export type ReadOfferedKey = (bytes: Uint8Array, address: string, at: Date) => Promise<OfferedKey>

export interface ProveKeyParts {
  readonly store: Store
  readonly clock: Clock
  readonly settings: Pick<Settings, 'municipality'>
  readonly readOfferedKey: ReadOfferedKey
}

/** What a citizen may do about a key in their case. */
export interface KeyChoice {
  /** Fingerprint of the key that answers are encrypted to now; null: none. */
  readonly inForce: string | null
  /** Fingerprint of the key whose code is waited for; null: none is. */
  readonly asked: string | null
}

/**
 * Gives what the one party of an open case may do about a key; null where nothing: the answer was decided on, or there are
 * several parties, of whom a session does not tell which one it is.
 */
export async function keyChoice(read: Reader, caseId: string, now: Date): Promise<KeyChoice | null> {
  const party = await partyOf(read, caseId)
  if (!party) return null
  const open = await openChallenge(read, caseId, instant(now))
  const asked = open && (await read.citizenKey(open.keyId))
  return { inForce: party.openpgpFingerprint, asked: asked?.fingerprint ?? null }
}

async function partyOf(read: Reader, caseId: string): Promise<(Party & { readonly email: string }) | null> {
  if ((await read.case(caseId))?.state !== 'with-caseworker') return null
  const [party, ...others] = await read.partiesOfCase(caseId)
  return party && party.email !== null && others.length === 0 ? { ...party, email: party.email } : null
}

async function openChallenge(read: Reader, caseId: string, now: Instant): Promise<KeyChallenge | null> {
  const row = (await read.keyChallengesOf(caseId)).at(-1)
  return row && row.usedAt === null && row.attemptsLeft > 0 && row.expiresAt > now ? row : null
}

/**
 * Takes a key that a citizen hands in who had just given a one-time code, and sends a code to the case's address that is
 * encrypted to it. Nothing else is encrypted to it before the code comes back.
 * @throws GatewayError key-unusable (facts.reason says why), wrong-state, rate-limited (more than five in an hour)
 */
export async function offerKey(
  offer: { readonly caseId: string; readonly key: Uint8Array },
  { store, clock, settings, readOfferedKey }: ProveKeyParts,
): Promise<void> {
  const { caseId } = offer
  const before = await partyOf(store, caseId)
  if (!before) throw nothingToProve(caseId)
  const now = clock()
  const read = await readOfferedKey(offer.key, before.email, now)
  if (!read.usable) throw unusable(read.reason)
  const code = mintCode()
  const id = newId(now.getTime())
  const codeHash = await hashCode(code, id, randomBytes(16))
  await store.commit(async (write) => {
    const [asked, party] = [await write.case(caseId), await partyOf(write, caseId)]
    if (!asked || party?.id !== before.id || party.email !== before.email) throw nothingToProve(caseId)
    const at = instant(now)
    const challenges = await write.keyChallengesOf(caseId)
    const since = instant(new Date(now.getTime() - 60 * MINUTE_MS))
    if (challenges.filter(({ createdAt }) => createdAt > since).length >= PER_HOUR) {
      throw new GatewayError('rate-limited', `At most ${PER_HOUR} codes are sent in an hour`, { retryable: true })
    }
    const row = await noteOffered(write, party.email.toLowerCase(), read, at)
    const expiresAt = instant(new Date(now.getTime() + VALID_MINUTES * MINUTE_MS))
    const challenge = {
      id,
      keyId: row.id,
      caseId,
      codeHash,
      createdAt: at,
      expiresAt,
      attemptsLeft: TRIES,
      usedAt: null,
    }
    await write.addKeyChallenge(challenge)
    await addCodeLetter(write, asked, party, challenge, { code, fingerprint: row.fingerprint, settings })
    await appendHistory(write, {
      caseId,
      at,
      actor: citizenOf(caseId),
      event: 'key-offered',
      payload: { partyId: party.id, fingerprint: row.fingerprint },
    })
  })
}

/** A key that was taken out of use stays out of use, whoever hands it in. */
async function noteOffered(
  write: Writer,
  address: string,
  read: Extract<OfferedKey, { readonly usable: true }>,
  at: Instant,
): Promise<Pick<CitizenKey, 'id' | 'fingerprint'>> {
  const { certificate, fingerprint } = read
  const known = (await write.citizenKeysOf(address, 'openpgp')).find((row) => row.fingerprint === fingerprint)
  if (known?.state === 'revoked') throw unusable('withdrawn')
  if (known) {
    const again = known.state === 'counts' ? {} : ({ state: 'candidate', stateSince: at } as const)
    await write.updateCitizenKey(known.id, { lastSeenAt: at, certificate, ...again })
    return known
  }
  const row: CitizenKey = {
    ...{ id: newId(Date.parse(at)), address, kind: 'openpgp', fingerprint, certificate },
    ...{ source: 'uploaded', proof: 'none', state: 'candidate' },
    ...{ firstSeenAt: at, lastSeenAt: at, stateSince: at },
  }
  await write.addCitizenKey(row)
  return row
}

async function addCodeLetter(
  write: Writer,
  asked: Case,
  party: Party,
  challenge: KeyChallenge,
  said: { readonly code: string; readonly fingerprint: string; readonly settings: ProveKeyParts['settings'] },
): Promise<void> {
  const { municipality } = said.settings
  const facts = { caseNumber: asked.number, code: said.code, fingerprint: said.fingerprint, minutes: VALID_MINUTES }
  const text = keyCodeText(asked.language, { ...facts, municipality })
  const id = newId(Date.parse(challenge.createdAt))
  await write.addLetter({
    ...{ id, cause: `key-code:${challenge.id}`, caseId: asked.id, partyId: party.id },
    ...{ kind: 'key-code', language: asked.language, subject: text.subject, bodyText: text.body },
    ...{ documentIds: [], createdAt: challenge.createdAt },
  })
  await write.addJob('route-letter', id, { letterId: id })
}

/**
 * Takes the code that a citizen read in the mail. Once it fits, they hold the key and read the address's mail; says whether the
 * key counts from now on, or waits because another one counts. Every try counts, and is on disk before the answer.
 * @throws GatewayError wrong-code; gone (none asked for, too late, used, or tried too often)
 */
export async function proveKey(
  proof: { readonly caseId: string; readonly code: string },
  { store, clock }: Pick<ProveKeyParts, 'store' | 'clock'>,
): Promise<{ readonly counts: boolean }> {
  const { caseId } = proof
  const asked = await openChallenge(store, caseId, instant(clock()))
  if (!asked) throw gone()
  // Slow on purpose, so outside of the commit; the row is read again inside.
  const typed = await hashCode(proof.code.replace(/\s/g, '').slice(0, 32), asked.id, saltOf(asked.codeHash))
  const outcome = await store.commit(async (write) => {
    const at = instant(clock())
    const row = await openChallenge(write, caseId, at)
    const party = await partyOf(write, caseId)
    const key = row && (await write.citizenKey(row.keyId))
    if (row?.id !== asked.id || !party || !key || key.address !== party.email.toLowerCase()) return 'gone'
    const fits = isSameHash(typed, row.codeHash) && key.state !== 'revoked'
    await write.updateKeyChallenge(row.id, { attemptsLeft: row.attemptsLeft - 1, ...(fits ? { usedAt: at } : {}) })
    if (!fits) return 'wrong-code'
    const counts = await settleProvenKey(write, key, at)
    await appendHistory(write, {
      caseId,
      at,
      actor: citizenOf(caseId),
      event: 'key-proven',
      payload: { partyId: party.id, fingerprint: key.fingerprint, counts },
    })
    return { counts }
  })
  // Thrown behind the commit: the try must count.
  if (outcome === 'gone') throw gone()
  if (outcome === 'wrong-code') throw new GatewayError('wrong-code', 'This is not the code')
  return outcome
}

const gone = (): GatewayError => new GatewayError('gone', 'No code is waited for in this case')

const unusable = (reason: string): GatewayError =>
  new GatewayError('key-unusable', 'This key cannot be used', { facts: { reason } })

const nothingToProve = (caseId: string): GatewayError =>
  new GatewayError('wrong-state', 'No key can be handed in for this case', { facts: { caseId } })
