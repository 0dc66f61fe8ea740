import { type Instant, instant } from '../model/time.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import { type Gathered, type GatherParts, gather, questionOf, startAsking, wantedOf } from './gather.ts'
import { evidenceOf, type GatheredEvidence, replaceAnswer } from './gathered-evidence.ts'

/** A report with what it rests on. */
export interface JudgedWithEvidence {
  readonly report: VerificationReport
  readonly validationTime: Instant
  readonly gathered: readonly Gathered[]
  /** Something that may be had from the web could not be had now: judging again later may change the verdict. */
  readonly lacking: boolean
}

/** How long one may wait for answers, and how often the document is judged for them. */
export interface GatheringLimits {
  readonly waitMs: number
  /** An issuer's certificate may lead to a further one, and each to its status. */
  readonly maxRounds: number
}

/**
 * Judges, fetches what the report says is wanted, and judges again, until nothing more can be had. Stores nothing.
 * @param judge judges at a time by what was gathered
 * @param before what was gathered earlier
 */
export async function judgeGathering(
  judge: (validationTime: Instant, evidence: GatheredEvidence) => Promise<VerificationReport>,
  before: readonly Gathered[],
  { waitMs, maxRounds }: GatheringLimits,
  parts: GatherParts,
): Promise<JudgedWithEvidence> {
  const { clock, fetcher } = parts
  const gathered = new Map(before.map((one) => [one.data.id, one]))
  const held = before.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const asked = startAsking(clock(), waitMs, held)
  for (let round = 0; ; round += 1) {
    // Each time by the present: what was made a second ago counts only for who judges after it.
    const validationTime = instant(clock())
    const report = await judge(validationTime, evidenceOf([...gathered.values()]))
    const wanted = fetcher ? wantedOf(report) : []
    const more = wanted.length === 0 || round === maxRounds ? [] : await gather(wanted, gathered, asked, parts)
    const found = more.filter(({ data }) => !gathered.has(data.id))
    if (found.length === 0) {
      const lacking = wanted.some((one) => !asked.hopeless.has(questionOf(one)))
      return { report, validationTime, gathered: [...gathered.values()], lacking }
    }
    for (const one of found) replaceAnswer(gathered, one)
  }
}
