import { CONTENT_TYPE, parseSignedData, type SignedContent, type SignedData } from '../cms/index.ts'
import { isZero, readElementAt, sameBytes } from '../der/index.ts'
import { asVerifyError } from '../errors.ts'
import {
  bytesOfByteRange,
  coverageOf,
  type DamagedSignature,
  dateOf,
  digestOfByteRange,
  docMdpOf,
  isKind,
  judgeChanges,
  nameOf,
  type PdfDocument,
  type PdfSignature,
  showsDifferently,
} from '../pdf/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { type BasicConclusion, type CarriedEvidence, once, validateBasicSignature } from './basic.ts'
import { blankSignature, factsOf } from './signature-facts.ts'
import { digestContent } from './signed-content.ts'
import { imprintHolds } from './time-stamp-imprint.ts'
import type { Evidence } from './verify-options.ts'

type Verdict = Pick<SignatureReport, 'indication' | 'subIndication'>

/** What each SubFilter asks of the CMS (ISO 32000-2 table 260, EN 319 142-1 clause 6.3). */
const SUB_FILTERS: Readonly<
  Record<string, { readonly content: 'detached' | 'enveloped'; readonly requireBinding: boolean }>
> = {
  'adbe.pkcs7.detached': { content: 'detached', requireBinding: false },
  'ETSI.CAdES.detached': { content: 'detached', requireBinding: true },
  'adbe.pkcs7.sha1': { content: 'enveloped', requireBinding: false },
  'ETSI.RFC3161': { content: 'enveloped', requireBinding: false },
}

/** Judges one signature of a PDF: byte range, CMS, certificate, and what was changed after it. */
export function judgePdfSignature(
  document: PdfDocument,
  signature: PdfSignature,
  carried: CarriedEvidence,
  evidence: Evidence,
): SignatureReport {
  const blank = describe(document, signature, evidence)
  const { range } = signature
  if (!range.sound) {
    return { ...blank, intact: false, ...worseOf(null, formatFailure(range.findings)) }
  }
  const coverage = coverageOf(
    document.bytes,
    range,
    document.revisions.map((revision) => revision.end),
  )
  const changes = judgeChanges(document, signature, coverage)
  const placed = { ...blank, coverage, changesAfter: changes.changes, revision: revisionOf(document, signature) }
  const opened = openContents(signature, evidence)
  if ('fault' in opened) {
    return { ...placed, intact: false, ...worseOf(null, formatFailure([...blank.findings, opened.fault])) }
  }
  const rules = SUB_FILTERS[blank.subFilter ?? '']
  const basic = judgeCms(document, signature, opened.signedData, { rules, kind: blank.kind, carried, evidence })
  if (!basic) return { ...placed, intact: false, ...worseOf(null, formatFailure([NO_SIGNER])) }
  const facts = factsOf(basic)
  const shown = judgeShowing(document)
  const extra = [
    ...shown,
    ...blank.findings,
    ...opened.findings,
    ...changes.findings,
    ...notJudged(blank.kind, rules, basic),
  ]
  const own = { indication: basic.indication, subIndication: basic.subIndication, findings: basic.findings }
  return {
    ...placed,
    ...facts,
    // PAdES puts the time into M and not into the CMS (EN 319 142-1 clause 5.3).
    claimedSigningTime: facts.claimedSigningTime ?? blank.claimedSigningTime,
    intact: basic.intact,
    level: blank.subFilter === 'ETSI.CAdES.detached' ? 'PAdES-B-B' : null,
    bestSignatureTime: (evidence.poe ?? evidence.validationTime).toISOString(),
    ...worseOf(own, judgeSurroundings(changes.changes, extra)),
  }
}

/** Reports what is left of a signature that cannot be read any more (EN 319 102-1 clause 5.2.2: format checking). */
export function reportDamagedSignature({ id, inField }: DamagedSignature, evidence: Evidence): SignatureReport {
  const blank = blankSignature(id, 'pdf', evidence.validationTime, evidence.policy.id)
  const message = inField
    ? 'the field was signed, and its signature cannot be read: the file is cut off or damaged'
    : 'what is left of a signature stands outside of every readable object: the file is cut off or damaged'
  const finding: Finding = { code: 'signature-damaged', severity: 'error', message, clause: 'ISO 32000-2 §12.8.1' }
  return { ...blank, hidden: !inField, intact: false, ...formatFailure([finding]) }
}

const formatFailure = (findings: readonly Finding[]): Verdict & { findings: readonly Finding[] } => ({
  indication: 'TOTAL-FAILED',
  subIndication: 'FORMAT_FAILURE',
  findings,
})

const NO_SIGNER: Finding = {
  code: 'no-signer',
  severity: 'error',
  message: 'the CMS has no signer',
  clause: 'RFC 5652 §5.1',
}

function describe(document: PdfDocument, signature: PdfSignature, evidence: Evidence): SignatureReport {
  const view = document.view(document.revisions.length - 1)
  const subFilter = nameOf(view.resolve(signature.dict.entries.get('SubFilter')))
  const type = nameOf(view.resolve(signature.dict.entries.get('Type')))
  const kind = subFilter === 'ETSI.RFC3161' || type === 'DocTimeStamp' ? 'pdf-timestamp' : 'pdf'
  const findings: Finding[] = []
  if (signature.hidden) {
    const message = 'no field of the form points at this signature: readers do not show it'
    findings.push({ code: 'signature-hidden', severity: 'error', message, clause: 'ISO 32000-2 §12.7.5.5' })
  }
  if (signature.replaced) {
    const message = 'a later revision holds another version of the signature dictionary'
    findings.push({ code: 'signature-replaced', severity: 'warning', message, clause: 'ISO 32000-2 §12.8.2.2' })
  }
  return {
    ...blankSignature(signature.id, kind, evidence.validationTime, evidence.policy.id),
    subFilter,
    hidden: signature.hidden,
    byteRange: signature.range.numbers,
    docMdp: docMdpOf(view, signature.dict),
    // A date that stands elsewhere is not among what was signed.
    claimedSigningTime: dateOf(signature.dict.entries.get('M'))?.toISOString() ?? null,
    findings,
  }
}

/** The revision that the signature ends, counted from 1; null where its range ends in none. */
function revisionOf(document: PdfDocument, signature: PdfSignature): number | null {
  const at = document.revisions.findIndex((revision) => revision.end >= signature.range.end - 4)
  return at < 0 ? document.revisions.length : at + 1
}

type Opened = { readonly signedData: SignedData; readonly findings: readonly Finding[] } | { readonly fault: Finding }

/** Reads the CMS in Contents. What follows it there is padding; other than zeros it is said, as nobody signed it. */
function openContents(signature: PdfSignature, { cache }: Evidence): Opened {
  const contents = signature.dict.entries.get('Contents')
  const bytes = isKind(contents, 'string') ? contents.bytes : new Uint8Array()
  try {
    const { length } = readElementAt(bytes, 0, 'ber').bytes
    const padded = !isZero(bytes.subarray(length))
    const message = 'bytes other than zero follow the signature inside Contents, where nobody signs'
    const clause = 'ISO 32000-2 §12.8.3.3.1'
    const findings: Finding[] = padded ? [{ code: 'contents-padding', severity: 'warning', message, clause }] : []
    return { signedData: parseSignedData(bytes.subarray(0, length), { cache }), findings }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return { fault: { code: 'cms-unreadable', severity: 'error', message: error.message, clause: 'RFC 5652 §5.1' } }
  }
}

interface CmsContext {
  readonly rules: (typeof SUB_FILTERS)[string] | undefined
  readonly kind: SignatureReport['kind']
  readonly carried: CarriedEvidence
  readonly evidence: Evidence
}

function judgeCms(
  document: PdfDocument,
  { range }: PdfSignature,
  signedData: SignedData,
  { rules, kind, carried, evidence }: CmsContext,
): BasicConclusion | null {
  const [signerInfo] = signedData.signerInfos
  if (!signerInfo) return null
  const digestOf = (algorithm: string): Uint8Array => digestOfByteRange(document, range, algorithm)
  const detached: SignedContent = { digestOf, bytes: () => bytesOfByteRange(document.bytes, range) }
  const inner = signedData.content
  const enveloped = rules?.content === 'enveloped' && inner !== null
  const content = enveloped ? digestContent(inner) : detached
  const basic = validateBasicSignature(
    {
      signedData,
      signerInfo,
      content,
      rules: { signers: 'one', content: rules?.content ?? 'detached', requireBinding: rules?.requireBinding ?? false },
      purpose: kind === 'pdf-timestamp' ? 'timestamping' : 'document-signing',
      carried,
    },
    evidence,
  )
  // Where the digest must stand inside and nothing does, nothing binds the signature to the bytes.
  if (rules?.content === 'enveloped' && !enveloped) return withoutBond(basic)
  if (!enveloped) return inner === null || isCarried(basic, inner, digestOf) ? basic : withoutBond(basic)
  const bound = kind === 'pdf-timestamp' ? imprintHolds(inner, digestOf) : isSha1OfRange(signedData, inner, digestOf)
  return bound ? basic : withoutBond(basic)
}

/** RFC 5652 §5.4: where content stands inside, its digest is the signed one; it must be that of the byte range too. */
function isCarried({ cms }: BasicConclusion, inner: Uint8Array, digestOf: SignedContent['digestOf']): boolean {
  const algorithm = cms.digestAlgorithm
  return algorithm === null || sameBytes(digestContent(inner).digestOf(algorithm), digestOf(algorithm))
}

/** ISO 32000-1 clause 12.8.3.3.1: the content of adbe.pkcs7.sha1 is the SHA-1 digest of the byte range. */
function isSha1OfRange(
  signedData: SignedData,
  inner: Uint8Array,
  digestOf: (algorithm: string) => Uint8Array,
): boolean {
  return signedData.contentType === CONTENT_TYPE.data && sameBytes(inner, digestOf('sha1'))
}

function withoutBond(basic: BasicConclusion): BasicConclusion {
  const message = 'the signed digest is not that of the byte range'
  const finding: Finding = {
    code: 'message-digest-mismatch',
    severity: 'error',
    message,
    clause: 'ISO 32000-2 §12.8.3.3',
  }
  const findings = [finding, ...basic.findings]
  return { ...basic, indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE', intact: false, findings }
}

/** What stands there and is not judged yet: it never lets anything pass that hangs on it. */
function notJudged(
  kind: SignatureReport['kind'],
  rules: CmsContext['rules'],
  { cms }: BasicConclusion,
): readonly Finding[] {
  const clause = 'EN 319 102-1 §5.4'
  if (kind === 'pdf-timestamp') {
    const message = 'the document time-stamp itself was not judged: it proves no time'
    return [{ code: 'timestamp-not-judged', severity: 'error', message, clause }]
  }
  const findings: Finding[] = []
  if (!rules) {
    const message = 'the signature has no SubFilter, or one that is not judged'
    findings.push({ code: 'sub-filter-not-judged', severity: 'error', message, clause: 'ISO 32000-2 §12.8.3' })
  }
  if (cms.signatureTimeStamps.length + cms.contentTimeStamps.length > 0) {
    const message = 'time-stamps of the signature were not judged: they prove no time'
    findings.push({ code: 'signature-timestamp-not-judged', severity: 'info', message, clause })
  }
  return findings
}

/** Whether every reader is shown the same document: a verdict on one that shows two faces would be about neither. */
function judgeShowing(document: PdfDocument): readonly Finding[] {
  const findings: Finding[] = []
  const clause = 'ISO 32000-2 §7.5'
  if (document.notes.has('cross-reference-rebuilt')) {
    const message = 'the cross-reference is damaged: readers may show other objects than were judged'
    findings.push({ code: 'document-damaged', severity: 'error', message, clause })
  }
  if (document.notes.has('hybrid-cross-reference') && showsDifferently(document)) {
    const message = 'old readers and new ones are shown different objects by the two cross-references'
    findings.push({ code: 'document-ambiguous', severity: 'error', message, clause })
  }
  return findings
}

const BLOCKING = new Set([
  'timestamp-not-judged',
  'sub-filter-not-judged',
  'document-damaged',
  'document-ambiguous',
  'signature-hidden',
])

/** Turns what was found around the CMS into an indication of its own. */
function judgeSurroundings(
  changes: SignatureReport['changesAfter'],
  findings: readonly Finding[],
): Verdict & { readonly findings: readonly Finding[] } {
  if (changes === 'forbidden') return formatFailure(findings)
  if (changes === 'unknown') return { indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE', findings }
  if (findings.some((finding) => BLOCKING.has(finding.code))) {
    const kind = findings.some((finding) => finding.code.endsWith('-not-judged') && finding.severity === 'error')
    return { indication: 'INDETERMINATE', subIndication: kind ? 'CUSTOM' : 'SIG_CONSTRAINTS_FAILURE', findings }
  }
  return { indication: 'TOTAL-PASSED', subIndication: null, findings }
}

const RANK = { 'TOTAL-PASSED': 0, INDETERMINATE: 1, 'TOTAL-FAILED': 2 } as const

/** The worse of two verdicts; of equal ones the first keeps its sub-indication. All findings are kept. */
function worseOf(
  first: (Verdict & { readonly findings: readonly Finding[] }) | null,
  second: Verdict & { readonly findings: readonly Finding[] },
): Verdict & { readonly findings: readonly Finding[] } {
  if (!first) return second
  const worse = RANK[second.indication] > RANK[first.indication] ? second : first
  const { indication, subIndication } = worse
  return { indication, subIndication, findings: once([...first.findings, ...second.findings]) }
}
