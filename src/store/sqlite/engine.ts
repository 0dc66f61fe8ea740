import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { CompiledQuery } from 'kysely'
import { GatewayError } from '../../model/errors.ts'
import { type Link, openDb, storable } from '../driver.ts'
import type { Engine } from '../engine.ts'
import { createMutex } from '../mutex.ts'
import { fromSqlite, toFault } from './errors.ts'
import { statementRunner } from './statements.ts'
import { Writer } from './writer.ts'

/**
 * Opens SQLite on a file that exists (it may be empty; its mode is kept for the files beside it).
 * One thread writes, this one reads by a connection of its own. @throws GatewayError storage-unavailable
 */
export async function openSqlite(path: string): Promise<Engine> {
  const writer = await Writer.open(path)
  const readConnection = openReader(path)
  const turn = createMutex()

  const writerLink = async (): Promise<Link> => {
    const endTurn = await turn()
    return { run: (sql, parameters) => writer.run(sql, parameters), release: endTurn }
  }
  const readerLink: Link = { run: readConnection.run, release: () => {} }
  const writerDb = openDb('sqlite', 'begin immediate', writerLink)

  return {
    kind: 'sqlite',
    reader: openDb('sqlite', 'begin', async () => readerLink),
    writer: writerDb,
    transaction: (work) => writerDb.transaction().execute(work),
    async runTogether(queries: readonly CompiledQuery[]) {
      const statements = queries.map(({ sql, parameters }) => ({ sql, parameters: parameters.map(storable) }))
      const endTurn = await turn()
      try {
        await writer.runTogether(statements)
      } finally {
        endTurn()
      }
    },
    async close() {
      const endTurn = await turn()
      // The writer goes last: whoever closes last empties the write-ahead log.
      readConnection.close()
      await writer.close().finally(endTurn)
    },
  }
}

/** Reads need no flush and see the last commit, so they may run on this thread. */
function openReader(path: string): { readonly run: Link['run']; close(): void } {
  const database = guarded(() => new DatabaseSync(path, { readOnly: true, timeout: 5000 }))
  const run = statementRunner(database)
  return {
    run: async (sql, parameters) => {
      if (!database.isOpen) throw new GatewayError('storage-unavailable', 'the database is closed', { retryable: true })
      return guarded(() => run(sql, parameters as readonly SQLInputValue[]))
    },
    close: () => database.close(),
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw fromSqlite(toFault(thrown))
  }
}
