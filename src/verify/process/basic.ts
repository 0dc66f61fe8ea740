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
  judgeCounterSignatures,
  type SignedContent,
  type SignedData,
  type SignerInfo,
  verifySignerInfo,
} from '../cms/index.ts'
import type { Finding, SubIndication, TotalIndication } from '../report/report.ts'
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
  readonly rules: CmsFormatRules & {
    readonly requireBinding: boolean
    /** The signed attributes must stand in the order of DER (CAdES); older formats are borne with. */
    readonly requireOrder: boolean
  }
  readonly purpose: Purpose
  /** Digests that bind the content where the CMS only signs a digest of it. */
  readonly digests?: readonly string[]
  /** Certificates and revocation data that the signed document carries. */
  readonly carried: CarriedEvidence
}

export interface CarriedEvidence {
  readonly certificates: readonly Certificate[]
  readonly crls: readonly CertificateList[]
  readonly ocsps: readonly OcspResponse[]
}

/** By when things are proven to have existed (EN 319 102-1 clause 5.6.2.3). */
export interface Proof {
  /** The signature. */
  readonly at: Date
  /** Certificates, CRLs and OCSP responses, by SHA-256; null: only by the validation time. */
  readonly poeOf: (sha256: string) => Date | null
}

/** What validation of a basic signature gives (EN 319 102-1 clause 5.3). */
export interface BasicConclusion {
  readonly indication: TotalIndication
  readonly subIndication: SubIndication | null
  readonly intact: boolean | null
  readonly cms: CmsConclusion
  /** Null where there is no signing certificate to find a path for. */
  readonly path: PathConclusion | null
  readonly findings: readonly Finding[]
}

/** What was found out about a signature without asking for a time: done once, whatever times are asked about after it. */
export interface BasicFacts {
  readonly cms: CmsConclusion
  readonly intact: boolean | null
  /** Format, identification and policy, in the order of clause 5.3.4. */
  readonly blocks: readonly BlockConclusion[]
  readonly cryptography: BlockConclusion
  readonly purpose: Purpose
  /** Digests that bind the content beside those of the CMS, by node:crypto's names. */
  readonly digests: readonly string[]
  /** Everything that may lie in the path, or say what became of it. */
  readonly evidence: CarriedEvidence
  /** SHA-256 of the revocation data that is signed itself. */
  readonly signedEvidence: ReadonlySet<string>
  readonly findings: readonly Finding[]
}

/**
 * What is signed was there when the signature was: revocation data among the signed attributes is proven by when the
 * signature is. @see EN 319 102-1 clause 5.6.2.3
 */
export function provingSigned(proof: Proof, { signedEvidence }: BasicFacts): Proof {
  if (signedEvidence.size === 0) return proof
  const poeOf = (sha256: string): Date | null => {
    const known = proof.poeOf(sha256)
    return signedEvidence.has(sha256) && (!known || proof.at < known) ? proof.at : known
  }
  return { ...proof, poeOf }
}

/** Judges a CMS signature as far as no time is asked for (EN 319 102-1 clauses 5.2.2, 5.2.3, 5.2.7). */
export function judgeCmsFacts(input: BasicInput, evidence: Evidence): BasicFacts {
  const { signedData, signerInfo, rules } = input
  const findings: Finding[] = []
  const certificates = [...input.carried.certificates, ...evidence.intermediates]
  const cms = verifySignerInfo(signedData, signerInfo, input.content ?? NOTHING, certificates)
  const archived = revocationInfoOf(signerInfo, findings)
  const inside = readAll(signedData.ocspResponses, parseOcspResponse, 'OCSP response', findings)
  return {
    cms,
    intact: input.content === null ? null : isUnsound(signerInfo, rules.requireOrder) ? false : cms.intact,
    blocks: [
      checkFormat(signedData, rules),
      checkSignerInfo(signerInfo, rules.requireOrder),
      identifySigningCertificate(cms, rules),
      judgePolicy(signerInfo),
    ],
    cryptography: verifyCryptography({ ...cms, contentAtHand: input.content !== null }),
    purpose: input.purpose,
    digests: input.digests ?? [],
    evidence: {
      certificates: [...signedData.certificates, ...certificates],
      crls: [...signedData.crls, ...archived.crls, ...input.carried.crls, ...evidence.crls],
      ocsps: [...inside, ...archived.ocsps, ...input.carried.ocsps, ...evidence.ocsps],
    },
    signedEvidence: new Set([...archived.crls, ...archived.ocsps].map(({ sha256 }) => sha256)),
    findings: [
      // Where the content is not at hand, nothing was found out about it.
      ...cms.findings.filter(({ code }) => input.content !== null || code !== 'message-digest-mismatch'),
      ...describeCounterSignatures(signedData, signerInfo, certificates),
      ...findings,
    ],
  }
}

/** Who signed the signature itself is shown; what he vouches for is not judged. */
function describeCounterSignatures(
  signedData: SignedData,
  signerInfo: SignerInfo,
  certificates: readonly Certificate[],
): readonly Finding[] {
  return judgeCounterSignatures(signedData, signerInfo, certificates).map(({ signingCertificate, holds }) => {
    const who = signingCertificate?.subject.display ?? 'somebody whose certificate is not at hand'
    const clause = 'RFC 5652 §11.4'
    return holds === true
      ? { code: 'counter-signature', severity: 'info', message: `counter-signed by ${who}`, clause }
      : {
          code: 'counter-signature-broken',
          severity: 'warning',
          message: `counter-signature by ${who} does not hold`,
          clause,
        }
  })
}

/**
 * Validates a basic signature: all blocks are run, so that the report says everything that is known; the first that
 * did not pass, in the order of the clause, gives the indication, and a failed one outweighs an indeterminate one.
 * `controlTime` asks about a past time (clause 5.6.2.1); null: about the validation time.
 * @see EN 319 102-1 clause 5.3.4
 */
export function validateBasicSignature(
  facts: BasicFacts,
  evidence: Evidence,
  proof: Proof,
  controlTime: Date | null = null,
): BasicConclusion {
  const { cms } = facts
  const path = cms.signingCertificate ? findPath(cms.signingCertificate, facts, evidence, proof, controlTime) : null
  const blocks: readonly BlockConclusion[] = [
    ...facts.blocks,
    ...(path ? [path] : []),
    facts.cryptography,
    acceptSignature(cms, proof.at, evidence.policy, facts.digests),
  ]
  const decisive =
    blocks.find((block) => block.indication === 'FAILED') ?? blocks.find((block) => block.indication !== 'PASSED')
  const failed = decisive?.indication === 'FAILED'
  return {
    indication: decisive ? (failed ? 'TOTAL-FAILED' : 'INDETERMINATE') : 'TOTAL-PASSED',
    subIndication: decisive?.subIndication ?? null,
    intact: facts.intact,
    cms,
    path,
    findings: once([
      ...blocks.flatMap((block) => block.findings),
      ...findUncheckedRevocation(path, evidence.checkRevocation),
      ...facts.findings,
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
function findSoundnessFaults(signerInfo: SignerInfo, ordered: boolean): readonly Finding[] {
  return [...findMisnamedAlgorithm(signerInfo), ...(ordered ? findOrderFault(signerInfo) : [])]
}

const isUnsound = (signerInfo: SignerInfo, ordered: boolean): boolean =>
  findSoundnessFaults(signerInfo, ordered).length > 0

function checkSignerInfo(signerInfo: SignerInfo, ordered: boolean): BlockConclusion {
  const faults = [...findAttributeFaults(signerInfo), ...findSoundnessFaults(signerInfo, ordered)]
  return faults.length > 0 ? failed('FORMAT_FAILURE', faults) : passed()
}

function judgePolicy(signerInfo: SignerInfo): BlockConclusion {
  const findings = findUnknownPolicy(signerInfo)
  return findings.length > 0 ? indeterminate('SIGNATURE_POLICY_NOT_AVAILABLE', findings) : passed()
}

/** Stands in where the signed bytes are not at hand; no digest is equal to an empty one. */
const NOTHING: SignedContent = { digestOf: () => new Uint8Array(), bytes: () => new Uint8Array() }

function findPath(
  signer: Certificate,
  facts: BasicFacts,
  evidence: Evidence,
  proof: Proof,
  controlTime: Date | null,
): PathConclusion {
  const { certificates, crls, ocsps } = facts.evidence
  const options = {
    trustAnchors: evidence.trustAnchors,
    intermediates: certificates,
    crls,
    ocsps,
    validationTime: evidence.validationTime,
    ...(controlTime ? { controlTime } : {}),
    purpose: facts.purpose,
    checkRevocation: evidence.checkRevocation,
    poeOf: proof.poeOf,
  }
  return validateSigningCertificate(signer, options, { policy: evidence.policy, provenTime: proof.at }, evidence.paths)
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
