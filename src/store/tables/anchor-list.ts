import { sql } from 'kysely'
import type { TrustAnchor } from '../../model/trust-anchor.ts'
import type { Db } from '../schema.ts'

/** Counts the changes of the table of anchors, in the commit that makes them. */
const COUNTER = 'trust-anchors'

/**
 * The anchors as they were read last. Every verdict asks for all of them, and ten thousand are fifteen megabytes: they are
 * read again when they changed, in whatever process.
 */
export interface AnchorList {
  kept: { readonly version: number; readonly anchors: readonly TrustAnchor[] } | null
}

/**
 * Gives the list as it is for this connection, the same array for as long as nothing changed. A transaction only takes what
 * was kept, and keeps nothing: it may see what is never committed.
 */
export async function readAnchorList(
  db: Db,
  list: AnchorList,
  keeps: boolean,
  read: () => Promise<readonly TrustAnchor[]>,
): Promise<readonly TrustAnchor[]> {
  const version = await versionOf(db)
  if (list.kept?.version === version) return list.kept.anchors
  const anchors = await read()
  // Somebody may have changed them in between: then this is no version's list for sure.
  if (keeps && (await versionOf(db)) === version) list.kept = { version, anchors }
  return anchors
}

async function versionOf(db: Db): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', COUNTER).executeTakeFirst()
  return Number(row?.value ?? 0)
}

/** Says within the commit that changes an anchor that the list is another one now. */
export async function countAnchorChange(db: Db): Promise<void> {
  await db
    .insertInto('counters')
    .values({ name: COUNTER, value: 1 })
    .onConflict((it) => it.column('name').doUpdateSet({ value: sql<number>`counters.value + 1` }))
    .execute()
}
