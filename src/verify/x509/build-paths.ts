import { sameBytes } from '../der/index.ts'
import { distancesToAnchor } from './anchor-distance.ts'
import type { Certificate } from './certificate.ts'
import { type Candidate, issuerCandidates } from './issuer-candidates.ts'
import { type IssuerFitness, startFitness } from './issuer-fitness.ts'
import type { PathOptions } from './path-conclusion.ts'
import { judgeOnce, type SearchState } from './search-state.ts'
import { type DeadEnds, type Step, settle, startDeadEnds } from './search-step.ts'
import { lacksParameters } from './working-key.ts'

/** Certificates that may lie between, by their subject's name. */
export type CertificateIndex = ReadonlyMap<string, readonly Certificate[]>

/** Indexes certificates by subject; each counts once. */
export function indexBySubject(certificates: readonly Certificate[]): CertificateIndex {
  const once = new Map(certificates.map((certificate) => [certificate.sha256, certificate]))
  return Map.groupBy(once.values(), (certificate) => certificate.subject.key)
}

/** What the search met: how far it got where no anchor was reached. */
export interface SearchTrace {
  longest: readonly Certificate[]
  /** An issuer of that name was there, but its key did not make the signature. */
  brokenSignature: boolean
  unsupportedSignature: boolean
}

/** What a search for paths starts from. */
export interface PathSearch {
  readonly leaf: Certificate
  readonly options: PathOptions
  readonly intermediates: CertificateIndex
  readonly state: SearchState
  readonly trace: SearchTrace
}

/**
 * Walks the paths from a leaf to an anchor, likeliest first, by depth-first search with backtracking: first those
 * whose CAs could pass, then the others, of which the nearest to passing says what is wrong. Every link given is one
 * whose signature holds (or that rests on inherited key parameters, to be judged with the whole path). Ends when the
 * budget is spent. No subject with the same key stands twice in a path, and what led nowhere is not walked again.
 * @see RFC 4158 §2.4, §5.2
 */
export function* buildPaths(search: PathSearch): Generator<readonly Certificate[], void, undefined> {
  const { leaf, options, intermediates } = search
  if (options.trustAnchors.bySha256(leaf.sha256)) yield [leaf]
  const distances = distancesToAnchor(leaf, options.trustAnchors, intermediates)
  const fitness = startFitness(options)
  if (!distances.has(leaf.issuer.key)) {
    followIssuers(search)
    return
  }
  const leftOut = yield* walk(search, distances, fitness)
  if (!leftOut) return
  for (const path of walk(search, distances, null)) if (!allFit(path, fitness)) yield path
}

const allFit = (path: readonly Certificate[], fitness: IssuerFitness): boolean =>
  path.slice(1).every((one, i) => fitness.alone(one, i + 2 === path.length) && fitness.above(one, path.slice(0, i + 1)))

/** Walks the paths through issuers that fit (null: all); gives at its end whether any was left out as unfit. */
function* walk(
  search: PathSearch,
  distances: ReadonlyMap<string, number>,
  fitness: IssuerFitness | null,
): Generator<readonly Certificate[], boolean, undefined> {
  const { state, trace } = search
  let leftOut = false
  const dead: DeadEnds = startDeadEnds()
  const stack: Step[] = [expand(search.leaf, search, distances)]
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const candidate = top.candidates[top.next]
    top.next += 1
    if (!candidate) {
      stack.pop()
      settle(top, stack, dead)
      continue
    }
    if (state.stepsLeft < 0) {
      state.exhausted = true
      break
    }
    const { certificate, anchor } = candidate
    const deadFor = dead.get(certificate)
    const standing = deadFor ?? standsAt(candidate, stack)
    if (standing !== null) {
      top.lowest = Math.min(top.lowest, standing)
      continue
    }
    const below = stack.map((step) => step.certificate)
    if (fitness && !fitness.alone(certificate, anchor)) {
      leftOut = true
      continue
    }
    if (fitness && !fitness.above(certificate, below)) {
      leftOut = true
      top.cut = true
      continue
    }
    const link = judgeLink(certificate, top.certificate, search)
    if (link === 'unknown') top.cut = true
    if (link !== 'holds') continue
    const path = [...below, certificate]
    if (path.length > trace.longest.length) trace.longest = path
    if (anchor) {
      top.found = true
      yield path
    } else if (path.length >= state.limits.maxPathLength) {
      top.cut = true
      state.exhausted = true
    } else stack.push(expand(certificate, search, distances))
  }
  return leftOut
}

function expand(certificate: Certificate, search: PathSearch, distances: ReadonlyMap<string, number>): Step {
  const { options, intermediates, state } = search
  const { trustAnchors, validationTime, controlTime = validationTime } = options
  const candidates = issuerCandidates(certificate, trustAnchors, intermediates, controlTime, distances)
  // Each candidate is paid for when it is ranked: a heap of one name is not ranked over and over.
  state.stepsLeft -= candidates.length
  return { certificate, candidates, next: 0, lowest: Infinity, found: false, cut: false, suspects: [] }
}

/**
 * RFC 4158 §2.4.2: the same name with the same key adds nothing to a path. An anchor ends it, so it makes no cycle.
 * Gives where in the path it stands already; null where it does not.
 */
function standsAt({ certificate, anchor }: Candidate, stack: readonly Step[]): number | null {
  const place = stack.findIndex((step) => {
    if (anchor) return step.certificate.sha256 === certificate.sha256
    return (
      step.certificate.subject.key === certificate.subject.key &&
      sameBytes(step.certificate.publicKey.bytes, certificate.publicKey.bytes)
    )
  })
  return place < 0 ? null : place
}

function judgeLink(issuer: Certificate, subject: Certificate, search: PathSearch): 'holds' | 'fails' | 'unknown' {
  if (lacksParameters(issuer.publicKey)) return 'holds'
  const answer = judgeOnce(search.state, subject, issuer.publicKey)
  if (answer === null) return 'unknown'
  if (answer === 'broken') search.trace.brokenSignature = true
  if (answer === 'unsupported') search.trace.unsupportedSignature = true
  return answer === 'holds' ? 'holds' : 'fails'
}

/** No name leads to an anchor: only how far the certificates reach is of use, to say whose issuer is wanted. */
function followIssuers(search: PathSearch): void {
  const { state, trace } = search
  const stack: Step[] = []
  for (let next: Certificate | undefined = search.leaf; next && stack.length < state.limits.maxPathLength; ) {
    const step: Step = expand(next, search, new Map())
    stack.push(step)
    trace.longest = stack.map((one) => one.certificate)
    if (state.stepsLeft < 0) return
    next = step.candidates.find(
      (candidate) =>
        standsAt(candidate, stack) === null && judgeLink(candidate.certificate, step.certificate, search) === 'holds',
    )?.certificate
  }
}
