/** The thread in which SQLite writes: here fsync blocks nobody but those who wait for it. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { LinkResult } from '../driver.ts'
import { type SqliteFault, toFault } from './errors.ts'
import { statementRunner } from './statements.ts'

export interface Statement {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
}

/** one: a statement of the transaction under way, or a commit of its own. together: a whole transaction. */
export type WriterRequest =
  | { readonly id: number; readonly kind: 'one'; readonly statement: Statement }
  | { readonly id: number; readonly kind: 'together'; readonly statements: readonly Statement[] }
  | { readonly id: number; readonly kind: 'close' }

export type WriterAnswer =
  | { readonly id: number; readonly result: LinkResult }
  | { readonly id: number; readonly fault: SqliteFault }

const NOTHING: LinkResult = { rows: [], changes: 0 }
/** How long a commit waits while another process writes. */
const BUSY_TIMEOUT_MS = 15_000
const BUSY_PAUSE_MS = 5
const SQLITE_BUSY = 5

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  // FULL flushes the write-ahead log at every commit: what is acknowledged survives a power loss.
  keepWriteAheadLog(database)
  database.exec('pragma synchronous = full')
  // 2000 pages are 8 MB: seldom enough to be cheap, often enough that the log stays in the page cache.
  database.exec(`pragma wal_autocheckpoint = 2000; pragma journal_size_limit = ${64 * 1024 * 1024}`)
  return database
}

/**
 * A new database is turned to its write-ahead log under an exclusive lock, for which SQLite calls no busy handler: of
 * several that start together, the later ones ask again until they find it turned.
 */
function keepWriteAheadLog(database: DatabaseSync): void {
  const giveUpAt = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      database.exec('pragma journal_mode = wal')
      return
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() > giveUpAt) throw thrown
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS)
  }
}

const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && 'errcode' in thrown && Number(thrown.errcode) % 256 === SQLITE_BUSY

function serve(database: DatabaseSync, port: NonNullable<typeof parentPort>): void {
  const run = statementRunner(database)
  const rollBack = (): void => {
    // A full disk or an I/O error makes SQLite roll back by itself.
    if (database.isTransaction) run('rollback', [])
  }
  const together = (statements: readonly Statement[]): LinkResult => {
    run('begin immediate', [])
    try {
      for (const { sql, parameters } of statements) run(sql, parameters)
      return run('commit', [])
    } catch (thrown) {
      rollBack()
      throw thrown
    }
  }
  const answer = (request: WriterRequest): LinkResult => {
    if (request.kind === 'together') return together(request.statements)
    if (request.kind === 'close') database.close()
    else if (request.statement.sql === 'rollback') rollBack()
    else return run(request.statement.sql, request.statement.parameters)
    return NOTHING
  }
  port.on('message', (request: WriterRequest) => {
    let reply: WriterAnswer
    try {
      reply = { id: request.id, result: answer(request) }
    } catch (thrown) {
      reply = { id: request.id, fault: toFault(thrown) }
    }
    port.postMessage(reply)
    if (request.kind === 'close') port.close()
  })
}

if (parentPort) {
  try {
    const { path } = workerData as { readonly path: string }
    serve(open(path), parentPort)
    parentPort.postMessage({ id: 0, result: NOTHING } satisfies WriterAnswer)
  } catch (thrown) {
    parentPort.postMessage({ id: 0, fault: toFault(thrown) } satisfies WriterAnswer)
    parentPort.close()
  }
}
