import { asGatewayError, type ErrorCode, GatewayError } from '../model/errors.ts'
import type { Texts } from './texts/da.ts'

/** Codes that a person can cause and understand; all others are our own fault: 500. */
const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  'not-a-pdf': 422,
  'unreadable-input': 422,
  'too-large': 413,
  'idempotency-key-reused': 422,
  'too-deep': 422,
  'too-many-parts': 422,
  'malformed-mime': 422,
  'malformed-der': 422,
  'malformed-pdf': 422,
  'malformed-key': 422,
  'encrypted-input': 422,
  'private-key-refused': 422,
  'not-a-ca': 422,
  'managed-by-configuration': 409,
  'managed-by-list': 409,
  'list-refused': 422,
  duplicate: 409,
  'not-found': 404,
  gone: 410,
  forbidden: 403,
  quarantined: 403,
  unauthenticated: 401,
  'wrong-code': 403,
  'wrong-fingerprint': 422,
  'wrong-state': 409,
  'rate-limited': 429,
  busy: 503,
  'invalid-request': 400,
  'child-timeout': 422,
  'child-memory': 422,
  'child-crashed': 422,
  'storage-unavailable': 503,
  'storage-full': 503,
  'fetch-refused': 422,
  'fetch-failed': 502,
}

/** An error as HTTP tells it (RFC 9457), and in a person's words. */
export interface Problem {
  readonly status: number
  readonly code: ErrorCode
  readonly title: string
  readonly text: string
  /** Seconds, where trying again later helps. */
  readonly retryAfterSeconds: number | null
}

/** Takes anything thrown; gives the problem to tell. The only place that turns errors into HTTP. */
export function problemOf(thrown: unknown, t: Texts): Problem {
  const fault = asGatewayError(brokenAddress(thrown) ?? thrown)
  const status = STATUS[fault.code] ?? 500
  const code = status === 500 ? 'internal' : fault.code
  const words: Readonly<Record<string, { readonly title: string; readonly text: string }>> = t.problems.byCode
  const { title, text } = words[code] ?? t.problems.byStatus[status === 500 ? 'internal' : 'unusable']
  const told = fault.facts['retryAfterSeconds']
  const retryAfterSeconds = typeof told === 'number' ? told : status === 503 ? 60 : null
  return { status, code, title, text, retryAfterSeconds }
}

/** A path that is no valid percent-encoding: Express throws a URIError for it, and there is no such page. */
function brokenAddress(thrown: unknown): GatewayError | null {
  return thrown instanceof URIError ? new GatewayError('not-found', 'No such page', { cause: thrown }) : null
}

/** The problem as RFC 9457 JSON. */
export function problemJson(problem: Problem): Readonly<Record<string, unknown>> {
  return {
    type: `urn:poststempel:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.text,
    code: problem.code,
  }
}
