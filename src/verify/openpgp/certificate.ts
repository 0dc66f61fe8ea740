import { VerifyError } from '../errors.ts'
import { dearmored } from './armor.ts'
import { malformed } from './octets.ts'
import { PACKET, type Packet, readPackets } from './packets.ts'
import { type PublicKeyPacket, parsePublicKey } from './public-key.ts'
import { parseSignaturePacket, type SignaturePacket } from './signature-packet.ts'

/** A part of a certificate with the signatures that stand behind it, as they came: not yet checked. */
export interface Component<T> {
  readonly subject: T
  readonly signatures: readonly SignaturePacket[]
}

/** An OpenPGP certificate: a transferable public key (RFC 9580 §10.1). */
export interface OpenpgpCertificate {
  readonly primary: Component<PublicKeyPacket>
  /** User IDs as octets, which signatures hash. */
  readonly userIds: readonly Component<Uint8Array>[]
  readonly subkeys: readonly Component<PublicKeyPacket>[]
}

const MAX_CERTIFICATES = 1000

/**
 * Takes a file of public keys, armoured or not; gives the certificates in it. What of one cannot be read (a subkey of a kind
 * that is not known, somebody's attestation) is left out, and can then vouch for nothing.
 * @throws VerifyError malformed-openpgp, where it is no such file, or holds private keys
 */
export function parseOpenpgpCertificates(bytes: Uint8Array): readonly OpenpgpCertificate[] {
  const blocks = dearmored(bytes, /^PGP PUBLIC KEY BLOCK$|^PGP PRIVATE KEY BLOCK$/)
  const packets = blocks.flatMap((block) => readPackets(block))
  if (packets.some(({ type }) => type === PACKET.secretKey || type === PACKET.secretSubkey)) {
    throw malformed('the file holds private keys: give the public ones')
  }
  const starts = packets.flatMap(({ type }, at) => (type === PACKET.publicKey ? [at] : []))
  if (starts.length === 0) throw malformed('the file holds no OpenPGP key')
  if (starts.length > MAX_CERTIFICATES) throw malformed('the file holds too many keys')
  const certificates = starts.flatMap((start, i) => readCertificate(packets.slice(start, starts[i + 1])) ?? [])
  if (certificates.length === 0) throw malformed('no key of the file is of a version that is read')
  return certificates
}

/** What follows a packet up to the next that is no signature stands for it. */
function readCertificate(packets: readonly Packet[]): OpenpgpCertificate | null {
  const components: { readonly packet: Packet; readonly signatures: SignaturePacket[] }[] = []
  for (const packet of packets) {
    if (packet.type !== PACKET.signature) components.push({ packet, signatures: [] })
    else components.at(-1)?.signatures.push(...readable(() => parseSignaturePacket(packet.body)))
  }
  const keysOf = (type: number): readonly Component<PublicKeyPacket>[] =>
    components.flatMap(({ packet, signatures }) =>
      packet.type === type
        ? readable(() => parsePublicKey(packet.body)).map((subject) => ({ subject, signatures }))
        : [],
    )
  const [primary] = keysOf(PACKET.publicKey)
  if (!primary) return null
  const userIds = components.flatMap(({ packet, signatures }) =>
    packet.type === PACKET.userId ? [{ subject: packet.body, signatures }] : [],
  )
  return { primary, userIds, subkeys: keysOf(PACKET.publicSubkey) }
}

/** What cannot be read is left out; whatever else is thrown is our own fault. */
export function readable<T>(read: () => T): readonly T[] {
  try {
    return [read()]
  } catch (fault) {
    if (fault instanceof VerifyError) return []
    throw fault
  }
}
