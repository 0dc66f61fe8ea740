import { createHash } from 'node:crypto'
import { ATTRIBUTE, type CmsAttribute, parseSignedData, type SignedData } from '../../cms/index.ts'
import { VerifyError } from '../../errors.ts'
import type { SignatureReport, VerificationReport } from '../report.ts'

/** What a signature itself carries, as it stands in the file: none of it was judged here. */
export interface CarriedSignature {
  readonly signatureValue: Uint8Array
  /** SHA-256 of the data to be signed (the signed attributes as a DER SET); null where the content itself is signed. */
  readonly dtbsrSha256: Buffer | null
  /** DER by SHA-256, lower-case hex. */
  readonly certificates: ReadonlyMap<string, Uint8Array>
  /** The CMS as a whole: of a document time-stamp the token. */
  readonly cms: Uint8Array
  readonly signatureTimeStamps: readonly Uint8Array[]
  readonly contentTimeStamps: readonly Uint8Array[]
}

/** Finds what a signature of a report carries; null where it cannot be read, or its kind is not looked into. */
export type FindCarried = (signature: SignatureReport) => CarriedSignature | null

/**
 * Takes the bytes that a report is about; gives a look into its signatures.
 * @throws VerifyError invalid-options where the bytes are not those of the report
 */
export function lookInto(bytes: Uint8Array | null, report: VerificationReport): FindCarried {
  if (bytes === null) return () => null
  if (createHash('sha256').update(bytes).digest('hex') !== report.sha256) {
    throw new VerifyError('invalid-options', 'the bytes are not those that the report is about')
  }
  return (signature) => {
    const cms = cmsIn(bytes, signature)
    if (cms === null) return null
    try {
      const index = signature.kind === 'cms' ? report.signatures.indexOf(signature) : 0
      return carriedBy(parseSignedData(cms, { trailing: 'any' }), index)
    } catch (fault) {
      // What is malformed was said by the verdict already.
      if (fault instanceof VerifyError && fault.code !== 'internal') return null
      throw fault
    }
  }
}

/** The gap of a PDF's byte range holds the CMS in hexadecimal digits (ISO 32000-2 clause 12.8.1). */
function cmsIn(bytes: Uint8Array, { kind, byteRange }: SignatureReport): Uint8Array | null {
  if (kind === 'cms') return bytes[0] === 0x30 ? bytes : null
  if (!kind.startsWith('pdf') || byteRange?.length !== 4) return null
  const [start = 0, length = 0, second = 0] = byteRange
  const gap = Buffer.from(bytes.subarray(start + length, second)).toString('latin1')
  const digits = /^<([0-9A-Fa-f\s]*)>$/.exec(gap)?.[1]
  return digits === undefined ? null : Buffer.from(digits.replace(/\s/g, ''), 'hex')
}

function carriedBy(signedData: SignedData, index: number): CarriedSignature | null {
  const signerInfo = signedData.signerInfos[index]
  if (!signerInfo) return null
  const { signedAttributes, signedAttributesBytes, unsignedAttributes, signature } = signerInfo
  return {
    signatureValue: signature,
    dtbsrSha256: signedAttributesBytes ? createHash('sha256').update(signedAttributesBytes).digest() : null,
    certificates: new Map(signedData.certificates.map((one) => [one.sha256, one.bytes])),
    cms: signedData.bytes,
    signatureTimeStamps: tokensOf(unsignedAttributes, ATTRIBUTE.signatureTimeStamp),
    contentTimeStamps: tokensOf(signedAttributes ?? [], ATTRIBUTE.contentTimeStamp),
  }
}

const tokensOf = (attributes: readonly CmsAttribute[], oid: string): readonly Uint8Array[] =>
  attributes.filter((one) => one.oid === oid).flatMap((one) => one.values.map((value) => value.bytes))
