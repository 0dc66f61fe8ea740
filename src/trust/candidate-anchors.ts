import type { Document } from '../model/document.ts'
import { asGatewayError } from '../model/errors.ts'
import type { Sandbox } from '../model/ports.ts'
import { instant } from '../model/time.ts'
import { enabledAnchors, trustListVersion } from '../model/trust-list.ts'
import type { EmbeddedCertificate, EmbeddedChain, FileIndication, VerificationReport } from '../verify/index.ts'
import { visibleText } from '../verify/visible-text.ts'
import { isFaultOfTheDocument } from './fault-of-document.ts'
import { type JudgeParts, judgeWithEvidence } from './judge-document.ts'
import { type SignerOutsideTrust, signersOutsideTrust } from './outside-trust.ts'

/** A certificate from a waiting case's PDF that could be an anchor. It is trusted for nothing. */
export interface CandidateAnchor extends EmbeddedCertificate {
  /** The submission that it came with. */
  readonly submissionId: string
  readonly document: string
  readonly signer: string
  /** What the document's verdict would be with this anchor; null where it cannot be judged. */
  readonly wouldBe: FileIndication | null
}

/** A signer whose PDF carries no issuer's certificate: it must be had elsewhere. */
export interface MissingIssuer {
  readonly issuer: string
  readonly signer: string
  readonly document: string
  /** Where the signer's certificate says that its issuer's may be had. */
  readonly urls: readonly string[]
}

export interface CandidateAnchors {
  /** CA certificates first; each certificate once. */
  readonly anchors: readonly CandidateAnchor[]
  readonly missing: readonly MissingIssuer[]
}

export interface CandidateParts extends Omit<JudgeParts, 'sandbox'> {
  readonly sandbox: Pick<Sandbox, 'verify' | 'certificates'>
}

const KEPT_ANSWERS = 500

/**
 * Gives the function that looks through an open case's PDFs: for each signature that is intact and that no anchor
 * vouches for, the top-most certificate of the chain that the PDF carries. The PDFs are read in the sandbox alone.
 * Answers are kept for an hour, as the page that shows them is opened again and again.
 */
export function createCandidateFinder(parts: CandidateParts): (caseId: string) => Promise<CandidateAnchors> {
  const kept = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    if (known) return known as Promise<T>
    const made = work()
    // A fault of ours passes; what the document did would be the same again.
    made.catch(() => kept.delete(key))
    const [oldest] = kept.size >= KEPT_ANSWERS ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(key, made)
    return made
  }
  return (caseId) => findCandidates(caseId, parts, once)
}

type Once = <T>(key: string, work: () => Promise<T>) => Promise<T>

async function findCandidates(caseId: string, parts: CandidateParts, once: Once): Promise<CandidateAnchors> {
  const { store } = parts
  if ((await store.case(caseId))?.state !== 'with-caseworker') return { anchors: [], missing: [] }
  const known = new Set((await store.listAnchors()).map((anchor) => anchor.sha256))
  const anchors = new Map<string, CandidateAnchor>()
  const missing: MissingIssuer[] = []
  for (const document of await store.documentsOfCase(caseId)) {
    if (document.role !== 'attachment' || document.mediaType !== 'application/pdf') continue
    const outside = await signersOf(document, parts)
    if (outside.length === 0) continue
    const chains = await once(document.sha256, () => chainsOf(document, parts))
    for (const one of outside) {
      const chain = chains.find((c) => c.signatureId === one.signatureId && c.chain[0]?.sha256 === one.signer.sha256)
      const top = chain?.chain.at(-1)
      if (!top || (chain?.chain.length === 1 && !top.selfSigned)) {
        missing.push(missingIssuer(one, document))
      } else if (!known.has(top.sha256) && !anchors.has(top.sha256)) {
        const wouldBe = await judgeWith(top, document, parts, once)
        const facts = { document: document.name, signer: nameOf(one), submissionId: document.submissionId ?? '' }
        anchors.set(top.sha256, { ...top, ...facts, wouldBe })
      }
    }
  }
  return { anchors: [...anchors.values()].sort((a, b) => Number(b.isCa) - Number(a.isCa)), missing }
}

const nameOf = ({ signer }: SignerOutsideTrust): string => visibleText(signer.names[0] ?? signer.subject)

const missingIssuer = (one: SignerOutsideTrust, document: Document): MissingIssuer => ({
  issuer: one.signer.issuer,
  signer: nameOf(one),
  document: document.name,
  urls: one.issuerUrls,
})

/** The signers of the newest report's own signatures: documents inside the document have no part in the verdict. */
async function signersOf(document: Document, { store }: CandidateParts): Promise<readonly SignerOutsideTrust[]> {
  const [verification] = await store.verificationsOf([document.id])
  if (!verification) return []
  const report: VerificationReport = JSON.parse(
    Buffer.from(await store.blobs.get(verification.reportSha256)).toString('utf8'),
  )
  const signatures = report.signatures.filter((one) => one.kind === 'pdf' && one.intact === true)
  return signersOutsideTrust([{ ...report, signatures, parts: [] }])
}

async function chainsOf(document: Document, parts: CandidateParts): Promise<readonly EmbeddedChain[]> {
  const bytes = await parts.store.blobs.get(document.sha256)
  return (await unlessItsFault(document, parts, () => parts.sandbox.certificates(bytes))) ?? []
}

/** Judges the document as it would be judged if the certificate were an anchor. Nothing of this is stored. */
async function judgeWith(
  top: EmbeddedCertificate,
  document: Document,
  parts: CandidateParts,
  once: Once,
): Promise<FileIndication | null> {
  const { store, clock } = parts
  const now = instant(clock())
  const anchors = await enabledAnchors(store, 'document', now)
  const submission = document.submissionId ? await store.submission(document.submissionId) : null
  const key = [document.id, top.sha256, trustListVersion(anchors), now.slice(0, 13)].join(':')
  return once(key, async () => {
    const poe = submission?.receivedAt ?? document.createdAt
    const trustAnchors = [...anchors, top.der]
    const { report } = await judgeWithEvidence(document, { poe, trustAnchors }, parts)
    return report.error ? null : (report.indication ?? null)
  })
}

/** A document that cannot be read offers nothing; the page with the others is shown all the same. */
async function unlessItsFault<T>(
  document: Document,
  { log }: CandidateParts,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!isFaultOfTheDocument(fault)) throw thrown
    log.warn({ documentId: document.id, code: fault.code }, 'document could not be searched for certificates')
    return null
  }
}
