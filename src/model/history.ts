import { createHash, randomBytes } from 'node:crypto'
import type { Actor, HistoryEntry } from './case.ts'
import type { Writer } from './store.ts'
import type { Instant } from './time.ts'

const GENESIS = '0'.repeat(64)

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Takes a payload and its salt; gives the hash that stands in the chain when the payload itself is erased. */
export function hashPayload(payload: Readonly<Record<string, unknown>>, salt: string): string {
  return hashText(`${salt}\n${canonicalJson(payload)}`)
}

/** Takes an entry without its own hash; gives the link's hash, which binds all but the erasable payload. */
export function hashEntry(entry: Omit<HistoryEntry, 'hash' | 'payload' | 'salt'>): string {
  const { caseId, seq, at, actor, event, payloadHash, previousHash } = entry
  return hashText(canonicalJson({ caseId, seq, at, actor, event, payloadHash, previousHash }))
}

/** JSON with sorted keys and no spaces: the same value gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const pairs = Object.entries(value).filter(([, v]) => v !== undefined)
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`
}

/**
 * Appends one event to a case's history, chained to the one before, within the commit that makes it true.
 * Gives the entry as stored. The payload holds what may be erased by right; event and actor stay.
 */
export async function appendHistory(
  write: Writer,
  event: { caseId: string; at: Instant; actor: Actor; event: string; payload?: Readonly<Record<string, unknown>> },
): Promise<HistoryEntry> {
  const entry = nextLink((await write.history(event.caseId)).at(-1), event)
  await write.addHistory(entry)
  return entry
}

/** What stands in place of a case's id in the chain of what was done to the gateway itself. */
export const ADMINISTRATION = 'administration'

/**
 * Appends one event to the chain of what was done to the gateway itself: accounts, sign-ins, settings, retried jobs.
 * It takes the place after the newest entry: of two commits that append at once, on two nodes, one fails whole.
 */
export async function appendAdminHistory(
  write: Writer,
  event: { at: Instant; actor: Actor; event: string; payload?: Readonly<Record<string, unknown>> },
): Promise<HistoryEntry> {
  const [before] = await write.adminHistory({ newestOnly: true })
  const entry = nextLink(before, { ...event, caseId: ADMINISTRATION })
  await write.addAdminHistory(entry)
  return entry
}

function nextLink(
  before: HistoryEntry | undefined,
  event: { caseId: string; at: Instant; actor: Actor; event: string; payload?: Readonly<Record<string, unknown>> },
): HistoryEntry {
  const salt = randomBytes(16).toString('hex')
  const payload = event.payload ?? {}
  const link = {
    caseId: event.caseId,
    seq: (before?.seq ?? 0) + 1,
    at: event.at,
    actor: event.actor,
    event: event.event,
    payloadHash: hashPayload(payload, salt),
    previousHash: before?.hash ?? GENESIS,
  }
  return { ...link, payload, salt, hash: hashEntry(link) }
}

/** Checks a case's whole chain; gives the number of the first entry that does not hold, or null. */
export function findBrokenLink(entries: readonly HistoryEntry[]): number | null {
  let previousHash = GENESIS
  for (const [index, entry] of entries.entries()) {
    const payloadHolds =
      entry.payload === null || entry.salt === null || hashPayload(entry.payload, entry.salt) === entry.payloadHash
    const holds = entry.seq === index + 1 && entry.previousHash === previousHash && hashEntry(entry) === entry.hash
    if (!payloadHolds || !holds) return index + 1
    previousHash = entry.hash
  }
  return null
}
