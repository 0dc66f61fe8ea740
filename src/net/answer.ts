import type { IncomingMessage } from 'node:http'
import { parseWebUrl } from './destination.ts'
import { failed, placeOf, refused } from './faults.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** RFC 9110 §15.5.9, RFC 6585 §4: of the client errors, these pass. */
const PASSING_CLIENT_ERRORS: ReadonlySet<number> = new Set([408, 429])

/** Gives where the answer leads, null where it leads nowhere. @throws GatewayError fetch-refused: not followed */
export function redirectOf(incoming: IncomingMessage, url: URL, method: 'GET' | 'POST'): URL | null {
  const { location } = incoming.headers
  if (!REDIRECTS.has(incoming.statusCode ?? 0) || location === undefined) return null
  // What was posted was meant for this server alone.
  if (method === 'POST') throw refused('redirect', placeOf(url), 'a POST is not redirected')
  const to = parseWebUrl(location, url)
  if (url.protocol === 'https:' && to.protocol === 'http:') {
    throw refused('redirect', placeOf(url), 'it leads from https to http')
  }
  return to
}

/** Gives the status where it is one of success (2xx). @throws GatewayError fetch-failed */
export function successOf(incoming: IncomingMessage, url: URL): number {
  const status = incoming.statusCode ?? 0
  if (status >= 200 && status <= 299) return status
  const retryable = status >= 500 || PASSING_CLIENT_ERRORS.has(status)
  throw failed('status', placeOf(url), `the server answered ${status}`, { retryable, facts: { status } })
}

/** Gives the media type in lower case without its parameters, null where none is named. */
export function mediaTypeOf(incoming: IncomingMessage): string | null {
  const [essence = ''] = (incoming.headers['content-type'] ?? '').split(';')
  return essence.trim().toLowerCase() || null
}
