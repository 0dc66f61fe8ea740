import { asVerifyError, type VerifyError } from '../errors.ts'
import {
  documentSecurityStoreOf,
  type EmbeddedFile,
  embeddedFilesOf,
  findDamagedSignatures,
  findSignatures,
  openPdf,
  type PdfDocument,
} from '../pdf/index.ts'
import type { Finding, SignatureReport, VerificationReport } from '../report/report.ts'
import { parseOcspResponse } from '../revocation/index.ts'
import { parseCertificate, parseCertificateList } from '../x509/index.ts'
import type { CarriedEvidence } from './basic.ts'
import { worstOf } from './file-indication.ts'
import type { Judged, JudgePart } from './judged.ts'
import { judgePdfSignature, reportDamagedSignature } from './pdf-signature.ts'
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
    return withoutDocument(asVerifyError(fault))
  }
}

function judgeDocument(document: PdfDocument, evidence: Evidence, judgePart: JudgePart): Judged {
  const findings: Finding[] = []
  const carried = readSecurityStore(document, findings)
  const signatures = [
    ...findSignatures(document).map((one) => judgePdfSignature(document, one, carried, evidence)),
    ...findDamagedSignatures(document).map((one) => reportDamagedSignature(one, evidence)),
  ]
  // Last: what attached files take of the limits is never missing where signatures are judged.
  const attached = embeddedFilesOf(document, evidence.limits.maxParts ?? 100)
  const parts = attached.files.map((file) => judgeAttached(file, judgePart))
  const notes = [...document.notes, ...(attached.complete ? [] : ['parts-left-out'])]
  const noted = notes.flatMap((code): Finding[] => {
    const note = NOTES[code]
    return note ? [{ code, ...note, clause: 'ISO 32000-2 §7.5' }] : []
  })
  return {
    mediaType: 'application/pdf',
    signatures,
    encrypted: document.encrypted,
    parts,
    findings: [...noted, ...findings],
    indication: indicationOf(signatures),
  }
}

/** An attached file that cannot be read is listed with why: it is never as if it were not there. */
function judgeAttached(file: EmbeddedFile, judgePart: JudgePart): ReturnType<JudgePart> {
  let bytes: Uint8Array
  try {
    bytes = file.read()
  } catch (fault) {
    const judged = withoutDocument(asVerifyError(fault))
    return { name: file.name, schemaVersion: 1, id: null, file: null, sha256: null, ...judged, mediaType: null }
  }
  return judgePart({ name: file.name, bytes })
}

/** A file with document time-stamps only is not signed by anybody. */
function indicationOf(signatures: readonly SignatureReport[]): NonNullable<VerificationReport['indication']> {
  const counting = signatures.filter((one) => one.kind !== 'pdf-timestamp')
  // A time-stamp that fails proves nothing; one that is not intact says that the bytes were changed.
  const broken = signatures.filter((one) => one.kind === 'pdf-timestamp' && one.intact === false)
  return counting.length === 0 && broken.length === 0 ? 'NO-SIGNATURE' : worstOf([...counting, ...broken])
}

function readSecurityStore(document: PdfDocument, findings: Finding[]): CarriedEvidence {
  const store = documentSecurityStoreOf(document)
  return {
    certificates: readAll(store.certificates, parseCertificate, 'certificate in the DSS', findings),
    crls: readAll(store.crls, parseCertificateList, 'CRL in the DSS', findings),
    ocsps: readAll(store.ocsps, parseOcspResponse, 'OCSP response in the DSS', findings),
  }
}

/** Why a PDF stays closed: its content and the names of its fields cannot be read. */
const CLOSED: ReadonlySet<string> = new Set([
  'encrypted',
  'wrong-password',
  'encrypted-to-recipients',
  'encryption-unknown',
])

/** What is encrypted and does not open is INDETERMINATE; what cannot be read has no indication, but an error. */
function withoutDocument(fault: VerifyError): Judged {
  const base = { mediaType: 'application/pdf', signatures: [], parts: [] }
  if (CLOSED.has(fault.code)) {
    const finding: Finding = { code: fault.code, severity: 'error', message: fault.message, clause: 'ISO 32000-2 §7.6' }
    return { ...base, encrypted: true, findings: [finding], indication: 'INDETERMINATE' }
  }
  if (fault.code === 'internal') throw fault
  return { ...base, encrypted: false, findings: [], error: { code: fault.code, message: fault.message } }
}
