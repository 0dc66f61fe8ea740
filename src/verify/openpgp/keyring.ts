import type { OpenpgpCertificate } from './certificate.ts'
import type { SignaturePacket } from './signature-packet.ts'

/** A certificate that counts, and as whose. */
export interface TrustedCertificate {
  readonly certificate: OpenpgpCertificate
  /** Who its owner is known to be, whatever its User IDs say; null: they are believed. */
  readonly knownAs: readonly string[] | null
}

/** Certificates by the keys in them. */
export interface Keyring {
  /** Those with a key that a signature names as its maker, with that key's fingerprint. */
  candidates(signature: SignaturePacket): readonly (TrustedCertificate & { readonly fingerprint: string })[]
}

/** Takes certificates; gives them to be asked for by what a signature says of its maker. */
export function createKeyring(certificates: readonly TrustedCertificate[]): Keyring {
  const keys = certificates.flatMap((trusted) =>
    [trusted.certificate.primary, ...trusted.certificate.subkeys].map(({ subject }) => ({ trusted, key: subject })),
  )
  return {
    candidates: ({ issuerFingerprint, issuerKeyId }) =>
      keys.flatMap(({ trusted, key }) => {
        const isNamed = issuerFingerprint ? key.fingerprint === issuerFingerprint : key.keyId === issuerKeyId
        return isNamed ? [{ ...trusted, fingerprint: key.fingerprint }] : []
      }),
  }
}
