import type { Case, CaseToken } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { hashToken, newToken } from '../model/ids.ts'
import type { Reader, Writer } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import { type Instant, instant } from '../model/time.ts'

const DAY_MS = 86_400_000
/** A tracking link serves while the case lives and a while after. */
export const TRACKING_DAYS = 730
/** A stamped copy is shown to banks and buyers for years. */
export const GENUINE_DAYS = 3653

/** Where a tracking link leads: to the case, or, before there is one, to the submission alone. */
export interface Tracked {
  readonly token: CaseToken
  readonly caseId: string | null
  readonly submissionId: string | null
  readonly case: Case | null
  readonly submission: Submission | null
}

interface TokenWanted {
  readonly kind: CaseToken['kind']
  readonly caseId: string
  readonly submissionId: string | null
  readonly now: Date
}

/**
 * Mints a token within the commit and stores its hash. Gives the token itself, which exists only here and in what is
 * written to the citizen.
 */
export async function mintToken(write: Writer, wanted: TokenWanted): Promise<string> {
  const token = newToken()
  await storeToken(write, token, wanted)
  return token
}

/** Stores the hash of a token that was minted before the commit, because it had to stand in a sealed document. */
export async function storeToken(write: Writer, token: string, wanted: TokenWanted): Promise<void> {
  const days = wanted.kind === 'tracking' ? TRACKING_DAYS : GENUINE_DAYS
  await write.addToken({
    tokenHash: hashToken(token),
    kind: wanted.kind,
    submissionId: wanted.submissionId,
    caseId: wanted.caseId,
    createdAt: instant(wanted.now),
    expiresAt: instant(new Date(wanted.now.getTime() + days * DAY_MS)),
    revokedAt: null,
  })
}

/** Takes a token as the citizen holds it; gives its row where it is in force, else null: no difference is told. */
export async function findToken(
  read: Reader,
  token: string,
  kind: CaseToken['kind'],
  now: Date,
): Promise<CaseToken | null> {
  // Longer than any token of ours: not worth hashing.
  if (token.length > 128) return null
  const row = await read.token(hashToken(token))
  const holds = row?.kind === kind && row.revokedAt === null && row.expiresAt > instant(now)
  return holds ? row : null
}

/** Takes a tracking token; gives the case, or the submission while it is no case yet; null where it opens nothing. */
export async function lookUpTracking(read: Reader, token: string, now: Date): Promise<Tracked | null> {
  const row = await findToken(read, token, 'tracking', now)
  if (!row) return null
  const submission = row.submissionId ? await read.submission(row.submissionId) : null
  const caseId = row.caseId ?? submission?.caseId ?? null
  return {
    token: row,
    caseId,
    submissionId: row.submissionId,
    case: caseId ? await read.case(caseId) : null,
    submission,
  }
}

/** Takes a token's hash back for good; a repeat changes nothing. @throws GatewayError not-found */
export async function revokeToken(write: Writer, tokenHash: string, at: Instant): Promise<void> {
  const row = await write.token(tokenHash)
  if (!row) throw new GatewayError('not-found', 'There is no such token')
  if (row.revokedAt === null) await write.updateToken(tokenHash, { revokedAt: at })
}

/** Takes back every tracking link of a case, e.g. because a mail went astray. Gives how many were in force. */
export async function revokeTrackingOf(write: Writer, caseId: string, at: Instant): Promise<number> {
  const open = (await write.tokensOfCase(caseId)).filter((row) => row.kind === 'tracking' && row.revokedAt === null)
  for (const row of open) await write.updateToken(row.tokenHash, { revokedAt: at })
  return open.length
}
