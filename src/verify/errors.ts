/** Every fault that verify/ names. A bad signature is none of them: that is an answer, given as data. */
export type VerifyErrorCode =
  | 'malformed-der'
  | 'malformed-pem'
  | 'malformed-certificate'
  | 'malformed-crl'
  | 'malformed-ocsp'
  | 'malformed-cms'
  | 'malformed-timestamp'
  | 'not-a-pdf'
  | 'malformed-pdf'
  | 'malformed-mime'
  | 'malformed-openpgp'
  | 'encrypted'
  | 'wrong-password'
  | 'encrypted-to-recipients'
  | 'encryption-unknown'
  | 'unsupported'
  | 'unsupported-input'
  | 'empty-file'
  | 'too-deep'
  | 'too-many-elements'
  | 'too-large'
  | 'invalid-options'
  | 'internal'

/** A fault: the bytes could not be read as what they claim to be, or are over a limit. Callers switch on the code. */
export class VerifyError extends Error {
  readonly code: VerifyErrorCode

  constructor(code: VerifyErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'VerifyError'
    this.code = code
  }
}

/** Takes anything thrown; gives it back as a VerifyError ("internal" where it was none). */
export function asVerifyError(thrown: unknown): VerifyError {
  if (thrown instanceof VerifyError) return thrown
  return new VerifyError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}
