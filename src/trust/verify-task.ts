import type { VerifyInput } from '../model/ports.ts'
import type { VerificationCache } from '../verify/index.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import { faultOfVerify } from './task-fault.ts'

/** The child's own, for as long as it lives: the same few authorities stand in all that citizens sign. Facts, no verdicts. */
let cache: VerificationCache | null = null

/**
 * The task that the sandbox runs in a child: judges one document with the evidence handed in; reads no disk and no
 * network. @throws GatewayError with the verifier's code where it is one of ours, else unreadable-input
 */
export async function task(input: VerifyInput): Promise<VerificationReport> {
  // Loaded with the first document: children that only normalise never need it.
  const { algorithmPolicyWith, createVerificationCache, readPemOrDer, verifyDocument, VerifyError } = await import(
    '../verify/index.ts'
  )
  cache ??= createVerificationCache()
  try {
    return await verifyDocument(input.bytes, {
      fileName: input.fileName,
      validationTime: new Date(input.validationTime),
      poe: input.poe === null ? null : new Date(input.poe),
      trustAnchors: input.trustAnchors,
      intermediates: input.intermediates.flatMap((one) => certificatesIn(one, readPemOrDer)),
      crls: input.crls ?? [],
      ocsps: input.ocsps ?? [],
      checkRevocation: input.checkRevocation,
      policy: algorithmPolicyWith(input.algorithms),
      cache,
    })
  } catch (thrown) {
    throw thrown instanceof VerifyError ? faultOfVerify(thrown) : thrown
  }
}

/** What cannot be read is handed on as it is: the verifier says so of it. */
function certificatesIn(bytes: Uint8Array, read: (bytes: Uint8Array) => readonly Uint8Array[]): readonly Uint8Array[] {
  try {
    return read(bytes)
  } catch {
    return [bytes]
  }
}
