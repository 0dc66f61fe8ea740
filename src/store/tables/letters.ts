import type { ArchivePackage } from '../../model/archive-package.ts'
import type { Delivery, DeliveryEvidence, Letter } from '../../model/letter.ts'
import type { Reader, Writer } from '../../model/store.ts'
import { decode, encode } from '../codec.ts'
import { deliveryColumns, evidenceColumns, letterColumns, packageColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { applyChange, orNull, paged } from './rows.ts'

const toLetter = (row: object): Letter => decode<Letter>(letterColumns, row)
const toDelivery = (row: object): Delivery => decode<Delivery>(deliveryColumns, row)
const toEvidence = (row: object): DeliveryEvidence => decode<DeliveryEvidence>(evidenceColumns, row)
const toPackage = (row: object): ArchivePackage => decode<ArchivePackage>(packageColumns, row)

type Reads =
  | 'letter'
  | 'letterByCause'
  | 'lettersOfCase'
  | 'listLetters'
  | 'delivery'
  | 'deliveriesOfLetter'
  | 'deliveryByMessageId'
  | 'countMailsTo'
  | 'listDeliveries'
  | 'evidenceOf'
  | 'packagesOfCase'
  | 'listPackages'

/** Reads of what left the house: letters, their deliveries, archive packages. */
export function letterReads(db: Db): Pick<Reader, Reads> {
  const letters = db.selectFrom('letters').selectAll().orderBy('made')
  const deliveries = db.selectFrom('deliveries').selectAll().orderBy('made')
  const packages = db.selectFrom('archivePackages').selectAll().orderBy('made')
  return {
    letter: async (id) => orNull(await letters.where('id', '=', id).executeTakeFirst(), toLetter),
    letterByCause: async (cause) => orNull(await letters.where('cause', '=', cause).executeTakeFirst(), toLetter),
    lettersOfCase: async (caseId) => (await letters.where('caseId', '=', caseId).execute()).map(toLetter),
    listLetters: async (page) => (await paged(letters, page).execute()).map(toLetter),
    delivery: async (id) => orNull(await deliveries.where('id', '=', id).executeTakeFirst(), toDelivery),
    deliveriesOfLetter: async (id) => (await deliveries.where('letterId', '=', id).execute()).map(toDelivery),
    deliveryByMessageId: async (messageId) =>
      orNull(await deliveries.where('messageId', '=', messageId).executeTakeFirst(), toDelivery),
    countMailsTo: async (address, since) => {
      const mails = db
        .selectFrom('deliveries')
        .select((it) => it.fn.countAll<number>().as('n'))
        .where('address', '=', address)
        .where('createdAt', '>=', since)
        .where('messageId', 'is not', null)
      return Number((await mails.executeTakeFirst())?.n ?? 0)
    },
    listDeliveries: async (filter) => {
      const states = filter?.states
      if (states?.length === 0) return []
      const chosen = states === undefined ? deliveries : deliveries.where('state', 'in', states)
      return (await paged(chosen, filter).execute()).map(toDelivery)
    },
    evidenceOf: async (deliveryId) => {
      const evidence = db.selectFrom('deliveryEvidence').selectAll().where('deliveryId', '=', deliveryId)
      return (await evidence.orderBy('made').execute()).map(toEvidence)
    },
    packagesOfCase: async (caseId) => (await packages.where('caseId', '=', caseId).execute()).map(toPackage),
    listPackages: async (page) => (await paged(packages, page).execute()).map(toPackage),
  }
}

type Writes =
  | 'addLetter'
  | 'updateLetter'
  | 'addDelivery'
  | 'updateDelivery'
  | 'addEvidence'
  | 'addPackage'
  | 'updatePackage'

/** Writes of what leaves the house. */
export function letterWrites(db: Db): Pick<Writer, Writes> {
  return {
    addLetter: async (row) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('letters')
        .values(encode(letterColumns, row))
        .onConflict((it) => it.column('cause').doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows === 1n
    },
    updateLetter: (id, change) =>
      applyChange('letter', change, (set) =>
        db.updateTable('letters').set(encode(letterColumns, set)).where('id', '=', id),
      ),
    addDelivery: async (row) => {
      await db.insertInto('deliveries').values(encode(deliveryColumns, row)).execute()
    },
    updateDelivery: (id, change) =>
      applyChange('delivery', change, (set) =>
        db.updateTable('deliveries').set(encode(deliveryColumns, set)).where('id', '=', id),
      ),
    addEvidence: async (row) => {
      await db.insertInto('deliveryEvidence').values(encode(evidenceColumns, row)).execute()
    },
    addPackage: async (row) => {
      await db.insertInto('archivePackages').values(encode(packageColumns, row)).execute()
    },
    updatePackage: (id, change) =>
      applyChange('archive package', change, (set) =>
        db.updateTable('archivePackages').set(encode(packageColumns, set)).where('id', '=', id),
      ),
  }
}
