import { type CompiledQuery, sql } from 'kysely'
import pg from 'pg'
import { GatewayError } from '../../model/errors.ts'
import { type Link, openDb, storable } from '../driver.ts'
import type { Engine } from '../engine.ts'
import { createMutex } from '../mutex.ts'
import { parsePostgresUrl } from './address.ts'
import { fromPostgres } from './errors.ts'

const MAX_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 10_000

/** Opens PostgreSQL by URL. @throws GatewayError storage-unavailable, configuration */
export async function openPostgres(databaseUrl: string): Promise<Engine> {
  const { connectionString, options, schema } = parsePostgresUrl(databaseUrl)
  const pool = new pg.Pool({
    connectionString,
    options,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  })
  ignoreLostConnections(pool)
  try {
    if (schema !== null) await makeSchema(pool, schema)
    await refuseUnflushed(pool)
  } catch (fault) {
    await pool.end()
    throw fault
  }

  const db = openDb('postgres', 'begin', () => connect(pool))
  const turn = createMutex()
  return {
    kind: 'postgres',
    reader: db,
    writer: db,
    async transaction(work) {
      // Our own turn first: transactions that wait for the other nodes must not use up the pool.
      const endTurn = await turn()
      try {
        return await db.transaction().execute(async (transaction) => {
          await sql`select pg_advisory_xact_lock(hashtextextended('poststempel:' || current_schema(), 0))`.execute(
            transaction,
          )
          return work(transaction)
        })
      } finally {
        endTurn()
      }
    },
    runTogether: (queries) => runTogether(pool, queries),
    close: () => pool.end(),
  }
}

async function runTogether(pool: pg.Pool, queries: readonly CompiledQuery[]): Promise<void> {
  const link = await connect(pool)
  let broken = true
  try {
    await link.run('begin', [])
    try {
      for (const query of queries) await link.run(query.sql, query.parameters.map(storable))
    } catch (fault) {
      await link.run('rollback', [])
      broken = false
      throw fault
    }
    await link.run('commit', [])
    broken = false
  } finally {
    link.release(broken)
  }
}

async function connect(pool: pg.Pool): Promise<Link> {
  const client = await pool.connect().catch((thrown: unknown) => {
    throw fromPostgres(thrown)
  })
  return {
    async run(text, parameters) {
      try {
        const { command, rowCount, rows } = await client.query<object>(text, [...parameters])
        // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error.
        if (text === 'commit' && command !== 'COMMIT') throw new GatewayError('internal', 'the commit was rolled back')
        return { rows, changes: rowCount ?? 0 }
      } catch (thrown) {
        throw fromPostgres(thrown)
      }
    },
    release: (broken) => client.release(broken),
  }
}

/** A connection that breaks while nobody uses it is dropped by the pool; whoever comes next gets a new one or a fault. */
function ignoreLostConnections(pool: pg.Pool): void {
  const drop = (): void => {}
  pool.on('error', drop)
  // A client in use reports the same fault by the query under way; unheard, its event would end the process.
  pool.on('connect', (client) => client.on('error', drop))
}

async function makeSchema(pool: pg.Pool, schema: string): Promise<void> {
  const link = await connect(pool)
  try {
    // "if not exists" fails where two nodes make it at the same moment: hence the lock.
    await link.run('begin', [])
    await link.run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`poststempel:${schema}`])
    await link.run(`create schema if not exists ${schema}`, [])
    await link.run('commit', [])
  } finally {
    link.release(true)
  }
}

/** A server that does not flush would break the promise behind every acknowledgement. */
async function refuseUnflushed(pool: pg.Pool): Promise<void> {
  const link = await connect(pool)
  try {
    const { rows } = await link.run("select current_setting('fsync') as fsync", [])
    if (rows.some((row) => 'fsync' in row && row.fsync === 'off')) {
      throw new GatewayError(
        'configuration',
        'the PostgreSQL server runs with fsync=off: it may lose what it committed',
      )
    }
  } finally {
    link.release(false)
  }
}

const BIGINT = 20
const BYTEA = 17

/** Counts come as numbers and bytes as plain Uint8Array, as SQLite gives them. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === BIGINT) return Number
  if (oid === BYTEA) return (value) => plainBytes(Buffer.from(value.slice(2), 'hex'))
  return pg.types.getTypeParser(oid, format === 'binary' ? 'text' : format)
}

const plainBytes = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
