import { type AddressMatcher, isPublicAddress } from './addresses.ts'
import { mediaTypeOf, redirectOf, successOf } from './answer.ts'
import { openConnection } from './connection.ts'
import { withDeadline } from './deadline.ts'
import { type HostLookup, lookupHost, parseWebUrl, resolveDestination } from './destination.ts'
import { type Exchange, readBody, sendRequest } from './exchange.ts'
import { placeOf, refused } from './faults.ts'
import { freshUntil } from './freshness.ts'
import { createTurns } from './turns.ts'

export interface WebRequest {
  readonly url: string
  /** GET where nothing is said. */
  readonly method?: 'GET' | 'POST'
  /** Sent with POST only. */
  readonly body?: Uint8Array
  readonly contentType?: string
  readonly accept?: string
  /** Beside those that every request has, which they do not replace; lower-case names. Not sent on after a redirect. */
  readonly headers?: Readonly<Record<string, string>>
  /** Goes to the server that is asked, and with no redirect. */
  readonly authorization?: string
  /** Of the body; instead of the fetcher's own limit. */
  readonly maxBytes?: number
  /** For everything from the first look-up to the last byte, redirects included; instead of the fetcher's own limit. */
  readonly timeoutMs?: number
}

/** What a server answered with a status of 2xx. */
export interface WebAnswer {
  /** The final one, after redirects. */
  readonly url: string
  readonly status: number
  /** In lower case, without parameters. */
  readonly mediaType: string | null
  /** As they came: a content coding that nobody asked for is not undone. */
  readonly bytes: Uint8Array
  /** Until when it may be used again by its own headers (Cache-Control max-age, Expires); null where they say nothing. */
  readonly freshUntil: Date | null
}

export interface Fetcher {
  /** @throws GatewayError fetch-refused (not retryable), fetch-failed; both tell the host and a reason, never a path */
  fetch(request: WebRequest): Promise<WebAnswer>
}

export interface FetchLimits {
  /** Of one fetch, without the time that it waits for its turn. */
  readonly timeoutMs: number
  /** Without a byte from a server that is connected. */
  readonly maxIdleMs: number
  /** For the turn of each request. */
  readonly maxWaitMs: number
  readonly maxBytes: number
  readonly maxHeaderBytes: number
  readonly maxRedirects: number
  /** Connections at a time. */
  readonly maxInAll: number
  readonly maxPerHost: number
}

const DEFAULT_LIMITS: FetchLimits = {
  timeoutMs: 10_000,
  maxIdleMs: 5_000,
  maxWaitMs: 30_000,
  maxBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxRedirects: 3,
  maxInAll: 16,
  maxPerHost: 2,
}

/** What one request of a fetch came to. */
type Step = { readonly kind: 'answer'; readonly answer: WebAnswer } | { readonly kind: 'redirect'; readonly to: URL }

/**
 * Makes the only way out to the web. Takes how host names are looked up (the machine's own way where nothing is said),
 * which addresses are allowed although they are not public, the clock, and limits that differ from the default.
 */
export function createFetcher(parts: {
  readonly lookup?: HostLookup
  readonly allowed?: AddressMatcher
  readonly now: () => Date
  readonly limits?: Partial<FetchLimits>
}): Fetcher {
  const { lookup = lookupHost, allowed = () => false, now } = parts
  const limits = { ...DEFAULT_LIMITS, ...parts.limits }
  const turns = createTurns(limits)
  const isAdmitted = (address: string): boolean => isPublicAddress(address) || allowed(address)

  /** One request, from the look-up of its host to the last byte: every redirect begins here anew. */
  async function step(url: URL, request: WebRequest, timeoutMs: number): Promise<Step> {
    return withDeadline(url, timeoutMs, async (deadline) => {
      const destination = await resolveDestination(url, lookup, isAdmitted)
      deadline.enter('connect')
      const connection = await openConnection(destination, isAdmitted, deadline.signal)
      deadline.enter('answer')
      connection.setTimeout(limits.maxIdleMs, deadline.stop)
      deadline.signal.addEventListener('abort', () => connection.destroy())
      try {
        const askedAt = now()
        const incoming = await sendRequest(connection, exchangeOf(url, request, limits.maxHeaderBytes))
        const to = redirectOf(incoming, url, request.method ?? 'GET')
        if (to) return { kind: 'redirect', to }
        const status = successOf(incoming, url)
        const bytes = await readBody(incoming, request.maxBytes ?? limits.maxBytes, placeOf(url))
        const mediaType = mediaTypeOf(incoming)
        return {
          kind: 'answer',
          answer: { url: url.href, status, mediaType, bytes, freshUntil: freshUntil(incoming.headers, askedAt) },
        }
      } finally {
        connection.destroy()
      }
    })
  }

  return {
    async fetch(request) {
      let url = parseWebUrl(request.url)
      let asked = request
      let leftMs = request.timeoutMs ?? limits.timeoutMs
      for (let redirects = 0; redirects <= limits.maxRedirects; redirects++) {
        const done = await turns.take(placeOf(url), async () => {
          const startedAt = performance.now()
          const result = await step(url, asked, leftMs)
          leftMs -= performance.now() - startedAt
          return result
        })
        if (done.kind === 'answer') return done.answer
        url = done.to
        asked = withoutSignIn(asked)
      }
      throw refused('redirect', placeOf(url), 'too many redirects')
    },
  }
}

/** What was said to one server is not said to another. */
function withoutSignIn({ authorization: _, headers: _headers, ...request }: WebRequest): WebRequest {
  return request
}

function exchangeOf(url: URL, request: WebRequest, maxHeaderBytes: number): Exchange {
  const body = request.method === 'POST' ? (request.body ?? new Uint8Array()) : null
  return {
    url,
    method: request.method ?? 'GET',
    body,
    contentType: body === null ? null : (request.contentType ?? null),
    accept: request.accept ?? '*/*',
    headers: request.headers ?? {},
    authorization: request.authorization ?? null,
    maxHeaderBytes,
  }
}
