import { X509Certificate } from 'node:crypto'
import type { CitizenKey, CitizenKeyEnd, CitizenKeyTimes } from '../model/citizen-key.ts'
import type { Reader } from '../model/store.ts'
import { instant } from '../model/time.ts'

const DAY_MS = 86_400_000
/** People need some weeks to answer a letter that asks for a new key. */
const WARN_DAYS = 30

/** Gives when an armoured certificate cannot be encrypted to any more: null for never, undefined where it cannot be told. */
export type EndOfEncryption = (armored: string, at: Date) => Promise<Date | null | undefined>

/** Takes a citizen's key; gives when it was proven and when it ends, seen from a time. */
export async function citizenKeyTimes(
  key: CitizenKey,
  now: Date,
  {
    store,
    endOfEncryption,
  }: { readonly store: Pick<Reader, 'metChallengesOf'>; readonly endOfEncryption: EndOfEncryption },
): Promise<CitizenKeyTimes> {
  const [met] = key.proof === 'challenge' ? await store.metChallengesOf(key.id) : []
  const end =
    key.kind === 'smime'
      ? new X509Certificate(key.certificate).validToDate
      : await endOfEncryption(key.certificate, now)
  return { provenAt: met?.usedAt ?? null, end: seenFrom(now, end) }
}

function seenFrom(now: Date, end: Date | null | undefined): CitizenKeyEnd {
  if (end === undefined) return { code: 'unknown' }
  if (end === null) return { code: 'never' }
  const [at, left] = [instant(end), end.getTime() - now.getTime()]
  if (left <= 0) return { code: 'ended', at }
  return left > WARN_DAYS * DAY_MS ? { code: 'later', at } : { code: 'soon', at, days: Math.ceil(left / DAY_MS) }
}
