import { GatewayError } from '../../model/errors.ts'

/** Why a list is not taken: stable words for pages and programs. */
export type ListProblem =
  | 'malformed'
  | 'too-large'
  | 'no-signature'
  | 'signature-shape'
  | 'signature-broken'
  | 'unknown-signer'
  | 'wrong-territory'
  | 'wrong-type'
  | 'older'
  | 'expired'
  | 'no-pointer'
  | 'not-in-use'

/** A list that counts for nothing: `problem` in the facts says why. */
export function listRefused(
  problem: ListProblem,
  message: string,
  facts: Readonly<Record<string, string | number>> = {},
): GatewayError {
  return new GatewayError('list-refused', message, { facts: { ...facts, problem } })
}
