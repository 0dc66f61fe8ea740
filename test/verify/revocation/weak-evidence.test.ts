import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DEFAULT_ALGORITHM_POLICY, validateSigningCertificate } from '../../../src/verify/blocks/index.ts'
import type { OcspResponse } from '../../../src/verify/revocation/index.ts'
import { type CertificateList, EXTENSION, type PathOptions, prepareTrustStore } from '../../../src/verify/x509/index.ts'
import {
  type CrlRequest,
  daysFromNow,
  extendedKeyUsage,
  extension,
  type Identity,
  makeCa,
  makeCrl,
  makeLeaf,
  makeOcsp,
  NOW,
  type OcspRequest,
} from '../make-pki.ts'

const root = makeCa('Root')
const ca = makeCa('CA', root)
const leaf = makeLeaf('Kai', ca)
const rootCrl = makeCrl({ issuer: root })
const noCheck = extension(EXTENSION.ocspNoCheck, Uint8Array.of(5, 0))
const ocspUsage = extendedKeyUsage(['1.3.6.1.5.5.7.3.9'])
const shortKeys = generateKeyPairSync('rsa', { modulusLength: 1024 })

interface Evidence {
  readonly crls?: readonly CertificateList[]
  readonly ocsps?: readonly OcspResponse[]
}

function validate(evidence: Evidence, more: Partial<PathOptions> = {}) {
  const options: PathOptions = {
    trustAnchors: prepareTrustStore([root.certificate.bytes]),
    intermediates: [ca.certificate],
    validationTime: NOW,
    ...evidence,
    crls: [rootCrl, ...(evidence.crls ?? [])],
    ...more,
  }
  return validateSigningCertificate(leaf.certificate, options, { policy: DEFAULT_ALGORITHM_POLICY, provenTime: NOW })
}

const crl = (more: Partial<CrlRequest> = {}) => makeCrl({ issuer: ca, ...more })
const ocsp = (more: Partial<OcspRequest> = {}) =>
  makeOcsp({ signer: ca, issuer: ca.certificate, certificate: leaf.certificate, status: 'good', ...more })
const codes = (conclusion: ReturnType<typeof validate>) => conclusion.findings.map(({ code }) => code)
const responder = (more: Parameters<typeof makeLeaf>[3] = {}): Identity =>
  makeLeaf('Responder', ca, [ocspUsage, noCheck], more)

describe('evidence that is signed by what is not relied on any more', () => {
  it.each([
    ['a CRL with SHA-1', { crls: [crl({ digest: 'sha1' })] }],
    ['an OCSP answer with SHA-1', { ocsps: [ocsp({ digest: 'sha1' })] }],
  ])('%s calls nothing good, and it is said why', (_, evidence) => {
    const conclusion = validate(evidence)
    expect(conclusion).toMatchObject({ subIndication: 'TRY_LATER', revocation: 'unknown', trusted: true })
    const why = conclusion.findings.find(({ code }) => code === 'revocation-data-too-weak')
    expect(why?.message).toContain('sha1 is not relied on since 2014')
    expect(why?.severity).toBe('warning')
  })

  it('says so too where nobody demands evidence', () => {
    const conclusion = validate({ ocsps: [ocsp({ digest: 'sha1' })] }, { checkRevocation: 'if-present' })
    expect(conclusion).toMatchObject({ indication: 'PASSED', revocation: 'unknown' })
    expect(codes(conclusion)).toContain('revocation-data-too-weak')
  })

  it.each([
    ['whose key is too short', { keys: shortKeys }, /rsa of 1024 bits/],
    ['whose certificate is signed with SHA-1', { digest: 'sha1' } as const, /sha1/],
  ])('an OCSP responder %s calls nothing good', (_, more, why) => {
    const good = responder()
    expect(validate({ ocsps: [ocsp({ signer: good, certificates: [good.certificate] })] }).revocation).toBe('good')
    const weak = responder(more)
    const conclusion = validate({ ocsps: [ocsp({ signer: weak, certificates: [weak.certificate] })] })
    expect(conclusion.revocation).toBe('unknown')
    expect(conclusion.findings.find(({ code }) => code === 'revocation-data-too-weak')?.message).toMatch(why)
  })

  it('says nothing where other evidence calls the certificate good', () => {
    const conclusion = validate({ crls: [crl({ digest: 'sha1' })], ocsps: [ocsp()] })
    expect(conclusion).toMatchObject({ indication: 'PASSED', revocation: 'good' })
    expect(codes(conclusion)).not.toContain('revocation-data-too-weak')
  })

  it('counts where it is proven to be older than the weakness', () => {
    const weak = crl({ digest: 'sha1' })
    const poeOf = (sha256: string): Date | null => (sha256 === weak.sha256 ? new Date('2013-06-01T00:00:00Z') : null)
    expect(validate({ crls: [weak] }, { poeOf }).indication).toBe('PASSED')
  })

  it('still revokes, and it is said how weak that is', () => {
    const weak = crl({ digest: 'sha1', revoked: [{ certificate: leaf.certificate, reason: 1 }] })
    const conclusion = validate({ crls: [weak], ocsps: [ocsp()] })
    expect(conclusion).toMatchObject({ subIndication: 'REVOKED_NO_POE', revocation: 'revoked' })
    expect(codes(conclusion)).toContain('revocation-data-too-weak')
  })

  it('lifts no hold', () => {
    const held = crl({ thisUpdate: daysFromNow(-3), revoked: [{ certificate: leaf.certificate, reason: 6 }] })
    expect(validate({ crls: [held, crl()] }).revocation).toBe('good')
    expect(validate({ crls: [held, crl({ digest: 'sha1' })] }).revocation).toBe('revoked')
  })

  it('is no matter of the anchor, whose key counts as the admin decided', () => {
    const old = makeCa('Old root', undefined, [], { keys: shortKeys })
    const below = makeLeaf('Ida', old)
    const options: PathOptions = {
      trustAnchors: prepareTrustStore([old.certificate.bytes]),
      crls: [makeCrl({ issuer: old })],
      validationTime: NOW,
    }
    const by = { policy: DEFAULT_ALGORITHM_POLICY, provenTime: NOW }
    expect(validateSigningCertificate(below.certificate, options, by).indication).toBe('PASSED')
  })
})
