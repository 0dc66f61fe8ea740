import { hash } from 'node:crypto'
import { asVerifyError } from '../errors.ts'
import { findPdfHeader } from '../pdf/index.ts'
import type { VerificationReport } from '../report/report.ts'
import { readPemOrDer } from '../x509/index.ts'
import type { InnerDocument, Judged } from './judged.ts'
import { cmsContentType, verifyCms } from './verify-cms.ts'
import { looksLikeMail, verifyMail } from './verify-mail.ts'
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
  const report = judgeBytes(bytes, evidence, options.fileName ?? null, options.mediaType ?? null, 0)
  return { ...report, findings: [...evidence.findings, ...report.findings] }
}

/** Documents in documents in documents: a mail with a mail with a PDF is three. */
const MAX_NESTING = 8

function judgeBytes(
  bytes: Uint8Array,
  evidence: Evidence,
  file: string | null,
  mediaType: string | null,
  nesting: number,
): VerificationReport {
  const judgePart = (part: InnerDocument): VerificationReport & { readonly name: string } => ({
    name: part.name,
    ...judgeBytes(part.bytes, evidence, null, null, nesting + 1),
  })
  const judged = nesting > MAX_NESTING ? tooDeep(mediaType) : judgeByContent(bytes, evidence, mediaType, judgePart)
  const sha256 = judged.sha256 ?? hash('sha256', bytes, 'hex')
  return { schemaVersion: 1, id: null, file, sha256, ...judged }
}

function judgeByContent(
  bytes: Uint8Array,
  evidence: Evidence,
  mediaType: string | null,
  judgePart: (part: InnerDocument) => VerificationReport & { readonly name: string },
): Judged {
  if (bytes.length === 0) return refused(mediaType, 'empty-file', 'the file holds no bytes at all')
  if (findPdfHeader(bytes) === 0) return verifyPdf(bytes, evidence)
  if (looksLikeMail(bytes) || mediaType === 'message/rfc822') return verifyMail(bytes, evidence, judgePart)
  const cms = cmsBytes(bytes)
  if (cms) return verifyCms(cms, evidence, judgePart)
  return findPdfHeader(bytes) > 0 ? verifyPdf(bytes, evidence) : unsupported(mediaType)
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

const tooDeep = (mediaType: string | null): Judged => refused(mediaType, 'too-deep', 'documents nest too deep')
