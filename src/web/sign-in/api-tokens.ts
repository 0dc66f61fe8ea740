import type { ApiToken } from '../../model/api-token.ts'
import type { Actor } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import { hashToken, newId, newToken } from '../../model/ids.ts'
import type { Store } from '../../model/store.ts'
import { type Clock, instant } from '../../model/time.ts'

const DAY_MS = 86_400_000
const MAX_NAME = 100
/** A use is noted to the minute: a busy system must not cost a commit for each request. */
const USE_MS = 60_000
/** Tells people, and what scans for secrets, what they look at. */
const PREFIX = 'pst_'

/**
 * Makes a token for another system, on record; gives it, which exists only here and where its reader keeps it.
 * @throws GatewayError invalid-request
 */
export async function makeApiToken(
  store: Store,
  wanted: { readonly name: string; readonly days: number; readonly actor: Actor },
  clock: Clock,
): Promise<{ readonly id: string; readonly token: string }> {
  const name = wanted.name.trim()
  if (name === '' || name.length > MAX_NAME)
    throw new GatewayError('invalid-request', `A name of 1 to ${MAX_NAME} letters`)
  if (!Number.isInteger(wanted.days) || wanted.days < 1 || wanted.days > 3650) {
    throw new GatewayError('invalid-request', 'A token is good for 1 to 3650 days')
  }
  const now = clock()
  const token = `${PREFIX}${newToken()}`
  const id = newId(now.getTime())
  const expiresAt = instant(new Date(now.getTime() + wanted.days * DAY_MS))
  await store.commit(async (write) => {
    const at = instant(now)
    const row = { id, name, tokenHash: hashToken(token), createdAt: at, expiresAt, revokedAt: null, lastUsedAt: null }
    await write.addApiToken(row)
    const payload = { tokenId: id, name, expiresAt }
    await appendAdminHistory(write, { at, actor: wanted.actor, event: 'api-token-made', payload })
  })
  return { id, token }
}

/** Takes a token out of use for good, on record. @throws GatewayError not-found where none is in force under the id */
export async function revokeApiToken(
  store: Store,
  wanted: { readonly id: string; readonly actor: Actor },
  clock: Clock,
): Promise<void> {
  await store.commit(async (write) => {
    const at = instant(clock())
    if (!(await write.revokeApiToken(wanted.id, at))) throw new GatewayError('not-found', 'There is no such token')
    const payload = { tokenId: wanted.id }
    await appendAdminHistory(write, { at, actor: wanted.actor, event: 'api-token-revoked', payload })
  })
}

/** Takes the Authorization field; gives the token that it bears, where that is in force, and notes its use. @throws GatewayError unauthenticated */
export async function apiTokenOf(store: Store, authorization: string | undefined, clock: Clock): Promise<ApiToken> {
  const token = /^Bearer +([\w-]{20,100})$/i.exec(authorization ?? '')?.[1]
  const row = token === undefined ? null : await store.apiToken(hashToken(token))
  const now = clock()
  if (!row || row.revokedAt !== null || row.expiresAt <= instant(now))
    throw new GatewayError('unauthenticated', 'A token in force is needed, as Authorization: Bearer')
  if (row.lastUsedAt === null || now.getTime() - Date.parse(row.lastUsedAt) >= USE_MS) {
    await store.commit((write) => write.noteApiTokenUse(row.id, instant(now)))
  }
  return row
}
