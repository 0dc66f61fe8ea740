import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import type { OcspResponse } from '../../../src/verify/revocation/index.ts'
import {
  type Certificate,
  type CertificateList,
  EXTENSION,
  type PathOptions,
  prepareTrustStore,
  validateCertificate,
} from '../../../src/verify/x509/index.ts'
import {
  type CrlRequest,
  daysFromNow,
  extendedKeyUsage,
  extension,
  generalizedTime,
  integer,
  makeCa,
  makeCrl,
  makeLeaf,
  makeOcsp,
  NOW,
  type OcspRequest,
  octets,
  seq,
  uriName,
} from '../make-pki.ts'

const root = makeCa('Root')
const leaf = makeLeaf('Kai', root)
const numbered = (n: number, critical = false): Uint8Array => extension(EXTENSION.crlNumber, integer(n), critical)
const deltaTo = (n: number): Uint8Array => extension(EXTENSION.deltaCrlIndicator, integer(n), true)

function validate(
  evidence: { crls?: readonly CertificateList[]; ocsps?: readonly OcspResponse[] },
  more: Partial<PathOptions> = {},
  subject: Certificate = leaf.certificate,
) {
  const trustAnchors = prepareTrustStore([root.certificate.bytes])
  return validateCertificate(subject, { trustAnchors, validationTime: NOW, ...evidence, ...more })
}
const crl = (more: Partial<CrlRequest> = {}) => makeCrl({ issuer: root, ...more })
const revoking = (reason: number) => [{ certificate: leaf.certificate, reason }] as const
const older = { thisUpdate: daysFromNow(-3), nextUpdate: daysFromNow(2) }

describe('a CRL that does not keep to the profile', () => {
  it.each([
    ['without a number', { unnumbered: true }],
    ['whose number is critical', { extensions: [numbered(1, true)] }],
  ])('%s calls nothing good, and still revokes', (_, odd) => {
    expect(validate({ crls: [crl()] }).indication).toBe('PASSED')
    expect(validate({ crls: [crl(odd)] }).subIndication).toBe('TRY_LATER')
    expect(validate({ crls: [crl({ ...odd, revoked: revoking(1) })] }).subIndication).toBe('REVOKED_NO_POE')
  })
})

describe('the date since when a certificate is invalid by its CA', () => {
  const since = (days: number) =>
    crl({ revoked: [{ ...revoking(1)[0], invalidSince: generalizedTime(daysFromNow(days)) }] })
  const told = (conclusion: ReturnType<typeof validate>) =>
    conclusion.findings.filter(({ code }) => code === 'certificate-invalid-since').map(({ severity }) => severity)

  it('is shown', () => {
    const conclusion = validate({ crls: [since(-30)] })
    expect(conclusion).toMatchObject({ subIndication: 'REVOKED_NO_POE' })
    expect(conclusion.revocations[0]).toMatchObject({
      revocationTime: daysFromNow(-10),
      invalidityDate: daysFromNow(-30),
    })
    expect(told(conclusion)).toEqual(['warning'])
  })

  it('decides nothing: at an earlier time the certificate passes, and a person is warned', () => {
    const at = (controlTime: Date) => validate({ crls: [since(-30)] }, { controlTime })
    expect([at(daysFromNow(-20)).indication, told(at(daysFromNow(-20)))]).toEqual(['PASSED', ['warning']])
    expect([at(daysFromNow(-40)).indication, told(at(daysFromNow(-40)))]).toEqual(['PASSED', ['info']])
  })

  it('that cannot be read takes no list down', () => {
    const odd = crl({ revoked: [{ ...revoking(1)[0], invalidSince: integer(7) }] })
    expect(validate({ crls: [odd] }).subIndication).toBe('REVOKED_NO_POE')
  })
})

describe('a hold', () => {
  const held = crl({ ...older, revoked: revoking(6) })

  it('is lifted by a newer CRL that does not name the certificate any more', () => {
    expect(validate({ crls: [held] })).toMatchObject({ subIndication: 'TRY_LATER', revocation: 'revoked' })
    expect(validate({ crls: [held, crl()] })).toMatchObject({ indication: 'PASSED', revocation: 'good' })
  })

  it('stands against an older one', () => {
    const before = crl({ thisUpdate: daysFromNow(-5), nextUpdate: daysFromNow(2) })
    expect(validate({ crls: [before, held] }).revocation).toBe('revoked')
  })

  it('is lifted across CRL and OCSP, by what is newer', () => {
    const about = { signer: root, issuer: root.certificate, certificate: leaf.certificate }
    const good = makeOcsp({ ...about, status: 'good' })
    expect(validate({ crls: [held], ocsps: [good] }).revocation).toBe('good')
    const ocspHeld = makeOcsp({ ...about, status: 'revoked', reason: 6 })
    expect(validate({ crls: [crl(older)], ocsps: [ocspHeld] }).revocation).toBe('revoked')
    expect(validate({ ocsps: [makeOcsp({ ...about, ...older, status: 'revoked', reason: 6 }), good] }).revocation).toBe(
      'good',
    )
  })

  it('is not what a revocation for good is: no newer list takes that back', () => {
    expect(validate({ crls: [crl({ ...older, revoked: revoking(1) }), crl()] }).subIndication).toBe('REVOKED_NO_POE')
  })

  it('is not lifted by a newer CRL that speaks for other reasons only', () => {
    const onlyKeyCompromise = extension(
      EXTENSION.issuingDistributionPoint,
      seq(encode(0x83, Uint8Array.of(6, 0x40))),
      true,
    )
    expect(validate({ crls: [held, crl({ extensions: [onlyKeyCompromise] })] }).revocation).toBe('revoked')
  })
})

describe('a delta CRL', () => {
  const delta = (more: Partial<CrlRequest> = {}) => crl({ extensions: [deltaTo(3), numbered(4)], ...more })
  const stale = crl({ thisUpdate: daysFromNow(-9), nextUpdate: daysFromNow(-2), extensions: [numbered(3)] })

  it('keeps a complete one fresh whose own time is over', () => {
    expect(validate({ crls: [stale] }).subIndication).toBe('TRY_LATER')
    expect(validate({ crls: [stale, delta()] }).indication).toBe('PASSED')
    const past = delta({ thisUpdate: daysFromNow(-5), nextUpdate: daysFromNow(-1) })
    expect(validate({ crls: [stale, past] }).subIndication).toBe('TRY_LATER')
  })

  it('without its base revokes, and calls nothing good', () => {
    expect(validate({ crls: [delta()] }).subIndication).toBe('TRY_LATER')
    expect(validate({ crls: [delta({ revoked: revoking(1) })] }, { checkRevocation: 'if-present' }).subIndication).toBe(
      'REVOKED_NO_POE',
    )
    expect(validate({ crls: [delta({ revoked: revoking(8) })] }).subIndication).toBe('TRY_LATER')
  })
})

describe('CRLs split by reasons', () => {
  const only = (...octetsOfReasons: readonly number[]) =>
    crl({
      extensions: [
        extension(EXTENSION.issuingDistributionPoint, seq(encode(0x83, Uint8Array.from(octetsOfReasons))), true),
      ],
    })

  it('call good only where together they speak for all', () => {
    const compromise = only(5, 0x60)
    const others = only(7, 0x1f, 0x80)
    expect(validate({ crls: [compromise] }).subIndication).toBe('TRY_LATER')
    expect(validate({ crls: [others] }).subIndication).toBe('TRY_LATER')
    expect(validate({ crls: [compromise, others] }).indication).toBe('PASSED')
  })
})

it('the name of a distribution point is compared without regard to case of scheme and host, and no further', () => {
  const named = (url: string) => encode(0xa0, encode(0xa0, uriName(url)))
  const points = extension(EXTENSION.crlDistributionPoints, seq(seq(named('http://By.dk/a.crl'))))
  const scope = (url: string) => extension(EXTENSION.issuingDistributionPoint, seq(named(url)), true)
  const citizen = makeLeaf('Bo', root, [points]).certificate
  const answer = (url: string) => validate({ crls: [crl({ extensions: [scope(url)] })] }, {}, citizen).indication
  expect(answer('HTTP://by.DK/a.crl')).toBe('PASSED')
  expect(answer('http://by.dk/A.crl')).toBe('INDETERMINATE')
})

describe('an OCSP response', () => {
  const ocsp = (more: Partial<OcspRequest> = {}) =>
    makeOcsp({ signer: root, issuer: root.certificate, certificate: leaf.certificate, status: 'good', ...more })
  const certHash = (bytes: Uint8Array) => {
    const hash = createHash('sha256').update(bytes).digest()
    return extension('1.3.36.8.3.13', seq(seq(encodeOid('2.16.840.1.101.3.4.2.1')), octets(hash)))
  }

  it('is not lost for a certificate within it that cannot be read', () => {
    const usage = [extendedKeyUsage(['1.3.6.1.5.5.7.3.9']), extension(EXTENSION.ocspNoCheck, Uint8Array.of(5, 0))]
    const delegate = makeLeaf('Responder', root, usage)
    const broken = seq(integer(1))
    const response = ocsp({ signer: delegate, rawCertificates: [broken], certificates: [delegate.certificate] })
    expect(response.certificates.map((one) => one.sha256)).toEqual([delegate.certificate.sha256])
    expect(validate({ ocsps: [response] }).indication).toBe('PASSED')
    expect(validate({ ocsps: [ocsp({ signer: delegate, rawCertificates: [broken] })] }).subIndication).toBe('TRY_LATER')
  })

  it('with a hash of the certificate is about that very certificate', () => {
    expect(validate({ ocsps: [ocsp({ singleExtensions: [certHash(leaf.certificate.bytes)] })] }).indication).toBe(
      'PASSED',
    )
    const other = certHash(root.certificate.bytes)
    expect(validate({ ocsps: [ocsp({ singleExtensions: [other] })] }).subIndication).toBe('TRY_LATER')
    expect(validate({ ocsps: [ocsp({ singleExtensions: [extension('1.3.36.8.3.13', integer(1))] })] }).indication).toBe(
      'INDETERMINATE',
    )
  })

  it('gives its nonce, wrapped or bare, for who asked to compare', () => {
    const nonce = Uint8Array.of(1, 2, 3, 4)
    const oid = '1.3.6.1.5.5.7.48.1.2'
    expect(ocsp({ extensions: [extension(oid, octets(nonce))] }).nonce).toEqual(Buffer.from(nonce))
    expect(ocsp({ extensions: [extension(oid, nonce)] }).nonce).toEqual(Buffer.from(nonce))
    expect(ocsp().nonce).toBe(null)
    expect(validate({ ocsps: [ocsp({ extensions: [extension(oid, octets(nonce), true)] })] }).indication).toBe('PASSED')
  })

  it('that was produced after the time to judge by was not there yet', () => {
    expect(validate({ ocsps: [ocsp({ producedAt: NOW })] }).indication).toBe('PASSED')
    expect(validate({ ocsps: [ocsp({ producedAt: daysFromNow(1) })] }).subIndication).toBe('TRY_LATER')
  })

  it('with another critical extension does not count', () => {
    const unknown = [extension('1.3.6.1.4.1.99999.1', octets(Uint8Array.of()), true)]
    expect(validate({ ocsps: [ocsp({ extensions: unknown })] }).subIndication).toBe('TRY_LATER')
    expect(validate({ ocsps: [ocsp({ singleExtensions: unknown })] }).subIndication).toBe('TRY_LATER')
  })
})

it('who may answer for others and asks not to be asked about is asked about all the same for what else they sign', () => {
  const noCheck = extension(EXTENSION.ocspNoCheck, Uint8Array.of(5, 0))
  const usage = extendedKeyUsage(['1.3.6.1.5.5.7.3.9', '1.3.6.1.5.5.7.3.36'])
  const both = makeLeaf('Bo', root, [usage, noCheck]).certificate
  expect(validate({}, { purpose: 'ocsp' }, both)).toMatchObject({ indication: 'PASSED', revocation: 'exempt' })
  expect(validate({}, { purpose: 'document-signing' }, both)).toMatchObject({ subIndication: 'TRY_LATER' })
  const ca = makeCa('CA', root, [usage, noCheck])
  const below = validate({ ocsps: [] }, { intermediates: [ca.certificate] }, makeLeaf('Bo', ca).certificate)
  expect(below.revocations.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'exempt'])
})

it('a certificate whose CA publishes no revocations about it is exempt, a CA is not', () => {
  const none = extension(EXTENSION.noRevocationAvailable, Uint8Array.of(5, 0))
  const short = { notBefore: daysFromNow(-1), notAfter: daysFromNow(1) }
  expect(validate({}, {}, makeLeaf('Bo', root, [none], short).certificate)).toMatchObject({
    indication: 'PASSED',
    revocation: 'exempt',
  })
  const ca = makeCa('CA', root, [none])
  const conclusion = validate({}, { intermediates: [ca.certificate] }, makeLeaf('Bo', ca, [none], short).certificate)
  expect(conclusion.findings.map((one) => one.code)).toContain('no-revocation-for-ca')
})
