import type { Certificate } from './certificate.ts'
import type { Candidate } from './issuer-candidates.ts'

/** A certificate on the way up, with the issuers that are still to be tried. */
export interface Step {
  readonly certificate: Certificate
  readonly candidates: readonly Candidate[]
  next: number
  /** The lowest place of the way that a candidate above here was left out for, as it stood there already. */
  lowest: number
  /** An anchor was reached above here. */
  found: boolean
  /** Something above here was left out that another way might reach: too long a path, a bound of a CA, no budget. */
  cut: boolean
  /** Dead ends above here that hold only for as long as a certificate below stands in the way. */
  readonly suspects: Certificate[]
}

/** Certificates with no anchor above them, and the place of the way that this holds for (Infinity: any). */
export type DeadEnds = Map<Certificate, number>
export const startDeadEnds = (): DeadEnds => new Map()

/**
 * Takes a step all of whose issuers were tried and which has left the stack; remembers what that says. A way that only
 * came back to a certificate below leads to no anchor that this one does not reach itself: it is dead as long as that
 * one stands, and for good once that one is. So each certificate of a mesh without an anchor is walked once.
 */
export function settle(step: Step, stack: readonly Step[], dead: DeadEnds): void {
  const parent = stack.at(-1)
  const place = stack.length
  if (step.found || step.cut) {
    for (const suspect of step.suspects) dead.delete(suspect)
    if (parent) {
      parent.found ||= step.found
      parent.cut ||= step.cut
    }
    return
  }
  if (step.lowest >= place) {
    for (const certificate of [...step.suspects, step.certificate]) dead.set(certificate, Infinity)
    return
  }
  for (const certificate of [...step.suspects, step.certificate]) dead.set(certificate, step.lowest)
  if (!parent) return
  parent.lowest = Math.min(parent.lowest, step.lowest)
  parent.suspects.push(...step.suspects, step.certificate)
}
