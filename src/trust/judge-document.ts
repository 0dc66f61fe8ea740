import type { Document, Verification } from '../model/document.ts'
import { asGatewayError } from '../model/errors.ts'
import { newId } from '../model/ids.ts'
import type { Log, Sandbox } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { BlobRef, Store } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import type { AnchorPurpose } from '../model/trust-anchor.ts'
import { enabledAnchors, trustListVersion } from '../model/trust-list.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import { isFaultOfTheDocument } from './fault-of-document.ts'

export interface JudgeParts {
  readonly store: Store
  readonly sandbox: Pick<Sandbox, 'verify'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'checkRevocation' | 'algorithms' | 'limits'>
}

/** A verdict, not yet stored: the row, and the report's bytes to be kept in the same commit. */
export interface Judgement {
  readonly verification: Verification
  readonly report: BlobRef
}

/**
 * Judges one document now, with the anchors now in force and the time of receipt as proof of existence
 * (EN 319 102-1 clause 5.6). A document that cannot be judged gets the indication ERROR with its code.
 * @throws GatewayError where the fault is ours, e.g. the store is gone
 */
export async function judgeDocument(
  document: Document,
  poe: Instant,
  purpose: AnchorPurpose,
  parts: JudgeParts,
): Promise<Judgement> {
  const { store, clock } = parts
  const validationTime = instant(clock())
  const anchors = await enabledAnchors(store, purpose, validationTime)
  const report = await reportOn(
    document,
    poe,
    validationTime,
    anchors.map((anchor) => anchor.der),
    parts,
  )
  const blob = await store.blobs.put(Buffer.from(JSON.stringify(report)))
  return {
    report: blob,
    verification: {
      id: newId(clock().getTime()),
      documentId: document.id,
      indication: report.error ? 'ERROR' : (report.indication ?? 'ERROR'),
      subIndication: report.error ? report.error.code : subIndicationOf(report),
      validationTime,
      trustListVersion: trustListVersion(anchors),
      reportSha256: blob.sha256,
      createdAt: instant(clock()),
    },
  }
}

async function reportOn(
  document: Document,
  poe: Instant,
  validationTime: Instant,
  trustAnchors: readonly Uint8Array[],
  { store, sandbox, log, settings }: JudgeParts,
): Promise<VerificationReport> {
  const bytes = await store.blobs.get(document.sha256)
  try {
    return await sandbox.verify({
      bytes,
      fileName: document.name,
      validationTime,
      poe,
      trustAnchors,
      intermediates: [],
      checkRevocation: settings.checkRevocation,
      algorithms: settings.algorithms,
    })
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!isFaultOfTheDocument(fault)) throw fault
    log.warn({ documentId: document.id, code: fault.code }, 'document could not be judged')
    return errorReport(document, fault.code, fault.message)
  }
}

function errorReport(document: Document, code: string, message: string): VerificationReport {
  return {
    schemaVersion: 1,
    id: null,
    file: document.name,
    mediaType: document.mediaType,
    sha256: document.sha256,
    signatures: [],
    encrypted: false,
    parts: [],
    findings: [],
    error: { code, message },
  }
}

/** The reason of the signature that gave the file its indication. */
function subIndicationOf(report: VerificationReport): string | null {
  return report.signatures.find((signature) => signature.indication === report.indication)?.subIndication ?? null
}
