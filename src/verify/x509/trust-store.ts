import { toHex } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
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
  /** Anchors that could not be read, with the reason. */
  readonly unreadable: readonly string[]
}

/**
 * Takes DER certificates that are trusted; gives them indexed by subject, key identifier and fingerprint.
 * One that cannot be read is left out and named in `unreadable`, so that it does not take the others down. The store
 * keeps its anchors and their keys; a cache, where given, keeps those that it has room for beyond it.
 */
export function prepareTrustStore(ders: Iterable<Uint8Array>, cache: KnownCertificates | null = null): TrustStore {
  const subjects = new Map<string, Certificate[]>()
  const keyIds = new Map<string, Certificate[]>()
  const fingerprints = new Map<string, Certificate>()
  const unreadable: string[] = []
  for (const der of ders) {
    const anchor = parseAnchor(der, unreadable, cache)
    if (!anchor || fingerprints.has(anchor.sha256)) continue
    fingerprints.set(anchor.sha256, anchor)
    append(subjects, anchor.subject.key, anchor)
    const keyId = anchor.decoded.subjectKeyIdentifier
    if (keyId) append(keyIds, toHex(keyId), anchor)
  }
  return {
    size: fingerprints.size,
    bySubject: (key) => subjects.get(key) ?? [],
    bySha256: (sha256) => fingerprints.get(sha256) ?? null,
    byKeyId: (keyId) => keyIds.get(keyId) ?? [],
    unreadable,
  }
}

/** Gives two stores as one; an anchor of both counts once. */
export function joinTrustStores(first: TrustStore, second: TrustStore): TrustStore {
  const once = (anchors: readonly Certificate[]): readonly Certificate[] => [
    ...new Map(anchors.map((anchor) => [anchor.sha256, anchor])).values(),
  ]
  return {
    size: first.size + second.size,
    bySubject: (key) => once([...first.bySubject(key), ...second.bySubject(key)]),
    bySha256: (sha256) => first.bySha256(sha256) ?? second.bySha256(sha256),
    byKeyId: (keyId) => once([...first.byKeyId(keyId), ...second.byKeyId(keyId)]),
    unreadable: [...first.unreadable, ...second.unreadable],
  }
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
