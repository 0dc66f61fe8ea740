import { createHash, type KeyObject, verify as verifyBytes, X509Certificate } from 'node:crypto'
import { GatewayError } from '../../model/errors.ts'
import { type HashName, type SignatureScheme, schemeForKey } from '../algorithms.ts'
import type { SigningKey } from '../signing-key.ts'

/** A key elsewhere: signs these bytes, or rather their hash, by that scheme. */
export type SignElsewhere = (bytes: Uint8Array, scheme: SignatureScheme, hash: HashName) => Promise<Uint8Array>

/**
 * Makes a signing key of a certificate and of what signs for it elsewhere. Each signature is held against the certificate
 * before it goes anywhere: a seal that fails is noticed by us, not by a citizen.
 * @param chain DER, own certificate first @throws GatewayError key-unusable
 */
export function keyElsewhere(
  kind: SigningKey['kind'],
  chain: readonly Uint8Array[],
  signElsewhere: SignElsewhere,
): SigningKey {
  const publicKey = publicKeyOf(chain)
  const { scheme, hash } = schemeForKey(publicKey)
  if (scheme !== 'rsa-pkcs1' && scheme !== 'ecdsa') {
    throw new GatewayError('key-unusable', `Keys elsewhere sign by RSA or ECDSA here, not by ${scheme}.`)
  }
  return {
    kind,
    scheme,
    hash,
    certificateChain: chain,
    sign: async (bytes) => {
      const signature = await signElsewhere(bytes, scheme, hash)
      if (isSignature(signature, bytes, publicKey, hash)) return signature
      throw new GatewayError('key-unusable', 'What came back is no signature by the key of the seal’s certificate.')
    },
  }
}

/** Says whether that is a signature over the bytes: PKCS #1 v1.5, ECDSA in its DER form, Ed25519. */
export function isSignature(signature: Uint8Array, bytes: Uint8Array, key: KeyObject, hash: HashName): boolean {
  const name = key.asymmetricKeyType === 'ed25519' ? null : hash
  return verifyBytes(name, bytes, { key, dsaEncoding: 'der' }, signature)
}

/** @throws GatewayError key-unusable */
export function publicKeyOf([own]: readonly Uint8Array[]): KeyObject {
  if (!own) throw new GatewayError('key-unusable', 'There is no certificate of the seal’s key.')
  try {
    return new X509Certificate(own).publicKey
  } catch (cause) {
    throw new GatewayError('key-unusable', 'The certificate of the seal cannot be read.', { cause })
  }
}

/** Puts certificates in order: the one of that key first, then each one's issuer as far as they are at hand. DER. */
export function orderedChain(own: Uint8Array, others: readonly Uint8Array[]): readonly Uint8Array[] {
  const pool = others.map((der) => new X509Certificate(der))
  const chain = [new X509Certificate(own)]
  for (let last = chain[0]; last && !last.checkIssued(last); ) {
    const below = last
    last = pool.find((one) => !chain.some((had) => had.raw.equals(one.raw)) && below.checkIssued(one))
    if (last) chain.push(last)
  }
  return chain.map(({ raw }) => raw)
}

/** Takes PEM with any number of certificates; gives them as DER. @throws GatewayError key-unusable where there is none */
export function certificatesIn(pem: string): readonly Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new GatewayError('key-unusable', 'The file holds no certificate in PEM.')
  return blocks.map((block) => derOf(block))
}

function derOf(block: string): Uint8Array {
  try {
    return new X509Certificate(block).raw
  } catch (cause) {
    throw new GatewayError('key-unusable', 'The file holds a certificate that cannot be read.', { cause })
  }
}

const digestInfoOf: Readonly<Record<HashName, string>> = {
  // RFC 8017 §9.2, note 1: what stands before the digest.
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

/** The DigestInfo of bytes (RFC 8017 §9.2): what a token pads and signs by its plain RSA mechanism. */
export const digestInfo = (bytes: Uint8Array, hash: HashName): Uint8Array =>
  Buffer.concat([Buffer.from(digestInfoOf[hash], 'hex'), createHash(hash).update(bytes).digest()])
