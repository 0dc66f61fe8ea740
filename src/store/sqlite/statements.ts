import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { LinkResult } from '../driver.ts'

const MAX_PREPARED = 300

/** Gives a function that runs SQL on a connection, keeping the statements it has prepared. It throws node:sqlite's errors. */
export function statementRunner(
  database: DatabaseSync,
): (sql: string, parameters: readonly SQLInputValue[]) => LinkResult {
  const prepared = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>()
  return (sql, parameters) => {
    let entry = prepared.get(sql)
    if (!entry) {
      const statement = database.prepare(sql)
      entry = { statement, reads: statement.columns().length > 0 }
      // Multi-row inserts come in many lengths: beyond the limit all are prepared anew.
      if (prepared.size >= MAX_PREPARED) prepared.clear()
      prepared.set(sql, entry)
    }
    if (!entry.reads) return { rows: [], changes: Number(entry.statement.run(...parameters).changes) }
    const rows = entry.statement.all(...parameters)
    return { rows, changes: rows.length }
  }
}
