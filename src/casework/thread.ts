import type { Case, Party } from '../model/case.ts'
import { appendHistory } from '../model/history.ts'
import type { Reader, Writer } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import { instant } from '../model/time.ts'
import { SYSTEM } from './actors.ts'
import { parseCaseNumber } from './case-number.ts'
import type { SenderProof } from './ports.ts'

/** What a mail names of a case: one of our letters, the mail that began it, or its number. */
export type NamedBy = 'letter' | 'own-mail' | 'case-number'

export interface Thread {
  readonly row: Case
  readonly by: NamedBy
  /** The party whom the sender is proven to be; null: a person has to look. */
  readonly party: Party | null
}

const MAX_IDS = 20

/**
 * Finds the case that a mail belongs to: by In-Reply-To, then References, the nearest mail first, then a case number in its subject.
 * It joins only where its sender is proven and a party of that case: whoever knows a Message-ID or a number could else write into somebody's
 * case. A key that came with the mail proves its own holder only, so it must be the one that the party has.
 */
export async function findThread(read: Reader, submission: Submission, proof: SenderProof): Promise<Thread | null> {
  const { headers, channel } = submission
  if (!headers || (channel !== 'smtp' && channel !== 'imap')) return null
  const ids = [...headers.inReplyTo, ...headers.references.toReversed()].slice(0, MAX_IDS)
  for (const id of new Set(ids)) {
    const named = await namedByMail(read, id)
    if (named) return withParty(read, { ...named, row: await whereItWent(read, named.row) }, submission, proof)
  }
  const row = await namedInSubject(read, headers.subject)
  return row && withParty(read, { row: await whereItWent(read, row), by: 'case-number' }, submission, proof)
}

const MAX_JOINS = 10

/** Takes a case; gives the one that it was joined with, and that one's, or the case itself where it was joined with none. */
export async function whereItWent(read: Reader, row: Case): Promise<Case> {
  let went = row
  for (let joins = 0; went.state === 'joined' && joins < MAX_JOINS; joins += 1) {
    const number = (await read.history(went.id)).find(({ event }) => event === 'joined-into')?.payload?.['number']
    const into = typeof number === 'string' ? await read.caseByNumber(number) : null
    if (!into) break
    went = into
  }
  return went
}

type Named = Pick<Thread, 'row' | 'by'>

async function namedByMail(read: Reader, messageId: string): Promise<Named | null> {
  const delivery = await read.deliveryByMessageId(messageId)
  const ours = delivery && (await read.case(delivery.caseId))
  if (ours) return { row: ours, by: 'letter' }
  const [party] = await read.partiesByMessageId(messageId)
  const own = party && (await read.case(party.caseId))
  return own ? { row: own, by: 'own-mail' } : null
}

const NUMBERS = /(?<!\d)\d{4}\s?[-\u2010-\u2015]\s?\d{6,9}\s?[-\u2010-\u2015]\s?\d(?!\d)/g

async function namedInSubject(read: Reader, subject: string): Promise<Case | null> {
  const numbers = (subject.match(NUMBERS) ?? []).flatMap((found) => parseCaseNumber(found) ?? [])
  const [number, ...others] = new Set(numbers)
  // Two numbers name no one case.
  return number === undefined || others.length > 0 ? null : read.caseByNumber(number)
}

async function withParty(read: Reader, named: Named, submission: Submission, proof: SenderProof): Promise<Thread> {
  const parties = await read.partiesOfCase(named.row.id)
  return { ...named, party: parties.find((party) => isProven(party, submission, proof)) ?? null }
}

function isProven(party: Party, { headers }: Submission, proof: SenderProof): boolean {
  const [from, ...others] = headers?.from ?? []
  if (!from || others.length > 0 || party.email === null) return false
  if (from.address.toLowerCase() !== party.email.toLowerCase()) return false
  if (proof.emailProof === 'dmarc' || proof.emailProof === 'smime') return true
  const sameKey = proof.openpgpFingerprint !== null && proof.openpgpFingerprint === party.openpgpFingerprint
  // Whose key nobody vouched for when it came may be anybody's with that address.
  return proof.emailProof === 'openpgp' && sameKey
}

/** Writes into a case's history which case its mail named, within the caller's commit: a person has to look. */
export async function addProposal(write: Writer, { id }: Case, { row, by }: Thread, now: Date): Promise<void> {
  await appendHistory(write, {
    caseId: id,
    at: instant(now),
    actor: SYSTEM,
    event: 'may-belong-to',
    payload: { number: row.number, by },
  })
}
