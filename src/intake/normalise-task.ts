import { GatewayError } from '../model/errors.ts'
import type { NormalisedMessage } from '../model/ports.ts'
import { MimeError } from '../verify/mime/index.ts'
import type { SmimeKey } from '../verify/smime/index.ts'
import { normaliseForm } from './normalise-form.ts'
import { normaliseMail } from './normalise-mail.ts'

/** What the child gets: the raw bytes, and the keys that may open them. */
export interface NormaliseInput {
  readonly raw: Uint8Array
  readonly rawMediaType: string
  readonly openpgpPrivateKeys: readonly string[]
  readonly smimeKeys?: readonly SmimeKey[]
}

/**
 * The task that the sandbox runs in a child: raw bytes in, plain data out; reads no disk and no network.
 * @throws GatewayError too-large, too-many-parts, malformed-mime, unreadable-input
 */
export async function task(input: NormaliseInput): Promise<NormalisedMessage> {
  try {
    const { openpgpPrivateKeys: openpgp, smimeKeys: smime = [] } = input
    if (input.rawMediaType === 'message/rfc822') return await normaliseMail(input.raw, { openpgp, smime })
    if (input.rawMediaType === 'multipart/form-data') return await normaliseForm(input.raw)
  } catch (thrown) {
    if (thrown instanceof MimeError) throw new GatewayError(thrown.code, thrown.message)
    throw thrown
  }
  throw new GatewayError('unreadable-input', 'this is neither a mail nor a form')
}
