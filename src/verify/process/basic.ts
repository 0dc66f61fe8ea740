import {
  acceptSignature,
  type BlockConclusion,
  type CmsFormatRules,
  checkFormat,
  failed,
  identifySigningCertificate,
  indeterminate,
  passed,
  validateSigningCertificate,
  verifyCryptography,
} from '../blocks/index.ts'
import {
  type CmsConclusion,
  type SignedContent,
  type SignedData,
  type SignerInfo,
  verifySignerInfo,
} from '../cms/index.ts'
import type { Finding, SignatureIndication, SubIndication } from '../report/report.ts'
import { type OcspResponse, parseOcspResponse } from '../revocation/index.ts'
import type { Certificate, CertificateList, PathConclusion, Purpose } from '../x509/index.ts'
import {
  findAttributeFaults,
  findMisnamedAlgorithm,
  findOrderFault,
  findUnknownPolicy,
  revocationInfoOf,
} from './signed-attributes.ts'
import { type Evidence, readAll } from './verify-options.ts'

/** What is judged: one signer of a CMS over some content, by the rules of the format around it. */
export interface BasicInput {
  readonly signedData: SignedData
  readonly signerInfo: SignerInfo
  /** Null: the signed bytes are not at hand. */
  readonly content: SignedContent | null
  readonly rules: CmsFormatRules & { readonly requireBinding: boolean }
  readonly purpose: Purpose
  /** Certificates and revocation data that the signed document carries. */
  readonly carried: CarriedEvidence
}

export interface CarriedEvidence {
  readonly certificates: readonly Certificate[]
  readonly crls: readonly CertificateList[]
  readonly ocsps: readonly OcspResponse[]
}

/** What validation of a basic signature gives (EN 319 102-1 clause 5.3). */
export interface BasicConclusion {
  readonly indication: SignatureIndication
  readonly subIndication: SubIndication | null
  readonly intact: boolean | null
  readonly cms: CmsConclusion
  /** Null where there is no signing certificate to find a path for. */
  readonly path: PathConclusion | null
  readonly findings: readonly Finding[]
}

/**
 * Validates a basic signature: all blocks are run, so that the report says everything that is known; the first that
 * did not pass, in the order of the clause, gives the indication, and a failed one outweighs an indeterminate one.
 * @see EN 319 102-1 clause 5.3.4
 */
export function validateBasicSignature(input: BasicInput, evidence: Evidence): BasicConclusion {
  const { signedData, signerInfo } = input
  const findings: Finding[] = []
  const certificates = [...input.carried.certificates, ...evidence.intermediates]
  const content = input.content ?? NOTHING
  const cms = verifySignerInfo(signedData, signerInfo, content, certificates)
  const format = [checkFormat(signedData, input.rules), checkSignerInfo(signerInfo, input.rules.requireBinding)]
  const identification = identifySigningCertificate(cms, input.rules)
  const cryptography = verifyCryptography({ ...cms, contentAtHand: input.content !== null })
  const path = cms.signingCertificate ? findPath(cms.signingCertificate, input, evidence, findings) : null
  const provenTime = evidence.poe ?? evidence.validationTime
  const acceptance = acceptSignature(cms, provenTime, evidence.policy)
  const policy = judgePolicy(signerInfo)
  const blocks: readonly BlockConclusion[] = [
    ...format,
    identification,
    policy,
    ...(path ? [path] : []),
    cryptography,
    acceptance,
  ]
  const decisive =
    blocks.find((block) => block.indication === 'FAILED') ?? blocks.find((block) => block.indication !== 'PASSED')
  const failed = decisive?.indication === 'FAILED'
  return {
    indication: decisive ? (failed ? 'TOTAL-FAILED' : 'INDETERMINATE') : 'TOTAL-PASSED',
    subIndication: decisive?.subIndication ?? null,
    intact: input.content === null ? null : isUnsound(signerInfo, input.rules.requireBinding) ? false : cms.intact,
    cms,
    path,
    findings: once([
      ...blocks.flatMap((block) => block.findings),
      ...cms.findings,
      ...findUncheckedRevocation(path, evidence.checkRevocation),
      ...findings,
    ]),
  }
}

/**
 * Where revocation is not demanded, a path passes without its evidence: the report must say so in words of its own,
 * or "valid" would be read as "and not revoked".
 */
function findUncheckedRevocation(path: PathConclusion | null, mode: Evidence['checkRevocation']): readonly Finding[] {
  if (!path || mode === 'require' || (path.revocation !== 'unknown' && path.revocation !== 'not-checked')) return []
  // A responder's own "unknown" was checked, and is said already.
  if (path.findings.some((finding) => finding.code === 'revocation-unknown')) return []
  const message =
    mode === 'off'
      ? 'revocation was not checked: it is turned off'
      : 'revocation was not checked for every certificate of the path: no evidence was at hand'
  return [{ code: 'revocation-not-checked', severity: 'warning', message, clause: 'EN 319 102-1 §5.2.6.4' }]
}

/** What makes the signature value hold over something else than the standard says is signed. */
function findSoundnessFaults(signerInfo: SignerInfo, cades: boolean): readonly Finding[] {
  return [...findMisnamedAlgorithm(signerInfo), ...(cades ? findOrderFault(signerInfo) : [])]
}

const isUnsound = (signerInfo: SignerInfo, cades: boolean): boolean => findSoundnessFaults(signerInfo, cades).length > 0

function checkSignerInfo(signerInfo: SignerInfo, cades: boolean): BlockConclusion {
  const faults = [...findAttributeFaults(signerInfo), ...findSoundnessFaults(signerInfo, cades)]
  return faults.length > 0 ? failed('FORMAT_FAILURE', faults) : passed()
}

function judgePolicy(signerInfo: SignerInfo): BlockConclusion {
  const findings = findUnknownPolicy(signerInfo)
  return findings.length > 0 ? indeterminate('SIGNATURE_POLICY_NOT_AVAILABLE', findings) : passed()
}

/** Stands in where the signed bytes are not at hand; no digest is equal to an empty one. */
const NOTHING: SignedContent = { digestOf: () => new Uint8Array(), bytes: () => new Uint8Array() }

function findPath(signer: Certificate, input: BasicInput, evidence: Evidence, findings: Finding[]): PathConclusion {
  const { signedData, carried } = input
  const archived = revocationInfoOf(input.signerInfo, findings)
  const inside = readAll(signedData.ocspResponses, parseOcspResponse, 'OCSP response', findings)
  const options = {
    trustAnchors: evidence.trustAnchors,
    intermediates: [...signedData.certificates, ...carried.certificates, ...evidence.intermediates],
    crls: [...signedData.crls, ...archived.crls, ...carried.crls, ...evidence.crls],
    ocsps: [...inside, ...archived.ocsps, ...carried.ocsps, ...evidence.ocsps],
    validationTime: evidence.validationTime,
    purpose: input.purpose,
    checkRevocation: evidence.checkRevocation,
  }
  const provenTime = evidence.poe ?? evidence.validationTime
  return validateSigningCertificate(signer, options, { policy: evidence.policy, provenTime })
}

/** Leaves out findings that say the same again. */
export function once(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings.filter((finding) => {
    const key = `${finding.code} ${finding.message}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
