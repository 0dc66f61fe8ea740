import { sql } from 'kysely'
import type { Party } from '../../model/case.ts'
import type { CitizenKey, KeyChallenge } from '../../model/citizen-key.ts'
import type { OwnKey } from '../../model/own-key.ts'
import type { SealCertificate } from '../../model/seal.ts'
import type { Reader, Writer } from '../../model/store.ts'
import { decode, encode } from '../codec.ts'
import { partyColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { citizenKeyColumns, keyChallengeColumns, ownKeyColumns, sealColumns } from '../trust-columns.ts'
import { applyChange, orNull, paged } from './rows.ts'

const toOwnKey = (row: object): OwnKey => decode<OwnKey>(ownKeyColumns, row)
const toCitizenKey = (row: object): CitizenKey => decode<CitizenKey>(citizenKeyColumns, row)
const toChallenge = (row: object): KeyChallenge => decode<KeyChallenge>(keyChallengeColumns, row)
const toParty = (row: object): Party => decode<Party>(partyColumns, row)

type Reads =
  | 'sealCertificates'
  | 'ownKeys'
  | 'citizenKeysOf'
  | 'citizenKey'
  | 'listCitizenKeys'
  | 'keyChallengesOf'
  | 'metChallengesOf'
  | 'openPartiesWith'

/** Reads of the municipality's and of citizens' keys. */
export function keyReads(db: Db): Pick<Reader, Reads> {
  const citizens = db.selectFrom('citizenKeys').selectAll().orderBy('made')
  return {
    sealCertificates: async () => {
      const rows = await db.selectFrom('sealCertificates').selectAll().orderBy('made').execute()
      return rows.map((row) => decode<SealCertificate>(sealColumns, row))
    },
    ownKeys: async () => (await db.selectFrom('ownKeys').selectAll().orderBy('made').execute()).map(toOwnKey),
    citizenKeysOf: async (address, kind) => {
      const all = citizens.where('address', '=', address)
      return (await (kind === undefined ? all : all.where('kind', '=', kind)).execute()).map(toCitizenKey)
    },
    citizenKey: async (id) => orNull(await citizens.where('id', '=', id).executeTakeFirst(), toCitizenKey),
    listCitizenKeys: async (filter) => {
      const all = filter?.states ? citizens.where('state', 'in', filter.states) : citizens
      return (await paged(all, filter).execute()).map(toCitizenKey)
    },
    keyChallengesOf: async (caseId) => {
      const all = db.selectFrom('keyChallenges').selectAll().where('caseId', '=', caseId)
      return (await all.orderBy('made').execute()).map(toChallenge)
    },
    metChallengesOf: async (keyId) => {
      const met = db.selectFrom('keyChallenges').selectAll().where('keyId', '=', keyId).where('usedAt', 'is not', null)
      return (await met.orderBy('made').execute()).map(toChallenge)
    },
    openPartiesWith: async (address) => {
      const rows = await db
        .selectFrom('parties')
        .innerJoin('cases', 'cases.id', 'parties.caseId')
        .selectAll('parties')
        .where(sql<string>`lower(parties.email)`, '=', address)
        .where('cases.state', 'in', ['with-caseworker', 'decided'])
        .orderBy('parties.made')
        .execute()
      return rows.map(toParty)
    },
  }
}

type Writes =
  | 'addSealCertificate'
  | 'addOwnKey'
  | 'updateOwnKey'
  | 'removeOwnKey'
  | 'addCitizenKey'
  | 'updateCitizenKey'
  | 'addKeyChallenge'
  | 'updateKeyChallenge'

/** Writes of the same. */
export function keyWrites(db: Db): Pick<Writer, Writes> {
  return {
    addSealCertificate: async (row) => {
      await db.insertInto('sealCertificates').values(encode(sealColumns, row)).execute()
    },
    addOwnKey: async (row) => {
      await db.insertInto('ownKeys').values(encode(ownKeyColumns, row)).execute()
    },
    updateOwnKey: (id, change) =>
      applyChange('key', change, (set) =>
        db.updateTable('ownKeys').set(encode(ownKeyColumns, set)).where('id', '=', id),
      ),
    removeOwnKey: async (id) => {
      await db.deleteFrom('ownKeys').where('id', '=', id).execute()
    },
    addCitizenKey: async (row) => {
      await db.insertInto('citizenKeys').values(encode(citizenKeyColumns, row)).execute()
    },
    updateCitizenKey: (id, change) =>
      applyChange('citizen key', change, (set) =>
        db.updateTable('citizenKeys').set(encode(citizenKeyColumns, set)).where('id', '=', id),
      ),
    addKeyChallenge: async (row) => {
      await db.insertInto('keyChallenges').values(encode(keyChallengeColumns, row)).execute()
    },
    updateKeyChallenge: (id, change) =>
      applyChange('key challenge', change, (set) =>
        db.updateTable('keyChallenges').set(encode(keyChallengeColumns, set)).where('id', '=', id),
      ),
  }
}
