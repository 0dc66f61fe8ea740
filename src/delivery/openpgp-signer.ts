import {
  createMessage,
  type Message,
  type PrivateKey,
  type PublicKey,
  readCleartextMessage,
  readMessage,
  readPrivateKey,
  readSignature,
} from 'openpgp'
import { decodeBody, type Entity, fieldValues, readEntity, splitParts } from './mime-entity.ts'
import { extractSignedPart } from './signed-part.ts'

/** Clocks of senders run ahead; a signature from further in the future is not believed. */
const CLOCK_SKEW_MS = 10 * 60_000
const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024
const MAX_KEYS = 10

/** What one look at a mail gives: who of the candidates signed the whole of it, and if nobody, why. */
export interface SignerSearch {
  /** The candidate whose signature over the whole mail holds. */
  readonly signer: PublicKey | null
  readonly reason: string | null
}

const nobody = (reason: string): SignerSearch => ({ signer: null, reason })

/**
 * Takes the raw mail and certificates; finds the one that signed all that the mail shows: as PGP/MIME
 * (multipart/signed at the root), inside PGP/MIME encryption, or inline over the only text. A bad signature, or one
 * over a part, is an answer with its reason.
 */
export async function findSigner(
  raw: Uint8Array,
  candidates: readonly PublicKey[],
  options: { readonly privateKeysArmored: readonly string[]; readonly at: Date },
): Promise<SignerSearch> {
  const root = readEntity(raw)
  if (root === null || root.mediaType === null) return nobody('malformed-mail')
  const keys = candidates.slice(0, MAX_KEYS)
  const search = { keys, at: options.at, privateKeysArmored: options.privateKeysArmored }
  if (root.mediaType === 'multipart/signed') return findDetachedSigner(raw, search)
  if (root.mediaType === 'multipart/encrypted') return findSignerInside(root, search)
  if (root.mediaType === 'text/plain') return findInlineSigner(root, search)
  return nobody('not-signed')
}

type VerificationResults = Awaited<ReturnType<Message<Uint8Array>['verify']>>

interface Search {
  readonly keys: readonly PublicKey[]
  readonly at: Date
  readonly privateKeysArmored: readonly string[]
}

async function findDetachedSigner(entity: Uint8Array, search: Search): Promise<SignerSearch> {
  const part = extractSignedPart(entity)
  if (!part.found) return nobody(part.problem)
  return attempt(async () => {
    // A string signature from the mail is parsed once; what is no signature throws.
    const signature = await readSignature({ armoredSignature: part.signature })
    const message = await createMessage({ binary: part.signed })
    await message.appendSignature(signature.armor())
    return firstHolding(search, (keys, at) => message.verify(keys, at))
  })
}

/** RFC 3156 §6: signed within the same OpenPGP message, or a multipart/signed inside the encryption. */
async function findSignerInside(root: Entity, search: Search): Promise<SignerSearch> {
  const armoredMessage = encryptedPart(root)
  if (armoredMessage === null) return nobody('malformed-mail')
  return findSignerOfEncrypted(armoredMessage, search, true)
}

async function findInlineSigner(root: Entity, search: Search): Promise<SignerSearch> {
  const decoded = decodeBody(root)
  const text = decoded === null ? '' : Buffer.from(decoded).toString('utf8').trim()
  // Text before or after the block would be shown and not be signed.
  if (/^-----BEGIN PGP MESSAGE-----[\s\S]*-----END PGP MESSAGE-----$/.test(text)) {
    return findSignerOfEncrypted(text, search, false)
  }
  if (!/^-----BEGIN PGP SIGNED MESSAGE-----[\s\S]*-----END PGP SIGNATURE-----$/.test(text)) return nobody('not-signed')
  if (text.indexOf('-----END PGP SIGNATURE-----') !== text.lastIndexOf('-----END PGP SIGNATURE-----')) {
    return nobody('signature-covers-part')
  }
  return attempt(async () => {
    const message = await readCleartextMessage({ cleartextMessage: text })
    return firstHolding(search, (keys, at) => message.verify(keys, at))
  })
}

async function findSignerOfEncrypted(armored: string, search: Search, mime: boolean): Promise<SignerSearch> {
  if (search.privateKeysArmored.length === 0) return nobody('cannot-decrypt')
  const message = await decryptMessage(armored, search)
  if (message === null) return nobody('cannot-decrypt')
  const found = await attempt(() => firstHolding(search, (keys, at) => message.verify(keys, at)))
  if (found.signer !== null || !mime) return found
  const literal = message.getLiteralData()
  if (!(literal instanceof Uint8Array)) return found
  const inside = await findDetachedSigner(literal, search)
  return inside.reason === 'not-signed' ? found : inside
}

async function decryptMessage(armoredMessage: string, search: Search): Promise<Message<string | Uint8Array> | null> {
  const keys: PrivateKey[] = []
  for (const armoredKey of search.privateKeysArmored) keys.push(await readPrivateKey({ armoredKey }))
  try {
    const config = { maxDecompressedMessageSize: MAX_DECOMPRESSED_BYTES }
    const message = await readMessage({ armoredMessage, config })
    const decrypted = await message.decrypt(keys, undefined, undefined, search.at)
    return decrypted.unwrapCompressed() as Message<string | Uint8Array>
  } catch (thrown) {
    // Written to another key, or damaged: no signer, and the mail's reader says the same.
    if (thrown instanceof Error) return null
    throw thrown
  }
}

/** One candidate at a time, so that it is known whose signature held. */
async function firstHolding(
  search: Search,
  verify: (keys: PublicKey[], at: Date) => Promise<VerificationResults>,
): Promise<SignerSearch> {
  const at = new Date(search.at.getTime() + CLOCK_SKEW_MS)
  let seen = 0
  for (const key of search.keys) {
    const results = await verify([key], at)
    seen = results.length
    for (const result of results) {
      const holds = await result.verified.then(
        () => true,
        () => false,
      )
      if (holds) return { signer: key, reason: null }
    }
  }
  return nobody(search.keys.length > 0 && seen === 0 ? 'not-signed' : 'signature-not-by-key')
}

/** The library's parsers throw on what they cannot read: that is a mail without a signature that counts. */
async function attempt(work: () => Promise<SignerSearch>): Promise<SignerSearch> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof Error) return nobody('signature-unreadable')
    throw thrown
  }
}

/** RFC 3156 §4: a control part "Version: 1", then the data. */
function encryptedPart(root: Entity): string | null {
  const boundary = root.parameters.get('boundary')
  if (root.parameters.get('protocol')?.toLowerCase() !== 'application/pgp-encrypted' || !boundary) return null
  const parts = splitParts(root.body, boundary)?.map(readEntity)
  const [control, data] = parts ?? []
  if (parts?.length !== 2 || control?.mediaType !== 'application/pgp-encrypted' || !data) return null
  if (fieldValues(data, 'content-type').length !== 1) return null
  const decoded = decodeBody(data)
  return decoded === null ? null : Buffer.from(decoded).toString('latin1').trim()
}
