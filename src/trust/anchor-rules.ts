import { GatewayError } from '../model/errors.ts'
import { VerifyError } from '../verify/index.ts'
import {
  type Certificate,
  isWithinValidity,
  judgeSignature,
  keyBitsOf,
  nameKey,
  parseCertificate,
  readSignatureScheme,
} from '../verify/x509/index.ts'

/** What an admin must know of a certificate that may become an anchor all the same. */
export type AnchorWarning =
  | 'expired'
  | 'not-yet-valid'
  | 'rsa-too-small'
  | 'dsa-key'
  | 'curve-too-small'
  | 'key-unknown'
  | 'weak-digest'

/** What a certificate is, and what the rules for anchors say of it at a time. */
export interface AnchorFacts {
  /** Kind and size: "RSA 2048". */
  readonly key: string
  /** ISO 8601, UTC. */
  readonly validFrom: string
  readonly validTo: string
  /** Why it may be no anchor; null where it may. */
  readonly refusal: 'not-a-ca' | null
  readonly warnings: readonly AnchorWarning[]
}

const MIN_RSA_BITS = 2048
const MIN_CURVE_BITS = 224
/** Kinds of keys that sign nothing. */
const KEY_AGREEMENT: ReadonlySet<string> = new Set(['x25519', 'x448', 'dh'])
const WEAK_DIGESTS: ReadonlySet<string> = new Set(['md5', 'sha1', 'ripemd160'])

/**
 * The rules for what may become an anchor, for page and command line alike. An expired CA may: the verifier counts an
 * anchor's own validity (RFC 5937 §3), so that it vouches only for what is proven to have existed before its end.
 * A weak key may too, with a warning: the verifier judges keys and digests below an anchor, never the anchor's own.
 * @throws GatewayError malformed-der where our verifier cannot read it: as an anchor it would count for nothing
 */
export function judgeAnchor(der: Uint8Array, at: Date): AnchorFacts {
  const certificate = read(der)
  return {
    key: nameKey(certificate.publicKey),
    validFrom: certificate.notBefore.toISOString(),
    validTo: certificate.notAfter.toISOString(),
    refusal: isCa(certificate) ? null : 'not-a-ca',
    warnings: [validityWarning(certificate, at), keyWarning(certificate), digestWarning(certificate)].filter(
      (warning) => warning !== null,
    ),
  }
}

/** @throws GatewayError malformed-der; not-a-ca (with the fact "subject") */
export function mustBeFitAsAnchor(der: Uint8Array, subject: string, at: Date): void {
  if (judgeAnchor(der, at).refusal === null) return
  // A time-stamping unit that a trusted list pins is the only exception, see lists/entries.ts.
  throw new GatewayError('not-a-ca', `${subject} is no certificate of a CA: it vouches for nobody`, {
    facts: { subject },
  })
}

function read(der: Uint8Array): Certificate {
  try {
    return parseCertificate(der)
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause
    throw new GatewayError('malformed-der', cause.message, { cause })
  }
}

/** RFC 5280 §4.2.1.3, §4.2.1.9. Version 1 cannot say that it is a CA, and everybody can make one: it is none. */
const isCa = ({ decoded }: Certificate): boolean =>
  decoded.basicConstraints?.ca === true && decoded.keyUsage?.has('keyCertSign') !== false

function validityWarning(certificate: Certificate, at: Date): AnchorWarning | null {
  if (isWithinValidity(certificate, at)) return null
  return at < certificate.notBefore ? 'not-yet-valid' : 'expired'
}

function keyWarning({ publicKey }: Certificate): AnchorWarning | null {
  const kind = publicKey.keyObject?.asymmetricKeyType
  if (kind === undefined || KEY_AGREEMENT.has(kind)) return 'key-unknown'
  if (kind === 'dsa') return 'dsa-key'
  const bits = keyBitsOf(publicKey)
  if (kind === 'rsa' || kind === 'rsa-pss') return bits < MIN_RSA_BITS ? 'rsa-too-small' : null
  return kind === 'ec' && bits < MIN_CURVE_BITS ? 'curve-too-small' : null
}

/** Nobody relies on the signature that a root makes on itself; on another's, a second certificate may fit. */
function digestWarning(certificate: Certificate): AnchorWarning | null {
  const digest = readSignatureScheme(certificate.signatureAlgorithm)?.hash ?? null
  if (digest === null || !WEAK_DIGESTS.has(digest)) return null
  const selfSigned = certificate.selfIssued && judgeSignature(certificate, certificate.publicKey) === 'holds'
  return selfSigned ? null : 'weak-digest'
}
