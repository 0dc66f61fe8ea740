import { openPdf } from '../model/pdf/pdf-file.ts'
import {
  type PdfDictionary,
  type PdfValue,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfText,
} from '../model/pdf/values.ts'
import type { HashName, SignatureScheme } from './algorithms.ts'
import type { Rectangle } from './appearance.ts'
import { type SigningIdentity, signDetached } from './cms.ts'
import { type PreparedPdf, prepareRoom } from './signature-room.ts'

export interface PdfSignatureOptions {
  readonly subFilter: 'ETSI.CAdES.detached' | 'adbe.pkcs7.detached'
  /** The time that the signer claims (/M; for adbe.pkcs7.detached the signing-time attribute too). */
  readonly signingTime: Date
  readonly reason?: string
  readonly location?: string
  /** The signer's name as the dictionary shows it; the certificate is what counts. */
  readonly name?: string
  readonly fieldName?: string
  /** Certify (DocMDP): 1 nothing may change, 2 forms and signatures, 3 annotations too. */
  readonly certify?: 1 | 2 | 3
  /** Page by index (0 is the first), rectangle in points, lines of text. Left out: an invisible signature. */
  readonly visible?: { readonly page?: number; readonly rectangle: Rectangle; readonly lines: readonly string[] }
  readonly scheme?: SignatureScheme
  readonly hash?: HashName
}

/** ECDSA signatures differ by a few bytes from one to the next; the measured CMS gets this much room beside. */
export const SPARE_BYTES = 64

/**
 * Signs a PDF: adds a signature field and a signature as an incremental update (PAdES B-B, EN 319 142-1 §6.3).
 * The bytes before stay as they are; the byte range covers the whole file but for the signature itself.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input, wrong-state, key-unusable
 */
export function signPdf(pdf: Uint8Array, identity: SigningIdentity, options: PdfSignatureOptions): Uint8Array {
  const sign = (content: readonly Uint8Array[]): Uint8Array =>
    signDetached(content, identity, { ...algorithms(options), ...attributesOf(options) })
  const prepared = prepareSignature(pdf, options, sign([]).length + SPARE_BYTES)
  return prepared.embed(sign(prepared.content))
}

/**
 * Adds the signature field, its dictionary and room for a CMS of so many bytes; the signature comes later.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input, wrong-state
 */
export function prepareSignature(
  pdf: Uint8Array,
  options: Omit<PdfSignatureOptions, 'scheme' | 'hash'>,
  maxCmsBytes: number,
): PreparedPdf {
  const plan = { certify: options.certify !== undefined, ...pick(options) }
  return prepareRoom(openPdf(pdf), signatureDictionary(options), plan, maxCmsBytes)
}

/** The signed attributes that a sub-filter asks for. */
export function attributesOf(options: Pick<PdfSignatureOptions, 'subFilter' | 'signingTime'>) {
  const cades = options.subFilter === 'ETSI.CAdES.detached'
  // EN 319 142-1 §6.3: PAdES claims the time in /M, never in the CMS.
  return { ...(cades ? {} : { signingTime: options.signingTime }), signingCertificate: cades }
}

function pick(
  options: Pick<PdfSignatureOptions, 'fieldName' | 'visible'>,
): Pick<PdfSignatureOptions, 'fieldName' | 'visible'> {
  return {
    ...(options.fieldName === undefined ? {} : { fieldName: options.fieldName }),
    ...(options.visible === undefined ? {} : { visible: options.visible }),
  }
}

function algorithms(options: PdfSignatureOptions): Pick<PdfSignatureOptions, 'scheme' | 'hash'> {
  return {
    ...(options.scheme === undefined ? {} : { scheme: options.scheme }),
    ...(options.hash === undefined ? {} : { hash: options.hash }),
  }
}

/** The signature dictionary but for /ByteRange and /Contents. */
function signatureDictionary(options: Omit<PdfSignatureOptions, 'scheme' | 'hash'>): PdfDictionary {
  return pdfDictionary({
    Type: pdfName('Sig'),
    Filter: pdfName('Adobe.PPKLite'),
    SubFilter: pdfName(options.subFilter),
    M: pdfText(pdfDate(options.signingTime)),
    Name: options.name === undefined ? undefined : pdfText(options.name),
    Reason: options.reason === undefined ? undefined : pdfText(options.reason),
    Location: options.location === undefined ? undefined : pdfText(options.location),
    Reference: options.certify === undefined ? undefined : pdfArray(docMdp(options.certify)),
  })
}

function docMdp(permissions: 1 | 2 | 3): PdfValue {
  return pdfDictionary({
    Type: pdfName('SigRef'),
    TransformMethod: pdfName('DocMDP'),
    TransformParams: pdfDictionary({ Type: pdfName('TransformParams'), P: pdfNumber(permissions), V: pdfName('1.2') }),
  })
}

/** A PDF date in UTC (ISO 32000-2 §7.9.4). */
export function pdfDate(date: Date): string {
  return `D:${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
}
