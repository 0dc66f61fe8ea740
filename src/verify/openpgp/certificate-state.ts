import type { OpenpgpCertificate } from './certificate.ts'
import { readable } from './certificate.ts'
import { checkSignature } from './check-signature.ts'
import { octetsOf } from './octets.ts'
import type { PublicKeyPacket } from './public-key.ts'
import { parseSignaturePacket, SIGNATURE_TYPE, type SignaturePacket } from './signature-packet.ts'

/** Since when a key or subkey is revoked. hard: it may have been in other hands before, so that no time helps. */
export interface KeyRevocation {
  readonly at: Date
  readonly hard: boolean
}

/** What a certificate says of one of its keys that made a signature. */
export interface SigningKeyState {
  readonly key: PublicKeyPacket
  /** The owner says that it signs: by its flags, and of a subkey by a binding that both keys made. */
  readonly maySign: boolean
  /** The earlier of its own end and its primary key's; null: it has none. */
  readonly expiresAt: Date | null
  /** The earliest, hard ones first; null where none is known. */
  readonly revocation: KeyRevocation | null
  /** User IDs that the owner vouches for and has not withdrawn, as text; the primary one first. */
  readonly userIds: readonly string[]
}

/** Says whether the digest of a signature by which a key vouches for itself may be relied on. */
export type AcceptsDigest = (digest: string, createdAt: Date) => boolean

const SIGN = 0x02

/**
 * Takes a certificate, the fingerprint of one of its keys and a time; gives what the owner's own signatures, made by then,
 * say of that key. Null where the key is none of it.
 * @see RFC 9580 §5.2.1, §5.2.3.11, §10.1
 */
export function stateOfKey(
  certificate: OpenpgpCertificate,
  fingerprint: string,
  at: Date,
  accepts: AcceptsDigest,
): SigningKeyState | null {
  const { primary } = certificate
  const own = new OwnSignatures(primary.subject, at, accepts)
  const direct = own.newest(primary.signatures, [SIGNATURE_TYPE.directKey], [])
  const identities = identitiesOf(certificate, own)
  const primaryExpires = earliest(...[direct, identities[0]?.binding].map((one) => endOfKey(primary.subject, one)))
  const revocation = own.revocation(primary.signatures, SIGNATURE_TYPE.keyRevocation, [])
  const userIds = identities.map(({ text }) => text)
  if (primary.subject.fingerprint === fingerprint) {
    const flags = identities[0]?.binding.keyFlags ?? direct?.keyFlags ?? null
    // A key that nothing vouches for has no owner's word on what it is for.
    const vouched = identities.length > 0 || direct !== null
    const maySign = vouched && (flags === null || (flags & SIGN) !== 0)
    return { key: primary.subject, maySign, expiresAt: primaryExpires, revocation, userIds }
  }
  const subkey = certificate.subkeys.find(({ subject }) => subject.fingerprint === fingerprint)
  if (!subkey) return null
  const hashed = [subkey.subject.hashed]
  const binding = own.newest(subkey.signatures, [SIGNATURE_TYPE.subkeyBinding], hashed)
  const ownRevocation = own.revocation(subkey.signatures, SIGNATURE_TYPE.subkeyRevocation, hashed)
  return {
    key: subkey.subject,
    maySign: binding !== null && ((binding.keyFlags ?? 0) & SIGN) !== 0 && own.isVouchedBack(binding, subkey.subject),
    expiresAt: earliest(primaryExpires, endOfKey(subkey.subject, binding)),
    revocation: weightier(revocation, ownRevocation),
    userIds,
  }
}

/** The signatures by which a primary key speaks of itself and its parts. */
class OwnSignatures {
  readonly #primary: PublicKeyPacket
  readonly #at: Date
  readonly #accepts: AcceptsDigest

  constructor(primary: PublicKeyPacket, at: Date, accepts: AcceptsDigest) {
    this.#primary = primary
    this.#at = at
    this.#accepts = accepts
  }

  /** The newest of some types over the primary key and what else is hashed; null where none counts. */
  newest(
    signatures: readonly SignaturePacket[],
    types: readonly number[],
    hashed: readonly Uint8Array[],
  ): (SignaturePacket & { readonly createdAt: Date }) | null {
    let newest: (SignaturePacket & { readonly createdAt: Date }) | null = null
    for (const one of this.#counting(signatures, types, hashed)) {
      if (!newest || one.createdAt >= newest.createdAt) newest = one
    }
    return newest
  }

  /** A revocation counts though it lies behind the time: what is known of a key holds for what it signed before (§5.2.3.31). */
  revocation(
    signatures: readonly SignaturePacket[],
    type: number,
    hashed: readonly Uint8Array[],
  ): KeyRevocation | null {
    return this.#holding(signatures, [type], hashed)
      .map((one): KeyRevocation => ({ at: one.createdAt, hard: !SOFT.has(one.revocationReason ?? 0) }))
      .reduce(weightier, null as KeyRevocation | null)
  }

  /** Says whether the owner took a User ID back, not before the word that stands for it. */
  isWithdrawn(signatures: readonly SignaturePacket[], hashed: readonly Uint8Array[], since: Date): boolean {
    const withdrawals = this.#holding(signatures, [SIGNATURE_TYPE.certificationRevocation], hashed)
    return withdrawals.some(({ createdAt }) => createdAt >= since)
  }

  /** A subkey that signs has signed its primary key in turn: else anybody could call another's subkey theirs (§5.2.1.9). */
  isVouchedBack(binding: SignaturePacket, subkey: PublicKeyPacket): boolean {
    const { embedded } = binding
    const [back] = embedded ? readable(() => parseSignaturePacket(embedded)) : []
    if (!back || back.type !== SIGNATURE_TYPE.primaryKeyBinding || !this.#isSound(back)) return false
    return holds([this.#primary.hashed, subkey.hashed], back, subkey)
  }

  #counting(signatures: readonly SignaturePacket[], types: readonly number[], hashed: readonly Uint8Array[]) {
    const inTime = signatures.filter(({ createdAt, expiresAt }) => {
      return createdAt !== null && createdAt <= this.#at && (expiresAt === null || expiresAt > this.#at)
    })
    return this.#holding(
      inTime.filter((one) => this.#isSound(one)),
      types,
      hashed,
    )
  }

  /** A revocation needs no more than that it holds: what is doubtful about it does not make the key better. */
  #holding(signatures: readonly SignaturePacket[], types: readonly number[], hashed: readonly Uint8Array[]) {
    return signatures
      .filter((one) => types.includes(one.type))
      .filter((one) => holds([this.#primary.hashed, ...hashed], one, this.#primary))
      .flatMap((one) => (one.createdAt ? [{ ...one, createdAt: one.createdAt }] : []))
  }

  #isSound({ createdAt, hasUnknownCritical, digest }: SignaturePacket): boolean {
    return createdAt !== null && !hasUnknownCritical && digest !== null && this.#accepts(digest, createdAt)
  }
}

const holds = (content: readonly Uint8Array[], signature: SignaturePacket, signer: PublicKeyPacket): boolean =>
  readable(() => checkSignature(content, signature, signer)).includes('holds')

/** The key was replaced (1) or retired (3); whoever gives no reason, or another, may have lost it (RFC 9580 §5.2.3.31). */
const SOFT: ReadonlySet<number> = new Set([1, 3])

function weightier(a: KeyRevocation | null, b: KeyRevocation | null): KeyRevocation | null {
  if (!a || !b) return a ?? b
  if (a.hard !== b.hard) return a.hard ? a : b
  return a.at <= b.at ? a : b
}

interface Identity {
  readonly text: string
  readonly binding: SignaturePacket & { readonly createdAt: Date }
}

const CERTIFICATIONS = [0x10, 0x11, 0x12, SIGNATURE_TYPE.positiveCertification]

/** Those that the owner vouches for, the primary one first: what says so last, else the newest. */
function identitiesOf({ userIds }: OpenpgpCertificate, own: OwnSignatures): readonly Identity[] {
  const found = userIds.flatMap(({ subject, signatures }): Identity[] => {
    const hashed = [Buffer.concat([Uint8Array.of(0xb4), octetsOf(subject.length, 4), subject])]
    const binding = own.newest(signatures, CERTIFICATIONS, hashed)
    if (!binding || own.isWithdrawn(signatures, hashed, binding.createdAt)) return []
    return [{ text: Buffer.from(subject).toString('utf8'), binding }]
  })
  const rank = ({ binding }: Identity): number => (binding.isPrimaryUserId ? 1e15 : 0) + binding.createdAt.getTime()
  return [...found].sort((a, b) => rank(b) - rank(a))
}

function endOfKey(key: PublicKeyPacket, binding: SignaturePacket | null | undefined): Date | null {
  return binding?.keyLifetime ? new Date(key.createdAt.getTime() + binding.keyLifetime * 1000) : null
}

function earliest(...times: readonly (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null).sort((a, b) => a.getTime() - b.getTime())
  return known[0] ?? null
}
