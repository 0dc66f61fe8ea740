/** Every fault that Poststempel names. Callers switch on the code, never on a text. */
export type ErrorCode =
  // input that a person or a peer gave us
  | 'not-a-pdf'
  | 'unreadable-input'
  | 'too-large'
  | 'idempotency-key-reused'
  | 'too-deep'
  | 'too-many-parts'
  | 'malformed-mime'
  | 'malformed-der'
  | 'malformed-pdf'
  | 'malformed-key'
  | 'encrypted-input'
  | 'no-recipient'
  | 'unknown-recipient'
  | 'duplicate'
  | 'not-found'
  | 'gone'
  | 'forbidden'
  | 'unauthenticated'
  | 'wrong-code'
  | 'wrong-fingerprint'
  | 'wrong-state'
  /** Malware was found in it: nobody gets these bytes. */
  | 'quarantined'
  | 'rate-limited'
  | 'busy'
  | 'invalid-request'
  | 'private-key-refused'
  | 'not-a-ca'
  | 'managed-by-configuration'
  /** It comes with a trusted list, and goes with it. */
  | 'managed-by-list'
  // the world around us
  | 'configuration'
  | 'port-in-use'
  | 'data-folder-in-use'
  | 'missing-package'
  | 'storage-unavailable'
  | 'storage-full'
  | 'migration-mismatch'
  | 'child-timeout'
  | 'child-memory'
  | 'child-crashed'
  | 'relay-unavailable'
  | 'relay-refused'
  | 'encryption-impossible'
  | 'key-unusable'
  /** What holds the key of our seal gave no answer: the token is not there, the signing service is away. */
  | 'seal-unavailable'
  /** The malware scanner is not there, or gave no answer that is one. */
  | 'scanner-unavailable'
  /** A trusted list that is not taken; the fact "problem" says why. */
  | 'list-refused'
  | 'archive-refused'
  | 'archive-unavailable'
  /** The time-stamping authority gave no answer, or cannot stamp now. */
  | 'timestamp-unavailable'
  /** It refused, or gave a token that does not answer what was asked or is not trusted. */
  | 'timestamp-refused'
  /** We do not go there, or do not take what came: scheme, address, redirect, size. */
  | 'fetch-refused'
  /** Another server gave no answer, or none that we can use. */
  | 'fetch-failed'
  | 'internal'

/** A fault: we could not do our job. A bad signature is not one; that is an answer. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  /** True where the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean
  /** Facts for the log and the page: never secrets, personal numbers or mail contents. */
  readonly facts: Readonly<Record<string, string | number | boolean>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; cause?: unknown; facts?: Readonly<Record<string, string | number | boolean>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatewayError'
    this.code = code
    this.retryable = options.retryable ?? false
    this.facts = options.facts ?? {}
  }
}

/**
 * Takes anything thrown; gives it back as a GatewayError ("internal" where it was none). The built command `verify` has
 * this class in itself: what it loads besides throws another of the same name.
 */
export function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError || isNamedSo(thrown)) return thrown
  return new GatewayError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}

const isNamedSo = (thrown: unknown): thrown is GatewayError =>
  thrown instanceof Error && thrown.name === 'GatewayError' && 'code' in thrown
