import { sameBytes, toHex } from '../der/index.ts'
import type { Certificate } from './certificate.ts'
import { judgeOnce, type SearchState } from './search-state.ts'
import type { TrustStore } from './trust-store.ts'
import { lacksParameters } from './working-key.ts'

/** Certificates that may lie between, by their subject's name. */
export type CertificateIndex = ReadonlyMap<string, readonly Certificate[]>

/** Indexes certificates by subject; each counts once. */
export function indexBySubject(certificates: readonly Certificate[]): CertificateIndex {
  const once = new Map(certificates.map((certificate) => [certificate.sha256, certificate]))
  return Map.groupBy(once.values(), (certificate) => certificate.subject.key)
}

interface Step {
  readonly certificate: Certificate
  readonly candidates: Candidate[]
}
interface Candidate {
  readonly certificate: Certificate
  readonly anchor: boolean
}

/** What the search met: how far it got where no anchor was reached. */
export interface SearchTrace {
  longest: readonly Certificate[]
  /** An issuer of that name was there, but its key did not make the signature. */
  brokenSignature: boolean
  unsupportedSignature: boolean
}

/**
 * Walks all paths from a leaf to an anchor, likeliest first, by depth-first search with backtracking. Every link
 * given is one whose signature holds (or that rests on inherited key parameters, to be judged with the whole path).
 * Ends when the budget is spent. Cycles end because no subject with the same key stands twice in a path.
 * @see RFC 4158 §2.4, §5.2
 */
export function* buildPaths(
  leaf: Certificate,
  anchors: TrustStore,
  intermediates: CertificateIndex,
  validationTime: Date,
  state: SearchState,
  trace: SearchTrace,
): Generator<readonly Certificate[], void, undefined> {
  if (anchors.bySha256(leaf.sha256)) yield [leaf]
  const candidatesOf = (certificate: Certificate): Candidate[] =>
    rankCandidates(certificate, anchors, intermediates, validationTime)
  const stack: Step[] = [{ certificate: leaf, candidates: candidatesOf(leaf) }]
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const candidate = top.candidates.shift()
    if (!candidate) {
      stack.pop()
      continue
    }
    if (state.stepsLeft <= 0) {
      state.exhausted = true
      return
    }
    state.stepsLeft -= 1
    if (stands(candidate, stack) || !issued(candidate.certificate, top.certificate, state, trace)) continue
    const path = [...stack.map((step) => step.certificate), candidate.certificate]
    if (path.length > trace.longest.length) trace.longest = path
    if (candidate.anchor) {
      yield path
      continue
    }
    if (path.length >= state.limits.maxPathLength) {
      state.exhausted = true
      continue
    }
    stack.push({ certificate: candidate.certificate, candidates: candidatesOf(candidate.certificate) })
  }
}

/** RFC 4158 §2.4.2: the same name with the same key adds nothing to a path. An anchor ends it, so it makes no cycle. */
function stands(candidate: Candidate, stack: readonly Step[]): boolean {
  const { certificate, anchor } = candidate
  return stack.some((step) => {
    if (anchor) return step.certificate.sha256 === certificate.sha256
    return (
      step.certificate.subject.key === certificate.subject.key &&
      sameBytes(step.certificate.publicKey.bytes, certificate.publicKey.bytes)
    )
  })
}

function issued(issuer: Certificate, subject: Certificate, state: SearchState, trace: SearchTrace): boolean {
  if (lacksParameters(issuer.publicKey)) return true
  const answer = judgeOnce(state, subject, issuer.publicKey)
  if (answer === 'broken') trace.brokenSignature = true
  if (answer === 'unsupported') trace.unsupportedSignature = true
  return answer === 'holds'
}

function rankCandidates(
  certificate: Certificate,
  anchors: TrustStore,
  intermediates: CertificateIndex,
  validationTime: Date,
): Candidate[] {
  const issuerKey = certificate.issuer.key
  const candidates: Candidate[] = [
    ...anchors.bySubject(issuerKey).map((anchor) => ({ certificate: anchor, anchor: true })),
    ...(intermediates.get(issuerKey) ?? [])
      .filter((intermediate) => !anchors.bySha256(intermediate.sha256))
      .map((intermediate) => ({ certificate: intermediate, anchor: false })),
  ]
  const wantedKey = certificate.decoded.authorityKeyIdentifier
  const wanted = wantedKey ? toHex(wantedKey) : null
  const likelihood = (candidate: Candidate): number => {
    const { certificate: one, anchor } = candidate
    const keyId = one.decoded.subjectKeyIdentifier
    const keyFits = wanted === null || keyId === null ? 1 : toHex(keyId) === wanted ? 2 : 0
    const inTime = one.notBefore <= validationTime && validationTime <= one.notAfter
    const isCa = one.decoded.basicConstraints?.ca === true
    return keyFits * 8 + (inTime ? 4 : 0) + (anchor ? 2 : 0) + (isCa ? 1 : 0)
  }
  return candidates
    .map((candidate) => ({ candidate, rank: likelihood(candidate) }))
    .sort((a, b) => b.rank - a.rank)
    .map((ranked) => ranked.candidate)
}
