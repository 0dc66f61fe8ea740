import { X509Certificate } from 'node:crypto'
import type { Reader } from '../../model/store.ts'
import type { Instant } from '../../model/time.ts'
import type { TrustAnchor } from '../../model/trust-anchor.ts'
import { LIST_OF_LISTS, type Listing } from '../../model/trusted-list.ts'
import { qualificationOf } from '../../verify/process/qualification.ts'
import { type Certificate, parseCertificate } from '../../verify/x509/index.ts'

/**
 * Says whether a CA above a certificate stands on a list in use, and what a signature by it would be at a time. Takes the chain
 * (DER), own certificate first, as far as it is known.
 * @throws VerifyError malformed-certificate, of the own certificate
 */
export async function listingOf(
  read: Pick<Reader, 'listAnchors' | 'trustedLists'>,
  chain: readonly Uint8Array[],
  at: Instant,
): Promise<Listing> {
  const lists = (await read.trustedLists()).filter(({ territory }) => territory !== LIST_OF_LISTS)
  if (lists.length === 0) return { state: 'no-lists' }
  const certificates = chain.map((der) => parseCertificate(der))
  const listed = (await read.listAnchors())
    .map((anchor) => ({ ...anchor, listed: (anchor.listed ?? []).filter(({ issues }) => issues === undefined) }))
    .filter((anchor) => anchor.listed.length > 0)
  const found = findAbove(certificates, listed)
  const [own] = certificates
  const territory = found?.listed[0]?.territory
  if (!found || !own || territory === undefined) return { state: 'not-listed' }
  const statuses = found.listed.flatMap((one) => one.statuses)
  const isInForce = statuses.some(({ from, until }) => from <= at && (until === null || at < until))
  const level = isInForce ? (qualificationOf(own, found.listed, new Date(at))?.level ?? null) : null
  return { state: 'listed', territory, isInForce, level }
}

/** The lowest listed CA: one in the chain, or the one that issued its end. */
function findAbove<T extends TrustAnchor>(chain: readonly Certificate[], listed: readonly T[]): T | undefined {
  const bySha256 = new Map(listed.map((anchor) => [anchor.sha256, anchor]))
  const [inside] = chain.slice(1).flatMap(({ sha256 }) => bySha256.get(sha256) ?? [])
  const top = chain.at(-1)
  return inside ?? (top && listed.find(({ der }) => isIssuedBy(top, der)))
}

function isIssuedBy({ bytes }: Certificate, der: Uint8Array): boolean {
  const [certificate, issuer] = [new X509Certificate(bytes), new X509Certificate(der)]
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}
