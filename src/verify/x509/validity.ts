import type { Certificate } from './certificate.ts'

const wholeSeconds = (time: Date): number => Math.floor(time.getTime() / 1000)

/**
 * Says whether a time lies within a certificate's validity. notAfter names a whole second, and that second is still
 * within.
 * @see RFC 5280 §4.1.2.5
 */
export const isWithinValidity = (certificate: Certificate, time: Date): boolean =>
  time >= certificate.notBefore && wholeSeconds(time) <= wholeSeconds(certificate.notAfter)
