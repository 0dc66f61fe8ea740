import type { PdfSignature } from '../pdf/index.ts'
import type { SignatureReport } from '../report/report.ts'
import { contentOfRange, openContents } from './pdf-contents.ts'
import type { PlacedSignature } from './pdf-placing.ts'
import { formatFailure, judgeSurroundings, type VerdictWithFindings, worseOf } from './pdf-surroundings.ts'
import { factsOf } from './signature-facts.ts'
import { describeTimeStamp, earliest, provenTimes } from './signature-time-stamps.ts'
import { type TimeStampConclusion, validateTimeStamp } from './time-stamp.ts'

/** A document time-stamp, judged; `conclusion` is null where there is none to rely on. */
export interface JudgedTimeStamp {
  readonly signature: PdfSignature
  readonly report: SignatureReport
  readonly conclusion: TimeStampConclusion | null
}

/** What clause 5.4 calls the answers: TOTAL-PASSED is only said of what somebody signed. */
function asTimeStamp({ indication, ...rest }: VerdictWithFindings): Pick<SignatureReport, 'indication'> & typeof rest {
  const named = { 'TOTAL-PASSED': 'PASSED', INDETERMINATE: 'INDETERMINATE', 'TOTAL-FAILED': 'FAILED' } as const
  return { indication: named[indication], ...rest }
}

const INDICATION = { PASSED: 'TOTAL-PASSED', INDETERMINATE: 'INDETERMINATE', FAILED: 'TOTAL-FAILED' } as const

/**
 * Judges a document time-stamp: its byte range, its token, and what was changed after it. It proves the time for the
 * bytes that it covers, whatever was changed after them.
 * @see EN 319 142-1 clause 5.4.3, EN 319 102-1 clause 5.4
 */
export function judgePdfTimeStamp(placed: PlacedSignature): JudgedTimeStamp {
  const { document, signature, blank, evidence, proofs } = placed
  if (placed.refused) return { signature, report: { ...placed.refused, indication: 'FAILED' }, conclusion: null }
  const opened = openContents(signature, evidence)
  if ('fault' in opened) {
    const verdict = asTimeStamp(formatFailure([...blank.findings, opened.fault]))
    return { signature, report: { ...blank, intact: false, ...verdict }, conclusion: null }
  }
  const content = contentOfRange(document, signature)
  const conclusion = validateTimeStamp(
    {
      signedData: opened.signedData,
      digestOf: (algorithm) => content.digestOf(algorithm),
      carried: placed.carried,
    },
    evidence,
    proofs.of(signature),
  )
  const own = {
    indication: INDICATION[conclusion.indication],
    subIndication: conclusion.subIndication,
    findings: [describeTimeStamp(conclusion, 'document time-stamp'), ...conclusion.findings],
  }
  const around = judgeSurroundings(placed.changesAfter, [...placed.findings, ...opened.findings])
  const time = conclusion.tstInfo?.genTime ?? null
  const report: SignatureReport = {
    ...blank,
    ...(conclusion.basic ? factsOf(conclusion.basic) : {}),
    claimedSigningTime: time?.toISOString() ?? null,
    bestSignatureTime: earliest(proofs.of(signature).at, ...provenTimes([conclusion])).toISOString(),
    intact: conclusion.intact,
    ...asTimeStamp(worseOf(own, around)),
  }
  // A signature dictionary that says it is a time-stamp and is signed as something else proves nothing.
  return { signature, report, conclusion: blank.subFilter === 'ETSI.RFC3161' ? conclusion : null }
}
