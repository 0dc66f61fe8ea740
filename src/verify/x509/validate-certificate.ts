import type { Finding } from '../report/report.ts'
import { judgeRevocation, withoutEvidence } from '../revocation/certificate-status.ts'
import { REASON_CERTIFICATE_HOLD, type RevocationContext } from '../revocation/context.ts'
import { findUnreachable, mayBeSilent, wantedIssuer, wantedRevocationData } from '../revocation/wanted-evidence.ts'
import { useOf } from './anchor-terms.ts'
import { buildPaths, type CertificateIndex, indexBySubject, type SearchTrace } from './build-paths.ts'
import type { Certificate } from './certificate.ts'
import type { CertificateList } from './certificate-list.ts'
import { judgePath } from './judge-path.ts'
import type { PathConclusion, PathOptions, RevocationStatus, Wanted } from './path-conclusion.ts'
import { type Problem, problem, weight, weightiest } from './problem.ts'
import type { PublicKeyInfo } from './public-key.ts'
import { findSameNamedIssuer } from './same-named-issuer.ts'
import { settleSearch, startSearch } from './search-budget.ts'
import type { SearchState } from './search-state.ts'
import { indexAnchors, type TrustStore } from './trust-store.ts'

/** What one validation and the validations of CRL issuers within it share. */
interface Shared {
  readonly search: SearchState
  readonly intermediates: CertificateIndex
  readonly crls: ReadonlyMap<string, readonly CertificateList[]>
  /** Signers of evidence whose paths are being judged: who needs himself proves nothing. */
  readonly inProgress: Set<string>
  readonly heldSigners: Set<string>
}

const MAX_SIGNER_DEPTH = 4

/**
 * Finds and judges the certification path of a certificate: the first path that passes, else the one nearest to it.
 * Takes the leaf and evidence as data, nothing of which is believed before it is judged. Throws nothing for bad ones.
 * @see RFC 5280 §6, EN 319 102-1 clause 5.2.6
 */
export function validateCertificate(leaf: Certificate, options: PathOptions): PathConclusion {
  const shared: Shared = {
    search: startSearch(options.limits, options.budget),
    intermediates: indexBySubject(options.intermediates ?? []),
    crls: Map.groupBy(options.crls ?? [], (crl) => crl.issuer.key),
    inProgress: new Set(),
    heldSigners: new Set(),
  }
  const use = useOf(options.purpose ?? 'any')
  const trustAnchors = use === null ? options.trustAnchors : options.trustAnchors.forUse(use)
  const before = { ...shared.search }
  const conclusion = validateWithin(leaf, { ...options, trustAnchors }, shared)
  if (options.budget) settleSearch(before, shared.search, options.budget)
  return conclusion
}

interface Judged {
  readonly path: readonly Certificate[]
  readonly problems: readonly Problem[]
  readonly trusted: boolean
  readonly policies: readonly string[]
  readonly revocations: readonly RevocationStatus[]
}

function validateWithin(leaf: Certificate, options: PathOptions, shared: Shared): PathConclusion {
  const trace: SearchTrace = { longest: [leaf], brokenSignature: false, unsupportedSignature: false }
  const { search, intermediates } = shared
  let best: Judged | null = null
  for (const path of buildPaths({ leaf, options, intermediates, state: search, trace })) {
    if (search.pathsLeft <= 0) {
      search.exhausted = true
      break
    }
    search.pathsLeft -= 1
    const judged = judgeWholePath(path, options, shared)
    if (!best || weight(judged.problems) < weight(best.problems)) best = judged
    if (judged.problems.length === 0) break
  }
  return best ? concludePath(best, search, options) : concludeWithoutPath(trace, options, shared)
}

function judgeWholePath(path: readonly Certificate[], options: PathOptions, shared: Shared): Judged {
  const { problems, trusted, policies, keys } = judgePath(path, options, shared.search)
  // Time alone does not end the question: what happened to the certificates is asked for past times too.
  const worthAsking = problems.every((one) => one.subIndication === 'OUT_OF_BOUNDS_NO_POE')
  const revocations = worthAsking ? judgeRevocations(path, keys, options, shared) : notChecked(path)
  const found = worthAsking ? revocations.flatMap((one) => revocationProblem(one, path, options)) : []
  return { path, problems: [...problems, ...found], trusted, policies, revocations }
}

const notChecked = (path: readonly Certificate[]): readonly RevocationStatus[] =>
  path.map((certificate) => withoutEvidence(certificate, 'not-checked'))

/** Gives the status of each certificate of a path, in its order; the anchor is exempt. */
function judgeRevocations(
  path: readonly Certificate[],
  keys: readonly PublicKeyInfo[],
  options: PathOptions,
  shared: Shared,
): readonly RevocationStatus[] {
  const mode = options.checkRevocation ?? 'require'
  if (mode === 'off') return notChecked(path)
  const signers = indexBySubject([...path, ...[...shared.intermediates.values()].flat()])
  const context: RevocationContext = {
    mode,
    purpose: options.purpose ?? 'any',
    validationTime: options.validationTime,
    controlTime: options.controlTime ?? options.validationTime,
    poeOf: options.poeOf ?? (() => null),
    crls: shared.crls,
    ocsps: options.ocsps ?? [],
    signers,
    search: shared.search,
    judgeEvidence: options.judgeEvidence ?? (() => null),
    signerHolds: (signer, anchor, at) => signerHolds(signer, anchor, { ...options, controlTime: at }, shared),
  }
  const above = path.flatMap((certificate, i) => {
    const publicKey = keys[i]
    return publicKey ? [{ certificate, publicKey }] : []
  })
  return path.map((certificate, i) =>
    i === path.length - 1
      ? withoutEvidence(certificate, 'exempt')
      : judgeRevocation({ certificate, above: above.slice(i + 1) }, context),
  )
}

/** RFC 5280 §6.3.3(f): the path of a CRL's issuer must end at the anchor of the path that it is used for. */
function signerHolds(signer: Certificate, anchor: Certificate, options: PathOptions, shared: Shared): boolean {
  const key = `${signer.sha256} ${anchor.sha256} ${options.controlTime?.getTime()}`
  if (shared.heldSigners.has(key)) return true
  if (shared.inProgress.has(signer.sha256) || shared.inProgress.size >= MAX_SIGNER_DEPTH) return false
  shared.inProgress.add(signer.sha256)
  const { purpose: _, policies: __, requireExplicitPolicy: ___, ...rest } = options
  const conclusion = validateWithin(signer, { ...rest, trustAnchors: alone(anchor, options.trustAnchors) }, shared)
  shared.inProgress.delete(signer.sha256)
  if (conclusion.indication !== 'PASSED') return false
  shared.heldSigners.add(key)
  return true
}

/** Whom an anchor vouches for as a signer says nothing of who may publish its CRLs; when it was trusted does. */
function alone(anchor: Certificate, { termsOf }: TrustStore): TrustStore {
  const { periods } = termsOf(anchor.sha256)
  return indexAnchors(new Map([[anchor.sha256, { certificate: anchor, terms: periods ? { periods } : {} }]]))
}

function revocationProblem(
  status: RevocationStatus,
  path: readonly Certificate[],
  options: PathOptions,
): readonly Problem[] {
  const { certificate } = status
  const name = certificate.subject.display
  if (status.status === 'revoked') {
    if (isLater(status, options)) return []
    // EN 319 102-1 clause 5.2.6.4: a hold may be lifted.
    if (status.reason === REASON_CERTIFICATE_HOLD) {
      return [problem('TRY_LATER', 'certificate-on-hold', `${name} is on hold`, 'EN 319 102-1 §5.2.6.4')]
    }
    const subIndication = certificate === path[0] ? 'REVOKED_NO_POE' : 'REVOKED_CA_NO_POE'
    const since = status.revocationTime?.toISOString() ?? 'an unknown time'
    return [problem(subIndication, 'certificate-revoked', `${name} is revoked since ${since}`, 'RFC 5280 §6.3')]
  }
  if (status.status !== 'unknown') return []
  // Asked only about evidence at hand: a responder's sound "unknown" is evidence, silence is none.
  if (status.source === null && mayBeSilent(certificate, options.checkRevocation)) return []
  const message = `there is no sound and fresh revocation data for ${name}`
  return [problem('TRY_LATER', 'revocation-unknown', message, 'EN 319 102-1 §5.2.6.4')]
}

/** Revoked after the time that is asked about: at that time it was not (EN 319 102-1 clause 5.6.2.2). */
function isLater(status: RevocationStatus, options: PathOptions): boolean {
  const { controlTime } = options
  return controlTime !== undefined && status.revocationTime !== null && status.revocationTime > controlTime
}

const SEVERITY: readonly RevocationStatus['status'][] = ['revoked', 'unknown', 'not-checked', 'good', 'exempt']

function worstStatus(statuses: readonly RevocationStatus[]): RevocationStatus['status'] {
  return SEVERITY.find((status) => statuses.some((one) => one.status === status)) ?? 'not-checked'
}

function exhaustedFinding(search: SearchState): readonly Finding[] {
  if (!search.exhausted) return []
  const message =
    'the search for a certification path was ended by its budget, or that of the document: another path may exist'
  return [{ code: 'path-budget-exhausted', severity: 'warning', message, clause: null }]
}

/** What a CRL says of the time before the revocation: where that is the time asked about, a person should know. */
function invalidityFindings(
  { certificate, invalidityDate }: RevocationStatus,
  options: PathOptions,
): readonly Finding[] {
  if (!invalidityDate) return []
  const asked = options.controlTime ?? options.validationTime
  const message = `its CA says that ${certificate.subject.display} was invalid since ${invalidityDate.toISOString()}`
  const severity = invalidityDate <= asked ? 'warning' : 'info'
  return [{ code: 'certificate-invalid-since', severity, message, clause: 'RFC 5280 §5.3.2' }]
}

function laterFindings(best: Judged, options: PathOptions): readonly Finding[] {
  return best.revocations.flatMap((status): Finding[] => {
    if (status.status !== 'revoked' || !isLater(status, options)) return []
    const message = `${status.certificate.subject.display} was revoked later, at ${status.revocationTime?.toISOString()}`
    return [{ code: 'certificate-revoked-later', severity: 'info', message, clause: 'EN 319 102-1 §5.6.2.2' }]
  })
}

/** What counts is the status at the time that is asked about. */
const atControlTime = (options: PathOptions) => (status: RevocationStatus) =>
  status.status === 'revoked' && isLater(status, options) ? ({ ...status, status: 'good' } as const) : status

function concludePath(best: Judged, search: SearchState, options: PathOptions): PathConclusion {
  const passed = best.problems.length === 0
  let subIndication = weightiest(best.problems)
  const [leafStatus] = best.revocations
  const outOfBoundsOnly = best.problems.every((one) => one.subIndication === 'OUT_OF_BOUNDS_NO_POE')
  if (!passed && outOfBoundsOnly && leafStatus?.status === 'good') subIndication = 'OUT_OF_BOUNDS_NOT_REVOKED'
  return {
    indication: passed ? 'PASSED' : 'INDETERMINATE',
    subIndication,
    path: best.path,
    trustAnchor: best.path.at(-1) ?? null,
    trusted: best.trusted,
    revocation: worstStatus(best.revocations.map(atControlTime(options))),
    revocations: best.revocations,
    wanted: best.revocations.flatMap(({ status, certificate }, i) => {
      const issuer = best.path[i + 1]
      return status === 'unknown' && issuer ? wantedRevocationData(certificate, issuer) : []
    }),
    policies: passed ? best.policies : [],
    findings: [
      ...best.problems.map((one) => one.finding),
      ...laterFindings(best, options),
      ...best.revocations.flatMap((one) => [
        ...invalidityFindings(one, options),
        ...(one.objections ?? []),
        ...findUnreachable(one),
      ]),
      ...(passed ? [] : exhaustedFinding(search)),
    ],
  }
}

function concludeWithoutPath(trace: SearchTrace, options: PathOptions, shared: Shared): PathConclusion {
  const { search, intermediates } = shared
  const end = trace.longest.at(-1)
  const why: Finding[] = [
    {
      code: 'no-path-to-anchor',
      severity: 'error',
      message: `no certification path leads from ${end?.subject.display ?? 'the certificate'} to a trust anchor`,
      clause: 'EN 319 102-1 §5.2.6.4',
    },
  ]
  if (trace.brokenSignature) {
    const message = 'an issuer of the right name was there, and its key did not make the signature'
    why.push({ code: 'certificate-signature-broken', severity: 'error', message, clause: 'RFC 5280 §6.1.3(a)(1)' })
  }
  if (trace.unsupportedSignature) {
    const message = 'a certificate is signed by an algorithm or key that is not verified here'
    why.push({ code: 'certificate-signature-unsupported', severity: 'error', message, clause: null })
  }
  // What it spends is spent; that it could not look at everything leaves no path out.
  const state = { ...search }
  const sameNamed = findSameNamedIssuer({ path: trace.longest, anchors: options.trustAnchors, intermediates, state })
  search.signatureChecksLeft = state.signatureChecksLeft
  if (sameNamed) why.push(sameNamed)
  const wanted: readonly Wanted[] = end ? wantedIssuer(end) : []
  return {
    indication: 'INDETERMINATE',
    subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    path: trace.longest,
    trustAnchor: null,
    trusted: search.exhausted ? null : false,
    revocation: 'not-checked',
    revocations: [],
    wanted,
    policies: [],
    findings: [...why, ...exhaustedFinding(search)],
  }
}
