import type { Finding, SignatureReport } from '../report/report.ts'
import type { Evidence } from './verify-options.ts'

/** What the clocks of who signs, who stamps and who judges may differ by. */
const CLOCKS_MS = 10 * 60_000

/**
 * Adds to a report that its signature states a time at which it cannot have been made: later than the time of judging, or than that by
 * which it is proven to have existed. A claim proves nothing, so it changes no verdict.
 * @see EN 319 102-1 clause 5.2.8 (signature acceptance validation)
 */
export function withLateClaim(report: SignatureReport, { validationTime }: Evidence): SignatureReport {
  const found = findLateClaim(report, validationTime)
  return found.length === 0 ? report : { ...report, findings: [...report.findings, ...found] }
}

function findLateClaim(
  { claimedSigningTime, bestSignatureTime }: SignatureReport,
  validationTime: Date,
): readonly Finding[] {
  if (claimedSigningTime === null) return []
  const isBehind = (time: number): boolean => Date.parse(claimedSigningTime) > time + CLOCKS_MS
  const late = (code: string, than: string): readonly Finding[] => [
    {
      code,
      severity: 'info',
      message: `the signature states ${claimedSigningTime}, which is later than ${than}`,
      clause: 'EN 319 102-1 §5.2.8',
    },
  ]
  if (isBehind(validationTime.getTime())) {
    return late('claimed-time-in-future', `the time of judging, ${validationTime.toISOString()}`)
  }
  if (bestSignatureTime === null || !isBehind(Date.parse(bestSignatureTime))) return []
  return late('claimed-time-after-proof', `${bestSignatureTime}, by when it is proven to have existed`)
}
