import { type ErrorCode, GatewayError } from '../../model/errors.ts'

/** What crosses the border between the threads of a fault of SQLite's. */
export interface SqliteFault {
  /** Extended result code; null where it was no fault of SQLite's. @see https://www.sqlite.org/rescode.html */
  readonly errcode: number | null
  readonly message: string
}

const PRIMARY: Readonly<Record<number, readonly [code: ErrorCode, retryable: boolean]>> = {
  5: ['storage-unavailable', true], // BUSY: another process writes
  6: ['storage-unavailable', true], // LOCKED
  8: ['storage-unavailable', true], // READONLY: mounted so after an I/O error
  10: ['storage-unavailable', true], // IOERR
  11: ['storage-unavailable', false], // CORRUPT
  13: ['storage-full', true], // FULL
  14: ['storage-unavailable', true], // CANTOPEN
  26: ['storage-unavailable', false], // NOTADB
}

const EXTENDED: Readonly<Record<number, readonly [code: ErrorCode, retryable: boolean]>> = {
  1555: ['duplicate', false], // CONSTRAINT_PRIMARYKEY
  2067: ['duplicate', false], // CONSTRAINT_UNIQUE
  2579: ['duplicate', false], // CONSTRAINT_ROWID
}

/** Takes a fault; gives the GatewayError of it. SQLite's messages name tables and columns, never values. */
export function fromSqlite({ errcode, message }: SqliteFault): GatewayError {
  const [code, retryable] = (errcode === null ? null : (EXTENDED[errcode] ?? PRIMARY[errcode & 0xff])) ?? [
    'internal' as const,
    false,
  ]
  return new GatewayError(code, `SQLite: ${message}`, {
    retryable,
    ...(errcode === null ? {} : { facts: { errcode } }),
  })
}

/** Takes anything thrown by node:sqlite; gives what crosses the threads. */
export function toFault(thrown: unknown): SqliteFault {
  const errcode = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : null
  return {
    errcode: typeof errcode === 'number' ? errcode : null,
    message: thrown instanceof Error ? thrown.message : String(thrown),
  }
}
