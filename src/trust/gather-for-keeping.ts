import type { Document } from '../model/document.ts'
import type { VerifyInput } from '../model/ports.ts'
import { instant } from '../model/time.ts'
import { enabledAnchors } from '../model/trust-list.ts'
import type { GatheredData } from '../model/validation-data.ts'
import { whatCanBeSigned } from './judge.ts'
import { type JudgeParts, judgeWithEvidence } from './judge-document.ts'

export interface GatherForKeepingParts extends JudgeParts {
  /** By what our own copies are known, whoever else is trusted. */
  readonly ownAnchors: () => VerifyInput['trustAnchors']
}

/**
 * Gathers what the signatures of a document are judged with now, whatever was known before: what an archive time-stamp is to
 * prove must be fresh when it is made (EN 319 102-1 clause 5.6.2.4). For our own sealed copies our seal's CA counts too.
 * Gives nothing for what carries no signature. Stores nothing, and changes no verdict.
 */
export async function gatherForKeeping(
  document: Document,
  parts: GatherForKeepingParts,
): Promise<readonly GatheredData[]> {
  const now = instant(parts.clock())
  const isOurs = document.role === 'approved' || document.role === 'rendition'
  const purpose = isOurs
    ? document.mediaType === 'application/pdf' && 'document'
    : (await whatCanBeSigned([document], parts))[0]?.purpose
  if (!purpose) return []
  const anchors = await enabledAnchors(parts.store, purpose, now)
  const trustAnchors = isOurs ? [...anchors, ...parts.ownAnchors()] : anchors
  return (await judgeWithEvidence(document, { poe: null, trustAnchors }, parts)).gathered
}
