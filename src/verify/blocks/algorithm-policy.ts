/** Until when an algorithm may be relied on; null: no end is known. */
export type Until = string | null

/** Algorithm constraints as data: what is not named is not accepted. */
export interface AlgorithmPolicy {
  readonly id: string
  /** Digests by node:crypto's name. */
  readonly digests: Readonly<Record<string, Until>>
  /** Per key type: from this size on, until then. Smaller sizes than the first are never accepted. */
  readonly keys: Readonly<Record<string, readonly { readonly fromBits: number; readonly until: Until }[]>>
}

/** What somebody decides otherwise than the default does; whole entries take the place of the default's. */
export type AlgorithmChanges = Partial<Pick<AlgorithmPolicy, 'digests' | 'keys'>>

/**
 * Gives the default policy with some entries exchanged: digests by name, keys by type. The id says whether any were, so
 * that a report names the rules that it was made by.
 * @see EN 319 102-1 clause 5.2.8, ETSI TS 119 312
 */
export function algorithmPolicyWith(changes: AlgorithmChanges): AlgorithmPolicy {
  const { digests = {}, keys = {} } = changes
  if (Object.keys(digests).length + Object.keys(keys).length === 0) return DEFAULT_ALGORITHM_POLICY
  return {
    id: `${DEFAULT_ALGORITHM_POLICY.id}-changed`,
    digests: { ...DEFAULT_ALGORITHM_POLICY.digests, ...digests },
    keys: { ...DEFAULT_ALGORITHM_POLICY.keys, ...keys },
  }
}

/**
 * Dates: MD5 by its first published collision, 2004-08-17; SHA-1, RIPEMD-160, RSA and DSA below 2048 bits and curves
 * below 224 bits by NIST SP 800-131A Rev. 2 (disallowed for making signatures after 2013). ML-DSA by FIPS 204.
 */
export const DEFAULT_ALGORITHM_POLICY: AlgorithmPolicy = {
  id: 'poststempel-algorithms-1',
  digests: {
    md5: '2004-08-17T00:00:00Z',
    sha1: '2014-01-01T00:00:00Z',
    ripemd160: '2014-01-01T00:00:00Z',
    sha224: null,
    sha256: null,
    sha384: null,
    sha512: null,
    'sha512-224': null,
    'sha512-256': null,
    'sha3-224': null,
    'sha3-256': null,
    'sha3-384': null,
    'sha3-512': null,
    shake256: null,
  },
  keys: {
    rsa: [
      { fromBits: 1024, until: '2014-01-01T00:00:00Z' },
      { fromBits: 2048, until: null },
    ],
    'rsa-pss': [{ fromBits: 2048, until: null }],
    dsa: [
      { fromBits: 1024, until: '2014-01-01T00:00:00Z' },
      { fromBits: 2048, until: null },
    ],
    ec: [
      { fromBits: 160, until: '2014-01-01T00:00:00Z' },
      { fromBits: 224, until: null },
    ],
    ed25519: [{ fromBits: 0, until: null }],
    ed448: [{ fromBits: 0, until: null }],
    'ml-dsa-44': [{ fromBits: 0, until: null }],
    'ml-dsa-65': [{ fromBits: 0, until: null }],
    'ml-dsa-87': [{ fromBits: 0, until: null }],
  },
}
