import { sql } from 'kysely'
import type { Reader, Writer } from '../../model/store.ts'
import type { TrustAnchor, TrustChange } from '../../model/trust-anchor.ts'
import type { ListEdition, TrustedList } from '../../model/trusted-list.ts'
import type { ValidationData } from '../../model/validation-data.ts'
import { decode, encode } from '../codec.ts'
import type { Db } from '../schema.ts'
import {
  anchorColumns,
  listEditionColumns,
  trustChangeColumns,
  trustedListColumns,
  validationDataColumns,
} from '../trust-columns.ts'
import { type AnchorList, countAnchorChange, readAnchorList } from './anchor-list.ts'
import { applyChange, inPieces, orNull } from './rows.ts'

const toAnchor = (row: object): TrustAnchor => decode<TrustAnchor>(anchorColumns, row)
const toData = (row: object): ValidationData => decode<ValidationData>(validationDataColumns, row)
const toChange = (row: object): TrustChange => decode<TrustChange>(trustChangeColumns, row)

type Reads =
  | 'listAnchors'
  | 'anchor'
  | 'casesByAnchor'
  | 'listTrustChanges'
  | 'setting'
  | 'validationData'
  | 'newestValidationData'
  | 'trustedLists'
  | 'listEditions'

/** Reads of trust and of settings. */
export function trustReads(db: Db, list: AnchorList, keeps: boolean): Pick<Reader, Reads> {
  const data = db.selectFrom('validationData').selectAll()
  const anchors = db.selectFrom('trustAnchors').selectAll().orderBy('made')
  return {
    listAnchors: () => readAnchorList(db, list, keeps, async () => (await anchors.execute()).map(toAnchor)),
    anchor: async (sha256) => orNull(await anchors.where('sha256', '=', sha256).executeTakeFirst(), toAnchor),
    casesByAnchor: async () => {
      // Counted as text on one engine and as a number on the other.
      const { rows } = await sql<{ sha256: string; open: number | string; all: number | string }>`
        select a.sha256 as "sha256",
          count(distinct case when c.state = 'with-caseworker' then c.id end) as "open", count(distinct c.id) as "all"
        from anchors_of_documents a join documents d on d.id = a.document_id join cases c on c.id = d.case_id
        group by a.sha256 order by a.sha256`.execute(db)
      return rows.map((row) => ({ sha256: row.sha256, open: Number(row.open), all: Number(row.all) }))
    },
    listTrustChanges: async (page) => {
      const all = db.selectFrom('trustChanges').selectAll()
      const asked = page?.newestOnly ? all.orderBy('made', 'desc').limit(1) : all.orderBy('made')
      return (await asked.execute()).map(toChange)
    },
    validationData: async (ids) => {
      const found: ValidationData[] = []
      for (const piece of inPieces(ids)) {
        const rows = await data.where('id', 'in', piece).orderBy('made').execute()
        found.push(...rows.map(toData))
      }
      return found
    },
    newestValidationData: async ({ kind, url, certificate }) => {
      const asked = data.where('certificate', '=', certificate).where('kind', '=', kind).where('url', '=', url)
      return orNull(await asked.orderBy('made', 'desc').limit(1).executeTakeFirst(), toData)
    },
    trustedLists: async () => {
      const rows = await db.selectFrom('trustedLists').selectAll().orderBy('territory').execute()
      return rows.map((row) => decode<TrustedList>(trustedListColumns, row))
    },
    listEditions: async (territory) => {
      const asked = db.selectFrom('listEditions').selectAll().where('territory', '=', territory)
      return (await asked.orderBy('takenAt').execute()).map((row) => decode<ListEdition>(listEditionColumns, row))
    },
    setting: async (name) => {
      const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst()
      const value: unknown = row === undefined ? null : JSON.parse(row.value)
      return value
    },
  }
}

type Writes =
  | 'addValidationData'
  | 'addAnchor'
  | 'updateAnchor'
  | 'removeAnchor'
  | 'addTrustChange'
  | 'putTrustedList'
  | 'removeTrustedList'
  | 'addListEdition'
  | 'setSetting'

/** Writes of trust and of settings. */
export function trustWrites(db: Db): Pick<Writer, Writes> {
  return {
    addValidationData: async (row) => {
      await db.insertInto('validationData').values(encode(validationDataColumns, row)).execute()
    },
    addAnchor: async (row) => {
      await db.insertInto('trustAnchors').values(encode(anchorColumns, row)).execute()
      await countAnchorChange(db)
    },
    updateAnchor: async (sha256, change) => {
      await applyChange('trust anchor', change, (set) =>
        db.updateTable('trustAnchors').set(encode(anchorColumns, set)).where('sha256', '=', sha256),
      )
      await countAnchorChange(db)
    },
    removeAnchor: async (sha256) => {
      await db.deleteFrom('trustAnchors').where('sha256', '=', sha256).execute()
      await countAnchorChange(db)
    },
    addTrustChange: async (row) => {
      await db.insertInto('trustChanges').values(encode(trustChangeColumns, row)).execute()
    },
    putTrustedList: async (row) => {
      const { territory, ...rest } = encode(trustedListColumns, row)
      await db
        .insertInto('trustedLists')
        .values({ territory, ...rest })
        .onConflict((it) => it.column('territory').doUpdateSet(rest))
        .execute()
    },
    removeTrustedList: async (territory) => {
      await db.deleteFrom('trustedLists').where('territory', '=', territory).execute()
    },
    addListEdition: async (row) => {
      const document = await db.selectFrom('blobs').select('sha256').where('sha256', '=', row.sha256).executeTakeFirst()
      if (!document) return
      await db
        .insertInto('listEditions')
        .values(encode(listEditionColumns, row))
        .onConflict((it) => it.columns(['territory', 'takenAt']).doNothing())
        .execute()
    },
    setSetting: async (name, value) => {
      const row = { name, value: JSON.stringify(value ?? null) }
      await db
        .insertInto('settings')
        .values(row)
        .onConflict((it) => it.column('name').doUpdateSet({ value: row.value }))
        .execute()
    },
  }
}
