import { basicConstraints, type Identity, makeCertificate, makeKeys, makeLeaf, name } from './make-pki.ts'

/** A CA as a name and a key, to be certified by as many others as a mesh wants. */
export type Authority = Pick<Identity, 'privateKey' | 'publicKey' | 'subject'>

export const makeAuthority = (commonName: string): Authority => ({ ...makeKeys(), subject: name(`CN=${commonName}`) })

/** One CA certifies another (or itself). */
export const certify = (
  subject: Authority,
  issuer: Pick<Authority, 'privateKey' | 'subject'>,
  extensions: readonly Uint8Array[] = [basicConstraints()],
): Identity => makeCertificate({ subject: subject.subject, issuer, keys: subject, extensions })

/** Every CA certifies every other: as many simple paths as there are orders of the CAs. */
export const certifyEachOther = (authorities: readonly Authority[]): readonly Identity[] =>
  authorities.flatMap((subject) =>
    authorities.filter((issuer) => issuer !== subject).map((issuer) => certify(subject, issuer)),
  )

export interface Mesh {
  readonly leaf: Identity
  readonly heap: readonly Identity[]
  readonly anchor: Identity
}

/**
 * A line of CAs from a leaf up to an anchor, and beside each CA's own certificate further ones that lead astray: from
 * CAs lower down (circles), from CAs two above, and from strangers whom nobody trusts.
 */
export function makeLadder(height: number): Mesh {
  const cas = Array.from({ length: height }, (_, i) => makeAuthority(`CA ${i}`))
  const root = makeAuthority('Root')
  const strangers = Array.from({ length: 4 }, (_, i) => makeAuthority(`Stranger ${i}`))
  const heap = cas.flatMap((ca, i) => {
    const lower = cas.slice(Math.max(0, i - 6), i)
    const issuers = [...strangers, ...lower, cas[i + 1] ?? root]
    return issuers.map((issuer) => certify(ca, issuer))
  })
  const [first] = cas
  if (!first) throw new RangeError('a ladder has rungs')
  const leaf = makeLeaf('Leaf', { ...first, certificate: certify(first, root).certificate })
  return { leaf, heap: [...heap, ...certifyEachOther(strangers)], anchor: certify(root, root) }
}
