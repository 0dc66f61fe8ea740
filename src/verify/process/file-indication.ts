import { type FileIndication, type SignatureReport, totalOf } from '../report/report.ts'

const ORDER: readonly FileIndication[] = ['TOTAL-FAILED', 'INDETERMINATE', 'TOTAL-PASSED']

/** Gives the worst indication among signatures; NO-SIGNATURE where there are none. A failed time-stamp weighs as much. */
export function worstOf(signatures: readonly Pick<SignatureReport, 'indication'>[]): FileIndication {
  return ORDER.find((indication) => signatures.some((one) => totalOf(one.indication) === indication)) ?? 'NO-SIGNATURE'
}
