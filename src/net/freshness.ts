import type { IncomingHttpHeaders } from 'node:http'

/** RFC 9111 §1.2.2: what is larger counts as this; a Date stays a date with it. */
const MAX_SECONDS = 2 ** 31

/**
 * Takes an answer's headers and when it was asked for; gives until when it may be used again, the moment of asking
 * itself where it may not, and null where the headers say nothing. Directives that cannot be read count as "not".
 * @see RFC 9111 §4.2
 */
export function freshUntil(headers: IncomingHttpHeaders, askedAt: Date): Date | null {
  const seconds = lifetimeSeconds(headers, askedAt)
  if (seconds === null) return null
  const ageSeconds = parseSeconds(headers.age) ?? 0
  return new Date(askedAt.getTime() + Math.max(0, seconds - ageSeconds) * 1000)
}

function lifetimeSeconds(headers: IncomingHttpHeaders, askedAt: Date): number | null {
  const directives = (headers['cache-control'] ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
  if (directives.some((one) => /^no-(store|cache)\b/.test(one))) return 0
  const maxAge = directives.find((one) => one.startsWith('max-age='))
  if (maxAge !== undefined) return parseSeconds(maxAge.slice('max-age='.length)) ?? 0
  if (headers.expires === undefined) return null
  const expires = Date.parse(headers.expires)
  if (Number.isNaN(expires)) return 0
  // Both by the server's own clock, which may differ from ours.
  const sent = Date.parse(headers.date ?? '')
  const seconds = (expires - (Number.isNaN(sent) ? askedAt.getTime() : sent)) / 1000
  return Math.min(MAX_SECONDS, Math.max(0, seconds))
}

function parseSeconds(text: string | undefined): number | null {
  const digits = /^"?(\d+)"?$/.exec(text ?? '')?.[1]
  return digits === undefined ? null : Math.min(MAX_SECONDS, Number(digits))
}
