import type { Finding } from '../report/report.ts'
import { type AnchorConstraints, initialSubtrees, judgePeriods, judgeSignerNames, useOf } from './anchor-terms.ts'
import type { Certificate } from './certificate.ts'
import { judgeProfile } from './judge-profile.ts'
import {
  addConstraints,
  type ComparisonBudget,
  type ConstraintState,
  judgeNames,
  NO_CONSTRAINTS,
  startComparisons,
} from './name-constraints.ts'
import type { PathOptions } from './path-conclusion.ts'
import {
  ANY_POLICY,
  addPolicies,
  applyMappings,
  constrainPolicies,
  isNull,
  type PolicyGraph,
  startPolicyGraph,
} from './policy-graph.ts'
import { type Problem, problem } from './problem.ts'
import type { PublicKeyInfo } from './public-key.ts'
import { judgePurpose } from './purpose.ts'
import { judgeOnce, type SearchState } from './search-state.ts'
import { isWithinValidity } from './validity.ts'
import { workingKeys } from './working-key.ts'

/** What §6.1 says of one whole path, revocation aside. */
export interface PathJudgement {
  readonly problems: readonly Problem[]
  /** Nothing stands against the path itself. What its leaf's key may do is another question where it is the anchor. */
  readonly trusted: boolean
  readonly notes: readonly Finding[]
  readonly policies: readonly string[]
  /** Working public keys, in the order of the path. */
  readonly keys: readonly PublicKeyInfo[]
}

interface Machine {
  readonly problems: Problem[]
  readonly graph: PolicyGraph
  readonly comparisons: ComparisonBudget
  constraints: ConstraintState
  /** What whoever trusts the anchor said of names, beside what CAs say. */
  readonly initial: ConstraintState
  explicitPolicy: number
  policyMapping: number
  inhibitAnyPolicy: number
  maxPathLength: number
}

/**
 * Runs RFC 5280 §6.1 over one path (leaf first, anchor last). The anchor's own certificate bounds the path as
 * RFC 5937 allows: its validity, path length, key usage and name constraints count. Collects every problem.
 */
export function judgePath(path: readonly Certificate[], options: PathOptions, search: SearchState): PathJudgement {
  const keys = workingKeys(path)
  const [leaf] = path
  const anchor = path.at(-1)
  if (!leaf || !anchor) throw new RangeError('a path has at least its leaf')
  const length = path.length - 1
  const terms = options.trustAnchors.termsOf(anchor.sha256)
  const constraints = useOf(options.purpose ?? 'any') === 'timestamp' ? undefined : terms.constraints
  const initial = initialSubtrees(constraints ?? {})
  const machine: Machine = {
    problems: [...initial.problems],
    graph: startPolicyGraph(),
    comparisons: startComparisons(),
    constraints: NO_CONSTRAINTS,
    initial: initial.state,
    explicitPolicy: options.requireExplicitPolicy || constraints?.policies ? 0 : length + 1,
    policyMapping: options.inhibitPolicyMapping ? 0 : length + 1,
    inhibitAnyPolicy: options.inhibitAnyPolicy ? 0 : length + 1,
    maxPathLength: length,
  }
  judgeAnchor(anchor, length, machine, options)
  machine.problems.push(...judgePeriods(anchor, terms, options.controlTime ?? options.validationTime))
  if (constraints) machine.problems.push(...judgeSignerNames(leaf, constraints))
  // No part of a path, but a signer all the same.
  if (length === 0) judgeConstraints(leaf, true, machine)
  for (let i = length - 1; i >= 0; i -= 1) {
    const certificate = path[i]
    const issuer = path[i + 1]
    const issuerKey = keys[i + 1]
    if (!certificate || !issuer || !issuerKey) continue
    judgeLink(certificate, issuer, issuerKey, machine, search)
    judgeValidity(certificate, machine, options)
    judgeConstraints(certificate, i === 0, machine)
    processPolicies(certificate, i === 0, machine)
    judgeProfile(certificate, { leaf: i === 0, anchor: false }, machine.problems)
    judgeAlgorithm(certificate, machine, options)
    if (i > 0) prepareNext(certificate, machine)
  }
  const policies = wrapUp(leaf, length, machine, initialPolicies(options, constraints))
  const misused = judgePurpose(path, options.purpose ?? 'any')
  // §6.1: an anchor is no part of a path, so its trust does not hang on its extensions; what its key may do does (§4.2.1.3).
  const trusted = machine.problems.length === 0 && (misused.length === 0 || length === 0)
  return { problems: [...machine.problems, ...misused], trusted, notes: [], policies, keys }
}

function judgeAlgorithm(certificate: Certificate, machine: Machine, options: PathOptions): void {
  const finding = options.judgeAlgorithm?.(certificate) ?? null
  if (finding) machine.problems.push({ subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE', finding })
}

const name = (certificate: Certificate): string => certificate.subject.display || `serial ${certificate.serial}`

/** RFC 5937 §3: what the anchor's certificate says bounds the paths under it. */
function judgeAnchor(anchor: Certificate, length: number, machine: Machine, options: PathOptions): void {
  judgeValidity(anchor, machine, options)
  judgeProfile(anchor, { leaf: length === 0, anchor: true }, machine.problems)
  if (length === 0) return
  const { nameConstraints } = anchor.decoded
  if (nameConstraints) machine.constraints = addConstraints(machine.constraints, nameConstraints)
  if (anchor.version === 3) judgeCa(anchor, machine)
  boundPathLength(anchor, machine)
}

function judgeLink(
  certificate: Certificate,
  issuer: Certificate,
  issuerKey: PublicKeyInfo,
  machine: Machine,
  search: SearchState,
): void {
  const answer = judgeOnce(search, certificate, issuerKey)
  if (answer !== 'holds') {
    const code = answer === 'broken' ? 'certificate-signature-broken' : 'certificate-signature-unsupported'
    const message = `the signature on ${name(certificate)} does not hold or could not be judged`
    machine.problems.push(problem('CERTIFICATE_CHAIN_GENERAL_FAILURE', code, message, 'RFC 5280 §6.1.3(a)(1)'))
  }
  if (certificate.issuer.key !== issuer.subject.key || certificate.issuer.rdns.length === 0) {
    const message = `the issuer named by ${name(certificate)} is not ${name(issuer)}`
    machine.problems.push(
      problem('CERTIFICATE_CHAIN_GENERAL_FAILURE', 'name-chaining', message, 'RFC 5280 §6.1.3(a)(4)'),
    )
  }
}

function judgeValidity(certificate: Certificate, machine: Machine, options: PathOptions): void {
  const time = options.controlTime ?? options.validationTime
  if (isWithinValidity(certificate, time)) return
  const early = time < certificate.notBefore
  const code = early ? 'certificate-not-yet-valid' : 'certificate-expired'
  const message = `${name(certificate)} is ${early ? 'not yet' : 'no longer'} valid at ${time.toISOString()}`
  machine.problems.push(problem('OUT_OF_BOUNDS_NO_POE', code, message, 'RFC 5280 §6.1.3(a)(2)'))
}

function judgeConstraints(certificate: Certificate, isLeaf: boolean, machine: Machine): void {
  if (certificate.selfIssued && !isLeaf) return
  for (const state of ['constraints', 'initial'] as const) {
    const answer = judgeNames(certificate, machine[state], machine.comparisons)
    if (answer.kind === 'within') continue
    const violated = state === 'initial' ? 'anchor-constraint-violated' : 'name-constraint-violated'
    const code = answer.kind === 'violated' ? violated : 'name-constraint-not-processed'
    const message = `${name(certificate)}: ${answer.reason}`
    machine.problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', code, message, 'RFC 5280 §6.1.3(b), (c)'))
  }
}

function processPolicies(certificate: Certificate, isLeaf: boolean, machine: Machine): void {
  const anyCounts = machine.inhibitAnyPolicy > 0 || (!isLeaf && certificate.selfIssued)
  const policies = certificate.decoded.certificatePolicies?.map((policy) => policy.oid) ?? null
  addPolicies(machine.graph, policies, anyCounts)
  if (machine.explicitPolicy > 0 || !isNull(machine.graph)) return
  const message = `${name(certificate)} leaves no valid policy, and one is required`
  machine.problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', 'no-valid-policy', message, 'RFC 5280 §6.1.3(f)'))
}

/** RFC 5280 §6.1.4: what a CA certificate hands down. */
function prepareNext(ca: Certificate, machine: Machine): void {
  const { policyMappings, nameConstraints, policyConstraints, inhibitAnyPolicy } = ca.decoded
  if (policyMappings) {
    if (policyMappings.some((m) => m.issuerDomain === ANY_POLICY || m.subjectDomain === ANY_POLICY)) {
      const message = `${name(ca)} maps to or from any policy`
      machine.problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', 'any-policy-mapped', message, 'RFC 5280 §6.1.4(a)'))
    }
    applyMappings(machine.graph, policyMappings, machine.policyMapping > 0)
  }
  if (nameConstraints) machine.constraints = addConstraints(machine.constraints, nameConstraints)
  if (!ca.selfIssued) {
    machine.explicitPolicy = Math.max(0, machine.explicitPolicy - 1)
    machine.policyMapping = Math.max(0, machine.policyMapping - 1)
    machine.inhibitAnyPolicy = Math.max(0, machine.inhibitAnyPolicy - 1)
  }
  machine.explicitPolicy = Math.min(machine.explicitPolicy, policyConstraints?.requireExplicitPolicy ?? Infinity)
  machine.policyMapping = Math.min(machine.policyMapping, policyConstraints?.inhibitPolicyMapping ?? Infinity)
  machine.inhibitAnyPolicy = Math.min(machine.inhibitAnyPolicy, inhibitAnyPolicy ?? Infinity)
  judgeCa(ca, machine)
  if (!ca.selfIssued) {
    if (machine.maxPathLength <= 0) {
      const message = `${name(ca)} makes the path longer than a CA above allows`
      machine.problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', 'path-length-exceeded', message, 'RFC 5280 §6.1.4(l)'))
    }
    machine.maxPathLength -= 1
  }
  boundPathLength(ca, machine)
}

/** RFC 5280 §6.1.4(k), (n). */
function judgeCa(ca: Certificate, machine: Machine): void {
  if (ca.version !== 3 || !ca.decoded.basicConstraints?.ca) {
    const message = `${name(ca)} is not a CA's certificate`
    machine.problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', 'issuer-is-no-ca', message, 'RFC 5280 §6.1.4(k)'))
  }
  if (ca.decoded.keyUsage && !ca.decoded.keyUsage.has('keyCertSign')) {
    const message = `${name(ca)} may not sign certificates`
    machine.problems.push(
      problem('CHAIN_CONSTRAINTS_FAILURE', 'issuer-may-not-sign-certificates', message, 'RFC 5280 §6.1.4(n)'),
    )
  }
}

/** RFC 5280 §6.1.4(m). */
function boundPathLength(ca: Certificate, machine: Machine): void {
  machine.maxPathLength = Math.min(machine.maxPathLength, ca.decoded.basicConstraints?.pathLength ?? Infinity)
}

/** RFC 5280 §6.1.1(c): where the anchor is bound to policies, of what is asked for only these; null: none of them. */
function initialPolicies(options: PathOptions, constraints: AnchorConstraints | undefined): readonly string[] | null {
  const asked = options.policies ?? []
  const bound = constraints?.policies
  if (!bound) return asked
  const both = asked.length === 0 || asked.includes(ANY_POLICY) ? bound : bound.filter((one) => asked.includes(one))
  return both.length === 0 ? null : both
}

/** RFC 5280 §6.1.5; gives the user-constrained-policy-set. */
function wrapUp(
  leaf: Certificate,
  length: number,
  machine: Machine,
  asked: readonly string[] | null,
): readonly string[] {
  if (length === 0) return asked === null ? [] : asked.length > 0 ? asked : [ANY_POLICY]
  if (machine.explicitPolicy > 0) machine.explicitPolicy -= 1
  if (leaf.decoded.policyConstraints?.requireExplicitPolicy === 0) machine.explicitPolicy = 0
  const policies = asked === null ? [] : constrainPolicies(machine.graph, asked)
  if (machine.explicitPolicy === 0 && policies.length === 0) {
    const message = 'no policy that is asked for holds over the path'
    machine.problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', 'no-valid-policy', message, 'RFC 5280 §6.1.5(g)'))
  }
  return policies
}
