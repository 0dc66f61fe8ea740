import { GatewayError } from '../../model/errors.ts'
import type { Page } from '../../model/store.ts'

/** More than any table holds: SQLite takes no offset without a limit. */
const ALL = Number.MAX_SAFE_INTEGER
/** How many values one "in (…)" gets: both engines limit the parameters of a statement. */
const MAX_VALUES = 500

/** Cuts a list as asked; the caller has ordered it. */
export function paged<Q extends { limit(count: number): Q; offset(count: number): Q }>(
  query: Q,
  page: Page | undefined,
): Q {
  if (page?.limit === undefined && page?.offset === undefined) return query
  return query.limit(page.limit ?? ALL).offset(page.offset ?? 0)
}

/** Takes one row or none and its reading; gives the value or null. */
export const orNull = <R, M>(row: R | undefined, read: (row: R) => M): M | null =>
  row === undefined ? null : read(row)

/**
 * Runs an update for a change that may be empty.
 * @throws GatewayError not-found where the row is not there: a change must not vanish unseen
 */
export async function applyChange<C extends object>(
  what: string,
  change: C,
  update: (change: C) => { executeTakeFirst(): Promise<{ readonly numUpdatedRows: bigint }> },
): Promise<void> {
  if (Object.values(change).every((value) => value === undefined)) return
  const { numUpdatedRows } = await update(change).executeTakeFirst()
  if (numUpdatedRows === 0n) throw new GatewayError('not-found', `no such ${what} to change`)
}

/** Cuts values into pieces that fit one statement. */
export function* inPieces<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += MAX_VALUES) yield values.slice(from, from + MAX_VALUES)
}
