import type { Verification } from './document.ts'

export type DocumentIndication = Verification['indication']

/** From best to worst. What could not be judged is worse than what was judged uncertain, better than a definite no. */
const FROM_BEST_TO_WORST: readonly DocumentIndication[] = [
  'TOTAL-PASSED',
  'NO-SIGNATURE',
  'INDETERMINATE',
  'ERROR',
  'TOTAL-FAILED',
]

/**
 * Takes the verdicts of the documents that count; gives the worst, NO-SIGNATURE where there is none.
 * An unsigned document beside a signed one makes the whole unsigned: a case is never better than its weakest paper.
 */
export function worstIndication(indications: readonly DocumentIndication[]): DocumentIndication {
  const ranks = indications.map((indication) => FROM_BEST_TO_WORST.indexOf(indication))
  return FROM_BEST_TO_WORST[Math.max(...ranks)] ?? 'NO-SIGNATURE'
}
