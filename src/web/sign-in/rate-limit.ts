import { GatewayError } from '../../model/errors.ts'
import type { Clock } from '../../model/time.ts'

/** Counts tries per key within a window that slides. Kept in memory: a restart forgives. */
export interface RateLimit {
  /** Counts one try. @throws GatewayError rate-limited with retryAfterSeconds, and counts nothing then */
  take(key: string): void
  /** Forgets a key: after a success. */
  forget(key: string): void
}

const KEYS_AT_MOST = 10_000

/** Gives a limit of so many tries per key within so many milliseconds. */
export function rateLimit(tries: number, windowMs: number, clock: Clock): RateLimit {
  const taken = new Map<string, number[]>()
  return {
    take(key) {
      const now = clock().getTime()
      const recent = (taken.get(key) ?? []).filter((at) => at > now - windowMs)
      const oldest = recent[0]
      if (oldest !== undefined && recent.length >= tries) {
        const retryAfterSeconds = Math.ceil((oldest + windowMs - now) / 1000)
        throw new GatewayError('rate-limited', 'Too many tries', { retryable: true, facts: { retryAfterSeconds } })
      }
      // Insertion order is age: the key that was quiet for longest leaves first.
      taken.delete(key)
      taken.set(key, [...recent, now])
      if (taken.size > KEYS_AT_MOST) {
        const quietest = taken.keys().next().value
        if (quietest !== undefined) taken.delete(quietest)
      }
    },
    forget(key) {
      taken.delete(key)
    },
  }
}

const zeros = (count: number): string[] => Array<string>(Math.max(0, count)).fill('0')

/** Takes a remote address; gives what counts as one place: an IPv4 address, or the /64 of an IPv6 one. */
export function placeOf(remoteAddress: string | null): string {
  const address = (remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '')
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? front : [...front, ...zeros(8 - front.length - back.length), ...back]
  return `${groups.slice(0, 4).join(':')}::/64`
}
