import type { Account, Invitation, Session } from '../../model/account.ts'
import type { CaseToken, OneTimeCode } from '../../model/case.ts'
import type { Reader, Writer } from '../../model/store.ts'
import { decode, encode } from '../codec.ts'
import { accountColumns, caseTokenColumns, invitationColumns, oneTimeCodeColumns, sessionColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { applyChange, orNull } from './rows.ts'

const toToken = (row: object): CaseToken => decode<CaseToken>(caseTokenColumns, row)
const toCode = (row: object): OneTimeCode => decode<OneTimeCode>(oneTimeCodeColumns, row)
const toAccount = (row: object): Account => decode<Account>(accountColumns, row)
const toInvitation = (row: object): Invitation => decode<Invitation>(invitationColumns, row)
const toSession = (row: object): Session => decode<Session>(sessionColumns, row)

type Reads =
  | 'token'
  | 'tokensOfCase'
  | 'tokensOfSubmission'
  | 'oneTimeCode'
  | 'countOneTimeCodes'
  | 'account'
  | 'accountByUsername'
  | 'listAccounts'
  | 'invitation'
  | 'session'

/** Reads of who may see what: links, codes, accounts, sign-ins. */
export function accessReads(db: Db): Pick<Reader, Reads> {
  const tokens = db.selectFrom('caseTokens').selectAll().orderBy('made')
  const accounts = db.selectFrom('accounts').selectAll().orderBy('made')
  return {
    token: async (hash) => orNull(await tokens.where('tokenHash', '=', hash).executeTakeFirst(), toToken),
    tokensOfCase: async (caseId) => (await tokens.where('caseId', '=', caseId).execute()).map(toToken),
    tokensOfSubmission: async (id) => (await tokens.where('submissionId', '=', id).execute()).map(toToken),
    oneTimeCode: async (caseId, browserHash) => {
      const newest = db
        .selectFrom('oneTimeCodes')
        .selectAll()
        .where('caseId', '=', caseId)
        .where('browserHash', '=', browserHash)
        .orderBy('made', 'desc')
        .limit(1)
      return orNull(await newest.executeTakeFirst(), toCode)
    },
    countOneTimeCodes: async ({ caseId, emailHash }, since) => {
      let codes = db
        .selectFrom('oneTimeCodes')
        .select((it) => it.fn.countAll<number>().as('n'))
        .where('createdAt', '>=', since)
      if (caseId !== undefined) codes = codes.where('caseId', '=', caseId)
      if (emailHash !== undefined) codes = codes.where('emailHash', '=', emailHash)
      return (await codes.executeTakeFirst())?.n ?? 0
    },
    account: async (id) => orNull(await accounts.where('id', '=', id).executeTakeFirst(), toAccount),
    accountByUsername: async (name) =>
      orNull(await accounts.where('username', '=', name).executeTakeFirst(), toAccount),
    listAccounts: async () => (await accounts.execute()).map(toAccount),
    invitation: async (hash) => {
      const row = await db.selectFrom('invitations').selectAll().where('tokenHash', '=', hash).executeTakeFirst()
      return orNull(row, toInvitation)
    },
    session: async (hash) => {
      const row = await db.selectFrom('sessions').selectAll().where('tokenHash', '=', hash).executeTakeFirst()
      return orNull(row, toSession)
    },
  }
}

type Writes =
  | 'addToken'
  | 'updateToken'
  | 'addOneTimeCode'
  | 'updateOneTimeCode'
  | 'addAccount'
  | 'updateAccount'
  | 'addInvitation'
  | 'useInvitation'
  | 'addSession'
  | 'removeSession'
  | 'removeSessionsOf'

/** Writes of who may see what. */
export function accessWrites(db: Db): Pick<Writer, Writes> {
  return {
    addToken: async (row) => {
      await db.insertInto('caseTokens').values(encode(caseTokenColumns, row)).execute()
    },
    updateToken: (hash, change) =>
      applyChange('token', change, (set) =>
        db.updateTable('caseTokens').set(encode(caseTokenColumns, set)).where('tokenHash', '=', hash),
      ),
    addOneTimeCode: async (row) => {
      await db.insertInto('oneTimeCodes').values(encode(oneTimeCodeColumns, row)).execute()
    },
    updateOneTimeCode: (id, change) =>
      applyChange('one-time code', change, (set) =>
        db.updateTable('oneTimeCodes').set(encode(oneTimeCodeColumns, set)).where('id', '=', id),
      ),
    addAccount: async (row) => {
      await db.insertInto('accounts').values(encode(accountColumns, row)).execute()
    },
    updateAccount: (id, change) =>
      applyChange('account', change, (set) =>
        db.updateTable('accounts').set(encode(accountColumns, set)).where('id', '=', id),
      ),
    addInvitation: async (row) => {
      await db.insertInto('invitations').values(encode(invitationColumns, row)).execute()
    },
    useInvitation: async (hash, usedAt) => {
      // One statement decides: of two that use it at once, one wins.
      const { numUpdatedRows } = await db
        .updateTable('invitations')
        .set({ usedAt })
        .where('tokenHash', '=', hash)
        .where('usedAt', 'is', null)
        .where('expiresAt', '>', usedAt)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    addSession: async (row) => {
      await db.insertInto('sessions').values(encode(sessionColumns, row)).execute()
    },
    removeSession: async (hash) => {
      await db.deleteFrom('sessions').where('tokenHash', '=', hash).execute()
    },
    removeSessionsOf: async (accountId) => {
      await db.deleteFrom('sessions').where('accountId', '=', accountId).execute()
    },
  }
}
