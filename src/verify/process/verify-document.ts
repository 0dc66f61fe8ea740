import { hash } from 'node:crypto'
import { asVerifyError } from '../errors.ts'
import { findPdfHeader, PDF_LIMITS } from '../pdf/index.ts'
import type { VerificationReport } from '../report/report.ts'
import { readPemOrDer } from '../x509/index.ts'
import type { InnerDocument, Judged } from './judged.ts'
import { cmsContentType, verifyCms } from './verify-cms.ts'
import { looksLikeMail, verifyMail } from './verify-mail.ts'
import { openpgpKind, verifyOpenpgp } from './verify-openpgp.ts'
import { type Evidence, readEvidence, type VerifyOptions } from './verify-options.ts'
import { verifyPdf } from './verify-pdf.ts'

/**
 * Judges one document: takes its bytes, the trust anchors, evidence and the time; gives the whole report. What the
 * bytes are is told by the bytes. Reads no clock, no disk and no network, and gives the same report for the same input.
 * @throws VerifyError invalid-options; a document that cannot be read is a report with `error`
 * @see EN 319 102-1 clause 5.1
 */
export function verifyDocument(bytes: Uint8Array, options: VerifyOptions): VerificationReport {
  const evidence = readEvidence(options)
  const inner = { documentsLeft: evidence.limits.maxParts ?? 100, bytesLeft: MAX_INNER_BYTES }
  const place = { file: options.fileName ?? null, mediaType: options.mediaType ?? null, nesting: 0, inner }
  const report = judgeBytes(bytes, evidence, place)
  return { ...report, findings: [...evidence.findings, ...report.findings] }
}

/** Documents in documents in documents: a mail with a mail with a PDF is three. */
const MAX_NESTING = 8
/** Of all documents inside one input together: a small file may hold itself over and over. */
const MAX_INNER_BYTES = 128 * 1024 * 1024
/** What the streams of an inner document may decode to: each document has a limit of its own, and there may be many. */
const INNER_STREAM_BYTES = 4 * 1024 * 1024
const INNER_STREAM_RATIO = 8

/** How many inner documents of one input may yet be judged, and how many bytes of them. */
interface InnerBudget {
  documentsLeft: number
  bytesLeft: number
}

function withinInput(evidence: Evidence, bytes: Uint8Array): Evidence {
  const { maxDecodedBytes = PDF_LIMITS.maxDecodedBytes, ...others } = evidence.limits.pdf ?? {}
  const most = INNER_STREAM_BYTES + INNER_STREAM_RATIO * bytes.length
  const pdf = { ...others, maxDecodedBytes: Math.min(maxDecodedBytes, most) }
  return { ...evidence, limits: { ...evidence.limits, pdf } }
}

/** Where the bytes come from. */
interface Place {
  readonly file: string | null
  readonly mediaType: string | null
  /** How many documents they stand within. */
  readonly nesting: number
  readonly inner: InnerBudget
}

function judgeBytes(bytes: Uint8Array, evidence: Evidence, place: Place): VerificationReport {
  const judgePart = (part: InnerDocument): VerificationReport & { readonly name: string } => {
    place.inner.documentsLeft -= 1
    place.inner.bytesLeft -= part.bytes.length
    const within = { ...place, file: null, mediaType: null, nesting: place.nesting + 1 }
    return { name: part.name, ...judgeBytes(part.bytes, withinInput(evidence, part.bytes), within) }
  }
  const judged = refusePlace(place) ?? judgeByContent(bytes, evidence, place.mediaType, judgePart)
  const sha256 = judged.sha256 ?? hash('sha256', bytes, 'hex')
  return { schemaVersion: 1, id: null, file: place.file, sha256, ...judged }
}

/** Says why what stands there is not judged: too deep or too much within one input; null where it is. */
function refusePlace({ mediaType, nesting, inner }: Place): Judged | null {
  if (nesting > MAX_NESTING) return refused(mediaType, 'too-deep', 'documents nest too deep')
  if (inner.documentsLeft < 0) return refused(mediaType, 'too-many-parts', 'too many documents stand within one')
  return inner.bytesLeft < 0 ? refused(mediaType, 'too-large', 'the documents within one are too large together') : null
}

function judgeByContent(
  bytes: Uint8Array,
  evidence: Evidence,
  mediaType: string | null,
  judgePart: (part: InnerDocument) => VerificationReport & { readonly name: string },
): Judged {
  if (bytes.length === 0) return refused(mediaType, 'empty-file', 'the file holds no bytes at all')
  if (findPdfHeader(bytes) === 0 || endsAsPdf(bytes)) return verifyPdf(bytes, evidence, judgePart)
  if (looksLikeMail(bytes) || mediaType === 'message/rfc822') return verifyMail(bytes, evidence, judgePart)
  const cms = cmsBytes(bytes)
  if (cms) return verifyCms(cms, evidence, judgePart)
  if (openpgpKind(bytes)) return verifyOpenpgp(bytes, evidence, judgePart)
  return findPdfHeader(bytes) > 0 ? verifyPdf(bytes, evidence, judgePart) : unsupported(mediaType)
}

/**
 * Says whether bytes are a PDF behind something else, to its very end: lines that look like a header must not make a
 * mail of what readers open as a signed document.
 */
function endsAsPdf(bytes: Uint8Array): boolean {
  if (findPdfHeader(bytes) < 0) return false
  const tail = Buffer.from(
    bytes.buffer,
    bytes.byteOffset + Math.max(0, bytes.length - 1024),
    Math.min(bytes.length, 1024),
  )
  return /startxref\s+\d+\s+%%EOF\s*$/.test(tail.toString('latin1'))
}

/** Takes DER or PEM; gives the DER of a CMS, null where it is none. */
function cmsBytes(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] === 0x30) return cmsContentType(bytes) ? bytes : null
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256)).toString('latin1')
  if (!/^\s*-----BEGIN (PKCS7|CMS)-----/.test(head)) return null
  try {
    return readPemOrDer(bytes)[0] ?? null
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return null
  }
}

const refused = (mediaType: string | null, code: string, message: string): Judged => ({
  mediaType,
  signatures: [],
  encrypted: false,
  parts: [],
  findings: [],
  error: { code, message },
})

const unsupported = (mediaType: string | null): Judged =>
  refused(mediaType, 'unsupported-input', 'the bytes are no document that is judged here')
