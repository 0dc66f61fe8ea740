import type { VerifyInput } from '../model/ports.ts'
import { instant } from '../model/time.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import type { JudgeParts } from './judge-document.ts'
import { plannedLists } from './planned-lists.ts'
import { certificatesOf } from './steps.ts'

/** What a file is worth by the list in force and by a planned one; null: nothing is planned. */
export interface FileTest {
  readonly present: VerificationReport
  readonly planned: VerificationReport | null
}

/**
 * Gives the steps by which the certificates of a step count as it says, whatever is on the list: one that is there already, in force
 * or not, for this purpose or another, would stay as it is where it were only added.
 * @throws GatewayError malformed-der
 */
export const asIfAdded = (step: TrustStep): readonly TrustStep[] =>
  step.do === 'add' ? [...certificatesOf(step).map(({ sha256 }) => ({ do: 'remove' as const, sha256 })), step] : [step]

/**
 * Judges a file as it would be judged if it came in now, and as it would be after the steps. A mail is judged by the
 * anchors for mail. Nothing is stored or fetched.
 * @throws GatewayError child-timeout, child-memory, child-crashed; malformed-der
 */
export async function testFile(
  file: { readonly bytes: Uint8Array; readonly name: string },
  steps: readonly TrustStep[],
  { store, sandbox, clock, settings }: Pick<JudgeParts, 'store' | 'sandbox' | 'clock' | 'settings'>,
): Promise<FileTest> {
  const at = instant(clock())
  const lists = await plannedLists(steps, store, at)
  const judge = async (which: 'present' | 'planned'): Promise<VerificationReport> => {
    const by = (trustAnchors: VerifyInput['trustAnchors']) =>
      sandbox.verify({
        bytes: file.bytes,
        fileName: file.name,
        validationTime: at,
        poe: at,
        trustAnchors,
        intermediates: [],
        checkRevocation: settings.checkRevocation,
        algorithms: settings.algorithms,
      })
    const report = await by(lists.document[which])
    return report.mediaType === 'message/rfc822' ? by(lists.mail[which]) : report
  }
  return { present: await judge('present'), planned: steps.length > 0 ? await judge('planned') : null }
}
