import { createHmac } from 'node:crypto'
import type { CaseToken } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { hashToken } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant, type Language } from '../model/time.ts'
import { formDigest } from './form-digest.ts'
import { formPreamble } from './normalise-form.ts'
import { uploadDedupKey, uploadSubmission } from './submission-rows.ts'

export interface Upload {
  /** The request's Content-Type, with its boundary. */
  readonly contentType: string
  readonly body: AsyncIterable<Uint8Array>
  /** Minted when the form was served: two hand-overs of one form are one submission. */
  readonly nonce: string
  /** Minted when the form was served, kept by the browser: what the submission's tracking token is made of. */
  readonly trackingSecret: string
  readonly remoteAddress: string | null
  readonly language: Language
  /** Where another system sent it: claims the key that it chose for what it sent, before anything is accepted. */
  readonly claim?: (digest: string) => Promise<void>
}

/** A form by which somebody who proved an address of a case adds to it. */
export interface Addition extends Omit<Upload, 'trackingSecret'> {
  /** By the session of who sends, never by anything in the form: a stranger could name any case. */
  readonly caseId: string
}

export interface UploadParts {
  readonly store: Pick<Store, 'accept' | 'blobs' | 'token' | 'case'>
  readonly settings: Pick<Settings, 'web'>
  readonly clock: Clock
}

const TOKEN_DAYS = 400
const DAY_MS = 24 * 60 * 60 * 1000
// Minted by newToken (27 characters): what is much shorter was not, and could be guessed.
const SECRET = /^[\w-]{22,128}$/

/**
 * Takes a form as it arrives; stores its raw bytes (the Content-Type line in front), its submission, the hash of its
 * tracking token and its job in one durable commit, and then returns. The same form sent again gives the same
 * submission and link; the same form with other content is another submission with a link of its own. trackingToken
 * is null where the submission was there before under another browser's secret.
 * @throws GatewayError invalid-request, too-large, storage-unavailable, storage-full
 */
export async function acceptUpload(
  upload: Upload,
  parts: UploadParts,
): Promise<{ readonly submissionId: string; readonly duplicate: boolean; readonly trackingToken: string | null }> {
  if (!SECRET.test(upload.trackingSecret)) throw notServedByUs()
  const form = await storeForm(upload, null, parts)
  const { submission } = form
  const trackingToken = tokenOf(upload.trackingSecret, submission.dedupKey)
  const token: CaseToken = {
    tokenHash: hashToken(trackingToken),
    kind: 'tracking',
    submissionId: submission.id,
    caseId: null,
    createdAt: submission.receivedAt,
    expiresAt: instant(new Date(Date.parse(submission.receivedAt) + TOKEN_DAYS * DAY_MS)),
    revokedAt: null,
  }
  const { id, duplicate } = await parts.store.accept(submission, form.raw, [token])
  const opens = !duplicate || (await parts.store.token(token.tokenHash))?.submissionId === id
  return { submissionId: id, duplicate, trackingToken: opens ? trackingToken : null }
}

/**
 * The same for a form that adds to an open case: the submission carries the case from the commit that stores it.
 * Whoever calls has checked that the sender proved an address of that very case.
 * @throws GatewayError wrong-state where the case is decided already; not-found; and as acceptUpload
 */
export async function acceptAddition(
  addition: Addition,
  parts: UploadParts,
): Promise<{ readonly submissionId: string; readonly duplicate: boolean }> {
  const { caseId } = addition
  const row = await parts.store.case(caseId)
  if (!row) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
  // Before the body is read: what a decided case is sent is refused, not taken and put aside.
  if (row.state !== 'with-caseworker') {
    throw new GatewayError('wrong-state', 'The case is decided already', { facts: { caseId, state: row.state } })
  }
  const { submission, raw } = await storeForm(addition, caseId, parts)
  const { id, duplicate } = await parts.store.accept(submission, raw)
  return { submissionId: id, duplicate }
}

async function storeForm(
  form: Omit<Upload, 'trackingSecret'>,
  caseId: string | null,
  { store, settings, clock }: UploadParts,
) {
  if (!SECRET.test(form.nonce)) throw notServedByUs()
  const preamble = formPreamble(form.contentType)
  const maxBytes = settings.web.maxUploadBytes + preamble.length
  const content = formDigest(form.contentType)
  const raw = await store.blobs.putStream(withPreamble(preamble, content.through(form.body)), maxBytes)
  const digest = content.digest()
  await form.claim?.(digest)
  const dedupKey = uploadDedupKey({ nonce: form.nonce, digest, caseId })
  const channel = form.claim ? 'api' : 'upload'
  const tls = settings.web.publicUrl.startsWith('https:')
  const { remoteAddress, language } = form
  return {
    raw,
    submission: uploadSubmission({ channel, dedupKey, caseId, remoteAddress, language, raw, receivedAt: clock(), tls }),
  }
}

/**
 * The browser's secret and the submission's key give its token, 160 bits: a repeat shows the same link, another
 * submission of the same form has another one, and nobody makes either without the secret.
 */
function tokenOf(secret: string, dedupKey: string): string {
  return createHmac('sha256', secret)
    .update(`poststempel-tracking:${dedupKey}`)
    .digest()
    .subarray(0, 20)
    .toString('base64url')
}

const notServedByUs = (): GatewayError => new GatewayError('invalid-request', 'the form was not served by us')

async function* withPreamble(preamble: Uint8Array, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield preamble
  yield* body
}
