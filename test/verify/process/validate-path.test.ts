import { describe, expect, it } from 'vitest'
import { encodeOid } from '../../../src/verify/der/index.ts'
import { type PathValidationOptions, validatePath } from '../../../src/verify/index.ts'
import { EXTENSION } from '../../../src/verify/x509/index.ts'
import { daysFromNow, extension, makeCa, makeCrl, makeLeaf, NOW, seq, text } from '../make-pki.ts'

const policy = '1.3.6.1.4.1.99999.1'
const policies = extension(EXTENSION.certificatePolicies, seq(seq(encodeOid(policy))))
const root = makeCa('Root')
const ca = makeCa('CA', root, [policies])
const kai = makeLeaf('Kai', ca, [policies])

const validate = (more: Partial<PathValidationOptions> = {}, leaf = kai) =>
  validatePath(leaf.certificate.bytes, {
    validationTime: NOW,
    trustAnchors: [root.certificate.bytes],
    intermediates: [ca.certificate.bytes],
    crls: [makeCrl({ issuer: root }).bytes, makeCrl({ issuer: ca }).bytes],
    ...more,
  })
const codes = (report: ReturnType<typeof validatePath>) => report.findings.map(({ code }) => code)

describe('validatePath', () => {
  it('gives the path and its status as data', () => {
    expect(validate()).toEqual({
      indication: 'PASSED',
      subIndication: null,
      trusted: true,
      revocation: 'good',
      path: [
        { subject: 'CN=Kai', sha256: kai.certificate.sha256 },
        { subject: 'CN=CA', sha256: ca.certificate.sha256 },
        { subject: 'CN=Root', sha256: root.certificate.sha256 },
      ],
      trustAnchor: { subject: 'CN=Root', sha256: root.certificate.sha256 },
      policies: [policy],
      wanted: [],
      findings: [],
    })
  })

  it('judges time, revocation, purpose, policies and algorithms', () => {
    expect(validate({ validationTime: daysFromNow(-200) }).subIndication).toBe('OUT_OF_BOUNDS_NO_POE')
    expect(validate({ crls: [] }).subIndication).toBe('TRY_LATER')
    expect(validate({ crls: [], checkRevocation: 'if-present' }).indication).toBe('PASSED')
    expect(validate({ purpose: 'timestamping' }).indication).toBe('INDETERMINATE')
    expect(validate({ policies: ['1.2.3'], requireExplicitPolicy: true }).subIndication).toBe(
      'CHAIN_CONSTRAINTS_FAILURE',
    )
    const weak = makeLeaf('Weak', ca, [], { digest: 'sha1' })
    expect(validate({ purpose: 'any' }, weak).subIndication).toBe('CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
    expect(codes(validate({}, weak))).toContain('digest-too-weak')
    expect(validate({ trustAnchors: [] })).toMatchObject({ trusted: false, trustAnchor: null })
  })

  it('says what it could not read, and refuses what it cannot work with', () => {
    expect(codes(validate({ intermediates: [ca.certificate.bytes, text('no certificate')] }))).toEqual([
      'evidence-unreadable',
    ])
    const options = { validationTime: NOW, trustAnchors: [] }
    expect(() => validatePath(text('no certificate'), options)).toThrowError(/certificate/)
    expect(() => validate({ policies: ['no oid'] })).toThrowError(/object identifier/)
    expect(() => validate({ validationTime: new Date('never') })).toThrowError(/validationTime/)
  })
})
