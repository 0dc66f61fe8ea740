import type { Case } from '../model/case.ts'
import type { Document } from '../model/document.ts'
import { asGatewayError } from '../model/errors.ts'
import { newId } from '../model/ids.ts'
import { isQuarantined } from '../model/malware.ts'
import type { ApprovalStamp, Log, Sealer, Typesetter } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { BlobRef, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { type JudgedDocument, judgedDocuments } from './judged.ts'
import type { DescribeVerdict } from './ports.ts'

export interface ApprovedCopyParts {
  readonly store: Store
  readonly typesetter: Typesetter
  readonly sealer: Pick<Sealer, 'sealPdf'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'municipality'>
  readonly describeVerdict: DescribeVerdict
}

/** A sealed copy that is not stored yet: its row, and its bytes to be kept in the same commit. */
export interface ApprovedCopy {
  readonly document: Document
  readonly blob: BlobRef
}

/** Faults of the citizen's PDF, or of what it did to the process that stamped it: then a page of our own says what was approved. */
const CANNOT_BE_STAMPED: ReadonlySet<string> = new Set([
  'malformed-pdf',
  'encrypted-input',
  'not-a-pdf',
  'unreadable-input',
  'too-large',
  'too-deep',
  'child-timeout',
  'child-memory',
  'child-crashed',
])

/**
 * Makes the approved, stamped and sealed copy of each PDF of the case; where it has none, one page about what came
 * (the first attachment, else the message). The originals stay as they are; our seal comes last and covers all.
 * @throws GatewayError key-unusable, or a fault of ours
 */
export async function makeApprovedCopies(
  decided: Case,
  genuineUrl: string,
  parts: ApprovedCopyParts,
): Promise<readonly ApprovedCopy[]> {
  const documents = await judgedDocuments(parts.store, await parts.store.documentsOfCase(decided.id))
  const submitted = documents.filter(
    // Malware goes to nobody, stamped neither: the case's page says so.
    ({ document }) => document.role === 'attachment' && !isQuarantined(document),
  )
  const pdfs = submitted.filter(({ document }) => document.mediaType === 'application/pdf')
  const instead = submitted[0] ?? documents.find(({ document }) => document.role === 'message')
  const copies: ApprovedCopy[] = []
  for (const judged of pdfs.length > 0 || !instead ? pdfs : [instead]) {
    copies.push(await makeCopy(judged, decided, genuineUrl, parts))
  }
  return copies
}

async function makeCopy(
  { document, report }: JudgedDocument,
  decided: Case,
  genuineUrl: string,
  { store, typesetter, sealer, clock, log, settings, describeVerdict }: ApprovedCopyParts,
): Promise<ApprovedCopy> {
  const now = clock()
  const { municipality } = settings
  const stamp: ApprovalStamp = {
    municipality: municipality.name,
    caseNumber: decided.number,
    decidedAt: decided.decidedAt ?? instant(now),
    decidedBy: decided.decidedBy ?? municipality.name,
    language: decided.language,
    timeZone: municipality.timeZone,
    originalSha256: document.sha256,
    verdict: describeVerdict(report, decided.language),
    genuineUrl,
  }
  const pdf = await stampOrPage(document, stamp, { store, typesetter, log })
  const reason = decided.language === 'da' ? `Godkendt, sag ${decided.number}` : `Approved, case ${decided.number}`
  const sealed = await sealer.sealPdf(pdf, { reason, location: municipality.name, signingTime: now })
  const blob = await store.blobs.put(sealed)
  return {
    blob,
    document: {
      id: newId(now.getTime()),
      submissionId: null,
      caseId: decided.id,
      role: 'approved',
      name: approvedName(document.name, decided.language),
      originalName: null,
      mediaType: 'application/pdf',
      declaredMediaType: null,
      sha256: blob.sha256,
      size: blob.size,
      partPath: null,
      derivedFrom: document.id,
      createdAt: instant(now),
    },
  }
}

async function stampOrPage(
  document: Document,
  stamp: ApprovalStamp,
  { store, typesetter, log }: Pick<ApprovedCopyParts, 'store' | 'typesetter' | 'log'>,
): Promise<Uint8Array> {
  const page = (): Promise<Uint8Array> => typesetter.approvalPage({ ...stamp, originalName: document.name })
  if (document.mediaType !== 'application/pdf') return page()
  try {
    return await typesetter.stampApproved(await store.blobs.get(document.sha256), stamp)
  } catch (thrown) {
    const { code, retryable } = asGatewayError(thrown)
    // Retryable is what lies outside the document, such as a child that somebody killed.
    if (retryable || !CANNOT_BE_STAMPED.has(code)) throw thrown
    log.warn({ documentId: document.id, code }, 'document cannot be stamped; a page says what was approved')
    return page()
  }
}

const MAX_NAME = 120

function approvedName(original: string, language: Case['language']): string {
  const ending = language === 'da' ? '-godkendt.pdf' : '-approved.pdf'
  const stem = original.replace(/\.[A-Za-z0-9]{1,5}$/, '') || 'dokument'
  return `${[...stem].slice(0, MAX_NAME - ending.length).join('')}${ending}`
}
