import type { Instant } from './time.ts'
import type { Listing } from './trusted-list.ts'

/** Where the key of the municipality's seal lies. own: in keys/ of the data folder, made by us or put there. */
export type SealKeyKind = 'own' | 'pkcs12' | 'pkcs11' | 'csc'

/** A certificate that seals were or are made with. */
export interface SealCertificate {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly sha256: string
  readonly kind: SealKeyKind
  /** The subject's names, as a person reads them. */
  readonly subject: string
  /** PEM: the certificate, then its issuers, as far as they are known. */
  readonly chain: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** When the gateway first had it in use. */
  readonly since: Instant
}

/** What to know of a seal before something stops, or before somebody else's reader says it. */
export type SealWarning =
  | { readonly code: 'expires-soon'; readonly days: number; readonly mark: number }
  /** Issuers are there, and the last of them is no root: `issuer` is who issued it. Roots that programs know may be left out. */
  | { readonly code: 'incomplete-chain'; readonly issuer: string }
  | { readonly code: 'expired' | 'not-yet-valid' | 'no-issuers' | 'not-for-signing' | 'weak-key' }

/** What an admin is shown of the seal. */
export interface SealFacts {
  /** Null while the key was never reached. */
  readonly certificate: SealCertificate | null
  /** Kind and size of the key. */
  readonly algorithm: string
  /** Names of the CAs above it, as far as they are at hand. */
  readonly issuers: readonly string[]
  /**
   * Whose programs know the seal by themselves. nobody: its CA is our own. qualified: it says of itself that it is qualified
   * under eIDAS, so that its CA should be on its country's trusted list, which Acrobat reads. unknown: only the CA can tell.
   */
  readonly readers: 'nobody' | 'qualified' | 'unknown'
  /** Whether its CA stands on a trusted list that is in use; null while the key was never reached. */
  readonly listing: Listing | null
  readonly warnings: readonly SealWarning[]
  /** What stands against sealing now. */
  readonly fault: { readonly code: string; readonly message: string } | null
  readonly former: readonly SealCertificate[]
}

/** Where the key of the seal lies, and what opens it. Secrets stay in memory. */
export type SealSettings =
  | { readonly kind: 'own' }
  | { readonly kind: 'pkcs12'; readonly file: string; readonly passphrase: string }
  | {
      readonly kind: 'pkcs11'
      /** The token's library. */
      readonly module: string
      readonly token: string
      /** Label of the key, or its id in hex. */
      readonly key: { readonly label: string } | { readonly id: string }
      readonly pin: string
      /** PEM, own certificate first; null: the certificate that lies on the token under the key's name. */
      readonly certificateFile: string | null
      /** What the token's library may need to find its own configuration. */
      readonly environment: Readonly<Record<string, string | undefined>>
    }
  | {
      readonly kind: 'csc'
      /** Base of the Cloud Signature Consortium API, as "https://host/csc/v1". */
      readonly url: string
      readonly version: 'v1' | 'v2'
      readonly tokenUrl: string
      readonly clientId: string
      readonly clientSecret: string
      readonly credentialId: string
      readonly pin: string | null
      readonly allowedNetworks: readonly string[]
    }
