import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type DistinguishedName, issueCertificate, toPem } from './certificate.ts'
import type { SigningIdentity } from './cms.ts'

const generate = promisify(generateKeyPair)

export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'ec-p256' | 'ec-p384' | 'ed25519'

/** A key with its certificate, and the certificates above it. */
export interface MadeIdentity extends SigningIdentity {
  /** The certificate itself, DER and PEM. */
  readonly certificate: Uint8Array
  readonly certificatePem: string
}

/** From when to when a certificate holds. */
export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** Takes a start and a number of years; gives that span. */
export function validYears(from: Date, years: number): Validity {
  const notAfter = new Date(from)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years)
  return { notBefore: from, notAfter }
}

/** Makes a self-signed CA (path length 0) with a key of its own. */
export async function makeCa(
  subject: DistinguishedName,
  validity: Validity,
  kind: KeyKind = 'rsa-3072',
): Promise<MadeIdentity> {
  const { privateKey, publicKey } = await makeKeyPair(kind)
  const certificate = issueCertificate(
    { profile: 'ca', subject, publicKey, ...validity },
    { privateKey, certificate: null },
  )
  return { privateKey, certificate, certificatePem: toPem(certificate), certificateChain: [certificate] }
}

/**
 * Makes a key with a certificate from the CA: for a citizen (signs, cannot deny it, mail address in the certificate)
 * or for the municipality's seal.
 */
export async function makeEndEntity(
  ca: MadeIdentity,
  request: {
    readonly profile: 'citizen' | 'seal' | 'mail'
    readonly subject: DistinguishedName
    readonly email?: string
    readonly validity: Validity
    readonly kind?: KeyKind
  },
): Promise<MadeIdentity> {
  const { privateKey, publicKey } = await makeKeyPair(request.kind ?? 'rsa-2048')
  const { profile, subject, email, validity } = request
  const certificate = issueCertificate(
    { profile, subject, publicKey, ...validity, ...(email === undefined ? {} : { email }) },
    ca,
  )
  const certificateChain = [certificate, ...ca.certificateChain]
  return { privateKey, certificate, certificatePem: toPem(certificate), certificateChain }
}

/** Makes a key pair in OpenSSL's own thread pool. */
export async function makeKeyPair(
  kind: KeyKind,
): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> {
  switch (kind) {
    case 'rsa-2048':
      return await generate('rsa', { modulusLength: 2048 })
    case 'rsa-3072':
      return await generate('rsa', { modulusLength: 3072 })
    case 'ec-p256':
      return await generate('ec', { namedCurve: 'P-256' })
    case 'ec-p384':
      return await generate('ec', { namedCurve: 'P-384' })
    case 'ed25519':
      return await generate('ed25519')
  }
}
