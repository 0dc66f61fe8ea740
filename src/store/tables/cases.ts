import { sql } from 'kysely'
import type { Case, HistoryEntry, Party } from '../../model/case.ts'
import type { Reader, Writer } from '../../model/store.ts'
import type { IntakeChannel } from '../../model/submission.ts'
import { decode, encode } from '../codec.ts'
import { caseColumns, historyColumns, partyColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { applyChange, orNull, paged } from './rows.ts'

const toCase = (row: object): Case => decode<Case>(caseColumns, row)
const toParty = (row: object): Party => decode<Party>(partyColumns, row)
const toHistoryEntry = (row: object): HistoryEntry => decode<HistoryEntry>(historyColumns, row)

/** Within one due day what came digitally stands before scanned paper. */
const queueRankOf = (channel: IntakeChannel): number => (channel === 'folder' ? 1 : 0)

type Reads =
  | 'case'
  | 'caseByNumber'
  | 'listCases'
  | 'countCases'
  | 'queue'
  | 'queuePosition'
  | 'partiesOfCase'
  | 'party'
  | 'partiesByMessageId'
  | 'history'

/** Reads of cases, who is in them, and what happened. */
export function caseReads(db: Db): Pick<Reader, Reads> {
  const cases = db.selectFrom('cases').selectAll()
  const parties = db.selectFrom('parties').selectAll().orderBy('made')
  return {
    case: async (id) => orNull(await cases.where('id', '=', id).executeTakeFirst(), toCase),
    caseByNumber: async (number) => orNull(await cases.where('number', '=', number).executeTakeFirst(), toCase),
    listCases: async (filter) => {
      const newestFirst = cases.orderBy('receivedAt', 'desc').orderBy('id', 'desc')
      const states = filter?.states
      if (states?.length === 0) return []
      const chosen = states === undefined ? newestFirst : newestFirst.where('state', 'in', states)
      return (await paged(chosen, filter).execute()).map(toCase)
    },
    countCases: async () => {
      const row = await db
        .selectFrom('cases')
        .select((it) => it.fn.countAll<number>().as('n'))
        .executeTakeFirst()
      return row?.n ?? 0
    },
    queue: async (page) => {
      const inOrder = db
        .selectFrom('cases')
        .selectAll()
        // Written out, not as a parameter: so that the partial index of the queue is known to hold.
        .where(sql<boolean>`state = 'with-caseworker'`)
        .orderBy('dueOn')
        .orderBy('queueRank')
        .orderBy('receivedAt')
        .orderBy('id')
      return (await paged(inOrder, page).execute()).map(toCase)
    },
    queuePosition: (caseId) => queuePosition(db, caseId),
    partiesOfCase: async (caseId) => (await parties.where('caseId', '=', caseId).execute()).map(toParty),
    party: async (id) => orNull(await parties.where('id', '=', id).executeTakeFirst(), toParty),
    partiesByMessageId: async (messageId) => {
      const rows = db.selectFrom('parties').selectAll().where('replyToMessageId', '=', messageId)
      return (await rows.orderBy('made', 'desc').limit(10).execute()).map(toParty)
    },
    history: async (caseId) => {
      const rows = await db.selectFrom('history').selectAll().where('caseId', '=', caseId).orderBy('seq').execute()
      return rows.map(toHistoryEntry)
    },
  }
}

/** Counts in the index of the queue, from its head to the case itself. */
async function queuePosition(db: Db, caseId: string): Promise<number | null> {
  const me = await db
    .selectFrom('cases')
    .select(['state', 'dueOn', 'queueRank', 'receivedAt', 'id'])
    .where('id', '=', caseId)
    .executeTakeFirst()
  if (me?.state !== 'with-caseworker') return null
  const { rows } = await sql<{ n: number }>`select count(*) as n from cases where state = 'with-caseworker'
    and (due_on, queue_rank, received_at, id) < (${me.dueOn}, ${me.queueRank}, ${me.receivedAt}, ${me.id})`.execute(db)
  return (rows[0]?.n ?? 0) + 1
}

type Writes = 'nextCaseSerial' | 'addCase' | 'updateCase' | 'addParty' | 'updateParty' | 'addHistory'

/** Writes of cases. */
export function caseWrites(db: Db): Pick<Writer, Writes> {
  return {
    nextCaseSerial: async (year) => {
      const counter = await db
        .insertInto('counters')
        .values({ name: `case-serial:${year}`, value: 1 })
        .onConflict((it) => it.column('name').doUpdateSet({ value: sql<number>`counters.value + 1` }))
        .returning('value')
        .executeTakeFirstOrThrow()
      return counter.value
    },
    addCase: async (row) => {
      const values = { ...encode(caseColumns, row), queueRank: queueRankOf(row.channel) }
      await db.insertInto('cases').values(values).execute()
    },
    updateCase: (id, change) =>
      applyChange('case', change, (set) => {
        const rank = set.channel === undefined ? {} : { queueRank: queueRankOf(set.channel) }
        return db
          .updateTable('cases')
          .set({ ...encode(caseColumns, set), ...rank })
          .where('id', '=', id)
      }),
    addParty: async (row) => {
      await db.insertInto('parties').values(encode(partyColumns, row)).execute()
    },
    updateParty: (id, change) =>
      applyChange('party', change, (set) =>
        db.updateTable('parties').set(encode(partyColumns, set)).where('id', '=', id),
      ),
    addHistory: async (row) => {
      await db.insertInto('history').values(encode(historyColumns, row)).execute()
    },
  }
}
