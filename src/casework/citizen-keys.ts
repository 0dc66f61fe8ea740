import type { Actor, Party } from '../model/case.ts'
import type { CitizenKey, CitizenKeyProof, CitizenKeySource } from '../model/citizen-key.ts'
import { GatewayError } from '../model/errors.ts'
import { appendAdminHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Reader, Store, Writer } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import type { SenderProof } from './ports.ts'

/** Says whether mail can be encrypted to a certificate at a time. */
export type KeyIsUsable = (certificate: string, at: Date) => Promise<boolean>

/** What speaks for a key, from nothing to most. */
const RANK: readonly CitizenKeyProof[] = ['none', 'signature', 'tls', 'dmarc', 'anchor', 'challenge']
/** From here on a key counts for its address beyond the case that it came with. */
const ENOUGH = RANK.indexOf('dmarc')

/** The key that counts for an address, as it was found before a commit began. */
export interface KeyInForce {
  readonly id: string
  /** It cannot be encrypted to any more: expired, revoked or too weak. */
  readonly isUsable: boolean
}

/** Looks which key counts for an address, and whether it can be encrypted to: slow, so before a commit. Null: none counts. */
export async function keyInForce(
  read: Reader,
  address: string | null,
  usable: KeyIsUsable,
  at: Date,
): Promise<KeyInForce | null> {
  if (address === null) return null
  const row = (await read.citizenKeysOf(address.toLowerCase(), 'openpgp')).find(({ state }) => state === 'counts')
  return row ? { id: row.id, isUsable: await usable(row.certificate, at) } : null
}

/** Which key answers go to, and whether another one than came along. */
export interface SettledKey {
  readonly key: Pick<SenderProof, 'openpgpKey' | 'openpgpFingerprint' | 'openpgpSource'>
  /** Another key came with this mail than the one that counts for its address; it waits. */
  readonly isOther: boolean
  /** One counts for the address only since this mail: what it signed was judged without. */
  readonly isNew: boolean
}

/**
 * Notes the key that came with a mail, within the caller's commit, and gives the one that answers go to. The first key that the
 * address's domain vouched for counts; a later one never takes its place by itself, for a forger has one, too. What nobody vouches for
 * counts for its own case, where none counts yet. One that cannot be encrypted to any more makes way for the newest that was vouched for.
 */
export async function settleKey(
  write: Writer,
  address: string | null,
  proof: SenderProof,
  before: KeyInForce | null,
  now: Date,
): Promise<SettledKey> {
  const came = {
    openpgpKey: proof.openpgpKey,
    openpgpFingerprint: proof.openpgpFingerprint,
    openpgpSource: proof.openpgpSource,
  }
  if (address === null) return { key: came, isOther: false, isNew: false }
  const at = instant(now)
  if (before && !before.isUsable) await write.updateCitizenKey(before.id, { state: 'expired', stateSince: at })
  if (came.openpgpKey !== null && came.openpgpFingerprint !== null) {
    await note(write, address.toLowerCase(), came.openpgpKey, came.openpgpFingerprint, proof, at, now)
  }
  const counts = await promote(write, address.toLowerCase(), at)
  if (!counts) return { key: came, isOther: false, isNew: false }
  return {
    key: { openpgpKey: counts.certificate, openpgpFingerprint: counts.fingerprint, openpgpSource: sourceOf(counts) },
    isOther: came.openpgpFingerprint !== null && came.openpgpFingerprint !== counts.fingerprint,
    isNew: counts.stateSince === at,
  }
}

async function note(
  write: Writer,
  address: string,
  certificate: string,
  fingerprint: string,
  proof: SenderProof,
  at: Instant,
  now: Date,
): Promise<void> {
  const proven: CitizenKeyProof =
    proof.emailProof === 'dmarc' ? 'dmarc' : proof.emailProof === 'openpgp' ? 'signature' : 'none'
  const known = (await write.citizenKeysOf(address, 'openpgp')).find((row) => row.fingerprint === fingerprint)
  if (known) {
    const stronger = RANK.indexOf(proven) > RANK.indexOf(known.proof) ? { proof: proven } : {}
    // The newest form has the newest end and the newest revocation.
    await write.updateCitizenKey(known.id, { lastSeenAt: at, certificate, ...stronger })
    return
  }
  const source: CitizenKeySource = proof.openpgpSource === 'autocrypt' ? 'autocrypt' : 'attached'
  const seen = { firstSeenAt: at, lastSeenAt: at, stateSince: at }
  const row = { id: newId(now.getTime()), address, kind: 'openpgp', fingerprint, certificate, source } as const
  await write.addCitizenKey({ ...row, proof: proven, state: 'candidate', ...seen })
}

/** What a key signed is worth something else since it counts, or counts no more: its case's mails are judged again. */
export async function judgeAnew(
  write: Writer,
  caseId: string,
  { fingerprint }: Pick<CitizenKey, 'fingerprint'>,
  at: Instant,
): Promise<void> {
  await write.addJob('rejudge', `key:${caseId}:${fingerprint}:${at}`, { caseId })
}

/** Gives the key that counts; where none does, the newest that was vouched for does from now on. */
async function promote(write: Writer, address: string, at: Instant): Promise<CitizenKey | null> {
  const rows = await write.citizenKeysOf(address, 'openpgp')
  const counts = rows.find(({ state }) => state === 'counts')
  if (counts) return counts
  const next = rows.findLast(({ state, proof }) => state === 'candidate' && RANK.indexOf(proof) >= ENOUGH)
  if (!next) return null
  await write.updateCitizenKey(next.id, { state: 'counts', stateSince: at })
  return { ...next, state: 'counts', stateSince: at }
}

/**
 * Notes, within the caller's commit, that a citizen proved a key; says whether it counts. Where another one counts for the address
 * it waits: who reads somebody's mail could put a key of their own in the place of one that keeps it from them.
 */
export async function settleProvenKey(write: Writer, key: CitizenKey, at: Instant): Promise<boolean> {
  await write.updateCitizenKey(key.id, { proof: 'challenge', lastSeenAt: at })
  const counts = await promote(write, key.address, at)
  if (counts?.id !== key.id) return false
  for (const party of await write.openPartiesWith(key.address)) {
    const { certificate: openpgpKey, fingerprint: openpgpFingerprint } = key
    await write.updateParty(party.id, { openpgpKey, openpgpFingerprint, openpgpSource: sourceOf(key) })
    await judgeAnew(write, party.caseId, key, at)
  }
  return true
}

/**
 * Takes over a key that the directory of an address's domain gave, within the caller's commit, for a party who has none; says whether
 * it did. A domain's directory is less than its word on a mail: it counts for nothing beyond the case.
 */
export async function settleFoundKey(
  write: Writer,
  party: Party,
  found: { readonly certificate: string; readonly fingerprint: string },
  at: Instant,
): Promise<boolean> {
  if (party.openpgpKey !== null || party.email === null) return false
  const address = party.email.toLowerCase()
  const { certificate, fingerprint } = found
  const rows = await write.citizenKeysOf(address, 'openpgp')
  if (rows.some(({ state }) => state === 'counts')) return false
  const known = rows.find((row) => row.fingerprint === fingerprint)
  if (known && known.state !== 'candidate') return false
  if (known) await write.updateCitizenKey(known.id, { lastSeenAt: at, certificate })
  else {
    await write.addCitizenKey({
      ...{ id: newId(Date.parse(at)), address, kind: 'openpgp', fingerprint, certificate },
      ...{ source: 'wkd', proof: 'tls', state: 'candidate', firstSeenAt: at, lastSeenAt: at, stateSince: at },
    })
  }
  await write.updateParty(party.id, { openpgpKey: certificate, openpgpFingerprint: fingerprint, openpgpSource: 'wkd' })
  return true
}

const sourceOf = ({ source }: CitizenKey): Party['openpgpSource'] => (source === 'signed-mail' ? 'attached' : source)

/**
 * An admin takes a citizen's key out of use for good, on record: it is said to be lost, or somebody else's. Where it counted, the newest
 * that was vouched for does from now on; what is still to be answered in open cases goes to that one, or unencrypted as any other's.
 * @throws GatewayError not-found, invalid-request (no reason), wrong-state (out of use already)
 */
export async function withdrawKey(
  ask: { readonly id: string; readonly reason: string; readonly actor: Actor },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  if (ask.reason.trim() === '') throw new GatewayError('invalid-request', 'A key is withdrawn for a reason')
  await store.commit(async (write) => {
    const at = instant(clock())
    const row = await write.citizenKey(ask.id)
    if (!row) throw new GatewayError('not-found', 'There is no such key')
    if (row.state !== 'counts' && row.state !== 'candidate') {
      throw new GatewayError('wrong-state', 'This key is out of use already')
    }
    const { address, fingerprint } = row
    await write.updateCitizenKey(row.id, { state: 'revoked', stateSince: at })
    // Of certificates the CA's newest counts; an older one does not come back.
    const next = row.kind === 'openpgp' ? await promote(write, address, at) : null
    const key = {
      openpgpKey: next?.certificate ?? null,
      openpgpFingerprint: next?.fingerprint ?? null,
      openpgpSource: next && sourceOf(next),
    }
    for (const party of await write.openPartiesWith(address)) {
      if (party.openpgpFingerprint === fingerprint) await write.updateParty(party.id, key)
      if (row.kind === 'openpgp') await judgeAnew(write, party.caseId, row, at)
    }
    await appendAdminHistory(write, {
      at,
      actor: ask.actor,
      event: 'citizen-key-withdrawn',
      payload: {
        address,
        fingerprint,
        before: row.state,
        reason: ask.reason,
        nextFingerprint: next?.fingerprint ?? null,
      },
    })
  })
}
