import { sameBytes } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type CertificateList, type CrlEntry, crlEntriesOf, hasUnprocessedEntries } from '../x509/certificate-list.ts'
import type { DistributionPoint } from '../x509/distribution-point.ts'
import { ALL_REASONS } from '../x509/extensions.ts'
import type { PublicKeyInfo } from '../x509/public-key.ts'
import { judgeOnce } from '../x509/search-state.ts'
import {
  type EvidenceStatus,
  freshUntil,
  isAvailable,
  isFresh,
  isStillInForce,
  objectionTo,
  provenTimeOf,
  REASON_CERTIFICATE_HOLD,
  REASON_REMOVE_FROM_CRL,
  type RevocationContext,
  type Target,
} from './context.ts'
import { coveredReasons, distributionPointsOf, isByProfile, isProcessable } from './crl-scope.ts'
import { outlivesExpiry } from './expired-certificates.ts'
import { type Refusal, type Refuse, refusalOfSigner } from './refused-evidence.ts'
import { newestOf, standingRevocation } from './weigh-answers.ts'

/** What one sound CRL says, and for which reasons. */
interface CrlAnswer {
  readonly status: EvidenceStatus
  readonly reasons: number
  /** It is fresh and made by the profile, so that its silence about a certificate says that it is good. */
  readonly vouches: boolean
}

const HOLD = 1 << REASON_CERTIFICATE_HOLD

/**
 * Judges a certificate's status by the CRLs at hand. Revoked where any sound CRL for it says so, stale ones included
 * (a hold: unless a newer one has lifted it); good only where fresh and sound CRLs together speak for all reasons;
 * null where nothing is known.
 * @see RFC 5280 §6.3.3
 */
export function judgeByCrls(target: Target, context: RevocationContext, refuse: Refuse): EvidenceStatus | null {
  const answers = distributionPointsOf(target.certificate).flatMap((point) => askCrls(target, point, context, refuse))
  const revoked = standingRevocation(
    answers.filter(({ status, reasons }) => status.status === 'revoked' || (reasons & HOLD) !== 0).map((a) => a.status),
  )
  if (revoked) return revoked
  const vouching = answers.filter(({ status, vouches }) => status.status === 'good' && vouches)
  const relied = vouching.filter(({ status }) => status.objection === null)
  for (const some of [relied, vouching]) {
    const goodFor = some.reduce((all, { reasons }) => all | reasons, 0)
    if (goodFor === ALL_REASONS) return newestOf(some.map((answer) => answer.status))
  }
  return null
}

function askCrls(
  target: Target,
  point: DistributionPoint,
  context: RevocationContext,
  refuse: Refuse,
): readonly CrlAnswer[] {
  const { certificate } = target
  const issuers = point.crlIssuer?.flatMap((n) => (n.kind === 'directory' ? [n.name.key] : [])) ?? [
    certificate.issuer.key,
  ]
  const crls = issuers.flatMap((key) => context.crls.get(key) ?? [])
  return crls.flatMap((crl): readonly CrlAnswer[] => {
    const reasons = coveredReasons(certificate, crl, point)
    if (reasons === 0) return []
    const refused = (refusal: Refusal, at: Date | null = null): readonly [] => {
      refuse({ kind: 'crl', sha256: crl.sha256, refusal, at })
      return []
    }
    if (!isAvailable(crl.thisUpdate, context)) return refused('future', crl.thisUpdate)
    if (!isReadable(crl)) return refused('not-processed')
    const key = findSignerKey(crl, target, point, context)
    if (!key) return refused(refusalOf(crl, target, context))
    const objection = objectionTo(crl, key, target, context)
    if (crl.baseCrlNumber !== null) return condemn(certificate, crl, reasons, objection)
    const delta = findDelta(crl, crls, key, context)
    const found = judgeByCrl(certificate, crl, delta)
    const status = { ...found, objection: objection ?? (delta && objectionTo(delta, key, target, context)) }
    // RFC 5280 §6.3.3(a): a list whose time is over is good for as long as its delta is.
    const fresh = isFresh(status.thisUpdate ?? crl.thisUpdate, status.nextUpdate, context)
    const outlives = outlivesExpiry(certificate, crl.thisUpdate, crl.extensions)
    if (!fresh) refused('stale', freshUntil(status.thisUpdate ?? crl.thisUpdate, status.nextUpdate))
    else if (!isByProfile(crl)) refused('not-by-profile')
    else if (!outlives) refused('after-expiry', crl.thisUpdate)
    return [{ status, reasons, vouches: fresh && isByProfile(crl) && outlives }]
  })
}

/** A delta CRL without its base says nothing good of a certificate; that it is revoked, it does say. */
function condemn(
  certificate: Certificate,
  delta: CertificateList,
  reasons: number,
  objection: Finding | null,
): readonly CrlAnswer[] {
  const found = judgeByCrl(certificate, delta, delta)
  return found.status === 'revoked' ? [{ status: { ...found, objection }, reasons, vouches: false }] : []
}

/** Who signed it, or did not; a CRL that names another key than those of its issuer's name at hand is another issuer's. */
function refusalOf(crl: CertificateList, target: Target, context: RevocationContext): Refusal {
  const above = target.above.filter(({ certificate }) => certificate.subject.key === crl.issuer.key)
  const named = crl.authorityKeyIdentifier
  const keyIds = above.map(({ certificate }) => certificate.decoded.subjectKeyIdentifier)
  if (named && above.length > 0 && keyIds.every((own) => own && !sameBytes(own, named))) return 'other-issuer'
  const keys = [...above, ...(context.signers.get(crl.issuer.key) ?? [])].map(({ publicKey }) => publicKey.sha256)
  return refusalOfSigner(keys.map((key) => crl.answers.get(key)))
}

const isUsable = (crl: CertificateList, context: RevocationContext): boolean =>
  isAvailable(crl.thisUpdate, context) && isReadable(crl)

/** A CRL whose entries cannot be read is no evidence, as if it were not there. */
function isReadable(crl: CertificateList): boolean {
  if (!isProcessable(crl)) return false
  try {
    return !hasUnprocessedEntries(crl)
  } catch (fault) {
    if (fault instanceof VerifyError) return false
    throw fault
  }
}

const mayBeCrlSigner = (certificate: Certificate): boolean =>
  certificate.decoded.malformed.length === 0 && (certificate.decoded.keyUsage?.has('cRLSign') ?? true)

/**
 * Finds who signed a CRL: a certificate of the CRL's issuer that may sign CRLs, whose key makes the signature, and
 * whose own path leads to the same anchor. Gives its key; null where there is none. RFC 5280 §6.3.3(f), (g)
 */
function findSignerKey(
  crl: CertificateList,
  target: Target,
  point: DistributionPoint,
  context: RevocationContext,
): PublicKeyInfo | null {
  for (const { certificate, publicKey } of target.above) {
    if (certificate.subject.key !== crl.issuer.key || !mayBeCrlSigner(certificate)) continue
    if (!isStillInForce(certificate, target, provenTimeOf(crl, context))) continue
    if (judgeOnce(context.search, crl, publicKey) === 'holds') return publicKey
  }
  const anchor = target.above.at(-1)?.certificate
  if (!anchor) return null
  for (const signer of context.signers.get(crl.issuer.key) ?? []) {
    if (!mayBeCrlSigner(signer)) continue
    const isTarget = signer.sha256 === target.certificate.sha256
    // Nobody vouches for himself, unless his CA says so by naming him as the CRL issuer within his own certificate.
    if (isTarget && !point.crlIssuer) continue
    if (judgeOnce(context.search, crl, signer.publicKey) !== 'holds') continue
    if (isTarget || context.signerHolds(signer, anchor, provenTimeOf(crl, context))) return signer.publicKey
  }
  return null
}

/** Finds the newest delta CRL that goes with a complete one (RFC 5280 §5.2.4, §6.3.3(c), (h)). */
function findDelta(
  base: CertificateList,
  crls: readonly CertificateList[],
  key: PublicKeyInfo,
  context: RevocationContext,
): CertificateList | null {
  const fitting = crls.filter(
    (delta) =>
      delta.baseCrlNumber !== null &&
      delta.crlNumber !== null &&
      base.crlNumber !== null &&
      delta.issuer.key === base.issuer.key &&
      base.crlNumber >= delta.baseCrlNumber &&
      delta.crlNumber >= base.crlNumber &&
      sameOptional(delta.issuingDistributionPoint?.bytes, base.issuingDistributionPoint?.bytes) &&
      sameOptional(delta.authorityKeyIdentifier ?? undefined, base.authorityKeyIdentifier ?? undefined) &&
      isUsable(delta, context) &&
      isFresh(delta.thisUpdate, delta.nextUpdate, context) &&
      judgeOnce(context.search, delta, key) === 'holds',
  )
  return fitting.toSorted((a, b) => Number((b.crlNumber ?? 0n) - (a.crlNumber ?? 0n)))[0] ?? null
}

const sameOptional = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameBytes(a, b)

/** Looks a certificate up in a sound complete CRL and its delta; the delta, being newer, has the last word. */
function judgeByCrl(
  certificate: Certificate,
  base: CertificateList,
  delta: CertificateList | null,
): Omit<EvidenceStatus, 'objection'> {
  const inDelta = delta ? findEntry(certificate, delta) : null
  const entry = inDelta ?? findEntry(certificate, base)
  const from = delta ?? base
  const when = {
    thisUpdate: from.thisUpdate,
    nextUpdate: from.nextUpdate,
    issuedAt: from.thisUpdate,
    evidence: from.sha256,
  }
  if (!entry || (inDelta && entry.reason === REASON_REMOVE_FROM_CRL)) {
    return { status: 'good', source: 'crl', revocationTime: null, reason: null, ...when }
  }
  const { revocationDate: revocationTime, reason, invalidityDate } = entry
  return { status: 'revoked', source: 'crl', revocationTime, reason, invalidityDate, ...when }
}

function findEntry(certificate: Certificate, crl: CertificateList): CrlEntry | null {
  const entries = crlEntriesOf(crl, certificate.serialKey)
  return entries.findLast((e) => (e.certificateIssuer ?? crl.issuer).key === certificate.issuer.key) ?? null
}
