import type { CompiledQuery } from 'kysely'
import type { Db } from './schema.ts'

/** What the two engines give the rest of the store. Everything they throw is a GatewayError. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres'
  /** For reads outside a commit: sees what is committed. */
  readonly reader: Db
  /** For single statements that are a commit of their own. */
  readonly writer: Db
  /**
   * Runs the work in one transaction and returns when it is flushed. Transactions run one after the other, over all
   * nodes: what a work has read stays true until its commit.
   */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Runs the statements in one transaction, flushed once, without waiting for this thread in between. */
  runTogether(queries: readonly CompiledQuery[]): Promise<void>
  close(): Promise<void>
}
