import { GatewayError } from '../../model/errors.ts'
import type { Submission } from '../../model/submission.ts'
import type { Context } from '../http/context.ts'

const CASE_WAIT_MS = 3000
const CASE_POLL_MS = 100

/** Refuses a form by its header, before its body is read. @throws GatewayError invalid-request, too-large */
export function refuseUnusableForm({ contentType, contentLength, deps }: Context): void {
  if (!contentType.toLowerCase().startsWith('multipart/form-data')) {
    throw new GatewayError('invalid-request', 'The form comes as multipart/form-data')
  }
  const { maxUploadBytes } = deps.settings.web
  if (contentLength !== null && contentLength > maxUploadBytes) {
    throw new GatewayError('too-large', 'The submission is too large', { facts: { maxBytes: maxUploadBytes } })
  }
}

/** Waits until the submission stands in a case, at most 3 s; gives it as it is then. The page says so either way. */
export async function untilCased({ deps }: Context, submissionId: string): Promise<Submission | null> {
  for (let waitedMs = 0; ; waitedMs += CASE_POLL_MS) {
    const submission = await deps.store.submission(submissionId)
    if (submission?.state === 'cased' || waitedMs >= CASE_WAIT_MS) return submission
    await new Promise((resolve) => setTimeout(resolve, CASE_POLL_MS))
  }
}
