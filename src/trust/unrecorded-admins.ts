import type { HistoryEntry } from '../model/case.ts'
import type { Reader } from '../model/store.ts'
import type { Unrecorded } from './unrecorded.ts'

/** What makes, lets in and shuts out. */
const IN: ReadonlySet<string> = new Set(['account-invited', 'account-enabled'])

/**
 * Gives the admins who may sign in and whom no entry invited as admins, or who were disabled by the newest entry: who writes
 * such an account into the database changes trust with a password of their own, and each entry of it looks right.
 */
export async function findUnrecordedAdmins(
  read: Pick<Reader, 'listAccounts'>,
  entries: readonly HistoryEntry[],
): Promise<readonly Unrecorded[]> {
  const may = new Map<string, boolean>()
  for (const { event, payload } of entries) {
    const account = payload?.['account']
    if (typeof account !== 'string') continue
    if (IN.has(event)) may.set(account, payload?.['role'] === 'admin')
    if (event === 'account-disabled') may.set(account, false)
  }
  const admins = (await read.listAccounts()).filter(({ role, disabledAt }) => role === 'admin' && disabledAt === null)
  return admins
    .filter(({ id }) => may.get(id) !== true)
    .map(({ id, username }) => ({ sha256: id, subject: username, problem: 'admin-not-on-record' as const }))
}
