import { toHex } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { AnchorTerms, AnchorUse, TrustAnchorInput } from './anchor-terms.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import type { KnownCertificates } from './certificate-cache.ts'

/** Trust anchors, indexed once: what a verification costs does not grow with how many there are. */
export interface TrustStore {
  readonly size: number
  /** Anchors whose subject is this name (DistinguishedName.key). */
  bySubject(key: string): readonly Certificate[]
  /** The anchor with exactly these bytes (lower-case hex SHA-256); null where it is none. */
  bySha256(sha256: string): Certificate | null
  /** Anchors with this subject key identifier (lower-case hex). */
  byKeyId(keyId: string): readonly Certificate[]
  /** The terms that an anchor is trusted under; none where it is trusted without, or is no anchor. */
  termsOf(sha256: string): AnchorTerms
  /** The anchors that may be used so. */
  forUse(use: AnchorUse): TrustStore
  /** Anchors that could not be read, with the reason. */
  readonly unreadable: readonly string[]
}

/**
 * Takes trusted certificates, as DER or with the terms that they are trusted under; gives them indexed by subject, key
 * identifier and fingerprint. One that cannot be read is left out and named in `unreadable`, so that it does not take the
 * others down. Of one that comes twice the first counts. The store keeps its anchors and their keys; a cache, where given,
 * keeps those that it has room for beyond it.
 */
export function prepareTrustStore(
  anchors: Iterable<Uint8Array | TrustAnchorInput>,
  cache: KnownCertificates | null = null,
): TrustStore {
  const unreadable: string[] = []
  const held = new Map<string, HeldAnchor>()
  for (const one of anchors) {
    const { der, ...terms } = one instanceof Uint8Array ? { der: one } : one
    const certificate = parseAnchor(der, unreadable, cache)
    if (certificate && !held.has(certificate.sha256)) held.set(certificate.sha256, { certificate, terms })
  }
  return indexAnchors(held, unreadable)
}

interface HeldAnchor {
  readonly certificate: Certificate
  readonly terms: AnchorTerms
}

const NO_TERMS: AnchorTerms = {}

/** Gives anchors indexed; those for one use alone are indexed once, when they are first asked for. */
export function indexAnchors(held: ReadonlyMap<string, HeldAnchor>, unreadable: readonly string[] = []): TrustStore {
  const subjects = new Map<string, Certificate[]>()
  const keyIds = new Map<string, Certificate[]>()
  for (const { certificate } of held.values()) {
    append(subjects, certificate.subject.key, certificate)
    const keyId = certificate.decoded.subjectKeyIdentifier
    if (keyId) append(keyIds, toHex(keyId), certificate)
  }
  const narrowed = new Map<AnchorUse, TrustStore>()
  const store: TrustStore = {
    size: held.size,
    bySubject: (key) => subjects.get(key) ?? [],
    bySha256: (sha256) => held.get(sha256)?.certificate ?? null,
    byKeyId: (keyId) => keyIds.get(keyId) ?? [],
    termsOf: (sha256) => held.get(sha256)?.terms ?? NO_TERMS,
    forUse: (use) => {
      const known = narrowed.get(use)
      if (known) return known
      const kept = [...held].filter(([, { terms }]) => terms.uses?.includes(use) ?? true)
      const narrow = kept.length === held.size ? store : indexAnchors(new Map(kept), unreadable)
      narrowed.set(use, narrow)
      return narrow
    },
    unreadable,
  }
  return store
}

function parseAnchor(der: Uint8Array, unreadable: string[], cache: KnownCertificates | null): Certificate | null {
  try {
    return parseCertificate(der, cache)
  } catch (fault) {
    if (!(fault instanceof VerifyError)) throw fault
    unreadable.push(fault.message)
    return null
  }
}

function append(index: Map<string, Certificate[]>, key: string, anchor: Certificate): void {
  const same = index.get(key)
  if (same) same.push(anchor)
  else index.set(key, [anchor])
}
