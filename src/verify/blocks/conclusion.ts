import type { Finding, SubIndication } from '../report/report.ts'

/** What a building block gives back (EN 319 102-1 clause 5.2.1), with its reasons. */
export interface BlockConclusion {
  readonly indication: 'PASSED' | 'INDETERMINATE' | 'FAILED'
  readonly subIndication: SubIndication | null
  readonly findings: readonly Finding[]
}

/** A block that passed; findings may still say what a person should know. */
export const passed = (findings: readonly Finding[] = []): BlockConclusion => ({
  indication: 'PASSED',
  subIndication: null,
  findings,
})

export const indeterminate = (subIndication: SubIndication, findings: readonly Finding[]): BlockConclusion => ({
  indication: 'INDETERMINATE',
  subIndication,
  findings,
})

export const failed = (subIndication: SubIndication, findings: readonly Finding[]): BlockConclusion => ({
  indication: 'FAILED',
  subIndication,
  findings,
})

/** Makes a finding. */
export const finding = (
  code: string,
  severity: Finding['severity'],
  message: string,
  clause: string | null,
): Finding => ({ code, severity, message, clause })
