import { createHash, randomBytes } from 'node:crypto'
import type { Case, OneTimeCode, Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Reader, Store, Writer } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { citizenOf } from './actors.ts'
import { hashCode, isSameHash, mintCode, saltOf } from './code-hash.ts'
import { codeText } from './letter-texts.ts'
import { lowerDomain } from './sender.ts'

const TRIES = 5
const VALID_MINUTES = 10
const PER_HOUR = 5
const MINUTE_MS = 60_000
export interface OneTimeCodeParts {
  readonly store: Store
  readonly clock: Clock
  readonly settings: Pick<Settings, 'municipality'>
}

/**
 * Sends a code to an address, where it is a party's of this case. Whoever asks learns nothing: an unknown address costs
 * the same work, counts for the case, and gets the same answer. It does not count for the address: else the holder of
 * any link could use up somebody else's codes.
 * @throws GatewayError not-found (no such case), rate-limited (more than five in an hour for the case or the address)
 */
export async function requestCode(
  ask: { readonly caseId: string; readonly email: string; readonly browserId: string },
  { store, clock, settings }: OneTimeCodeParts,
): Promise<void> {
  const now = clock()
  const code = mintCode()
  const id = newId(now.getTime())
  const asking: OneTimeCode = {
    id,
    caseId: ask.caseId,
    codeHash: await hashCode(code, id, randomBytes(16)),
    emailHash: hashEmail('stranger', ask.email),
    browserHash: hashBrowser(ask.browserId),
    createdAt: instant(now),
    expiresAt: instant(new Date(now.getTime() + VALID_MINUTES * MINUTE_MS)),
    attemptsLeft: TRIES,
    usedAt: null,
  }
  await store.commit(async (write) => {
    const asked = await write.case(ask.caseId)
    if (!asked) throw new GatewayError('not-found', 'There is no such case')
    const party = await partyWith(write, ask.caseId, ask.email)
    const row = party ? { ...asking, emailHash: hashEmail(standingOf(party), ask.email) } : asking
    await refuseTooMany(write, row)
    // For an unknown address the row stands there too, with a code that nobody has.
    await write.addOneTimeCode(row)
    if (party) await addCodeLetter(write, asked, party, row, code, settings)
  })
}

/**
 * Takes the code that a citizen typed. Once it fits, the address is proven for this case; gives the party's id.
 * Every try counts, and is on disk before the answer.
 * @throws GatewayError wrong-code; gone (none asked for in this browser, too late, used, or tried too often)
 */
export async function redeemCode(
  ask: { readonly caseId: string; readonly code: string; readonly browserId: string },
  { store, clock }: OneTimeCodeParts,
): Promise<{ readonly partyId: string }> {
  const browserHash = hashBrowser(ask.browserId)
  const asked = await store.oneTimeCode(ask.caseId, browserHash)
  if (!asked) throw gone()
  // Slow on purpose, so outside of the commit; the row is read again inside.
  const typed = await hashCode(ask.code.replace(/\s/g, '').slice(0, 32), asked.id, saltOf(asked.codeHash))
  const outcome = await store.commit(async (write) => {
    const now = instant(clock())
    const row = await write.oneTimeCode(ask.caseId, browserHash)
    const isOpen = row?.id === asked.id && row.usedAt === null && row.attemptsLeft > 0 && row.expiresAt > now
    if (!isOpen) return 'gone'
    const party = isSameHash(typed, row.codeHash) ? await partyOf(write, row) : null
    await write.updateOneTimeCode(row.id, { attemptsLeft: row.attemptsLeft - 1, ...(party ? { usedAt: now } : {}) })
    if (!party) return 'wrong-code'
    if (party.emailProof === null) await write.updateParty(party.id, { emailProof: 'code' })
    await appendHistory(write, {
      caseId: row.caseId,
      at: now,
      actor: citizenOf(row.caseId),
      event: 'code-redeemed',
      payload: { partyId: party.id, provedBefore: party.emailProof },
    })
    return { partyId: party.id }
  })
  // Thrown behind the commit: the try must count.
  if (outcome === 'gone') throw gone()
  if (outcome === 'wrong-code') throw new GatewayError('wrong-code', 'This is not the code')
  return outcome
}

const gone = (): GatewayError => new GatewayError('gone', 'There is no code in force for this case and browser')

async function refuseTooMany(write: Writer, row: OneTimeCode): Promise<void> {
  const since = instant(new Date(Date.parse(row.createdAt) - 60 * MINUTE_MS))
  const forCase = await write.countOneTimeCodes({ caseId: row.caseId }, since)
  const forAddress = await write.countOneTimeCodes({ emailHash: row.emailHash }, since)
  if (forCase >= PER_HOUR || forAddress >= PER_HOUR) {
    throw new GatewayError('rate-limited', `At most ${PER_HOUR} codes are sent in an hour`, { retryable: true })
  }
}

/**
 * What an address is in a case. Anybody can name an address in a form of their own, so codes for addresses that are only
 * claimed are counted apart: they use up nothing of a case in which the address is proven.
 */
type Standing = 'proven' | 'claimed' | 'stranger'

const standingOf = ({ emailProof }: Party): Standing => (emailProof === null ? 'claimed' : 'proven')

async function partyWith(read: Reader, caseId: string, typed: string): Promise<Party | null> {
  const wanted = plainEmail(typed)
  return (await read.partiesOfCase(caseId)).find(({ email }) => email !== null && plainEmail(email) === wanted) ?? null
}

/** The party that a code went to; meanwhile the address may have been proven by another. Null for a stranger's. */
async function partyOf(read: Reader, row: OneTimeCode): Promise<Party | null> {
  const isTheirs = (email: string): boolean =>
    row.emailHash === hashEmail('claimed', email) || row.emailHash === hashEmail('proven', email)
  const parties = await read.partiesOfCase(row.caseId)
  return parties.find(({ email }) => email !== null && isTheirs(email)) ?? null
}

/**
 * The code stands in clear in the letter's text and in the stored mail, for a repeat must hand over the same bytes. It
 * opens nothing without the cookie of the browser that asked, and nothing at all once it is used or its ten minutes
 * are over: then it is worthless, and the letter stays as the record that one was sent. Until then pages show its
 * text to nobody on the staff, who could act as the citizen with it; the archive leaves it out.
 */
async function addCodeLetter(
  write: Writer,
  asked: Case,
  party: Party,
  row: OneTimeCode,
  code: string,
  { municipality }: OneTimeCodeParts['settings'],
): Promise<void> {
  const text = codeText(asked.language, { caseNumber: asked.number, code, minutes: VALID_MINUTES, municipality })
  const id = newId(Date.parse(row.createdAt))
  await write.addLetter({
    id,
    cause: `code:${row.id}`,
    caseId: asked.id,
    partyId: party.id,
    kind: 'one-time-code',
    language: asked.language,
    subject: text.subject,
    bodyText: text.body,
    documentIds: [],
    createdAt: row.createdAt,
  })
  await write.addJob('route-letter', id, { letterId: id })
}

const hashText = (purpose: string, text: string): string =>
  createHash('sha256').update(`poststempel-${purpose}:${text}`).digest('hex')

/** Typed by hand, so without regard to case on either side of the @. */
const plainEmail = (email: string): string => lowerDomain(email.trim()).toLowerCase()

const hashEmail = (standing: Standing, email: string): string => hashText(`email-${standing}`, plainEmail(email))

const hashBrowser = (browserId: string): string => hashText('browser', browserId)
