import type { PublicKeyInfo } from './certificate.ts'
import type { PathLimits } from './path-conclusion.ts'
import { judgeSignature, type SignatureAnswer, type SignedObject } from './signature-value.ts'

export const DEFAULT_LIMITS: PathLimits = { maxPathLength: 16, maxSteps: 2000, maxSignatureChecks: 400, maxPaths: 64 }

/** What one validation may still spend, shared with the paths of CRL issuers. */
export interface SearchState {
  readonly limits: PathLimits
  stepsLeft: number
  signatureChecksLeft: number
  pathsLeft: number
  /** Something was left out for lack of budget: a path that was not found may exist. */
  exhausted: boolean
}

export function startSearch(limits: Partial<PathLimits> = {}): SearchState {
  const all = { ...DEFAULT_LIMITS, ...limits }
  return {
    limits: all,
    stepsLeft: all.maxSteps,
    signatureChecksLeft: all.maxSignatureChecks,
    pathsLeft: all.maxPaths,
    exhausted: false,
  }
}

/** What was found out about a signed object and a key holds for as long as both are at hand. */
const answers = new WeakMap<SignedObject, WeakMap<PublicKeyInfo, SignatureAnswer>>()

/** Judges a signature once per object and key; null where the budget is spent. */
export function judgeOnce(state: SearchState, object: SignedObject, publicKey: PublicKeyInfo): SignatureAnswer | null {
  const byKey = answers.get(object) ?? new WeakMap<PublicKeyInfo, SignatureAnswer>()
  answers.set(object, byKey)
  const known = byKey.get(publicKey)
  if (known) return known
  if (state.signatureChecksLeft <= 0) {
    state.exhausted = true
    return null
  }
  state.signatureChecksLeft -= 1
  const answer = judgeSignature(object, publicKey)
  byKey.set(publicKey, answer)
  return answer
}
