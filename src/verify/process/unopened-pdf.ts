import type { VerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import type { Judged } from './judged.ts'

/** Why a PDF stays closed: its content and the names of its fields cannot be read. */
const CLOSED: ReadonlySet<string> = new Set([
  'encrypted',
  'wrong-password',
  'encrypted-to-recipients',
  'encryption-unknown',
])

/**
 * Takes why a PDF cannot be read; gives what is said of it: what is encrypted and does not open is INDETERMINATE, what
 * cannot be read otherwise has no indication, but an error. @throws VerifyError internal, as it is given
 */
export function unopenedPdf(fault: VerifyError): Judged {
  if (fault.code === 'internal') throw fault
  const base = { mediaType: 'application/pdf', signatures: [], parts: [] }
  if (CLOSED.has(fault.code)) {
    const finding: Finding = { code: fault.code, severity: 'error', message: fault.message, clause: 'ISO 32000-2 §7.6' }
    return { ...base, encrypted: true, findings: [finding], indication: 'INDETERMINATE' }
  }
  return { ...base, encrypted: false, findings: [], error: { code: fault.code, message: fault.message } }
}
