import { createHash } from 'node:crypto'
import { toHex } from '../der/index.ts'
import type { Certificate, PublicKeyInfo } from '../x509/certificate.ts'
import { EXTENSION, type Extension } from '../x509/extensions.ts'
import { judgeProfile } from '../x509/judge-profile.ts'
import type { Problem } from '../x509/problem.ts'
import { OCSP_SIGNING } from '../x509/purpose.ts'
import { judgeOnce } from '../x509/search-state.ts'
import { hashName } from '../x509/signature-scheme.ts'
import {
  type EvidenceStatus,
  isAvailable,
  isFresh,
  isStillInForce,
  provenTimeOf,
  type RevocationContext,
  type Target,
} from './context.ts'
import { judgeByCrls } from './crl-status.ts'
import { outlivesExpiry } from './expired-certificates.ts'
import type { OcspResponse, OcspSingleResponse } from './ocsp-response.ts'

/**
 * Judges a certificate's status by the OCSP responses at hand: revoked where any sound one says so; good or unknown
 * by the newest sound and fresh one; null where there is none.
 * @see RFC 6960 §3.2
 */
export function judgeByOcsp(target: Target, context: RevocationContext): EvidenceStatus | null {
  let newest: EvidenceStatus | null = null
  for (const response of context.ocsps) {
    for (const single of response.responses) {
      if (!isAbout(single, target) || !isAvailable(single.thisUpdate, context)) continue
      if (hasCritical(response.extensions) || hasCritical(single.extensions)) continue
      if (!isSignedSoundly(response, target, context)) continue
      const answer: EvidenceStatus = {
        status: single.status,
        source: 'ocsp',
        revocationTime: single.revocationTime,
        reason: single.reason,
        thisUpdate: single.thisUpdate,
        nextUpdate: single.nextUpdate,
        issuedAt: response.producedAt,
        evidence: response.sha256,
      }
      if (single.status === 'revoked') return answer
      if (!isFresh(single.thisUpdate, single.nextUpdate, context)) continue
      if (!outlivesExpiry(target.certificate, single.thisUpdate, single.extensions)) continue
      if (!newest || (answer.thisUpdate ?? 0) > (newest.thisUpdate ?? 0)) newest = answer
    }
  }
  return newest
}

const hasCritical = (extensions: ReadonlyMap<string, Extension>): boolean =>
  [...extensions.values()].some((extension) => extension.critical)

/** The CertID names this certificate by its issuer's name and key and its serial (RFC 6960 §4.1.1). */
function isAbout(single: OcspSingleResponse, target: Target): boolean {
  const issuer = target.above[0]
  const hash = hashName(single.hashAlgorithm)
  if (!issuer || !hash || hash === 'md5' || single.serialKey !== target.certificate.serialKey) return false
  const digest = (bytes: Uint8Array): string => createHash(hash).update(bytes).digest('hex')
  return (
    digest(target.certificate.issuer.bytes) === single.issuerNameHash &&
    digest(issuer.certificate.publicKey.key) === single.issuerKeyHash
  )
}

function isResponder(certificate: Certificate, response: OcspResponse): boolean {
  const { responder } = response
  if (responder.kind === 'name') return certificate.subject.key === responder.name.key
  return toHex(createHash('sha1').update(certificate.publicKey.key).digest()) === responder.hash
}

/** RFC 6960 §4.2.2.2: signed by the issuer itself, or by who has a certificate for it from that very issuer. */
function isSignedSoundly(response: OcspResponse, target: Target, context: RevocationContext): boolean {
  const issuer = target.above[0]
  if (!issuer) return false
  if (
    isResponder(issuer.certificate, response) &&
    isStillInForce(issuer.certificate, target, provenTimeOf(response, context)) &&
    judgeOnce(context.search, response, issuer.publicKey) === 'holds'
  ) {
    return true
  }
  const { responder } = response
  const known =
    responder.kind === 'name' ? (context.signers.get(responder.name.key) ?? []) : [...context.signers.values()].flat()
  return [...response.certificates, ...known].some(
    (certificate) =>
      isResponder(certificate, response) &&
      isDelegated(certificate, issuer.certificate, issuer.publicKey, context) &&
      judgeOnce(context.search, response, certificate.publicKey) === 'holds' &&
      isResponderInForce(certificate, response, target, context),
  )
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
  const status = judgeByCrls({ certificate: responder, above: target.above }, context)
  if (status) return status.status === 'good'
  return context.mode === 'if-present'
}
