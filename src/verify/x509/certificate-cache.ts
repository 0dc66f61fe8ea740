import type { Certificate } from './certificate.ts'

/** Bounds on what is kept between documents. */
export interface CacheLimits {
  /** Certificates. */
  readonly maxEntries: number
  /** Octets of their DER, with what is taken as held for each beside it. */
  readonly maxBytes: number
}

/**
 * Certificates that were read before, with their keys and what was found out about the signatures on them, so that the
 * same CA and the same signer are read once for many documents. Holds facts about bytes and no verdicts: whether
 * something is trusted, valid at a time or revoked is judged anew for each document.
 */
export interface VerificationCache {
  /** How many certificates it holds. */
  readonly size: number
  /** Octets that they count for. */
  readonly bytes: number
  /** Gives the certificate with exactly these bytes (lower-case hex SHA-256), where it is held. */
  get(sha256: string): Certificate | undefined
  /** Holds a certificate; lets those go that were not asked for the longest time, where it holds too much. */
  keep(certificate: Certificate): void
}

const DEFAULT_LIMITS: CacheLimits = { maxEntries: 2000, maxBytes: 32 * 1024 * 1024 }

/** What a certificate holds beside its DER: decoded fields, a key in OpenSSL's form. Measured, rounded up. */
const OVERHEAD_BYTES = 12 * 1024

/**
 * Makes an empty cache, to be handed to verifyDocument for as many documents as one likes.
 * Takes limits that differ from the default (2000 certificates, 32 MiB).
 */
export function createVerificationCache(limits: Partial<CacheLimits> = {}): VerificationCache {
  const { maxEntries, maxBytes } = { ...DEFAULT_LIMITS, ...limits }
  // A Map keeps the order of insertion: what is asked for goes to its end.
  const held = new Map<string, Certificate>()
  let bytes = 0
  const drop = (certificate: Certificate): void => {
    held.delete(certificate.sha256)
    bytes -= costOf(certificate)
  }
  return {
    get size() {
      return held.size
    },
    get bytes() {
      return bytes
    },
    get: (sha256) => {
      const certificate = held.get(sha256)
      if (!certificate) return undefined
      held.delete(sha256)
      held.set(sha256, certificate)
      return certificate
    },
    keep: (certificate) => {
      if (held.has(certificate.sha256) || costOf(certificate) > maxBytes || maxEntries < 1) return
      held.set(certificate.sha256, certificate)
      bytes += costOf(certificate)
      for (const oldest of held.values()) {
        if (held.size <= maxEntries && bytes <= maxBytes) break
        drop(oldest)
      }
    },
  }
}

const costOf = (certificate: Certificate): number => certificate.bytes.length + OVERHEAD_BYTES
