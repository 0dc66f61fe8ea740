import { GatewayError } from '../model/errors.ts'
import { canonicalJson } from '../model/history.ts'
import { sha256Hex } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Reader, Store, Writer } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import type { ChangeOfTrust } from '../model/trust-anchor.ts'
import type { PolicyReview } from '../model/trust-proposal.ts'
import { algorithmPolicyWith } from '../verify/index.ts'
import { planRejudge } from './anchors.ts'
import { putOnRecord } from './record-change.ts'

/** The policy by which open cases were judged, as far as anybody agreed to it. */
const APPLIED = 'judging-policy'
export const REVIEW = 'policy-review'

type JudgingSettings = Pick<Settings, 'checkRevocation' | 'algorithms'>

/** The rules that a verdict is made by, beside the anchors: what the configuration says, and which verifier follows it. */
function policyOf({ checkRevocation, algorithms }: JudgingSettings, version: string): PolicyReview['after'] {
  // The whole policy, not the changes to it: another version may begin from other defaults.
  const name = sha256Hex(Buffer.from(canonicalJson([checkRevocation, algorithmPolicyWith(algorithms), version])))
  return { name, checkRevocation, algorithms, version }
}

/**
 * At each start: where the policy is another than the one that open cases were judged by, that goes on record, and a job
 * looks which of their verdicts would change. None is judged again for it before an admin says so; what comes in from now
 * on is judged by the new policy at once, and so is what is judged again for another reason.
 */
export async function comparePolicy(
  parts: { readonly store: Store; readonly clock: Clock; readonly settings: JudgingSettings },
  version: string,
): Promise<void> {
  const after = policyOf(parts.settings, version)
  await parts.store.commit(async (write) => {
    const before = (await write.setting(APPLIED)) as PolicyReview['before'] | null
    if (before === null) return write.setSetting(APPLIED, after)
    const review = await policyReview(write)
    if (before.name === after.name) return review ? write.setSetting(REVIEW, null) : undefined
    if (review?.after.name === after.name) return
    const at = instant(parts.clock())
    const next: PolicyReview = { before, after, since: at, effects: null }
    await write.setSetting(REVIEW, next)
    await write.addJob('review-policy', `${after.name}:${at}`, { policy: after.name })
    await putOnRecord(write, {
      at,
      actor: { kind: 'system', id: null, name: 'configuration' },
      event: 'policy-changed',
      payload: { before, after },
    })
  })
}

/** Gives the change of policy that waits for an admin; null where none does. */
export async function policyReview(read: Reader): Promise<PolicyReview | null> {
  return (await read.setting(REVIEW)) as PolicyReview | null
}

/**
 * Agrees to the policy that is in force, within the caller's commit: open cases are judged again by it.
 * @throws GatewayError wrong-state where another one waits by now, or none
 */
export async function applyPolicy(write: Writer, policy: string, change: ChangeOfTrust): Promise<void> {
  const review = await policyReview(write)
  if (review?.after.name !== policy || review.effects === null) {
    throw new GatewayError('wrong-state', 'No such change of policy waits')
  }
  await settlePolicy(write, review)
  const { actor, reason, at } = change
  await putOnRecord(write, {
    at,
    actor: typeof actor === 'string' ? { kind: 'system', id: null, name: actor } : actor,
    event: 'policy-applied',
    payload: { reason, before: review.before, after: review.after },
  })
  await planRejudge(write, at, `policy:${policy}:${at}`)
}

/** The policy in force is the one that open cases are judged by: nothing waits any more. */
export async function settlePolicy(write: Writer, { after }: PolicyReview): Promise<void> {
  await write.setSetting(APPLIED, after)
  await write.setSetting(REVIEW, null)
}
