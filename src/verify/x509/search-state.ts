import type { PublicKeyInfo } from './certificate.ts'
import type { PathLimits } from './path-conclusion.ts'
import { signatureCost } from './signature-cost.ts'
import { judgeSignature, type SignatureAnswer, type SignedObject } from './signature-value.ts'

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
  /** One object for each key, by its bytes: the many certificates of one CA are judged by it once. */
  readonly keys: Map<string, PublicKeyInfo>
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
    keys: new Map(),
    exhausted: false,
  }
}

/** What was found out about a signed object and a key holds for as long as both are at hand. */
const answers = new WeakMap<SignedObject, WeakMap<PublicKeyInfo, SignatureAnswer>>()

/** Judges a signature once per object and key; null where the budget is spent. */
export function judgeOnce(state: SearchState, object: SignedObject, key: PublicKeyInfo): SignatureAnswer | null {
  const publicKey = sameKey(state, key)
  const byKey = answers.get(object) ?? new WeakMap<PublicKeyInfo, SignatureAnswer>()
  answers.set(object, byKey)
  const known = byKey.get(publicKey)
  if (known) return known
  if (state.signatureChecksLeft <= 0) {
    state.exhausted = true
    return null
  }
  state.signatureChecksLeft -= signatureCost(publicKey)
  const answer = judgeSignature(object, publicKey)
  byKey.set(publicKey, answer)
  return answer
}

function sameKey(state: SearchState, key: PublicKeyInfo): PublicKeyInfo {
  const bytes = Buffer.from(key.bytes.buffer, key.bytes.byteOffset, key.bytes.length).toString('latin1')
  const known = state.keys.get(bytes)
  if (known) return known
  state.keys.set(bytes, key)
  return key
}
