import type { Party } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { field, type Handler } from '../http/context.ts'
import { type Reply, seeOther } from '../http/reply.ts'
import type { Told } from '../pages/own-case.tsx'
import { placeOf } from '../sign-in/rate-limit.ts'
import { refuseUnusableForm, untilCased } from './sending.ts'
import { mayActInCase, openCase } from './tracking.tsx'

const tell = (base: string, told: Told): Reply => seeOther(`${base}?told=${told}`)

/** Takes what a proven citizen adds to their case, as it comes; the link alone is no proof. */
export const add: Handler = async (context) => {
  const { deps } = context
  const { base, one } = await openCase(context)
  if (!(await mayActInCase(context, one))) return tell(base, 'no-session')
  if (one.state !== 'with-caseworker') return tell(base, 'decided')
  refuseUnusableForm(context)
  try {
    const { submissionId } = await deps.acceptAddition({
      // The session's case: nothing in the form says where it goes.
      caseId: one.id,
      nonce: context.query.get('n') ?? '',
      contentType: context.contentType,
      body: context.body,
      remoteAddress: context.remoteAddress,
      language: context.view.language,
    })
    const submission = await untilCased(context, submissionId)
    return submission?.state === 'cased'
      ? tell(base, submission.caseId === one.id ? 'added' : 'new-case')
      : seeOther(base)
  } catch (fault) {
    if (fault instanceof GatewayError && fault.code === 'wrong-state') return tell(base, 'decided')
    throw fault
  }
}

/** Why a key is of no use, as words on the page; whatever else is the matter cannot be read. */
const KEY_PROBLEMS: Readonly<Record<string, Told>> = {
  'private-key': 'key-private',
  'several-keys': 'key-several',
  revoked: 'key-revoked',
  expired: 'key-expired',
  'not-yet-valid': 'key-expired',
  weak: 'key-weak',
  'no-encryption-subkey': 'key-signs-only',
  'other-address': 'key-other-address',
  withdrawn: 'key-withdrawn',
}
const MAX_KEY_BYTES = 200_000

/** Takes a key of a proven citizen, as a file or as text, and has a code sent that is encrypted to it. */
export const offerKey: Handler = async (context) => {
  const { base, one } = await openCase(context)
  if (!(await mayActInCase(context, one))) return tell(base, 'no-session')
  context.limits.codeFromPlace.take(placeOf(context.remoteAddress))
  const file = context.form.files.find(({ field: name, bytes }) => name === 'file' && bytes.length > 0)
  const key = file?.bytes ?? Buffer.from(field(context, 'key', MAX_KEY_BYTES), 'utf8')
  if (key.length === 0 || key.length > MAX_KEY_BYTES) return tell(base, 'key-unreadable')
  try {
    await context.deps.offerKey({ caseId: one.id, key })
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault
    if (fault.code === 'key-unusable') {
      return tell(base, KEY_PROBLEMS[String(fault.facts['reason'])] ?? 'key-unreadable')
    }
    if (fault.code === 'wrong-state') return tell(base, 'too-late')
    if (fault.code === 'rate-limited') return tell(base, 'key-too-often')
    throw fault
  }
  return tell(base, 'key-asked')
}

/** Takes the code that was encrypted to a citizen's key. */
export const proveKey: Handler = async (context) => {
  const { base, one } = await openCase(context)
  if (!(await mayActInCase(context, one))) return tell(base, 'no-session')
  context.limits.codeFromPlace.take(placeOf(context.remoteAddress))
  try {
    const { counts } = await context.deps.proveKey({
      caseId: one.id,
      code: field(context, 'code', 20).replace(/[\s-]/g, ''),
    })
    return tell(base, counts ? 'key-counts' : 'key-waits')
  } catch (fault) {
    if (fault instanceof GatewayError && fault.code === 'wrong-code') return tell(base, 'key-wrong-code')
    if (fault instanceof GatewayError && fault.code === 'gone') return tell(base, 'key-code-gone')
    throw fault
  }
}

const CHANNELS: Readonly<Record<string, Party['chosenChannel']>> = {
  none: null,
  'openpgp-mail': 'openpgp-mail',
  'plain-mail': 'plain-mail',
  pickup: 'pickup',
}

/** Records how a proven citizen wants the answer. */
export const choose: Handler = async (context) => {
  const { base, one } = await openCase(context)
  if (!(await mayActInCase(context, one))) return tell(base, 'no-session')
  const name = field(context, 'channel', 20)
  const channel = Object.hasOwn(CHANNELS, name) ? CHANNELS[name] : undefined
  if (channel === undefined) return tell(base, 'not-offered')
  try {
    await context.deps.chooseChannel({ caseId: one.id, channel })
  } catch (fault) {
    if (fault instanceof GatewayError && fault.code === 'forbidden') return tell(base, 'not-offered')
    if (fault instanceof GatewayError && fault.code === 'wrong-state') return tell(base, 'too-late')
    throw fault
  }
  return tell(base, 'chosen')
}
