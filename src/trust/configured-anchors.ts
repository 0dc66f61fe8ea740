import { readFile } from 'node:fs/promises'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { canonicalJson } from '../model/history.ts'
import type { Log } from '../model/ports.ts'
import type { Settings, TrustSettings } from '../model/settings.ts'
import type { Store, Writer } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import type { TrustAnchor } from '../model/trust-anchor.ts'
import { type AnchorCandidate, mustBeSmall, readAnchorFile } from './anchor-file.ts'
import { mustBeFitAsAnchor } from './anchor-rules.ts'
import { addAnchors, amendAnchor, planRejudge } from './anchors.ts'
import type { CatalogueEntry } from './catalogue.ts'
import { readConstraints } from './constraints.ts'

/** What an anchor is called in its source while it stands in the configuration, and once it has left. */
const SOURCE = 'configuration'
const FORMER_SOURCE = 'formerly-configuration'
const ACTOR = 'configuration'

type Configured = TrustSettings['anchors'][number]

/** An entry of the configuration, read: its certificates, and how they are to count. */
interface Entry {
  readonly candidates: readonly AnchorCandidate[]
  readonly wanted: Pick<TrustAnchor, 'purposes' | 'note' | 'constraints'>
}

/**
 * At each start: takes in what stands under trust.anchors, brings what is in force already to what stands there, and takes
 * out of force what stands there no more; each on record, by "configuration". Nothing happens where all is so already.
 * @throws GatewayError configuration, naming every entry that cannot be used
 */
export async function takeInConfigured(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'trust'>
  catalogue(): Promise<readonly CatalogueEntry[]>
}): Promise<void> {
  const { store, clock, log, settings } = parts
  const entries = await readEntries(settings.trust.anchors, parts)
  const at = instant(clock())
  const changed = await store.commit(async (write) => {
    let changes = 0
    for (const entry of entries) changes += await bringIn(write, entry, at)
    changes += await takeOutOthers(write, entries, at)
    if (changes > 0) await planRejudge(write, at)
    return changes
  })
  if (changed > 0) log.info({ changed }, 'anchors were brought to what the configuration says')
}

async function readEntries(
  configured: readonly Configured[],
  parts: { readonly clock: Clock; catalogue(): Promise<readonly CatalogueEntry[]> },
): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  const problems: string[] = []
  const seen = new Set<string>()
  for (const [index, one] of configured.entries()) {
    const name = 'file' in one.from ? one.from.file : `catalogue ${one.from.catalogue}`
    try {
      const candidates = await certificatesOf(one, parts)
      for (const { der, subject, sha256 } of candidates) {
        mustBeFitAsAnchor(der, subject, parts.clock())
        if (seen.has(sha256)) throw new GatewayError('duplicate', `${subject} stands in two entries`)
        seen.add(sha256)
      }
      const { purposes, note } = one
      entries.push({ candidates, wanted: { purposes, note, constraints: readConstraints(one.constraints) } })
    } catch (thrown) {
      problems.push(`  trust.anchors.${index} (${name}): ${asGatewayError(thrown).message}`)
    }
  }
  if (problems.length === 0) return entries
  throw new GatewayError('configuration', `The roots of the configuration cannot be used:\n${problems.join('\n')}`)
}

async function certificatesOf(
  { from }: Configured,
  parts: { catalogue(): Promise<readonly CatalogueEntry[]> },
): Promise<readonly AnchorCandidate[]> {
  if ('file' in from) {
    const bytes = await readFile(from.file)
    mustBeSmall(bytes.length)
    return readAnchorFile(bytes)
  }
  const entry = (await parts.catalogue()).find(({ id }) => id === from.catalogue)
  if (!entry) throw new GatewayError('not-found', 'The catalogue has no such entry')
  return [entry.certificate]
}

/** Gives the number of anchors that were changed. */
async function bringIn(write: Writer, { candidates, wanted }: Entry, at: Instant): Promise<number> {
  const fresh: AnchorCandidate[] = []
  let changes = 0
  for (const candidate of candidates) {
    const known = await write.anchor(candidate.sha256)
    if (known === null) fresh.push(candidate)
    else if (await amend(write, known, wanted, at)) changes += 1
  }
  if (fresh.length > 0) await addAnchors(write, fresh, { ...wanted, source: SOURCE, actor: ACTOR, at })
  return changes + fresh.length
}

async function amend(write: Writer, known: TrustAnchor, wanted: Entry['wanted'], at: Instant): Promise<boolean> {
  const { purposes, note, constraints } = wanted
  const set = { source: SOURCE, purposes, note, constraints, disabledAt: null, countsFrom: null, countsUntil: null }
  const now = Object.fromEntries(Object.keys(set).map((key) => [key, known[key as keyof typeof set]]))
  if (canonicalJson(now) === canonicalJson(set)) return false
  const action = known.disabledAt === null ? 'changed' : 'enabled'
  await amendAnchor(write, action, known, set, { actor: ACTOR, reason: note, at })
  return true
}

async function takeOutOthers(write: Writer, entries: readonly Entry[], at: Instant): Promise<number> {
  const wanted = new Set(entries.flatMap(({ candidates }) => candidates.map(({ sha256 }) => sha256)))
  const left = (await write.listAnchors()).filter(({ source, sha256 }) => source === SOURCE && !wanted.has(sha256))
  for (const anchor of left) {
    const change = { actor: ACTOR, reason: 'It stands in the configuration no more.', at }
    await amendAnchor(write, 'disabled', anchor, { source: FORMER_SOURCE, disabledAt: at }, change)
  }
  return left.length
}
