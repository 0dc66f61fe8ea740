import { createHash } from 'node:crypto'
import type { VerifyInput } from '../model/ports.ts'
import type { TrustStore, VerificationCache } from '../verify/index.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import { faultOfVerify } from './task-fault.ts'

/** The child's own, for as long as it lives: the same few authorities stand in all that citizens sign. Facts, no verdicts. */
let cache: VerificationCache | null = null
/** The same list of anchors comes with one document after another; to read ten thousand takes longer than to judge. */
const prepared = new WeakMap<VerifyInput['trustAnchors'], TrustStore>()
/** The same again, as another array. */
let lastTrust: { readonly key: string; readonly store: TrustStore } | null = null

/**
 * The task that the sandbox runs in a child: judges one document with the evidence handed in; reads no disk and no
 * network. @throws GatewayError with the verifier's code where it is one of ours, else unreadable-input
 */
export async function task(input: VerifyInput): Promise<VerificationReport> {
  // Loaded with the first document: children that only normalise never need it.
  const verify = await import('../verify/index.ts')
  const { algorithmPolicyWith, createVerificationCache, readPemOrDer, verifyDocument, VerifyError } = verify
  cache ??= createVerificationCache()
  try {
    return await verifyDocument(input.bytes, {
      fileName: input.fileName,
      validationTime: new Date(input.validationTime),
      poe: input.poe === null ? null : new Date(input.poe),
      trustAnchors: trustStoreOf(input.trustAnchors, verify),
      intermediates: input.intermediates.flatMap((one) => certificatesIn(one, readPemOrDer)),
      crls: input.crls ?? [],
      ocsps: input.ocsps ?? [],
      openpgpKeys: (input.openpgpKeys ?? []).map(({ certificate, address }) => ({
        keys: Buffer.from(certificate),
        knownAs: [address],
      })),
      opened: input.opened ?? null,
      checkRevocation: input.checkRevocation,
      policy: algorithmPolicyWith(input.algorithms),
      cache,
    })
  } catch (thrown) {
    throw thrown instanceof VerifyError ? faultOfVerify(thrown) : thrown
  }
}

function trustStoreOf(
  anchors: VerifyInput['trustAnchors'],
  { prepareTrustStore }: Pick<typeof import('../verify/index.ts'), 'prepareTrustStore'>,
): TrustStore {
  const known = prepared.get(anchors)
  if (known) return known
  const hash = createHash('sha256')
  for (const anchor of anchors) {
    const { der, ...terms } = anchor instanceof Uint8Array ? { der: anchor } : anchor
    hash.update(`${der.length}:`).update(der).update(JSON.stringify(terms))
  }
  const key = hash.digest('hex')
  if (lastTrust?.key !== key) lastTrust = { key, store: prepareTrustStore(anchors) }
  prepared.set(anchors, lastTrust.store)
  return lastTrust.store
}

/** What cannot be read is handed on as it is: the verifier says so of it. */
function certificatesIn(bytes: Uint8Array, read: (bytes: Uint8Array) => readonly Uint8Array[]): readonly Uint8Array[] {
  try {
    return read(bytes)
  } catch {
    return [bytes]
  }
}
