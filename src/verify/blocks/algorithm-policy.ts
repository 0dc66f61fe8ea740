/** Until when an algorithm may be relied on; null: no end is known. */
export type Until = string | null

/** Algorithm constraints as data: what is not named is not accepted. */
export interface AlgorithmPolicy {
  readonly id: string
  /** Digests by node:crypto's name. */
  readonly digests: Readonly<Record<string, Until>>
  /** How signature values are made, by the names of a report's signatureAlgorithm: rsa-pkcs1, rsa-pss, ecdsa, … */
  readonly schemes: Readonly<Record<string, Until>>
  /** Per key type: from this size on, until then. Smaller sizes than the first are never accepted. */
  readonly keys: Readonly<Record<string, readonly { readonly fromBits: number; readonly until: Until }[]>>
}

/** What somebody decides otherwise than the default does; whole entries take the place of the default's. */
export type AlgorithmChanges = Partial<Pick<AlgorithmPolicy, 'digests' | 'schemes' | 'keys'>>

/**
 * Gives the default policy with some entries exchanged: digests and schemes by name, keys by type. The id says whether any were, so
 * that a report names the rules that it was made by.
 * @see EN 319 102-1 clause 5.2.8, ETSI TS 119 312
 */
export function algorithmPolicyWith(changes: AlgorithmChanges): AlgorithmPolicy {
  const { digests = {}, schemes = {}, keys = {} } = changes
  if ([digests, schemes, keys].every((one) => Object.keys(one).length === 0)) return DEFAULT_ALGORITHM_POLICY
  return {
    id: `${DEFAULT_ALGORITHM_POLICY.id}-changed`,
    digests: { ...DEFAULT_ALGORITHM_POLICY.digests, ...digests },
    schemes: { ...DEFAULT_ALGORITHM_POLICY.schemes, ...schemes },
    keys: { ...DEFAULT_ALGORITHM_POLICY.keys, ...keys },
  }
}

/** What ended before there was a table of ETSI's that we follow: NIST SP 800-131A Rev. 2 (not for signatures after 2013). */
const UNTIL_2013 = '2014-01-01T00:00:00Z'
/** The legacy mechanisms of ETSI TS 119 312 V1.5.1: RSA and DSA below 3000 bits, 112-bit digests and curves, PKCS #1 v1.5. */
const UNTIL_2028 = '2029-01-01T00:00:00Z'

/**
 * Dates: MD5 by its first published collision, 2004-08-17; what was legacy earlier by NIST SP 800-131A; the rest by ETSI TS
 * 119 312 V1.5.1 (2024-12). EdDSA and ML-DSA stand in V2.1.1. What differs, and why, says
 * docs/decisions/0019-algorithm-dates.md.
 */
export const DEFAULT_ALGORITHM_POLICY: AlgorithmPolicy = {
  id: 'poststempel-algorithms-2',
  digests: {
    md5: '2004-08-17T00:00:00Z',
    sha1: UNTIL_2013,
    ripemd160: UNTIL_2013,
    sha224: UNTIL_2028,
    sha256: null,
    sha384: null,
    sha512: null,
    'sha512-224': UNTIL_2028,
    'sha512-256': null,
    'sha3-224': UNTIL_2028,
    'sha3-256': null,
    'sha3-384': null,
    'sha3-512': null,
    shake256: null,
  },
  schemes: {
    'rsa-pkcs1': UNTIL_2028,
    'rsa-pss': null,
    ecdsa: null,
    dsa: null,
    ed25519: null,
    ed448: null,
    'ml-dsa-44': null,
    'ml-dsa-65': null,
    'ml-dsa-87': null,
  },
  keys: {
    rsa: [
      { fromBits: 1024, until: UNTIL_2013 },
      { fromBits: 1900, until: UNTIL_2028 },
      { fromBits: 3000, until: null },
    ],
    'rsa-pss': [
      { fromBits: 1900, until: UNTIL_2028 },
      { fromBits: 3000, until: null },
    ],
    dsa: [
      { fromBits: 1024, until: UNTIL_2013 },
      { fromBits: 1900, until: UNTIL_2028 },
      { fromBits: 3000, until: null },
    ],
    ec: [
      { fromBits: 160, until: UNTIL_2013 },
      { fromBits: 224, until: UNTIL_2028 },
      { fromBits: 256, until: null },
    ],
    ed25519: [{ fromBits: 0, until: null }],
    ed448: [{ fromBits: 0, until: null }],
    'ml-dsa-44': [{ fromBits: 0, until: null }],
    'ml-dsa-65': [{ fromBits: 0, until: null }],
    'ml-dsa-87': [{ fromBits: 0, until: null }],
  },
}
