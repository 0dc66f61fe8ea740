import { findTwoFaces, type PdfDocument } from '../pdf/index.ts'
import type { Finding, SignatureReport, SubIndication, TotalIndication } from '../report/report.ts'
import { once } from './basic.ts'

export interface Verdict {
  readonly indication: TotalIndication
  readonly subIndication: SubIndication | null
}
export type VerdictWithFindings = Verdict & { readonly findings: readonly Finding[] }

/** TOTAL-FAILED / FORMAT_FAILURE with its findings (EN 319 102-1 clause 5.2.2.4). */
export const formatFailure = (findings: readonly Finding[]): VerdictWithFindings => ({
  indication: 'TOTAL-FAILED',
  subIndication: 'FORMAT_FAILURE',
  findings,
})

/** Whether every reader is shown the same document: a verdict on one that shows two faces would be about neither. */
export function judgeShowing(document: PdfDocument): readonly Finding[] {
  const findings: Finding[] = []
  const clause = 'ISO 32000-2 §7.5'
  if (document.notes.has('cross-reference-rebuilt')) {
    const message = 'the cross-reference is damaged: readers may show other objects than were judged'
    findings.push({ code: 'document-damaged', severity: 'error', message, clause })
  }
  if (document.notes.has('object-stream-open')) {
    const message = 'what a stream of objects holds hangs on other objects: readers may find others in it'
    findings.push({ code: 'document-ambiguous', severity: 'error', message, clause: 'ISO 32000-2 §7.5.7' })
  }
  if (document.notes.has('offsets-counted-twice')) {
    const message = 'the offsets lead to one document from the first byte on, and to another from the header on'
    findings.push({ code: 'document-ambiguous', severity: 'error', message, clause })
  }
  for (const { what, object } of findTwoFaces(document)) {
    const message = `readers may show something else: ${what}${object === null ? '' : `, object ${object}`}`
    findings.push({ code: 'document-ambiguous', severity: 'error', message, clause })
  }
  return findings
}

const BLOCKING = new Set(['sub-filter-not-judged', 'document-damaged', 'document-ambiguous', 'signature-hidden'])

/** Turns what was found around the CMS into an indication of its own. */
export function judgeSurroundings(
  changes: SignatureReport['changesAfter'],
  findings: readonly Finding[],
): VerdictWithFindings {
  if (changes === 'forbidden') return formatFailure(findings)
  if (changes === 'unknown') return { indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE', findings }
  if (findings.some((finding) => finding.code === 'timestamp-order')) {
    return { indication: 'INDETERMINATE', subIndication: 'TIMESTAMP_ORDER_FAILURE', findings }
  }
  if (findings.some((finding) => BLOCKING.has(finding.code))) {
    const kind = findings.some((finding) => finding.code.endsWith('-not-judged') && finding.severity === 'error')
    return { indication: 'INDETERMINATE', subIndication: kind ? 'CUSTOM' : 'SIG_CONSTRAINTS_FAILURE', findings }
  }
  return { indication: 'TOTAL-PASSED', subIndication: null, findings }
}

const RANK = { 'TOTAL-PASSED': 0, INDETERMINATE: 1, 'TOTAL-FAILED': 2 } as const

/** The worse of two verdicts; of equal ones the first keeps its sub-indication. All findings are kept. */
export function worseOf(first: VerdictWithFindings | null, second: VerdictWithFindings): VerdictWithFindings {
  if (!first) return second
  const worse = RANK[second.indication] > RANK[first.indication] ? second : first
  const { indication, subIndication } = worse
  return { indication, subIndication, findings: once([...first.findings, ...second.findings]) }
}
