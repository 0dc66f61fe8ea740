import type { PathLimits } from './path-conclusion.ts'
import type { PublicKeyInfo } from './public-key.ts'
import type { SignatureAnswer } from './signature-answers.ts'
import { signatureCost } from './signature-cost.ts'
import { judgeSignature, type SignedObject } from './signature-value.ts'

export const DEFAULT_LIMITS: PathLimits = {
  maxPathLength: 64,
  maxSteps: 20_000,
  maxSignatureChecks: 1000,
  maxPaths: 64,
}

/** What one validation may still spend, shared with the paths of CRL issuers. */
export interface SearchState {
  readonly limits: PathLimits
  stepsLeft: number
  signatureChecksLeft: number
  pathsLeft: number
  /** One object for each key, by its SHA-256: for the many certificates of one CA it is made ready once. */
  readonly keys: Map<string, PublicKeyInfo>
  /** Something was left out for lack of budget: a path that was not found may exist. */
  exhausted: boolean
}

/** Judges a signature once per object and key; null where the budget is spent. */
export function judgeOnce(state: SearchState, object: SignedObject, key: PublicKeyInfo): SignatureAnswer | null {
  const known = object.answers.get(key.sha256)
  if (known) return known
  if (state.signatureChecksLeft <= 0) {
    state.exhausted = true
    return null
  }
  const publicKey = sameKey(state, key)
  state.signatureChecksLeft -= signatureCost(publicKey)
  const answer = judgeSignature(object, publicKey)
  object.answers.set(key.sha256, answer)
  return answer
}

function sameKey(state: SearchState, key: PublicKeyInfo): PublicKeyInfo {
  const known = state.keys.get(key.sha256)
  if (known) return known
  state.keys.set(key.sha256, key)
  return key
}
