import { asVerifyError } from '../errors.ts'
import {
  documentSecurityStoreOf,
  findDamagedSignatures,
  findSignatures,
  openPdf,
  type PdfDocument,
  type PdfSignature,
} from '../pdf/index.ts'
import type { Finding, SignatureReport, VerificationReport } from '../report/report.ts'
import { parseOcspResponse } from '../revocation/index.ts'
import { parseCertificate, parseCertificateList } from '../x509/index.ts'
import { judgeAttachedFiles } from './attached-files.ts'
import type { CarriedEvidence } from './basic.ts'
import { worstOf } from './file-indication.ts'
import type { Judged, JudgePart } from './judged.ts'
import { type PdfContext, type PlacedSignature, placeSignature, reportDamagedSignature } from './pdf-placing.ts'
import { PdfProofs } from './pdf-proofs.ts'
import { type CoveringStamp, judgePdfSignature } from './pdf-signature.ts'
import { judgeShowing } from './pdf-surroundings.ts'
import { type JudgedTimeStamp, judgePdfTimeStamp } from './pdf-time-stamp.ts'
import { unopenedPdf } from './unopened-pdf.ts'
import { type Evidence, readAll } from './verify-options.ts'

/** Notes of the reader as findings. */
const NOTES: Readonly<Record<string, Pick<Finding, 'severity' | 'message'>>> = {
  'bytes-before-header': { severity: 'info', message: 'bytes stand before the PDF header' },
  'cross-reference-rebuilt': {
    severity: 'warning',
    message: 'the cross-reference is damaged: the objects were searched for, and readers may find others',
  },
  'hybrid-cross-reference': {
    severity: 'info',
    message: 'the file has two cross-references: old readers and new ones may see different objects',
  },
  'object-stream-open': {
    severity: 'warning',
    message: 'what a stream of objects holds hangs on other objects, or on which of two entries counts',
  },
  'offsets-counted-twice': {
    severity: 'warning',
    message: 'offsets lead to a cross-reference from the first byte on, and from the header on',
  },
  'parts-left-out': {
    severity: 'warning',
    message: 'the file carries more attached files than are listed here',
  },
  'stream-length-wrong': { severity: 'info', message: 'a stream is longer or shorter than it says' },
  'unreadable-object': { severity: 'info', message: 'an object cannot be read and counts as absent' },
}

/**
 * Judges a PDF with all its signatures, and the files attached to it each on its own: they do not change its indication.
 * Gives an `error` where it cannot be read.
 */
export function verifyPdf(bytes: Uint8Array, evidence: Evidence, judgePart: JudgePart): Judged {
  try {
    const document = openPdf(bytes, { limits: evidence.limits.pdf ?? {}, password: evidence.password })
    return judgeDocument(document, evidence, judgePart)
  } catch (fault) {
    return unopenedPdf(asVerifyError(fault))
  }
}

function judgeDocument(document: PdfDocument, evidence: Evidence, judgePart: JudgePart): Judged {
  const findings: Finding[] = []
  const carried = readSecurityStore(document, findings, evidence)
  const found = findSignatures(document)
  const proofs = new PdfProofs(document, found, evidence)
  const context = { document, carried, evidence, proofs, showing: judgeShowing(document) }
  const signatures = [
    ...judgeSignatures(found, context),
    ...findDamagedSignatures(document).map((one) => reportDamagedSignature(one, evidence)),
  ]
  // Last: what attached files take of the limits is never missing where signatures are judged.
  const { parts, complete } = judgeAttachedFiles(document, evidence.limits.maxParts ?? 100, judgePart)
  const notes = [...document.notes, ...(complete ? [] : ['parts-left-out'])]
  const noted = notes.flatMap((code): Finding[] => {
    const note = NOTES[code]
    return note ? [{ code, ...note, clause: 'ISO 32000-2 §7.5' }] : []
  })
  return {
    mediaType: 'application/pdf',
    sha256: document.digests.sha256(),
    signatures,
    encrypted: document.encrypted,
    parts,
    findings: [...noted, ...findings],
    indication: indicationOf(signatures),
  }
}

/**
 * Judges document time-stamps first, from the newest to the oldest, as each proves the time for those before it; then
 * the signatures, in their order. (EN 319 102-1 clause 5.6.3.4)
 */
function judgeSignatures(found: readonly PdfSignature[], context: PdfContext): readonly SignatureReport[] {
  const placed = found.map((signature) => placeSignature(signature, context))
  const stamps = new Map<PdfSignature, JudgedTimeStamp>()
  for (const one of placed.toReversed()) {
    if (one.kind !== 'pdf-timestamp') continue
    const judged = judgePdfTimeStamp(one)
    stamps.set(one.signature, judged)
    const { conclusion } = judged
    if (conclusion?.indication === 'PASSED' && conclusion.tstInfo) {
      context.proofs.add(one.signature, conclusion.tstInfo.genTime)
    }
  }
  return placed.map(
    (one) => stamps.get(one.signature)?.report ?? judgePdfSignature(one, stampsOver(one, placed, stamps)),
  )
}

/** The document time-stamps that cover a signature, oldest first. */
function stampsOver(
  { signature }: PlacedSignature,
  placed: readonly PlacedSignature[],
  stamps: ReadonlyMap<PdfSignature, JudgedTimeStamp>,
): readonly CoveringStamp[] {
  return placed.flatMap((other): CoveringStamp[] => {
    const conclusion = stamps.get(other.signature)?.conclusion
    const covers = signature.range.end > 0 && other.signature.range.end > signature.range.end
    return conclusion && covers ? [{ id: other.signature.id, signature: other.signature, conclusion }] : []
  })
}

/** A file with document time-stamps only is not signed by anybody. */
function indicationOf(signatures: readonly SignatureReport[]): NonNullable<VerificationReport['indication']> {
  const counting = signatures.filter((one) => one.kind !== 'pdf-timestamp')
  // A time-stamp that fails proves nothing; one that is not intact says that the bytes were changed.
  const broken = signatures.filter((one) => one.kind === 'pdf-timestamp' && one.intact === false)
  return counting.length === 0 && broken.length === 0 ? 'NO-SIGNATURE' : worstOf([...counting, ...broken])
}

function readSecurityStore(document: PdfDocument, findings: Finding[], { cache }: Evidence): CarriedEvidence {
  const store = documentSecurityStoreOf(document)
  return {
    certificates: readAll(
      store.certificates,
      (der) => parseCertificate(der, cache),
      'certificate in the DSS',
      findings,
    ),
    crls: readAll(store.crls, parseCertificateList, 'CRL in the DSS', findings),
    ocsps: readAll(store.ocsps, parseOcspResponse, 'OCSP response in the DSS', findings),
  }
}
