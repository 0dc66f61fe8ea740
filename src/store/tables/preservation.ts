import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Preservation, RenewalTime } from '../../model/preservation.ts'
import type { Reader, Writer } from '../../model/store.ts'
import { decode, encode } from '../codec.ts'
import type { Db, Tables } from '../schema.ts'
import { preservationColumns } from '../trust-columns.ts'

type Reads =
  | 'preservationsOfCase'
  | 'preservationAlgorithms'
  | 'preservationsDue'
  | 'casesWithoutPreservation'
  | 'preservationStatus'

/** Reads of archive time-stamps. */
export function preservationReads(db: Db): Pick<Reader, Reads> {
  const newest = newestOf(db)
  return {
    preservationsOfCase: async (caseId) => {
      const rows = await db
        .selectFrom('preservations')
        .selectAll()
        .where('caseId', '=', caseId)
        .orderBy('seq')
        .execute()
      return rows.map((row) => decode<Preservation>(preservationColumns, row))
    },
    preservationAlgorithms: async () => {
      const rows = await newest.select('algorithms').distinct().execute()
      return rows.map(({ algorithms }) => JSON.parse(algorithms) as readonly string[])
    },
    preservationsDue: async (when, limit) => {
      const due = newest.select('caseId').where((it) => isDue(it, when))
      const rows = await due.orderBy('renewAt').orderBy('made').limit(limit).execute()
      return rows.map(({ caseId }) => caseId)
    },
    casesWithoutPreservation: async (limit) => {
      const rows = await withoutAny(db).select('id').orderBy('receivedAt').orderBy('id').limit(limit).execute()
      return rows.map(({ id }) => id)
    },
    preservationStatus: async (when) => {
      const [held, due, end, without] = await Promise.all([
        newest
          .select((it) => it.fn.countAll<number>().as('n'))
          .where('holdsUntil', '>', when.now)
          .executeTakeFirstOrThrow(),
        newest
          .select((it) => it.fn.countAll<number>().as('n'))
          .where((it) => isDue(it, when))
          .executeTakeFirstOrThrow(),
        newest.select((it) => it.fn.min('holdsUntil').as('first')).executeTakeFirst(),
        withoutAny(db)
          .select((it) => it.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow(),
      ])
      return {
        held: Number(held.n),
        due: Number(due.n),
        without: Number(without.n),
        firstEnd: end?.first ?? null,
      }
    },
  }
}

/** Each case's newest time-stamp. */
const newestOf = (db: Db) =>
  db
    .selectFrom('preservations')
    .where((it) =>
      it.not(
        it.exists(
          it
            .selectFrom('preservations as newer')
            .select('newer.seq')
            .whereRef('newer.caseId', '=', 'preservations.caseId')
            .whereRef('newer.seq', '>', 'preservations.seq'),
        ),
      ),
    )

const withoutAny = (db: Db) =>
  db
    .selectFrom('cases')
    .where('state', 'in', ['answered', 'archived'])
    .where((it) =>
      it.not(
        it.exists(
          it.selectFrom('preservations').select('preservations.seq').whereRef('preservations.caseId', '=', 'cases.id'),
        ),
      ),
    )

function isDue(
  it: ExpressionBuilder<Tables, 'preservations'>,
  { now, weak, weakMadeBefore }: RenewalTime,
): Expression<SqlBool> {
  const itsTime = it('renewAt', '<=', now)
  if (weak.length === 0) return itsTime
  const isWeak = it(
    'algorithms',
    'in',
    weak.map((one) => JSON.stringify(one)),
  )
  return it.or([itsTime, it.and([isWeak, it('preservations.at', '<', weakMadeBefore)])])
}

/** Writes of archive time-stamps: nothing here changes or removes. */
export function preservationWrites(db: Db): Pick<Writer, 'addPreservation'> {
  return {
    addPreservation: async (row) => {
      await db.insertInto('preservations').values(encode(preservationColumns, row)).execute()
    },
  }
}
