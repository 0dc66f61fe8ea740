import { sql } from 'kysely'
import type { HistoryEntry } from '../../model/case.ts'
import type { Reader, Writer } from '../../model/store.ts'
import { decode, encode } from '../codec.ts'
import { historyColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { paged } from './rows.ts'

/** Reads of what was done to the gateway itself, and of what waits for a person. */
export function administrationReads(db: Db): Pick<Reader, 'adminHistory' | 'countStuck'> {
  return {
    adminHistory: async (page) => {
      const all = db.selectFrom('adminHistory').selectAll()
      const rows = page?.newestOnly ? all.orderBy('seq', 'desc').limit(1) : paged(all.orderBy('seq'), page)
      return (await rows.execute()).map((row) => decode<HistoryEntry>(historyColumns, row))
    },
    countStuck: async () => {
      // States are written out, not parameters: so that the partial index is known to hold.
      const { rows } = await sql<{ deadJobs: number; unsentLetters: number }>`select
        (select count(*) from jobs where state = 'dead') as dead_jobs,
        (select count(distinct deliveries.letter_id) from deliveries join cases on cases.id = deliveries.case_id
          where deliveries.state in ('unsendable', 'refused') and cases.state in ('with-caseworker', 'decided')
        ) as unsent_letters`.execute(db)
      return rows[0] ?? { deadJobs: 0, unsentLetters: 0 }
    },
  }
}

/** Writes of what was done to the gateway itself: nothing here changes or removes. */
export function administrationWrites(db: Db): Pick<Writer, 'addAdminHistory'> {
  return {
    addAdminHistory: async (row) => {
      await db.insertInto('adminHistory').values(encode(historyColumns, row)).execute()
    },
  }
}
