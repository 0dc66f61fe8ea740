export type MimeErrorCode = 'too-large' | 'too-many-parts' | 'malformed-mime'

/** Bytes that break a limit: everything else ends in a tree with notes. */
export class MimeError extends Error {
  readonly code: MimeErrorCode

  constructor(code: MimeErrorCode, message: string) {
    super(message)
    this.name = 'MimeError'
    this.code = code
  }
}

export interface MimeLimits {
  readonly maxBytes: number
  /** Containers within containers; what lies deeper stays closed, with the note "nesting-cut". */
  readonly maxDepth: number
  readonly maxParts: number
  /** Per entity. */
  readonly maxHeaderBytes: number
  readonly maxHeaderFields: number
}

export const MIME_LIMITS: MimeLimits = {
  maxBytes: 256 * 1024 * 1024,
  maxDepth: 20,
  maxParts: 1000,
  maxHeaderBytes: 512 * 1024,
  maxHeaderFields: 2000,
}
