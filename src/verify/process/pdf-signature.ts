import type { SignedContent, SignerInfo } from '../cms/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { type BasicConclusion, type BasicFacts, judgeCmsFacts, type Proof } from './basic.ts'
import { withOddClaim } from './claimed-time.ts'
import { padesLevelOf } from './pades-level.ts'
import { validateWithProof } from './past-signature.ts'
import { contentOfRange, isCarried, isSha1OfRange, openContents } from './pdf-contents.ts'
import { type PlacedSignature, SUB_FILTER_NOT_JUDGED } from './pdf-placing.ts'
import { formatFailure, judgeSurroundings, worseOf } from './pdf-surroundings.ts'
import type { JudgedTimeStamp } from './pdf-time-stamp.ts'
import { withQualification } from './qualification.ts'
import { findSeedValueFaults } from './seed-values.ts'
import { factsOf } from './signature-facts.ts'
import {
  describeTimeStamp,
  earliest,
  findOrderFault,
  judgeNotBefore,
  judgeSignatureTimeStamps,
  NO_TIME_STAMPS,
  provenTimes,
  type ReportedTimeStamp,
  reportTimeStamp,
  type SignatureTimeStamps,
} from './signature-time-stamps.ts'
import { findSigningTime } from './signed-attributes.ts'
import { digestContent } from './signed-content.ts'
import type { TimeStampConclusion } from './time-stamp.ts'
import type { Evidence } from './verify-options.ts'
import { judgeRsaSha1 } from './x509-rsa-sha1.ts'

/** What each SubFilter asks of the CMS (ISO 32000-2 table 260, EN 319 142-1 clause 6.3). */
const SUB_FILTERS: ReadonlyMap<
  string,
  { readonly content: 'detached' | 'enveloped'; readonly requireBinding: boolean }
> = new Map([
  ['adbe.pkcs7.detached', { content: 'detached', requireBinding: false }],
  ['ETSI.CAdES.detached', { content: 'detached', requireBinding: true }],
  ['adbe.pkcs7.sha1', { content: 'enveloped', requireBinding: false }],
])

/** A document time-stamp over a signature. */
export interface CoveringStamp {
  readonly id: string
  readonly signature: JudgedTimeStamp['signature']
  readonly conclusion: TimeStampConclusion
}

/**
 * Judges one signature of a PDF: byte range, signature, certificate, the times that are proven for it, and what was
 * changed after it. `over` are the document time-stamps that cover it, oldest first.
 * @see EN 319 102-1 clauses 5.3 to 5.6
 */
export function judgePdfSignature(placed: PlacedSignature, over: readonly CoveringStamp[]): SignatureReport {
  const { blank, evidence } = placed
  if (placed.refused) return placed.refused
  const read = readSignature(placed)
  if ('fault' in read) {
    return { ...blank, intact: false, ...worseOf(null, formatFailure([...blank.findings, ...read.fault])) }
  }
  const outer = placed.proofs.of(placed.signature)
  const stamps = read.signerInfo
    ? judgeSignatureTimeStamps({ ...read, ...read.facts, signerInfo: read.signerInfo }, placed.carried, evidence, outer)
    : NO_TIME_STAMPS
  const proof: Proof = { ...outer, at: earliest(outer.at, ...provenTimes(stamps.signature)) }
  const basic = withBond(judgeNotBefore(validateWithProof(read.facts, evidence, proof), stamps), read.bound)
  const conclusions = over.map((one) => one.conclusion)
  const order = findOrderFault(stamps, conclusions)
  const seeds = findSeedValueFaults(placed, read.signerInfo)
  const facts = factsOf(basic)
  const around = judgeSurroundings(placed.changesAfter, [...placed.findings, ...read.findings, ...order, ...seeds])
  const report: SignatureReport = {
    ...blank,
    ...facts,
    // PAdES puts the time into M and not into the CMS (EN 319 142-1 clause 5.3).
    claimedSigningTime: facts.claimedSigningTime ?? blank.claimedSigningTime,
    intact: basic.intact,
    wanted: [...facts.wanted, ...stamps.signature.flatMap(wantedOfStamp)],
    level: padesLevelOf({
      ...placed,
      subFilter: blank.subFilter,
      cms: basic.cms,
      path: basic.path,
      stamps,
      documentStamps: over,
      store: placed.carried,
      pathByStore: () => validateWithProof(byStoreAlone(read.facts, evidence), evidence, proof).path,
    }),
    bestSignatureTime: proof.at.toISOString(),
    timestamps: [...reportAll(stamps, evidence), ...over.flatMap((one) => reportOver(one, evidence))],
    ...worseOf(
      { indication: basic.indication, subIndication: basic.subIndication, findings: basic.findings },
      { ...around, findings: [...around.findings, ...describeAll(stamps), ...describeUncounted(stamps, over)] },
    ),
  }
  return withQualification(withOddClaim(report, basic.cms.signingCertificate, evidence), basic.path, evidence)
}

/** What the signature's path is without evidence that came from outside of the file. */
function byStoreAlone(facts: BasicFacts, evidence: Evidence): BasicFacts {
  const { crls, ocsps, ...others } = facts.evidence
  const inside = {
    ...others,
    crls: crls.filter((one) => !evidence.crls.includes(one)),
    ocsps: ocsps.filter((one) => !evidence.ocsps.includes(one)),
  }
  return { ...facts, evidence: inside }
}

interface ReadSignature {
  readonly facts: BasicFacts
  /** Null where the signature is no CMS. */
  readonly signerInfo: SignerInfo | null
  readonly content: SignedContent
  /** What is signed is the byte range. */
  readonly bound: boolean
  readonly findings: readonly Finding[]
}

const NO_SIGNER: Finding = {
  code: 'no-signer',
  severity: 'error',
  message: 'the CMS has no signer',
  clause: 'RFC 5652 §5.1',
}

function readSignature(placed: PlacedSignature): ReadSignature | { readonly fault: readonly Finding[] } {
  const { document, signature, blank, carried, evidence } = placed
  const content = contentOfRange(document, signature)
  if (blank.subFilter === 'adbe.x509.rsa_sha1') {
    const facts = judgeRsaSha1(document, signature, content, placed)
    return 'fault' in facts ? facts : { facts, signerInfo: null, content, bound: true, findings: [] }
  }
  const opened = openContents(signature, evidence)
  if ('fault' in opened) return { fault: [opened.fault] }
  const { signedData } = opened
  const [signerInfo] = signedData.signerInfos
  if (!signerInfo) return { fault: [NO_SIGNER] }
  const rules = SUB_FILTERS.get(blank.subFilter ?? '')
  const inner = signedData.content
  const enveloped = rules?.content === 'enveloped' && inner !== null
  const facts = judgeCmsFacts(
    {
      signedData,
      signerInfo,
      content: enveloped ? digestContent(inner) : content,
      rules: {
        signers: 'one',
        content: rules?.content ?? 'detached',
        dataOnly: true,
        requireBinding: rules?.requireBinding ?? false,
        requireOrder: rules?.requireBinding ?? false,
      },
      purpose: 'document-signing',
      // Of adbe.pkcs7.sha1 it is SHA-1 that binds the bytes, whatever the CMS around it is made with.
      ...(enveloped ? { digests: ['sha1'] } : {}),
      carried,
    },
    evidence,
  )
  // Where the digest must stand inside and nothing does, nothing binds the signature to the bytes.
  const bound =
    rules?.content === 'enveloped'
      ? inner !== null && isSha1OfRange(signedData, inner, content)
      : inner === null || isCarried(inner, facts.cms.digestAlgorithm, content)
  const timed = blank.subFilter === 'ETSI.CAdES.detached' ? findSigningTime(signerInfo) : []
  const findings = [...opened.findings, ...timed, ...(rules ? [] : [SUB_FILTER_NOT_JUDGED])]
  return { facts, signerInfo, content, bound, findings }
}

function withBond(basic: BasicConclusion, bound: boolean): BasicConclusion {
  if (bound) return basic
  const finding: Finding = {
    code: 'message-digest-mismatch',
    severity: 'error',
    message: 'the signed digest is not that of the byte range',
    clause: 'ISO 32000-2 §12.8.3.3',
  }
  const findings = [finding, ...basic.findings]
  return { ...basic, indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE', intact: false, findings }
}

/**
 * Says of document time-stamps over the signature that prove nothing that they are there, and why: as a warning where no
 * other proves a time. One of each reason is enough, for the time-stamps are signatures of their own in the report.
 */
function describeUncounted(stamps: SignatureTimeStamps, over: readonly CoveringStamp[]): readonly Finding[] {
  const proven = provenTimes([...stamps.signature, ...over.map(({ conclusion }) => conclusion)]).length > 0
  const found = over
    .filter(({ conclusion }) => conclusion.indication !== 'PASSED')
    .map(({ id, conclusion }) => describeTimeStamp(conclusion, `document time-stamp ${id}`))
  const byCode = new Map(found.toReversed().map((one) => [one.code, one]))
  return [...byCode.values()].map((one) => (proven ? { ...one, severity: 'info' as const } : one))
}

/** What a time-stamp lacks, the signature's proof of time lacks. */
const wantedOfStamp = ({ indication, basic }: TimeStampConclusion): SignatureReport['wanted'] =>
  indication === 'INDETERMINATE' ? (basic?.path?.wanted ?? []) : []

const reportAll = (stamps: SignatureTimeStamps, evidence: Evidence): readonly ReportedTimeStamp[] => [
  ...stamps.content.flatMap((one) => reportTimeStamp('content', one, evidence)),
  ...stamps.signature.flatMap((one) => reportTimeStamp('signature', one, evidence)),
]

const reportOver = ({ id, conclusion }: CoveringStamp, evidence: Evidence): readonly ReportedTimeStamp[] =>
  reportTimeStamp('document', conclusion, evidence).map((one) => ({ id, ...one }))

const describeAll = (stamps: SignatureTimeStamps): readonly Finding[] => [
  ...stamps.content.map((one) => describeTimeStamp(one, 'time-stamp of the content')),
  ...stamps.signature.map((one) => describeTimeStamp(one, 'time-stamp of the signature')),
]
