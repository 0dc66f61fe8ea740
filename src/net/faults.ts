import { GatewayError } from '../model/errors.ts'

/** Why we do not go somewhere, or do not take what came: it would be the same the next time. */
export type RefusalReason = 'url' | 'scheme' | 'port' | 'address' | 'redirect' | 'too-large'
/** Why there is no answer. `turn`: too many were before us; `certificate`: of the TLS server; `answer`: cut off or no HTTP. */
export type FailureReason = 'turn' | 'dns' | 'connect' | 'certificate' | 'timeout' | 'status' | 'answer'

/** Of an address, only these are ever told: paths and query strings may hold personal data. */
export interface Place {
  readonly host: string
  readonly port: number
}

type Facts = Readonly<Record<string, string | number | boolean>>

export const NOWHERE: Place = { host: '', port: 0 }

/** Takes a URL of http: or https:; gives what of it may be told. */
export function placeOf(url: URL): Place {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { host: url.hostname, port }
}

/** Makes the fault for what we do not do: `fetch-refused`, never retryable. */
export function refused(reason: RefusalReason, place: Place, why: string): GatewayError {
  return new GatewayError('fetch-refused', `Not fetched from ${nameOf(place)}: ${why}`, {
    facts: { reason, ...place },
  })
}

/** Makes the fault for what did not come: `fetch-failed`, retryable unless told otherwise. */
export function failed(
  reason: FailureReason,
  place: Place,
  why: string,
  more: { readonly retryable?: boolean; readonly cause?: unknown; readonly facts?: Facts } = {},
): GatewayError {
  return new GatewayError('fetch-failed', `Nothing came from ${nameOf(place)}: ${why}`, {
    retryable: more.retryable ?? true,
    cause: more.cause,
    facts: { reason, ...place, ...more.facts },
  })
}

/** Takes anything thrown; gives its code as the system or a library named it (ECONNREFUSED, HPE_INVALID_CONSTANT …). */
export function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown'
}

const nameOf = (place: Place): string => (place.host === '' ? 'this address' : place.host)
