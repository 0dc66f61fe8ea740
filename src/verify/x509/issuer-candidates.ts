import {
  contextConstructed,
  contextPrimitive,
  readChildren,
  readElement,
  readFields,
  readImplicit,
  readIntegerBytes,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { CertificateIndex } from './build-paths.ts'
import type { Certificate } from './certificate.ts'
import { EXTENSION } from './extensions.ts'
import { parseGeneralName } from './general-name.ts'
import type { TrustStore } from './trust-store.ts'

/** A certificate that may have issued another, going by its name. */
export interface Candidate {
  readonly certificate: Certificate
  readonly anchor: boolean
}

/**
 * Gives the certificates whose name is the issuer's, likeliest first: those that the authority key identifier names
 * (by key, by issuer and serial number), in their validity, anchors, CAs, and those nearest to an anchor.
 * What a key identifier says is a hint: a candidate that it does not name comes last, and is not left out.
 * @see RFC 4158 §3.5, RFC 5280 §4.2.1.1
 */
export function issuerCandidates(
  certificate: Certificate,
  anchors: TrustStore,
  intermediates: CertificateIndex,
  validationTime: Date,
  distances: ReadonlyMap<string, number>,
): Candidate[] {
  const name = certificate.issuer.key
  const candidates: Candidate[] = [
    ...anchors.bySubject(name).map((anchor) => ({ certificate: anchor, anchor: true })),
    ...(intermediates.get(name) ?? [])
      .filter((one) => !anchors.bySha256(one.sha256) && (distances.size === 0 || distances.has(one.issuer.key)))
      .map((one) => ({ certificate: one, anchor: false })),
  ]
  if (candidates.length < 2) return candidates
  const likelihood = readHints(certificate, validationTime)
  const distance = ({ certificate: one, anchor }: Candidate): number =>
    anchor ? 0 : 1 + (distances.get(one.issuer.key) ?? 0)
  return candidates
    .map((candidate) => ({ candidate, rank: likelihood(candidate), distance: distance(candidate) }))
    .sort((a, b) => b.rank - a.rank || a.distance - b.distance)
    .map((ranked) => ranked.candidate)
}

/** 2: the hint names it; 1: no hint; 0: the hint names another. */
const hintFits = (wanted: string | null, found: string | null): number =>
  wanted === null || found === null ? 1 : wanted === found ? 2 : 0

function readHints(certificate: Certificate, validationTime: Date): (candidate: Candidate) => number {
  const { authorityKeyIdentifier } = certificate.decoded
  const wantedKey = authorityKeyIdentifier ? toHex(authorityKeyIdentifier) : null
  const wantedSerial = readIssuerAndSerial(certificate)
  return ({ certificate: one, anchor }) => {
    const keyId = one.decoded.subjectKeyIdentifier
    const keyFits = hintFits(wantedKey, keyId ? toHex(keyId) : null)
    const serialFits = hintFits(wantedSerial, wantedSerial === null ? null : `${one.serialKey} ${one.issuer.key}`)
    const inTime = one.notBefore <= validationTime && validationTime <= one.notAfter
    const isCa = one.decoded.basicConstraints?.ca === true
    return keyFits * 27 + serialFits * 9 + (inTime ? 4 : 0) + (anchor ? 2 : 0) + (isCa ? 1 : 0)
  }
}

/** authorityCertIssuer and authorityCertSerialNumber as one text to compare by; null where they are not there. */
function readIssuerAndSerial(certificate: Certificate): string | null {
  const extension = certificate.extensions.get(EXTENSION.authorityKeyIdentifier)
  if (!extension) return null
  try {
    const fields = readFields(readElement(extension.value), 'AuthorityKeyIdentifier')
    fields.optional(contextPrimitive(0))
    const issuers = fields.optional(contextConstructed(1))
    const serial = fields.optional(contextPrimitive(2))
    if (!issuers || !serial) return null
    const issuer = readChildren(issuers)
      .map(parseGeneralName)
      .find((name) => name.kind === 'directory')
    if (!issuer) return null
    return `${toHex(readIntegerBytes(readImplicit(serial, TAG.integer)))} ${issuer.name.key}`
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}
