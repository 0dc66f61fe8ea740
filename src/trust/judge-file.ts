import type { VerifyInput } from '../model/ports.ts'
import { type Instant, instant } from '../model/time.ts'
import { enabledAnchors, type JudgedPurpose } from '../model/trust-list.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import type { GatheredEvidence } from './gathered-evidence.ts'
import type { JudgeParts } from './judge-document.ts'
import { judgeGathering } from './judge-gathering.ts'

/** Somebody waits at a page, and others for its place. */
const LIMITS = { waitMs: 6_000, maxRounds: 4 }

/**
 * Judges a file as it would be judged if it came in now, with what its certificates point to: a mail by the anchors for
 * mail. Stores nothing, neither of the file nor of what was fetched for it.
 * @param beside adds anchors that count beside the admin's list
 * @throws GatewayError child-timeout, child-memory, child-crashed
 */
export async function judgeFile(
  { bytes, name }: { readonly bytes: Uint8Array; readonly name: string },
  beside: (anchors: VerifyInput['trustAnchors']) => VerifyInput['trustAnchors'],
  parts: JudgeParts,
): Promise<VerificationReport> {
  const { store, clock, sandbox, settings } = parts
  const { checkRevocation, algorithms } = settings
  const now = instant(clock())
  let purpose: JudgedPurpose = 'document'
  const judgeBy = async (validationTime: Instant, evidence: GatheredEvidence): Promise<VerificationReport> => {
    const trustAnchors = beside(await enabledAnchors(store, purpose, now))
    const input = { bytes, fileName: name, poe: now, trustAnchors, checkRevocation, algorithms }
    const report = await sandbox.verify({ ...input, validationTime, ...evidence })
    if (purpose === 'mail' || report.mediaType !== 'message/rfc822') return report
    purpose = 'mail'
    return judgeBy(validationTime, evidence)
  }
  return (await judgeGathering(judgeBy, [], LIMITS, parts)).report
}
