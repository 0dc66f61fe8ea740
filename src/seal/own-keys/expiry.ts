import type { KeyWarning, OwnKey } from '../../model/own-key.ts'

/** Days before its end at which a key is warned of: time to ask a CA, to tell citizens, and the last call. */
export const WARN_DAYS = [90, 30, 7] as const
const DAY_MS = 24 * 60 * 60 * 1000

/** Takes a key, whether its file is there, and a time; gives what to warn of. */
export function warningsOf(key: OwnKey, isThere: boolean, now: Date): readonly KeyWarning[] {
  if (key.state === 'revoked') return []
  return [
    ...(isThere ? [] : [{ code: 'private-key-missing' } as const]),
    ...endOf(key, now),
    ...(key.backedUpAt === null ? [{ code: 'never-backed-up' } as const] : []),
  ]
}

function endOf({ state, expiresAt }: OwnKey, now: Date): readonly KeyWarning[] {
  // What is former opens mail whatever its end says.
  if (state !== 'active' || expiresAt === null) return []
  const left = Date.parse(expiresAt) - now.getTime()
  if (left <= 0) return [{ code: 'expired' }]
  const level = WARN_DAYS.findLast((days) => left <= days * DAY_MS)
  return level === undefined ? [] : [{ code: 'expires-soon', days: Math.ceil(left / DAY_MS), level }]
}
