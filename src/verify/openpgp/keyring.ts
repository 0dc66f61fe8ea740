import type { OpenpgpCertificate } from './certificate.ts'
import type { SignaturePacket } from './signature-packet.ts'

/** Certificates by the keys in them. */
export interface Keyring {
  readonly certificates: readonly OpenpgpCertificate[]
  /** Those with a key that a signature names as its maker, with that key's fingerprint. */
  candidates(signature: SignaturePacket): readonly { certificate: OpenpgpCertificate; fingerprint: string }[]
}

/** Takes certificates; gives them to be asked for by what a signature says of its maker. */
export function createKeyring(certificates: readonly OpenpgpCertificate[]): Keyring {
  const keys = certificates.flatMap((certificate) =>
    [certificate.primary, ...certificate.subkeys].map(({ subject }) => ({ certificate, key: subject })),
  )
  return {
    certificates,
    candidates: ({ issuerFingerprint, issuerKeyId }) =>
      keys.flatMap(({ certificate, key }) => {
        const isNamed = issuerFingerprint ? key.fingerprint === issuerFingerprint : key.keyId === issuerKeyId
        return isNamed ? [{ certificate, fingerprint: key.fingerprint }] : []
      }),
  }
}
