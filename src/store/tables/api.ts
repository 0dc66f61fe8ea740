import type { ApiRequest, ApiToken } from '../../model/api-token.ts'
import type { Reader, Writer } from '../../model/store.ts'
import { decode, encode } from '../codec.ts'
import { apiRequestColumns, apiTokenColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { orNull } from './rows.ts'

const toToken = (row: object): ApiToken => decode<ApiToken>(apiTokenColumns, row)
const toRequest = (row: object): ApiRequest => decode<ApiRequest>(apiRequestColumns, row)

/** Reads of what other systems sign in with, and of what they sent. */
export function apiReads(db: Db): Pick<Reader, 'apiTokens' | 'apiToken' | 'apiRequest' | 'apiRequestOf'> {
  const tokens = db.selectFrom('apiTokens').selectAll().orderBy('made')
  const requests = db.selectFrom('apiRequests').selectAll()
  return {
    apiTokens: async () => (await tokens.execute()).map(toToken),
    apiToken: async (hash) => orNull(await tokens.where('tokenHash', '=', hash).executeTakeFirst(), toToken),
    apiRequest: async (tokenId, keyHash) => {
      const found = requests.where('tokenId', '=', tokenId).where('keyHash', '=', keyHash)
      return orNull(await found.executeTakeFirst(), toRequest)
    },
    apiRequestOf: async (submissionId) =>
      orNull(await requests.where('submissionId', '=', submissionId).executeTakeFirst(), toRequest),
  }
}

type Writes = 'addApiToken' | 'revokeApiToken' | 'noteApiTokenUse' | 'addApiRequest' | 'settleApiRequest'

/** Writes of the same. */
export function apiWrites(db: Db): Pick<Writer, Writes> {
  return {
    addApiToken: async (row) => {
      await db.insertInto('apiTokens').values(encode(apiTokenColumns, row)).execute()
    },
    revokeApiToken: async (id, revokedAt) => {
      const { numUpdatedRows } = await db
        .updateTable('apiTokens')
        .set({ revokedAt })
        .where('id', '=', id)
        .where('revokedAt', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    noteApiTokenUse: async (id, lastUsedAt) => {
      await db.updateTable('apiTokens').set({ lastUsedAt }).where('id', '=', id).execute()
    },
    addApiRequest: async (row) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('apiRequests')
        .values(encode(apiRequestColumns, row))
        .onConflict((it) => it.columns(['tokenId', 'keyHash']).doNothing())
        .executeTakeFirst()
      return (numInsertedOrUpdatedRows ?? 0n) > 0n
    },
    settleApiRequest: async (tokenId, keyHash, submissionId) => {
      await db
        .updateTable('apiRequests')
        .set({ submissionId })
        .where('tokenId', '=', tokenId)
        .where('keyHash', '=', keyHash)
        .execute()
    },
  }
}
