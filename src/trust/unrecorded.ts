import { createHash } from 'node:crypto'
import type { HistoryEntry } from '../model/case.ts'
import { canonicalJson } from '../model/history.ts'
import { sha256Hex } from '../model/ids.ts'
import type { Log } from '../model/ports.ts'
import type { Reader, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { recordedListFacts } from './lists/use-list.ts'
import { putOnRecord, recordedFacts } from './record-change.ts'
import { findUnrecordedAdmins } from './unrecorded-admins.ts'

/**
 * An anchor that is not as the history says: it came, went or became another without an entry, or an entry lost what it
 * said.
 */
export interface Unrecorded {
  readonly sha256: string
  readonly subject: string
  readonly problem:
    | 'not-on-record'
    | 'gone-without-record'
    | 'not-as-recorded'
    | 'another-certificate'
    /** SUBJECT names the territory, and SHA-256 the list's document. */
    | 'list-not-as-recorded'
    /** An account that may change trust; SUBJECT is its sign-in name, and SHA-256 its id. */
    | 'admin-not-on-record'
    /** SUBJECT names the entry, and SHA-256 its hash: a change of trust holds nothing that may be erased by right. */
    | 'entry-emptied'
}

type Facts = Readonly<Record<string, unknown>>
const PAGE = 1000
const OF_TRUST: ReadonlySet<string> = new Set(['trust-changed', 'trusted-list-used', 'trusted-list-dropped'])

/**
 * Compares the anchors with what the administration's history says of each: who writes into the database, past the gateway,
 * changes trust without an entry, and the chain holds all the same. Whoever writes the chain anew as well is not noticed
 * here: see docs/trust.md.
 */
export async function findUnrecorded(read: Reader): Promise<readonly Unrecorded[]> {
  const { said, lists, emptied, accounts } = await factsOnRecord(read)
  const found: Unrecorded[] = [...emptied, ...(await findUnrecordedAdmins(read, accounts))]
  for (const anchor of await read.listAnchors()) {
    const { sha256, subject } = anchor
    const facts = said.get(sha256)
    said.delete(sha256)
    if (sha256Hex(anchor.der) !== sha256) found.push({ sha256, subject, problem: 'another-certificate' })
    else if (!facts?.is) found.push({ sha256, subject, problem: 'not-on-record' })
    else if (!isSame(facts.is, recordedFacts(anchor))) found.push({ sha256, subject, problem: 'not-as-recorded' })
  }
  for (const [sha256, { subject, is }] of said) {
    if (is) found.push({ sha256, subject, problem: 'gone-without-record' })
  }
  for (const list of await read.trustedLists()) {
    const facts = lists.get(list.territory)
    lists.delete(list.territory)
    if (facts && isSame(facts, recordedListFacts(list) ?? {})) continue
    found.push({ sha256: list.sha256, subject: list.territory, problem: 'list-not-as-recorded' })
  }
  for (const [subject, facts] of lists) {
    if (facts) found.push({ sha256: String(facts['sha256']), subject, problem: 'list-not-as-recorded' })
  }
  return found
}

type Said = Map<string, { readonly subject: string; readonly is: Facts | null }>

interface OnRecord {
  readonly said: Said
  /** By territory; null: taken out of use. */
  readonly lists: Map<string, Facts | null>
  readonly emptied: readonly Unrecorded[]
  readonly accounts: readonly HistoryEntry[]
}

async function factsOnRecord(read: Reader): Promise<OnRecord> {
  const said: Said = new Map()
  const lists: OnRecord['lists'] = new Map()
  const emptied: Unrecorded[] = []
  const accounts: HistoryEntry[] = []
  for (let offset = 0; ; offset += PAGE) {
    const entries = await read.adminHistory({ offset, limit: PAGE })
    accounts.push(...entries.filter(({ event }) => event.startsWith('account-')))
    for (const entry of entries.filter(({ event }) => OF_TRUST.has(event))) {
      const { seq, hash, payload } = entry
      if (payload === null) emptied.push({ sha256: hash, subject: `#${seq}`, problem: 'entry-emptied' })
      const { territory, after: list } = entry.event === 'trust-changed' ? {} : (payload ?? {})
      if (typeof territory === 'string') lists.set(territory, isFacts(list) ? list : null)
      for (const { sha256, subject, after } of anchorsOf(entry)) {
        if (typeof sha256 === 'string')
          said.set(sha256, { subject: String(subject), is: isFacts(after) ? after : null })
      }
    }
    if (entries.length < PAGE) return { said, lists, emptied, accounts }
  }
}

function anchorsOf({ payload }: HistoryEntry): readonly Facts[] {
  const anchors = payload?.['anchors']
  return Array.isArray(anchors) ? anchors.filter(isFacts) : []
}

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null

/** An older version may have recorded fewer facts; none that it did may differ. */
const isSame = (recorded: Facts, now: Facts): boolean =>
  Object.entries(recorded).every(([name, value]) => canonicalJson(value) === canonicalJson(now[name]))

const NAME = 'trust-unrecorded'
const NAMED_AT_MOST = 50

/**
 * At each start and once a day: puts on record, and has others told, that anchors are not as the history says; the same
 * once.
 */
export async function reportUnrecorded({
  store,
  clock,
  log,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}): Promise<void> {
  const found = await findUnrecorded(store)
  const state = found.length === 0 ? null : createHash('sha256').update(canonicalJson(found)).digest('hex')
  if ((await store.setting(NAME)) === state) return
  await store.commit(async (write) => {
    await write.setSetting(NAME, state)
    if (state === null) return
    await putOnRecord(write, {
      at: instant(clock()),
      actor: { kind: 'system', id: null, name: null },
      event: 'trust-not-on-record',
      payload: { count: found.length, anchors: found.slice(0, NAMED_AT_MOST) },
    })
  })
  if (state !== null)
    log.error({ anchors: found.length }, 'roots are not as the history says: poststempel history check')
}
