import { GatewayError } from '../model/errors.ts'

/** What people put between the digits: "AB:CD", "ab cd", "AB-CD". */
const BETWEEN_DIGITS = /[\s:-]/g

/** Gives a fingerprint, or the beginning of one, as we write it: lower-case hex. What else a person typed stays. */
export const plainFingerprint = (typed: string): string => typed.replace(BETWEEN_DIGITS, '').toLowerCase()

/**
 * Takes a SHA-256 fingerprint as a person typed it, and the one that it must be (lower-case hex). Spaces, colons,
 * hyphens and case do not count; all 64 digits do: a shorter piece can be met by a forged certificate.
 * @throws GatewayError wrong-fingerprint
 */
export function mustBeFingerprint(typed: string, sha256: string): void {
  if (plainFingerprint(typed) !== sha256) {
    throw new GatewayError('wrong-fingerprint', 'The fingerprint that was typed is not that of the certificate')
  }
}

/** Several fingerprints as a person typed them, one a line or with commas between, each as we write it. */
const typedFingerprints = (typed: string): readonly string[] =>
  typed
    .split(/[\r\n,;]+/)
    .map(plainFingerprint)
    .filter((one) => one !== '')

/**
 * Takes several fingerprints, one a line, and the SHA-256 (lower-case hex) of the certificates that a file holds: each that
 * was typed must be there. Who typed one had it from elsewhere, and the file holds another certificate than was meant.
 * @throws GatewayError wrong-fingerprint
 */
export function mustAllBeThere(typed: string, present: readonly string[]): void {
  if (typedFingerprints(typed).every((one) => present.includes(one))) return
  throw new GatewayError('wrong-fingerprint', 'No certificate of the file has the fingerprint that was typed')
}

/**
 * Takes several fingerprints, one a line, and a certificate that came with a submission, whose one of them must be.
 * @throws GatewayError wrong-fingerprint, with the facts "subject", "brought" and "untyped" (nothing was typed at all)
 */
export function mustBeAmong(
  typed: string,
  { sha256, subject }: { readonly sha256: string; readonly subject: string },
): void {
  const all = typedFingerprints(typed)
  if (all.includes(sha256)) return
  const message = `${subject} came with what a citizen sent: its fingerprint must be had from elsewhere, and typed`
  throw new GatewayError('wrong-fingerprint', message, {
    facts: { subject, brought: true, untyped: all.length === 0 },
  })
}
