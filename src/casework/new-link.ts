import type { Actor, Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Reader, Store } from '../model/store.ts'
import { type Clock, instant, type Language } from '../model/time.ts'
import type { LetterLinks } from './ports.ts'
import { mintToken, revokeTrackingOf } from './tokens.ts'

export interface NewLinkParts {
  readonly store: Store
  readonly clock: Clock
  readonly settings: Pick<Settings, 'municipality'>
  readonly letterLinks: LetterLinks
}

/**
 * Takes back every tracking link of a case, on record with who and why. Links to stamped copies stay: they are for
 * others. Gives how many links were in force. @throws GatewayError not-found, invalid-request (no reason)
 */
export async function revokeLinks(
  ask: { readonly caseId: string; readonly reason: string; readonly actor: Actor },
  { store, clock }: Pick<NewLinkParts, 'store' | 'clock'>,
): Promise<number> {
  const { caseId, reason, actor } = ask
  if (reason.trim() === '') throw new GatewayError('invalid-request', 'Taking links back needs a reason')
  return store.commit(async (write) => {
    if (!(await write.case(caseId))) throw new GatewayError('not-found', 'There is no such case')
    const at = instant(clock())
    const count = await revokeTrackingOf(write, caseId, at)
    await appendHistory(write, { caseId, at, actor, event: 'links-revoked', payload: { reason, count } })
    return count
  })
}

/** What a new link may be sent to, and the number that its letter has: a form that comes twice writes one letter. */
export interface NewLinkChoice {
  readonly parties: readonly Party[]
  readonly number: number
}

/** Gives the parties of a case whom a letter reaches by mail, and the number of the next new link. */
export async function newLinkChoice(read: Reader, caseId: string): Promise<NewLinkChoice> {
  const parties = await read.partiesOfCase(caseId)
  const letters = await read.lettersOfCase(caseId)
  const before = letters.filter(({ cause }) => cause.startsWith(`new-link:${caseId}:`)).length
  return { parties: parties.filter(isReachedByMail), number: before + 1 }
}

/** Who picks letters up on the page, or may not be answered, is sent no mail: a link would lie where it opens. */
const isReachedByMail = ({ email, mayAnswer, chosenChannel }: Party): boolean =>
  email !== null && mayAnswer && chosenChannel !== 'pickup'

/**
 * Writes a letter with a fresh tracking link to a party's address, by the route that all letters to it take. The same
 * number again writes nothing. @throws GatewayError not-found (no such case), forbidden (no mail reaches that party)
 */
export async function sendNewLink(
  ask: { readonly caseId: string; readonly partyId: string; readonly number: number; readonly actor: Actor },
  { store, clock, settings, letterLinks }: NewLinkParts,
): Promise<void> {
  const { caseId, partyId, actor } = ask
  await store.commit(async (write) => {
    const row = await write.case(caseId)
    if (!row) throw new GatewayError('not-found', 'There is no such case')
    const { parties, number } = await newLinkChoice(write, caseId)
    if (!parties.some(({ id }) => id === partyId)) {
      throw new GatewayError('forbidden', 'No mail reaches this party', { facts: { caseId } })
    }
    if (ask.number !== number) return
    const now = clock()
    const token = await mintToken(write, { kind: 'tracking', caseId, submissionId: null, now })
    const id = newId(now.getTime())
    const facts = { caseNumber: row.number, trackingUrl: letterLinks.tracking(token), ...settings }
    await write.addLetter({
      id,
      cause: `new-link:${caseId}:${number}`,
      caseId,
      partyId,
      kind: 'notice',
      language: row.language,
      ...newLinkText(row.language, facts),
      documentIds: [],
      createdAt: instant(now),
    })
    await appendHistory(write, {
      caseId,
      at: instant(now),
      actor,
      event: 'new-link-written',
      payload: { partyId, letterId: id },
    })
    await write.addJob('route-letter', id, { letterId: id })
  })
}

function newLinkText(
  language: Language,
  facts: {
    readonly caseNumber: string
    readonly trackingUrl: string
    readonly municipality: Settings['municipality']
  },
): { readonly subject: string; readonly bodyText: string } {
  const { caseNumber, trackingUrl, municipality } = facts
  if (language === 'da') {
    return {
      subject: `Nyt link til sag ${caseNumber}`,
      bodyText: `Hej\n\nHer er et nyt link til din sag ${caseNumber}. Brug det i stedet for de links, du har fået før.\n\nFølg sagen her:\n${trackingUrl}\n\nVenlig hilsen\n${municipality.name}\n`,
    }
  }
  return {
    subject: `New link to case ${caseNumber}`,
    bodyText: `Hello\n\nHere is a new link to your case ${caseNumber}. Use it instead of the links that you were sent before.\n\nFollow your case here:\n${trackingUrl}\n\nKind regards\n${municipality.name}\n`,
  }
}
