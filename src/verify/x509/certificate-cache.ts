import type { Certificate } from './certificate.ts'

/** Bounds on what is kept between documents. */
export interface CacheLimits {
  /** Certificates. */
  readonly maxEntries: number
  /** Octets of their DER, with what is taken as held for each beside it. */
  readonly maxBytes: number
}

/** Where a certificate may be found that was read before, and one that was read now may be kept. */
export interface KnownCertificates {
  /** Gives the certificate with exactly these bytes (lower-case hex SHA-256), where it is held. */
  get(sha256: string): Certificate | undefined
  /** Holds a certificate; lets those go that were not asked for the longest time, where it holds too much. */
  keep(certificate: Certificate): void
}

/**
 * Certificates that were read before, with their keys and what was found out about the signatures on them, so that the
 * same CA and the same signer are read once for many documents. Holds facts about bytes and no verdicts: whether
 * something is trusted, valid at a time or revoked is judged anew for each document.
 */
export interface VerificationCache extends KnownCertificates {
  /** How many certificates it holds. */
  readonly size: number
  /** Octets that they count for. */
  readonly bytes: number
}

const DEFAULT_LIMITS: CacheLimits = { maxEntries: 2000, maxBytes: 32 * 1024 * 1024 }

/** What a certificate holds beside its DER: decoded fields, a key in OpenSSL's form. Measured, rounded up. */
const OVERHEAD_BYTES = 12 * 1024

/**
 * Makes an empty cache, to be handed to verifyDocument for as many documents as one likes.
 * Takes limits that differ from the default (2000 certificates, 32 MiB).
 */
export function createVerificationCache(limits: Partial<CacheLimits> = {}): VerificationCache {
  return new CertificateCache({ ...DEFAULT_LIMITS, ...limits })
}

/** A class, as each document without a cache handed in has one of its own: getters of a literal would cost a new shape. */
class CertificateCache implements VerificationCache {
  readonly #limits: CacheLimits
  /** A Map keeps the order of insertion: what is asked for goes to its end. */
  readonly #held = new Map<string, Certificate>()
  #bytes = 0

  constructor(limits: CacheLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#held.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(sha256: string): Certificate | undefined {
    const certificate = this.#held.get(sha256)
    if (!certificate) return undefined
    this.#held.delete(sha256)
    this.#held.set(sha256, certificate)
    return certificate
  }

  keep(certificate: Certificate): void {
    const { maxEntries, maxBytes } = this.#limits
    if (this.#held.has(certificate.sha256) || costOf(certificate) > maxBytes || maxEntries < 1) return
    this.#held.set(certificate.sha256, certificate)
    this.#bytes += costOf(certificate)
    for (const oldest of this.#held.values()) {
      if (this.#held.size <= maxEntries && this.#bytes <= maxBytes) break
      this.#held.delete(oldest.sha256)
      this.#bytes -= costOf(oldest)
    }
  }
}

const costOf = (certificate: Certificate): number => certificate.bytes.length + OVERHEAD_BYTES
