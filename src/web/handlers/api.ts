import { createHmac } from 'node:crypto'
import type { ApiToken } from '../../model/api-token.ts'
import { GatewayError } from '../../model/errors.ts'
import { sha256Hex } from '../../model/ids.ts'
import type { Submission } from '../../model/submission.ts'
import { instant } from '../../model/time.ts'
import type { Context, Handler } from '../http/context.ts'
import { openApiDocument } from '../http/open-api.ts'
import { refuseUnusableForm, untilCased } from './sending.ts'

export const openApi: Handler = async ({ deps }) => ({
  kind: 'json',
  value: openApiDocument(deps.settings.web.publicUrl, deps.settings.web.maxUploadBytes),
})

/** As draft-ietf-httpapi-idempotency-key-header: any text that another system chose, with quotes or without. */
const KEY = /^"?([\x21\x23-\x7e]{1,128})"?$/

/**
 * POST /api/v1/submissions. The same key with the same content gives the same submission, whenever it is sent; with other content it is
 * refused. The answer comes once all is on disk.
 * @throws GatewayError unauthenticated, invalid-request, too-large, idempotency-key-reused, storage-unavailable, storage-full
 */
export const submit: Handler = async (context) => {
  const { deps } = context
  const token = tokenOf(context)
  const key = KEY.exec(context.idempotencyKey ?? '')?.[1]
  if (key === undefined) {
    throw new GatewayError('invalid-request', 'Idempotency-Key is needed: 1 to 128 visible characters')
  }
  refuseUnusableForm(context)
  const keyHash = sha256Hex(Buffer.from(key))
  const { submissionId, duplicate, trackingToken } = await deps.acceptUpload({
    contentType: context.contentType,
    body: context.body,
    // Of the key alone, so that a repeat is known; and of the token's hash, so that nobody else can make the link.
    nonce: keyed(token, 'nonce', key),
    trackingSecret: keyed(token, 'tracking', key),
    remoteAddress: context.remoteAddress,
    language: context.view.language,
    claim: (digest) => claim(context, { token, keyHash, digest }),
  })
  await deps.store.commit((write) => write.settleApiRequest(token.id, keyHash, submissionId))
  const submission = await untilCased(context, submissionId)
  return {
    kind: 'json',
    status: 201,
    headers: { Location: `/api/v1/submissions/${submissionId}` },
    value: {
      ...(await described(context, submissionId, submission)),
      duplicate,
      tracking: trackingToken === null ? null : `${deps.settings.web.publicUrl}/t/${trackingToken}`,
    },
  }
}

/** GET /api/v1/submissions/:submission, of what came by the same token. @throws GatewayError unauthenticated, not-found */
export const submission: Handler = async (context) => {
  const { deps, params } = context
  const token = tokenOf(context)
  const id = params['submission'] ?? ''
  const request = await deps.store.apiRequestOf(id)
  const found = request?.tokenId === token.id ? await deps.store.submission(id) : null
  if (!found) throw new GatewayError('not-found', 'There is no such submission of this token')
  return { kind: 'json', value: await described(context, id, found) }
}

function tokenOf({ apiToken }: Context): ApiToken {
  if (!apiToken) throw new GatewayError('unauthenticated', 'A token is needed')
  return apiToken
}

const keyed = (token: ApiToken, use: string, key: string): string =>
  createHmac('sha256', token.tokenHash).update(`api-${use}:${key}`).digest('base64url')

async function claim(
  { deps }: Context,
  { token, keyHash, digest }: { readonly token: ApiToken; readonly keyHash: string; readonly digest: string },
): Promise<void> {
  const at = instant(deps.clock())
  const stored = await deps.store.commit(async (write) => {
    await write.addApiRequest({ tokenId: token.id, keyHash, digest, submissionId: null, at })
    return write.apiRequest(token.id, keyHash)
  })
  if (stored?.digest !== digest) {
    throw new GatewayError('idempotency-key-reused', 'This Idempotency-Key was used for other content')
  }
}

async function described({ deps }: Context, id: string, submission: Submission | null) {
  // The case that it opened: where staff joined that with another, the other is no business of who handed this in.
  const opened = (await deps.store.tokensOfSubmission(id)).find(({ caseId }) => caseId !== null)?.caseId
  const caseId = opened ?? submission?.caseId ?? null
  const one = caseId === null ? null : await deps.store.case(caseId)
  return {
    id,
    receivedAt: submission?.receivedAt ?? null,
    state: submission?.state ?? 'received',
    problem: submission?.problem ?? null,
    case: one && {
      number: one.number,
      caseType: one.caseType,
      state: one.state,
      dueOn: one.dueOn,
      indication: one.indication,
      decision: one.decision,
      decidedAt: one.decidedAt,
    },
  }
}
