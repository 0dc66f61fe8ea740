import type { VerificationReport } from './report.ts'

/** Gives a report as one line of JSON, without an end of line. */
export function writeJson(report: VerificationReport): string {
  return JSON.stringify(report)
}
