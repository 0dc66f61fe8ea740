import type { ApprovalStamp } from '../model/ports.ts'

/**
 * The task that the sandbox runs in a child: a citizen's PDF is flattened and stamped there, for both take time and
 * memory as its author likes. @throws GatewayError malformed-pdf, encrypted-input, not-a-pdf, too-large, too-deep
 */
export async function task(input: { readonly pdf: Uint8Array; readonly stamp: ApprovalStamp }): Promise<Uint8Array> {
  // Loaded with the first approval: children that only read mails never need it.
  const { createTypesetter } = await import('./typesetter.ts')
  return createTypesetter().stampApproved(input.pdf, input.stamp)
}
