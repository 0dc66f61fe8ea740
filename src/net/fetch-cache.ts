import { GatewayError } from '../model/errors.ts'
import { parseWebUrl } from './destination.ts'
import { placeOf } from './faults.ts'
import type { Fetcher, WebAnswer, WebRequest } from './fetcher.ts'

/** A dead host is not asked by every case, and one that is back is not waited for longer than this. */
const REMEMBER_FAILURE_MS = 30_000
/** Whatever a server says: what it published by mistake does not stay longer. */
const MAX_FRESH_MS = 24 * 60 * 60 * 1000
/** What an entry holds beside its key and its bytes; rounded up. */
const OVERHEAD_BYTES = 512

interface Held {
  readonly outcome: { readonly answer: WebAnswer } | { readonly fault: GatewayError }
  readonly untilMs: number
  readonly bytes: number
}

/**
 * Makes a fetcher that keeps the answers to GETs in memory for as long as their own headers allow (a day at most), asks
 * once for what several want at the same time, and remembers failures for 30 seconds: those to reach a server for
 * everything on it. Takes bounds on what is held; what was not asked for the longest time goes first. Several callers
 * get the same bytes: nobody changes them.
 */
export function createCachingFetcher(
  fetcher: Fetcher,
  parts: { readonly maxEntries: number; readonly maxBytes: number; readonly now: () => Date },
): Fetcher {
  /** A Map keeps the order of insertion: what is asked for goes to its end. */
  const held = new Map<string, Held>()
  const inFlight = new Map<string, Promise<WebAnswer>>()
  let heldBytes = 0

  const drop = (key: string): void => {
    heldBytes -= held.get(key)?.bytes ?? 0
    held.delete(key)
  }
  const keep = (key: string, outcome: Held['outcome'], untilMs: number): void => {
    drop(key)
    const bytes = OVERHEAD_BYTES + key.length + ('answer' in outcome ? outcome.answer.bytes.length : 0)
    if (bytes > parts.maxBytes) return
    held.set(key, { outcome, untilMs, bytes })
    heldBytes += bytes
    for (const oldest of held.keys()) {
      if (held.size <= parts.maxEntries && heldBytes <= parts.maxBytes) return
      drop(oldest)
    }
  }
  const recall = (key: string): Held['outcome'] | null => {
    const found = held.get(key)
    if (!found) return null
    held.delete(key)
    if (found.untilMs > parts.now().getTime()) {
      held.set(key, found)
      return found.outcome
    }
    heldBytes -= found.bytes
    return null
  }

  async function ask(request: WebRequest, key: string, serverKey: string): Promise<WebAnswer> {
    try {
      const answer = await fetcher.fetch(request)
      const nowMs = parts.now().getTime()
      const untilMs = Math.min(answer.freshUntil?.getTime() ?? 0, nowMs + MAX_FRESH_MS)
      if (untilMs > nowMs) keep(key, { answer }, untilMs)
      return answer
    } catch (thrown) {
      if (thrown instanceof GatewayError && isRemembered(thrown)) {
        const untilMs = parts.now().getTime() + REMEMBER_FAILURE_MS
        keep(isUnreachable(thrown, request) ? serverKey : key, { fault: thrown }, untilMs)
      }
      throw thrown
    }
  }

  return {
    async fetch(request) {
      if (request.method === 'POST') return fetcher.fetch(request)
      const url = parseWebUrl(request.url)
      // Other limits may end otherwise: who may take more does not hear that it was too much for another.
      const key = JSON.stringify([url.href, request.accept, request.headers, request.maxBytes, request.timeoutMs])
      const outcome = recall(key) ?? recall(url.origin)
      if (outcome && 'fault' in outcome) throw outcome.fault
      if (outcome) return outcome.answer
      const underWay = inFlight.get(key)
      if (underWay) return underWay
      const asking = ask(request, key, url.origin).finally(() => inFlight.delete(key))
      inFlight.set(key, asking)
      return asking
    },
  }
}

/** Not that our own queue was too long: that says nothing about the server. */
function isRemembered(fault: GatewayError): boolean {
  return (fault.code === 'fetch-failed' || fault.code === 'fetch-refused') && fault.facts['reason'] !== 'turn'
}

/** The server asked for, and not one that it redirects to, could not be found or connected to. */
function isUnreachable(fault: GatewayError, request: WebRequest): boolean {
  const { host, port } = placeOf(parseWebUrl(request.url))
  if (fault.facts['host'] !== host || fault.facts['port'] !== port) return false
  const stage = fault.facts['reason'] === 'timeout' ? fault.facts['stage'] : fault.facts['reason']
  return stage === 'dns' || stage === 'connect'
}
