import { createHash } from 'node:crypto'
import { toHex } from '../der/index.ts'
import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import { EXTENSION, type Extension } from '../x509/extensions.ts'
import { judgeProfile } from '../x509/judge-profile.ts'
import type { Problem } from '../x509/problem.ts'
import type { PublicKeyInfo } from '../x509/public-key.ts'
import { OCSP_SIGNING } from '../x509/purpose.ts'
import { judgeOnce } from '../x509/search-state.ts'
import type { SignatureAnswer } from '../x509/signature-answers.ts'
import { hashName } from '../x509/signature-scheme.ts'
import { CERT_HASH, fitsCertHash } from './cert-hash.ts'
import {
  type EvidenceStatus,
  freshUntil,
  isAvailable,
  isFresh,
  isStillInForce,
  objectionTo,
  provenTimeOf,
  type RevocationContext,
  type Target,
} from './context.ts'
import { judgeByCrls } from './crl-status.ts'
import { ARCHIVE_CUTOFF, outlivesExpiry } from './expired-certificates.ts'
import { OCSP_NONCE, type OcspResponse, type OcspSingleResponse } from './ocsp-response.ts'
import { type Refusal, type Refuse, refusalOfSigner, unsaid } from './refused-evidence.ts'
import { mayBeSilent } from './wanted-evidence.ts'
import { callsGood, newestOf, standingRevocation } from './weigh-answers.ts'

/**
 * Judges a certificate's status by the OCSP responses at hand: revoked where any sound one says so (a hold: unless a
 * newer one has lifted it); good or unknown by the newest sound and fresh one; null where there is none.
 * @see RFC 6960 §3.2
 */
export function judgeByOcsp(target: Target, context: RevocationContext, refuse: Refuse): EvidenceStatus | null {
  const sound = context.ocsps.flatMap((response) => {
    const refused = (refusal: Refusal, at: Date | null = null): readonly [] => {
      refuse({ kind: 'ocsp', sha256: response.sha256, refusal, at })
      return []
    }
    return response.responses.flatMap((single) => {
      const about = whomItIsAbout(single, target)
      if (about === 'another') return []
      if (about === 'other-issuer') return refused('other-issuer')
      const made = [single.thisUpdate, response.producedAt].find((time) => !isAvailable(time, context))
      if (made) return refused('future', made)
      if (!isReadable(single, response)) return refused('not-processed')
      const signed = judgeSigned(response, target, context)
      if (!signed) return refused(refusalOfSigner(answersByResponders(response, target, context)))
      return [{ single, refused, answer: { ...answerOf(single, response), objection: signed.objection } }]
    })
  })
  const revoked = standingRevocation(sound.map(({ answer }) => answer))
  if (revoked) return revoked
  const telling = sound.filter(({ single, answer, refused }) => {
    if (answer.status === 'revoked') return false
    const fresh = isFresh(single.thisUpdate, single.nextUpdate, context)
    if (!fresh) refused('stale', freshUntil(single.thisUpdate, single.nextUpdate))
    const outlives = outlivesExpiry(target.certificate, single.thisUpdate, single.extensions)
    if (fresh && !outlives) refused('after-expiry', single.thisUpdate)
    return fresh && outlives
  })
  const answers = telling.map(({ answer }) => answer)
  return newestOf(answers.filter(({ objection }) => objection === null)) ?? newestOf(answers)
}

const answerOf = (single: OcspSingleResponse, response: OcspResponse): Omit<EvidenceStatus, 'objection'> => ({
  status: single.status,
  source: 'ocsp',
  revocationTime: single.revocationTime,
  reason: single.reason,
  thisUpdate: single.thisUpdate,
  nextUpdate: single.nextUpdate,
  issuedAt: response.producedAt,
  evidence: response.sha256,
})

const isReadable = (single: OcspSingleResponse, response: OcspResponse): boolean =>
  !hasUnprocessedCritical(response.extensions) && !hasUnprocessedCritical(single.extensions)

/** Extensions whose meaning is applied, or that ask nothing of who reads the answer (the nonce: who asked compares it). */
const PROCESSED = new Set([OCSP_NONCE, ARCHIVE_CUTOFF, CERT_HASH])

const hasUnprocessedCritical = (extensions: ReadonlyMap<string, Extension>): boolean =>
  [...extensions.values()].some((extension) => extension.critical && !PROCESSED.has(extension.oid))

/**
 * The CertID names this certificate by its issuer's name and key and its serial (RFC 6960 §4.1.1). other-issuer: all but the
 * key fits.
 */
function whomItIsAbout(single: OcspSingleResponse, target: Target): 'this' | 'other-issuer' | 'another' {
  const issuer = target.above[0]
  const hash = hashName(single.hashAlgorithm)
  if (!issuer || !hash || hash === 'md5' || single.serialKey !== target.certificate.serialKey) return 'another'
  const digest = (bytes: Uint8Array): string => createHash(hash).update(bytes).digest('hex')
  if (digest(target.certificate.issuer.bytes) !== single.issuerNameHash) return 'another'
  if (digest(issuer.certificate.publicKey.key) !== single.issuerKeyHash) return 'other-issuer'
  return fitsCertHash(single.extensions, target.certificate) ? 'this' : 'another'
}

function isResponder(certificate: Certificate, response: OcspResponse): boolean {
  const { responder } = response
  if (responder.kind === 'name') return certificate.subject.key === responder.name.key
  return toHex(createHash('sha1').update(certificate.publicKey.key).digest()) === responder.hash
}

/**
 * RFC 6960 §4.2.2.2: signed by the issuer itself, or by who has a certificate for it from that very issuer. Gives what
 * stands against the algorithms; null where it is not signed soundly at all.
 */
function judgeSigned(
  response: OcspResponse,
  target: Target,
  context: RevocationContext,
): { readonly objection: Finding | null } | null {
  const issuer = target.above[0]
  if (!issuer) return null
  if (
    isResponder(issuer.certificate, response) &&
    isStillInForce(issuer.certificate, target, provenTimeOf(response, context)) &&
    judgeOnce(context.search, response, issuer.publicKey) === 'holds'
  ) {
    return { objection: objectionTo(response, issuer.publicKey, target, context) }
  }
  const signer = respondersOf(response, context).find(
    (certificate) =>
      isResponder(certificate, response) &&
      isDelegated(certificate, issuer.certificate, issuer.publicKey, context) &&
      judgeOnce(context.search, response, certificate.publicKey) === 'holds' &&
      isResponderInForce(certificate, response, target, context),
  )
  if (!signer) return null
  const { signatureAlgorithm, publicKey } = signer
  // Who vouches for the responder is as good as the signature on his certificate.
  const vouched = { signatureAlgorithm, sha256: response.sha256 }
  const objection =
    objectionTo(response, publicKey, target, context) ?? objectionTo(vouched, publicKey, target, context)
  return { objection }
}

/** What was found out of a response's signature by the keys of those that it may mean as responders. */
function answersByResponders(
  response: OcspResponse,
  target: Target,
  context: RevocationContext,
): readonly (SignatureAnswer | null)[] {
  const issuer = target.above[0]?.certificate
  return [...(issuer ? [issuer] : []), ...respondersOf(response, context)]
    .filter((certificate) => isResponder(certificate, response))
    .map(({ publicKey }) => response.answers.get(publicKey.sha256))
}

/** Certificates that may be the responder's. */
function respondersOf(response: OcspResponse, context: RevocationContext): readonly Certificate[] {
  const { responder, certificates } = response
  const known =
    responder.kind === 'name' ? (context.signers.get(responder.name.key) ?? []) : [...context.signers.values()].flat()
  return [...certificates, ...known]
}

function isDelegated(
  responder: Certificate,
  issuer: Certificate,
  issuerKey: PublicKeyInfo,
  context: RevocationContext,
): boolean {
  const problems: Problem[] = []
  judgeProfile(responder, { leaf: true, anchor: false }, problems)
  const { keyUsage, extendedKeyUsage } = responder.decoded
  return (
    problems.length === 0 &&
    extendedKeyUsage?.has(OCSP_SIGNING) === true &&
    (keyUsage === null || keyUsage.has('digitalSignature') || keyUsage.has('nonRepudiation')) &&
    responder.issuer.key === issuer.subject.key &&
    judgeOnce(context.search, responder, issuerKey) === 'holds'
  )
}

/** In its validity when the response is proven to have been there, and not revoked (RFC 6960 §4.2.2.2.1). */
function isResponderInForce(
  responder: Certificate,
  response: OcspResponse,
  target: Target,
  context: RevocationContext,
): boolean {
  const proven = provenTimeOf(response, context)
  const inTime = (time: Date): boolean => responder.notBefore <= time && time <= responder.notAfter
  if (!inTime(response.producedAt) || !inTime(proven)) return false
  if (responder.extensions.has(EXTENSION.ocspNoCheck)) return true
  // Its status by CRL only: by OCSP a responder could end up vouching for itself.
  const status = judgeByCrls({ certificate: responder, above: target.above }, context, unsaid)
  if (status && (status.status !== 'good' || callsGood(status))) return status.status === 'good'
  return mayBeSilent(responder, context.mode)
}
