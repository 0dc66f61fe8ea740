import type { Finding, SignatureReport } from '../report/report.ts'
import type { Certificate } from '../x509/index.ts'
import type { Evidence } from './verify-options.ts'

/** What the clocks of who signs, who stamps and who judges may differ by. */
const CLOCKS_MS = 10 * 60_000

/**
 * Adds to a report that its signature states a time at which it cannot have been made: later than the time of judging, or than that by
 * which it is proven to have existed, or before its certificate (null: not at hand) began to hold. A claim proves nothing, so it
 * changes no verdict.
 * @see EN 319 102-1 clause 5.2.8 (signature acceptance validation)
 */
export function withOddClaim(
  report: SignatureReport,
  certificate: Certificate | null,
  { validationTime }: Evidence,
): SignatureReport {
  const found = findOddClaim(report, certificate, validationTime)
  return found.length === 0 ? report : { ...report, findings: [...report.findings, ...found] }
}

function findOddClaim(
  { claimedSigningTime, bestSignatureTime }: SignatureReport,
  certificate: Certificate | null,
  validationTime: Date,
): readonly Finding[] {
  if (claimedSigningTime === null) return []
  const odd = (code: string, which: string): readonly Finding[] => [
    {
      code,
      severity: 'info',
      message: `the signature states ${claimedSigningTime}, which is ${which}`,
      clause: 'EN 319 102-1 §5.2.8',
    },
  ]
  const late = (code: string, than: string): readonly Finding[] => odd(code, `later than ${than}`)
  if (certificate && Date.parse(claimedSigningTime) < certificate.notBefore.getTime() - CLOCKS_MS) {
    return odd('claimed-time-before-certificate', `before its certificate, ${certificate.notBefore.toISOString()}`)
  }
  const isBehind = (time: number): boolean => Date.parse(claimedSigningTime) > time + CLOCKS_MS
  if (isBehind(validationTime.getTime())) {
    return late('claimed-time-in-future', `the time of judging, ${validationTime.toISOString()}`)
  }
  if (bestSignatureTime === null || !isBehind(Date.parse(bestSignatureTime))) return []
  return late('claimed-time-after-proof', `${bestSignatureTime}, by when it is proven to have existed`)
}
