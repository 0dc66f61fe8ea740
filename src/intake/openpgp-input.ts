import type { Key } from 'openpgp'
import type { NormalisedMessage, NormalisedPart } from '../model/ports.ts'
import { decodeBase64, parseParameterised } from '../verify/mime/index.ts'

type FoundKey = NormalisedMessage['openpgpKeys'][number]

const MAX_KEY_BYTES = 1024 * 1024
const MAX_KEYS = 20
/** OpenPGP compresses: what a small message may grow to. */
const MAX_DECOMPRESSED_BYTES = 100 * 1024 * 1024

// Loaded when a mail needs it: most do not, and it is a large library.
const openpgp = () => import('openpgp')

/**
 * Takes the bytes of an attached key file, armoured or binary; gives the certificates in it, public parts only.
 * Empty where nothing in it can be read as a key.
 */
async function attachedKeys(bytes: Uint8Array): Promise<{ keys: readonly FoundKey[]; hadPrivate: boolean }> {
  if (bytes.length > MAX_KEY_BYTES) return { keys: [], hadPrivate: false }
  const { readKeys } = await openpgp()
  const text = Buffer.from(bytes).toString('utf8')
  const read = text.includes('-----BEGIN PGP')
    ? readKeys({ armoredKeys: text.trim() })
    : readKeys({ binaryKeys: Uint8Array.from(bytes) })
  const found: readonly Key[] = await read.catch(() => [])
  return {
    keys: found.slice(0, MAX_KEYS).map((key) => ({ source: 'attached', armored: publicArmour(key), address: null })),
    hadPrivate: found.some((key) => key.isPrivate()),
  }
}

/** Takes parts; gives the OpenPGP certificates attached. A private key is never kept, and that one came is noted. */
export async function keysAmong(parts: readonly NormalisedPart[], notes: Set<string>): Promise<FoundKey[]> {
  const keys: FoundKey[] = []
  for (const part of parts) {
    if (part.mediaType !== 'application/pgp-keys') continue
    const found = await attachedKeys(part.bytes)
    if (found.keys.length === 0) notes.add('key-unreadable')
    if (found.hadPrivate) notes.add('private-key-received')
    keys.push(...found.keys)
  }
  return keys
}

/** A private key that came along by mistake is never kept: only its public half. */
const publicArmour = (key: Key): string => key.toPublic().armor()

/**
 * Takes the Autocrypt field and the one From address; gives the certificate in it, or null where the field is not valid
 * or speaks of another address (Autocrypt Level 1 §2.1).
 */
export async function autocryptKey(field: string, from: string): Promise<FoundKey | null> {
  // The leading ";" makes the attributes parameters of an empty value.
  const { parameters } = parseParameterised(`;${field}`)
  const address = parameters.get('addr')
  const keydata = parameters.get('keydata')
  if (address?.toLowerCase() !== from.toLowerCase() || keydata === undefined) return null
  const known = new Set(['addr', 'keydata', 'prefer-encrypt'])
  // An unknown attribute without "_" is critical: the field must be ignored.
  if ([...parameters.keys()].some((name) => !known.has(name) && !name.startsWith('_'))) return null
  const { readKey } = await openpgp()
  const binaryKey = Uint8Array.from(decodeBase64(Buffer.from(keydata, 'latin1')).bytes)
  const key = await readKey({ binaryKey }).catch(() => null)
  return key && { source: 'autocrypt', armored: publicArmour(key), address: from }
}

interface PacketStream {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: unknown }> }
}

/** openpgp.js reads a message up to its content, and the signatures behind it when they are asked for. */
async function readAllPackets(packets: { push(...more: never[]): unknown }): Promise<void> {
  const { stream } = packets as { stream?: PacketStream | null }
  if (!stream) return
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) packets.push(next.value as never)
}

/** What an OpenPGP message held: its content, and the packets of it with the signatures over it. */
export interface OpenedOpenpgp {
  readonly content: Uint8Array
  readonly packets: Uint8Array
}

/**
 * Takes an encrypted OpenPGP message, armoured or binary, and the municipality's unlocked private keys; gives what is
 * inside, or null where no key opens it, its integrity does not hold, or it grows beyond the limit.
 */
export async function decryptOpenpgp(bytes: Uint8Array, privateKeys: readonly string[]): Promise<OpenedOpenpgp | null> {
  if (privateKeys.length === 0) return null
  const { readMessage, readPrivateKeys, config: defaults } = await openpgp()
  const config = { ...defaults, maxDecompressedMessageSize: MAX_DECOMPRESSED_BYTES }
  const text = Buffer.from(bytes).toString('latin1')
  const begin = text.indexOf('-----BEGIN PGP MESSAGE-----')
  try {
    const keys = await Promise.all(privateKeys.map((armoredKeys) => readPrivateKeys({ armoredKeys })))
    const message =
      begin >= 0
        ? await readMessage({ armoredMessage: text.slice(begin), config })
        : await readMessage({ binaryMessage: Uint8Array.from(bytes), config })
    const opened = (await message.decrypt(keys.flat(), undefined, undefined, undefined, config)).unwrapCompressed()
    const content = opened.getLiteralData()
    await readAllPackets(opened.packets)
    return content ? { content, packets: opened.packets.write() } : null
  } catch (thrown) {
    // openpgp.js has no error codes: every way of not opening it is the same to the citizen, and is said by a note.
    if (thrown instanceof Error) return null
    throw thrown
  }
}
