import type { PublicKeyInfo } from './public-key.ts'

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }
const KEY_NAMES: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA-PSS',
  ec: 'EC',
  dsa: 'DSA',
  ed25519: 'Ed25519',
  ed448: 'Ed448',
}

/** Names a key by kind and size: "RSA 2048", "EC P-256"; by its algorithm's OID where it is of no kind that we use. */
export function nameKey(publicKey: PublicKeyInfo): string {
  const key = publicKey.keyObject
  const name = KEY_NAMES[key?.asymmetricKeyType ?? '']
  if (!key || !name) return publicKey.algorithm.oid
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  const size = modulusLength ?? (namedCurve === undefined ? '' : (CURVES[namedCurve] ?? namedCurve))
  return `${name} ${size}`.trim()
}
