import { type ErrorCode, GatewayError } from '../model/errors.ts'
import type { VerifyInput } from '../model/ports.ts'
import type { VerificationReport } from '../verify/report/report.ts'

/** Faults of the verifier that the gateway names alike; every other one is "unreadable-input". */
const SAME_NAME: ReadonlySet<string> = new Set<ErrorCode>([
  'not-a-pdf',
  'malformed-pdf',
  'malformed-der',
  'malformed-mime',
  'too-deep',
  'too-large',
])

/**
 * The task that the sandbox runs in a child: judges one document with the evidence handed in; reads no disk and no
 * network. @throws GatewayError with the verifier's code where it is one of ours, else unreadable-input
 */
export async function task(input: VerifyInput): Promise<VerificationReport> {
  // Loaded with the first document: children that only normalise never need it.
  const { verifyDocument, VerifyError } = await import('../verify/index.ts')
  try {
    return await verifyDocument(input.bytes, {
      fileName: input.fileName,
      validationTime: new Date(input.validationTime),
      poe: input.poe === null ? null : new Date(input.poe),
      trustAnchors: input.trustAnchors,
      intermediates: input.intermediates,
      checkRevocation: input.checkRevocation,
    })
  } catch (thrown) {
    if (!(thrown instanceof VerifyError)) throw thrown
    const code = SAME_NAME.has(thrown.code) ? (thrown.code as ErrorCode) : 'unreadable-input'
    throw new GatewayError(code, thrown.message, { cause: thrown })
  }
}
