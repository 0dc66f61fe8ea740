import { X509Certificate } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'
import { type HashName, type SignatureScheme, schemeForKey, signBytes } from './algorithms.ts'
import type { SignerFacts, SigningIdentity } from './cms.ts'

/** A private key that signs for us. Where it lives is its own affair: signing may take a while. */
export interface SigningKey extends SignerFacts {
  /** pkcs12: the key lies in a file and in this process. pkcs11: on a token. csc: at a remote signing service. */
  readonly kind: 'pkcs12' | 'pkcs11' | 'csc'
  /**
   * Signs these bytes with the key's own scheme and hash; ECDSA gives the DER form that CMS carries. No more than their
   * hash leaves this machine. @throws GatewayError key-unusable, seal-unavailable
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/**
 * A key that lies in this process.
 * @throws GatewayError key-unusable for keys that cannot sign documents
 */
export function createLocalKey(
  identity: SigningIdentity,
  options: { readonly scheme?: SignatureScheme; readonly hash?: HashName } = {},
): SigningKey {
  const suited = schemeForKey(identity.privateKey)
  const scheme = options.scheme ?? suited.scheme
  const hash = scheme === 'ed25519' ? 'sha512' : (options.hash ?? suited.hash)
  return {
    kind: 'pkcs12',
    scheme,
    hash,
    certificateChain: identity.certificateChain,
    sign: async (bytes) => signBytes(bytes, identity.privateKey, scheme, hash),
  }
}

/** How long a signature of this key can become, in bytes. @throws GatewayError key-unusable */
export function maxSignatureBytes({ certificateChain }: Pick<SigningKey, 'certificateChain'>): number {
  const [own] = certificateChain
  if (!own) throw new GatewayError('key-unusable', 'A signature needs the certificate of its key.')
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(own).publicKey
  if (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss') {
    return Math.ceil((asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  }
  // Two integers of at most 66 octets (P-521), each with sign octet and header, in a SEQUENCE; Ed25519 has 64 octets.
  return 3 + 2 * (3 + 67)
}
