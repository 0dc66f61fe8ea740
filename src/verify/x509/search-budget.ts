import type { PathLimits } from './path-conclusion.ts'
import { DEFAULT_LIMITS, type SearchState } from './search-state.ts'

/**
 * What the searches for paths within one document may still spend together, beyond what each may spend for itself: so that a
 * document with a hundred signatures over a heap of certificates costs no hundred times what one may.
 */
export interface SearchBudget {
  stepsLeft: number
  signatureChecksLeft: number
  pathsLeft: number
}

/** A document's searches may spend what so many could that go to their bounds. */
const SEARCHES = 3

/** More than an honest signature with its CRLs, OCSP answers and time-stamps takes. */
const FOR_EACH: SearchBudget = { stepsLeft: 500, signatureChecksLeft: 48, pathsLeft: 4 }

/** Begins a document. */
export const startBudget = (): SearchBudget => ({
  stepsLeft: SEARCHES * DEFAULT_LIMITS.maxSteps,
  signatureChecksLeft: SEARCHES * DEFAULT_LIMITS.maxSignatureChecks,
  pathsLeft: SEARCHES * DEFAULT_LIMITS.maxPaths,
})

/** Gives a search: what each may spend for itself, and of what is left in common as much as its own bounds allow. */
export function startSearch(limits: Partial<PathLimits> = {}, common: SearchBudget | null = null): SearchState {
  const all = { ...DEFAULT_LIMITS, ...limits }
  const within = (bound: number, kind: keyof SearchBudget): number =>
    common ? Math.min(bound, FOR_EACH[kind] + Math.max(0, common[kind])) : bound
  return {
    limits: all,
    stepsLeft: within(all.maxSteps, 'stepsLeft'),
    signatureChecksLeft: within(all.maxSignatureChecks, 'signatureChecksLeft'),
    pathsLeft: within(all.maxPaths, 'pathsLeft'),
    keys: new Map(),
    exhausted: false,
  }
}

/** Takes from what is left in common what a search spent beyond its own. @param before as the search began */
export function settleSearch(before: SearchBudget, after: SearchBudget, common: SearchBudget): void {
  for (const kind of ['stepsLeft', 'signatureChecksLeft', 'pathsLeft'] as const) {
    common[kind] -= Math.max(0, before[kind] - after[kind] - FOR_EACH[kind])
  }
}
