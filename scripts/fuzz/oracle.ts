import type { SignatureReport, VerificationReport } from '../../src/verify/index.ts'
import type { FuzzInput } from './input.ts'
import { digestOfRange, digestOfSignedPart, type Seeds } from './seeds.ts'

const TRACE = /\/Type\s*\/Sig\b[\s\S]{0,4000}\/ByteRange\s*\[|\/ByteRange\s*\[[\s\S]{0,40000}\/Type\s*\/Sig\b/

/**
 * Says what is wrong with an answer, or null. It knows nothing of how the verifier decides: what passes must be covered
 * by a signature that was on a seed before, what stands behind it must be said, and no signature may vanish.
 */
export function findFault(seeds: Seeds, { seed, bytes }: FuzzInput, report: VerificationReport): string | null {
  if (report.error?.code === 'internal') return `internal error: ${report.error.message}`
  if ((report.indication === undefined) === (report.error === undefined)) return 'neither or both of verdict and error'
  if (report.indication === 'NO-SIGNATURE') return unsaidSignature(bytes, seed.indication ?? null)
  if (report.indication !== 'TOTAL-PASSED') return null
  if (report.mediaType === 'message/rfc822') return falselyPassedMail(seeds, bytes)
  if (report.mediaType !== 'application/pdf') return null
  for (const signature of report.signatures) {
    const fault = falselyPassed(seeds, bytes, signature)
    if (fault) return `${signature.id}: ${fault}`
  }
  return report.signatures.length === 0 ? 'passed without a signature' : null
}

function falselyPassed(seeds: Seeds, bytes: Buffer, signature: SignatureReport): string | null {
  if (signature.indication !== 'TOTAL-PASSED') return null
  const [, , from = 0, length = 0] = signature.byteRange ?? []
  if (!signature.byteRange) return 'passed without a byte range'
  if (!seeds.covered.has(digestOfRange(bytes, signature.byteRange))) return 'passed over bytes that nobody signed'
  const tail = bytes.subarray(from + length)
  const blank = tail.every((octet) => [0, 9, 10, 12, 13, 32].includes(octet))
  if (!blank && (signature.coverage === 'file' || signature.changesAfter === 'none'))
    return 'bytes behind it are unsaid'
  const [, open = 0, close = 0] = signature.byteRange
  if (!/^<[0-9a-fA-F\s\0]*>$/.test(bytes.toString('latin1', open, close))) return 'the gap holds more than Contents'
  return null
}

/** Opaque signatures carry what they sign, and have no parts to look at here. */
function falselyPassedMail(seeds: Seeds, bytes: Buffer): string | null {
  const digest = digestOfSignedPart(bytes)
  return digest === null || seeds.covered.has(digest) ? null : 'passed over a part that nobody signed'
}

function unsaidSignature(bytes: Buffer, before: string | null): string | null {
  if (before === 'NO-SIGNATURE' || before === null) return null
  const text = bytes.toString('latin1')
  if (!text.startsWith('%PDF-') || !TRACE.test(text)) return null
  return /\/Contents\s*<30[0-9a-f]{2,10}06092a864886f70d010702/i.test(text) ? 'a signature is unsaid' : null
}
