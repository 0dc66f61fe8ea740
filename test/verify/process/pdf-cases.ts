import {
  type SignatureReport,
  type VerificationReport,
  type VerifyOptions,
  verifyDocument,
} from '../../../src/verify/index.ts'
import { BASE_OBJECTS, type SignRequest, signPdf, writePdf } from '../../support/make-signed-pdf.ts'
import { makeCms } from '../make-cms.ts'
import { makeCa, makeLeaf, NOW } from '../make-pki.ts'

export const ca = makeCa('Test CA')
export const signer = makeLeaf('Kai Jensen', ca)

export const signWith =
  (who = signer) =>
  (covered: Buffer): Uint8Array =>
    makeCms({ signer: who, content: covered })

/** A document signed by Kai, whose CA is trusted. */
export const signedPdf = (request: Partial<SignRequest> = {}): Buffer =>
  signPdf(writePdf(BASE_OBJECTS), { sign: signWith(), ...request })

export function judge(bytes: Uint8Array, options: Partial<VerifyOptions> = {}): VerificationReport {
  return verifyDocument(bytes, {
    validationTime: NOW,
    trustAnchors: [ca.certificate.bytes],
    checkRevocation: 'if-present',
    ...options,
  })
}

/** Gives the one signature of a report. */
export function only(report: VerificationReport): SignatureReport {
  const [first, ...more] = report.signatures
  if (!first || more.length > 0) throw new Error(`expected one signature, found ${report.signatures.length}`)
  return first
}

export const codes = (signature: SignatureReport): readonly string[] => signature.findings.map((one) => one.code)
