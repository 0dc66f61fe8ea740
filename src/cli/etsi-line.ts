import { GatewayError } from '../model/errors.ts'
import { type VerificationReport, VerifyError, writeEtsiXml } from '../verify/index.ts'
import { readBytes } from './read-inputs.ts'

/**
 * Gives a report as one line of ETSI TS 119 102-2 XML: a whole document. The file is read again for what it carries
 * itself; where it cannot be, or is another by now, the line holds what the report knows.
 */
export function etsiLine(report: VerificationReport): string {
  try {
    // Standard input was read to its end when it was judged.
    const bytes = report.file === null || report.file === '-' || report.error ? null : readBytes(report.file)
    return `${writeEtsiXml(report, { bytes })}\n`
  } catch (fault) {
    const gone = fault instanceof GatewayError && fault.code === 'unreadable-input'
    const changed = fault instanceof VerifyError && fault.code === 'invalid-options'
    if (!gone && !changed) throw fault
    return `${writeEtsiXml(report)}\n`
  }
}
