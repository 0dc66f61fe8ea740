import type { Certificate } from './certificate.ts'
import { judgeProfile } from './judge-profile.ts'
import { addConstraints, judgeNames, NO_CONSTRAINTS, startComparisons } from './name-constraints.ts'
import type { PathOptions } from './path-conclusion.ts'
import type { Problem } from './problem.ts'
import { allowsBelow } from './purpose.ts'
import { isWithinValidity } from './validity.ts'

/** Says of certificates, while a path grows upwards, whether a path through them can still pass. */
export interface IssuerFitness {
  /** By what the certificate is in itself: a CA, in its validity, nothing in it that cannot be processed. */
  readonly alone: (certificate: Certificate, anchor: boolean) => boolean
  /** By what it says of those below, leaf first: path length and name constraints. */
  readonly above: (certificate: Certificate, below: readonly Certificate[]) => boolean
}

/**
 * Applies what RFC 5280 §6.1.3 and §6.1.4 say of each certificate already during the search, so that a heap of CAs
 * that could never pass is not tried out path by path. It decides nothing: whole paths are judged by judgePath.
 */
export function startFitness(options: PathOptions): IssuerFitness {
  const known = new Map<Certificate, boolean>()
  const comparisons = startComparisons()
  return {
    alone(certificate, anchor) {
      const before = known.get(certificate)
      if (before !== undefined) return before
      const fits = mayIssue(certificate, anchor, options)
      known.set(certificate, fits)
      return fits
    },
    above(certificate, below) {
      const { basicConstraints, nameConstraints } = certificate.decoded
      const between = below.slice(1).filter((one) => !one.selfIssued).length
      if (between > (basicConstraints?.pathLength ?? Infinity)) return false
      if (!nameConstraints) return true
      const state = addConstraints(NO_CONSTRAINTS, nameConstraints)
      return below.every((one, i) => {
        if (one.selfIssued && i > 0) return true
        // What is left uncompared for lack of budget is left to the judgement of the whole path.
        return judgeNames(one, state, comparisons).kind === 'within' || comparisons.left < 0
      })
    },
  }
}

function mayIssue(certificate: Certificate, anchor: boolean, options: PathOptions): boolean {
  if (!isWithinValidity(certificate, options.controlTime ?? options.validationTime)) return false
  const { basicConstraints, keyUsage } = certificate.decoded
  const isCa = certificate.version === 3 ? basicConstraints?.ca === true : anchor
  if (!isCa || keyUsage?.has('keyCertSign') === false) return false
  if (!anchor && options.judgeAlgorithm?.(certificate)) return false
  if (!allowsBelow(certificate, options.purpose ?? 'any')) return false
  const problems: Problem[] = []
  judgeProfile(certificate, { leaf: false, anchor }, problems)
  return problems.length === 0
}
