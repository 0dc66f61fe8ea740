import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { GatewayError } from '../model/errors.ts'
import { type Clock, instant } from '../model/time.ts'
import type { Engine } from './engine.ts'
import { dialects, type Migration } from './migrations/index.ts'
import type { Db } from './schema.ts'

/**
 * Brings the schema to what this version knows: checks the applied migrations by their checksums, then applies the
 * pending ones in one transaction. Two nodes may start together: transactions wait for each other, and the second
 * finds nothing pending. @throws GatewayError migration-mismatch where the database is newer or a migration changed
 */
export async function migrate(engine: Engine, known: readonly Migration[], clock: Clock): Promise<void> {
  if ((await pending(engine, engine.reader, known)).length === 0) return
  await engine.transaction(async (db) => {
    const steps = await pending(engine, db, known)
    await sql
      .raw(
        'create table if not exists applied_migrations (number integer primary key not null, ' +
          'name text not null, checksum text not null, applied_at text not null)',
      )
      .execute(db)
    for (const step of steps) {
      for (const statement of step.up(dialects[engine.kind])) await sql.raw(statement).execute(db)
      const { number, name } = step
      const row = { number, name, checksum: checksumOf(step, engine.kind), appliedAt: instant(clock()) }
      await db.insertInto('appliedMigrations').values(row).execute()
    }
  })
}

/** Takes a migration; gives the hex SHA-256 over its statements for that engine. */
export function checksumOf(migration: Migration, kind: Engine['kind']): string {
  return createHash('sha256')
    .update(JSON.stringify(migration.up(dialects[kind])))
    .digest('hex')
}

async function pending(engine: Engine, db: Db, known: readonly Migration[]): Promise<readonly Migration[]> {
  const applied = (await hasTable(engine, db))
    ? await db.selectFrom('appliedMigrations').selectAll().orderBy('number').execute()
    : []
  for (const { number, name, checksum } of applied) {
    const step = known.find((it) => it.number === number)
    if (!step) {
      throw mismatch(`the database knows migration ${number} (${name}), this version does not: it is older`, number)
    }
    if (checksumOf(step, engine.kind) !== checksum) {
      throw mismatch(`migration ${number} (${step.name}) is not the one that was applied`, number)
    }
  }
  return known.filter((step) => !applied.some(({ number }) => number === step.number))
}

const mismatch = (message: string, migration: number): GatewayError =>
  new GatewayError('migration-mismatch', message, { facts: { migration } })

async function hasTable(engine: Engine, db: Db): Promise<boolean> {
  const query =
    engine.kind === 'sqlite'
      ? sql<{ n: number }>`select count(*) as n from sqlite_master where type = 'table' and name = 'applied_migrations'`
      : sql<{ n: number }>`select count(*) as n from pg_tables
          where schemaname = current_schema() and tablename = 'applied_migrations'`
  const { rows } = await query.execute(db)
  return Number(rows[0]?.n) > 0
}
