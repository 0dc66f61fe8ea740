import { instant } from '../model/time.ts'
import { enabledAnchors } from '../model/trust-list.ts'
import type { GatheredData } from '../model/validation-data.ts'
import { algorithmPolicyWith } from '../verify/blocks/algorithm-policy.ts'
import { type DigestOf, type TimeStampReport, verifyTimeStamp } from '../verify/process/time-stamp-token.ts'
import { readPemOrDer } from '../verify/x509/index.ts'
import { gather, questionOf, startAsking } from './gather.ts'
import { evidenceOf, replaceAnswer } from './gathered-evidence.ts'
import type { JudgeParts } from './judge-document.ts'

export type JudgeTimeStampParts = Omit<JudgeParts, 'sandbox'>

/** A token's verdict with what it rests on; lacking: something may be had later that could not be had now. */
export interface JudgedTimeStamp {
  readonly report: TimeStampReport
  readonly gathered: readonly GatheredData[]
  readonly lacking: boolean
}

const MAX_ROUNDS = 4
const WAIT_MS = 10_000

/**
 * Judges a time-stamp token that stands for itself at a time, by the anchors that are trusted for time-stamps now, and
 * fetches what its verdict lacks. Stores nothing.
 */
export async function judgeTimeStamp(
  token: Uint8Array,
  digestOf: DigestOf,
  at: Date,
  parts: JudgeTimeStampParts,
): Promise<JudgedTimeStamp> {
  const { store, clock, fetcher, settings } = parts
  // Of those for documents the verifier takes for a time-stamp which were taken in for that.
  const trustAnchors = await enabledAnchors(store, 'document', instant(at))
  const gathered = new Map<string, GatheredData>()
  const asked = startAsking(clock(), WAIT_MS)
  for (let round = 0; ; round += 1) {
    const { intermediates, crls = [], ocsps = [] } = evidenceOf([...gathered.values()])
    const report = verifyTimeStamp(token, digestOf, {
      validationTime: at,
      trustAnchors,
      intermediates: intermediates.flatMap((bytes) => [...readPemOrDer(bytes)]),
      crls,
      ocsps,
      checkRevocation: settings.checkRevocation,
      policy: algorithmPolicyWith(settings.algorithms),
    })
    const wanted = fetcher ? report.wanted : []
    const more = wanted.length === 0 || round === MAX_ROUNDS ? [] : await gather(wanted, gathered, asked, parts)
    const found = more.filter(({ data }) => !gathered.has(data.id))
    if (found.length === 0) {
      const lacking = wanted.some((one) => !asked.hopeless.has(questionOf(one)))
      return { report, gathered: [...gathered.values()], lacking }
    }
    for (const one of found) replaceAnswer(gathered, one)
  }
}
