import { GatewayError } from '../model/errors.ts'
import { hashToken } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant, type Language } from '../model/time.ts'
import { formPreamble } from './normalise-form.ts'
import { uploadDedupKey, uploadSubmission } from './submission-rows.ts'

export interface Upload {
  /** The request's Content-Type, with its boundary. */
  readonly contentType: string
  readonly body: AsyncIterable<Uint8Array>
  /** Minted when the form was served: two hand-overs of one form are one submission. */
  readonly nonce: string
  /** Minted when the form was served, kept in it as a hidden field: a repeat shows the same link. */
  readonly trackingToken: string
  readonly remoteAddress: string | null
  readonly language: Language
}

export interface UploadParts {
  readonly store: Pick<Store, 'accept' | 'blobs' | 'submission' | 'token'>
  readonly settings: Pick<Settings, 'web'>
  readonly clock: Clock
}

const TOKEN_DAYS = 400
const DAY_MS = 24 * 60 * 60 * 1000
// Minted by newToken (27 characters): what is much shorter was not, and could be guessed.
const SECRET = /^[\w-]{22,128}$/

/**
 * Takes a form as it arrives; stores its raw bytes (the Content-Type line in front), its submission, the hash of its
 * tracking token and its job in one durable commit, and then returns. trackingToken is null where the submission was
 * there before under another token: that link, and not this one, opens it.
 * @throws GatewayError invalid-request, too-large, storage-unavailable, storage-full
 */
export async function acceptUpload(
  upload: Upload,
  parts: UploadParts,
): Promise<{ readonly submissionId: string; readonly duplicate: boolean; readonly trackingToken: string | null }> {
  const { store, settings, clock } = parts
  if (!SECRET.test(upload.nonce) || !SECRET.test(upload.trackingToken)) {
    throw new GatewayError('invalid-request', 'the form was not served by us')
  }
  const tokenHash = hashToken(upload.trackingToken)
  await refuseForeignToken(tokenHash, upload.nonce, store)
  const preamble = formPreamble(upload.contentType)
  const maxBytes = settings.web.maxUploadBytes + preamble.length
  const raw = await store.blobs.putStream(withPreamble(preamble, upload.body), maxBytes)
  const receivedAt = clock()
  const tls = settings.web.publicUrl.startsWith('https:')
  const submission = uploadSubmission({ ...upload, raw, receivedAt, tls })
  const token = {
    tokenHash,
    kind: 'tracking',
    submissionId: submission.id,
    caseId: null,
    createdAt: instant(receivedAt),
    expiresAt: instant(new Date(receivedAt.getTime() + TOKEN_DAYS * DAY_MS)),
    revokedAt: null,
  } as const
  const { id, duplicate } = await store.accept(submission, raw, [token])
  const opens = !duplicate || (await store.token(tokenHash))?.submissionId === id
  return { submissionId: id, duplicate, trackingToken: opens ? upload.trackingToken : null }
}

/** A token that belongs to another form's submission is no token of this form: nothing may be stored under it. */
async function refuseForeignToken(tokenHash: string, nonce: string, store: UploadParts['store']): Promise<void> {
  const known = await store.token(tokenHash)
  if (!known) return
  const owner = known.submissionId === null ? null : await store.submission(known.submissionId)
  if (owner?.dedupKey !== uploadDedupKey(nonce))
    throw new GatewayError('invalid-request', 'the form was not served by us')
}

async function* withPreamble(preamble: Uint8Array, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield preamble
  yield* body
}
