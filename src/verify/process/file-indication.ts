import type { FileIndication, SignatureReport } from '../report/report.ts'

const ORDER: readonly FileIndication[] = ['TOTAL-FAILED', 'INDETERMINATE', 'TOTAL-PASSED']

/** Gives the worst indication among signatures; NO-SIGNATURE where there are none. A failed time-stamp weighs as much. */
export function worstOf(signatures: readonly Pick<SignatureReport, 'indication'>[]): FileIndication {
  return (
    ORDER.find((indication) =>
      signatures.some((one) => (one.indication === 'FAILED' ? 'TOTAL-FAILED' : one.indication) === indication),
    ) ?? 'NO-SIGNATURE'
  )
}
