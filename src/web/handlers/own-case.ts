import type { Party } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { field, type Handler } from '../http/context.ts'
import { type Reply, seeOther } from '../http/reply.ts'
import type { Told } from '../pages/own-case.tsx'
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
