import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { GatewayError } from '../model/errors.ts'
import type { Db, Tables } from './schema.ts'

/** One connection of an engine, held until released. It throws GatewayErrors only. */
export interface Link {
  run(sql: string, parameters: readonly unknown[]): Promise<LinkResult>
  /** Gives it back; a broken one is thrown away by the engine. */
  release(broken: boolean): void
}

export interface LinkResult {
  readonly rows: readonly object[]
  readonly changes: number
}

/** Gives a query builder over links; begin is the engine's word for starting a writing transaction. */
export function openDb(kind: 'sqlite' | 'postgres', begin: string, connect: () => Promise<Link>): Db {
  const driver = new LinkDriver(begin, connect)
  const dialect: Dialect =
    kind === 'sqlite'
      ? {
          createDriver: () => driver,
          createAdapter: () => new SqliteAdapter(),
          createQueryCompiler: () => new SqliteQueryCompiler(),
          createIntrospector: (db) => new SqliteIntrospector(db),
        }
      : {
          createDriver: () => driver,
          createAdapter: () => new PostgresAdapter(),
          createQueryCompiler: () => new PostgresQueryCompiler(),
          createIntrospector: (db) => new PostgresIntrospector(db),
        }
  return new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] })
}

class LinkDriver implements Driver {
  readonly #begin: string
  readonly #connect: () => Promise<Link>

  constructor(begin: string, connect: () => Promise<Link>) {
    this.#begin = begin
    this.#connect = connect
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<LinkConnection> {
    return new LinkConnection(await this.#connect())
  }

  async beginTransaction(connection: LinkConnection): Promise<void> {
    await connection.begin(this.#begin)
  }

  async commitTransaction(connection: LinkConnection): Promise<void> {
    await connection.commit()
  }

  async rollbackTransaction(connection: LinkConnection): Promise<void> {
    await connection.rollback()
  }

  async releaseConnection(connection: LinkConnection): Promise<void> {
    connection.release()
  }

  async destroy(): Promise<void> {}
}

/** A connection for one transaction or one statement; statements run one after the other, whoever calls. */
class LinkConnection implements DatabaseConnection {
  readonly #link: Link
  #inTransaction = false
  #broken = false
  #fault: unknown = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(link: Link) {
    this.#link = link
  }

  async begin(sql: string): Promise<void> {
    await this.#link.run(sql, [])
    this.#inTransaction = true
  }

  async commit(): Promise<void> {
    await this.#last
    // A work that swallowed the fault of one write must not commit the others, on either engine.
    if (this.#fault !== null) throw this.#fault
    await this.#link.run('commit', [])
    this.#inTransaction = false
  }

  async rollback(): Promise<void> {
    await this.#last
    // A connection that cannot roll back is thrown away: the fault that led here is the one to report.
    await this.#link.run('rollback', []).catch(() => {
      this.#broken = true
    })
    this.#inTransaction = false
  }

  release(): void {
    this.#link.release(this.#broken || this.#inTransaction)
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const turn = this.#last.then(() => this.#run(query))
    this.#last = turn.catch(() => {})
    const { rows, changes } = await turn
    return { rows: rows as R[], numAffectedRows: BigInt(changes) }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new GatewayError('internal', 'the store reads whole results')
  }

  async #run(query: CompiledQuery): Promise<LinkResult> {
    // After a fault the engine may have rolled back by itself: a later statement would stand outside the transaction.
    if (this.#inTransaction && this.#fault !== null) throw this.#fault
    try {
      return await this.#link.run(query.sql, query.parameters.map(storable))
    } catch (fault) {
      this.#fault = fault
      throw fault
    }
  }
}

/** PostgreSQL's texts hold no NUL and neither engine lone surrogates: both become U+FFFD, on both. */
export function storable(parameter: unknown): unknown {
  if (typeof parameter !== 'string') return parameter
  return (parameter.includes('\0') ? parameter.replaceAll('\0', '\uFFFD') : parameter).toWellFormed()
}
