import type { SignedContent, SignedData } from '../cms/index.ts'
import { sameBytes } from '../der/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import type { Certificate, Purpose } from '../x509/index.ts'
import { judgeCmsFacts, type Proof } from './basic.ts'
import { carriedIn } from './carried-in.ts'
import { withOddClaim } from './claimed-time.ts'
import { validateWithProof } from './past-signature.ts'
import { type VerdictWithFindings, worseOf } from './pdf-surroundings.ts'
import { withQualification } from './qualification.ts'
import { blankSignature, factsOf } from './signature-facts.ts'
import {
  describeTimeStamp,
  earliest,
  findOrderFault,
  judgeNotBefore,
  judgeSignatureTimeStamps,
  provenTimes,
  reportTimeStamp,
} from './signature-time-stamps.ts'
import { digestContent } from './signed-content.ts'
import type { Evidence } from './verify-options.ts'

/** Where a CMS stands, and what that asks of it. */
export interface CmsPlace {
  readonly kind: 'cms' | 'smime'
  /** The signed bytes outside of it; null where there are none at hand. */
  readonly outside: Uint8Array | null
  readonly content: 'detached' | 'enveloped' | 'any'
  readonly purpose: Purpose
}

const NOTHING_CARRIED = { certificates: [], crls: [], ocsps: [] }

/** Judges each signer of a CMS, in order; a CMS without signers is one signature that fails. */
export function judgeCmsSigners(signedData: SignedData, place: CmsPlace, evidence: Evidence): SignatureReport[] {
  const content = contentFor(signedData, place)
  return signedData.signerInfos.map((_, i) => judgeSigner(signedData, i, content, place, evidence))
}

/** The time of receipt proves what was received; of the evidence that came from elsewhere, what is proven is handed in. */
function proofByReceipt(signedData: SignedData, evidence: Evidence): Proof {
  const { poe, evidencePoe, validationTime } = evidence
  const carried = new Set(poe ? carriedIn(signedData, evidence) : [])
  const poeOf = (sha256: string): Date | null => evidencePoe.get(sha256) ?? (carried.has(sha256) ? poe : null)
  return { at: poe ?? validationTime, poeOf }
}

/** RFC 5652 §5.2: what stands inside is what is signed. */
function contentFor(signedData: SignedData, place: CmsPlace): SignedContent | null {
  const bytes = signedData.content ?? place.outside
  return bytes ? digestContent(bytes) : null
}

/** What is handed in beside a CMS that carries its own content must be that: else the signature is about something else. */
function findOtherContent({ content }: SignedData, { outside }: CmsPlace): readonly Finding[] {
  if (!content || !outside || sameBytes(content, outside)) return []
  const message = 'the content that was handed in is not the one that the signature carries'
  return [{ code: 'message-digest-mismatch', severity: 'error', message, clause: 'RFC 5652 §5.4' }]
}

function judgeAround(other: readonly Finding[], described: readonly Finding[]): VerdictWithFindings {
  const findings = [...other, ...described]
  if (other.length > 0) return { indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE', findings }
  const disordered = described.some(({ code }) => code === 'timestamp-order')
  if (disordered) return { indication: 'INDETERMINATE', subIndication: 'TIMESTAMP_ORDER_FAILURE', findings }
  return { indication: 'TOTAL-PASSED', subIndication: null, findings }
}

function judgeSigner(
  signedData: SignedData,
  index: number,
  content: SignedContent | null,
  place: CmsPlace,
  evidence: Evidence,
): SignatureReport {
  const signerInfo = signedData.signerInfos[index]
  const blank = blankSignature(`${place.kind}-${index + 1}`, place.kind, evidence.validationTime, evidence.policy.id)
  if (!signerInfo) return blank
  const rules = {
    ...({ signers: 'one-or-more', content: place.content, dataOnly: place.kind === 'smime' } as const),
    ...{ requireBinding: false, requireOrder: false },
  }
  const input = { signedData, signerInfo, content, rules, purpose: place.purpose, carried: NOTHING_CARRIED }
  const facts = judgeCmsFacts(input, evidence)
  const outer = proofByReceipt(signedData, evidence)
  const carried = { certificates: signedData.certificates, crls: signedData.crls, ocsps: [] }
  const stamps = judgeSignatureTimeStamps({ cms: facts.cms, signerInfo, content }, carried, evidence, outer)
  const at = earliest(outer.at, ...provenTimes(stamps.signature))
  const basic = judgeNotBefore(validateWithProof(facts, evidence, { ...outer, at }), stamps)
  const described = [
    ...findOrderFault(stamps, []),
    ...stamps.content.map((one) => describeTimeStamp(one, 'time-stamp of the content')),
    ...stamps.signature.map((one) => describeTimeStamp(one, 'time-stamp of the signature')),
  ]
  const other = findOtherContent(signedData, place)
  const around = judgeAround(other, described)
  const report: SignatureReport = {
    ...blank,
    ...factsOf(basic),
    intact: other.length > 0 ? false : basic.intact,
    bestSignatureTime: at.toISOString(),
    timestamps: [
      ...stamps.content.flatMap((one) => reportTimeStamp('content', one, evidence)),
      ...stamps.signature.flatMap((one) => reportTimeStamp('signature', one, evidence)),
    ],
    ...worseOf({ indication: basic.indication, subIndication: basic.subIndication, findings: basic.findings }, around),
  }
  const known = withCertificate(report, facts.cms.signingCertificate)
  return withQualification(withOddClaim(known, facts.cms.signingCertificate, evidence), basic.path, evidence)
}

/** Who signs a mail may be answered encrypted: the certificate goes along where its key may be used so (RFC 8550 §4.4.2). */
function withCertificate(report: SignatureReport, certificate: Certificate | null): SignatureReport {
  if (report.kind !== 'smime' || report.indication !== 'TOTAL-PASSED' || !report.signer || !certificate) return report
  const usage = certificate.decoded.keyUsage
  const isForEncryption = !usage || usage.has('keyEncipherment') || usage.has('keyAgreement')
  if (!isForEncryption) return report
  return { ...report, signer: { ...report.signer, certificate: Buffer.from(certificate.bytes).toString('base64') } }
}
