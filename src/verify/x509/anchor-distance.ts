import type { CertificateIndex } from './build-paths.ts'
import type { Certificate } from './certificate.ts'
import type { TrustStore } from './trust-store.ts'

/**
 * Takes a leaf and where its path may lead; gives, for each name above the leaf from which an anchor can be reached,
 * the fewest steps to it, by names alone (an anchor's own name: 0). A name that is missing leads nowhere, whatever the
 * signatures say, so that the search for a path need not go there. Linear in the certificates that are looked at.
 * @see RFC 4158 §2.3
 */
export function distancesToAnchor(
  leaf: Certificate,
  anchors: TrustStore,
  intermediates: CertificateIndex,
): ReadonlyMap<string, number> {
  const below = new Map<string, Set<string>>()
  const names = new Set([leaf.issuer.key])
  for (const name of names) {
    for (const { issuer } of intermediates.get(name) ?? []) {
      names.add(issuer.key)
      const known = below.get(issuer.key)
      if (known) known.add(name)
      else below.set(issuer.key, new Set([name]))
    }
  }
  const distances = new Map([...names].filter((name) => anchors.bySubject(name).length > 0).map((name) => [name, 0]))
  for (const [name, distance] of distances) {
    for (const lower of below.get(name) ?? []) if (!distances.has(lower)) distances.set(lower, distance + 1)
  }
  return distances
}
