import type { EmbeddedChain } from '../verify/index.ts'
import { faultOfVerify } from './task-fault.ts'

/**
 * The task that the sandbox runs in a child: gives the certificates that a PDF's signatures carry.
 * @throws GatewayError with the verifier's code where it is one of ours, else unreadable-input
 */
export async function task(input: { readonly pdf: Uint8Array }): Promise<readonly EmbeddedChain[]> {
  const { embeddedCertificates, VerifyError } = await import('../verify/index.ts')
  try {
    return embeddedCertificates(input.pdf)
  } catch (thrown) {
    throw thrown instanceof VerifyError ? faultOfVerify(thrown) : thrown
  }
}
