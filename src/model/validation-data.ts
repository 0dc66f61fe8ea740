import type { Instant } from './time.ts'

/** issuer: a CA's certificate. crl, ocsp: what says whether a certificate is revoked. */
export type ValidationDataKind = 'issuer' | 'crl' | 'ocsp'

/**
 * One answer that was fetched to judge a signature by (EN 319 102-1: validation data), kept for as long as a verdict
 * rests on it, so that the same verdict can be given again.
 */
export interface ValidationData {
  readonly id: string
  readonly kind: ValidationDataKind
  readonly url: string
  /** SHA-256 of the certificate that it was fetched for. */
  readonly certificate: string
  /** The blob with the answer as it came. */
  readonly sha256: string
  readonly fetchedAt: Instant
  /** Until when whoever gave it says that it may be used again; null where nothing was said. */
  readonly freshUntil: Instant | null
}

/** An answer with its bytes; new where it is not stored yet. */
export interface GatheredData {
  readonly data: ValidationData
  readonly bytes: Uint8Array
  readonly isNew: boolean
}
