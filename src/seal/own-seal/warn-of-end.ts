import type { Actor, HistoryEntry } from '../../model/case.ts'
import type { SealCertificate } from '../../model/seal.ts'
import type { Writer } from '../../model/store.ts'
import type { Instant } from '../../model/time.ts'
import { warningsOf } from '../own-keys/index.ts'
import { chainOf, sealWarnings } from './describe-seal.ts'

/** Puts an entry in the administration's history and has others told of it. */
export type PutOnRecord = (
  write: Writer,
  event: { at: Instant; actor: Actor; event: string; payload?: Readonly<Record<string, unknown>> },
) => Promise<HistoryEntry>

/** The same of the municipality's keys for mail that are in use. Gives how many there were. */
export async function warnOfKeyEnds(write: Writer, at: Instant, putOnRecord: PutOnRecord): Promise<number> {
  const said = (await write.adminHistory()).filter(({ event }) => event === 'own-key-ends-soon')
  let warned = 0
  for (const key of await write.ownKeys()) {
    const ending = warningsOf(key, true, new Date(at)).find(({ code }) => code === 'expires-soon')
    if (ending?.code !== 'expires-soon' || key.expiresAt === null) continue
    const isSaid = said.some(
      ({ payload }) =>
        payload?.['keyId'] === key.id && payload['endsAt'] === key.expiresAt && Number(payload['mark']) <= ending.level,
    )
    if (isSaid) continue
    const facts = { keyId: key.id, subject: key.subject, endsAt: key.expiresAt, days: ending.days, mark: ending.level }
    await putOnRecord(write, {
      at,
      actor: { kind: 'system', id: null, name: null },
      event: 'own-key-ends-soon',
      payload: facts,
    })
    warned += 1
  }
  return warned
}

/**
 * Warns of a seal in use that ends within 90, 30 and 7 days, once each, within the caller's commit: by an entry of the history
 * that others are told of. Says whether it did.
 */
export async function warnOfSealEnd(
  write: Writer,
  seal: SealCertificate | undefined,
  at: Instant,
  putOnRecord: PutOnRecord,
): Promise<boolean> {
  if (!seal) return false
  const ending = sealWarnings(chainOf(seal), new Date(at)).find(({ code }) => code === 'expires-soon')
  if (ending?.code !== 'expires-soon') return false
  const { sha256, subject, notAfter } = seal
  const said = (await write.adminHistory()).some(
    ({ event, payload }) =>
      event === 'seal-ends-soon' && payload?.['sha256'] === sha256 && Number(payload['mark']) <= ending.mark,
  )
  if (said) return false
  await putOnRecord(write, {
    at,
    actor: { kind: 'system', id: null, name: null },
    event: 'seal-ends-soon',
    payload: { sha256, subject, endsAt: notAfter, days: ending.days, mark: ending.mark },
  })
  return true
}
