import { type ErrorCode, GatewayError } from '../../model/errors.ts'

/** SQLSTATE, or its class of two characters. @see https://www.postgresql.org/docs/15/errcodes-appendix.html */
const STATES: Readonly<Record<string, readonly [code: ErrorCode, retryable: boolean]>> = {
  '08': ['storage-unavailable', true], // connection exception
  '23505': ['duplicate', false], // unique_violation
  '25006': ['storage-unavailable', true], // read_only_sql_transaction: a standby answers
  '25P03': ['storage-unavailable', true], // idle_in_transaction_session_timeout
  '28': ['configuration', false], // invalid authorization
  '3D': ['configuration', false], // no such database
  '3F': ['configuration', false], // no such schema
  '40': ['storage-unavailable', true], // serialisation failure, deadlock
  '53': ['storage-unavailable', true], // insufficient resources
  '53100': ['storage-full', true], // disk_full
  '55': ['storage-unavailable', true], // lock not available
  '57': ['storage-unavailable', true], // shutdown, crash, starting up, cancelled
  '58': ['storage-unavailable', true], // I/O error
}

/**
 * Takes anything thrown by pg; gives the GatewayError of it. The server's detail holds values
 * ("Key (username)=(…) already exists") and is left out, as is the error itself.
 */
export function fromPostgres(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const state = textOf(thrown, 'code')
  const constraint = textOf(thrown, 'constraint')
  const isServerError = /^[0-9A-Z]{5}$/.test(state)
  // What is no answer of the server's is a lost or refused connection (ECONNRESET, a timeout, "Connection terminated").
  const [code, retryable] = isServerError
    ? (STATES[state] ?? STATES[state.slice(0, 2)] ?? ['internal' as const, false])
    : ['storage-unavailable' as const, true]
  const message = thrown instanceof Error ? thrown.message : 'the connection was lost'
  return new GatewayError(code, `PostgreSQL: ${message}`, {
    retryable,
    facts: { ...(state === '' ? {} : { state }), ...(constraint === '' ? {} : { constraint }) },
  })
}

function textOf(thrown: unknown, name: string): string {
  const value: unknown = thrown instanceof Error ? Reflect.get(thrown, name) : undefined
  return typeof value === 'string' ? value : ''
}
