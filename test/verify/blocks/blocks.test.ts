import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  acceptSignature,
  type CryptographicFacts,
  checkFormat,
  DEFAULT_ALGORITHM_POLICY,
  identifySigningCertificate,
  judgeDigest,
  judgeKey,
  validateSigningCertificate,
  verifyCryptography,
} from '../../../src/verify/blocks/index.ts'
import { type CmsConclusion, parseSignedData, verifySignerInfo } from '../../../src/verify/cms/index.ts'
import { readElement } from '../../../src/verify/der/index.ts'
import { prepareTrustStore } from '../../../src/verify/x509/index.ts'
import { keyBitsOf } from '../../../src/verify/x509/key-size.ts'
import { readPublicKeyInfo } from '../../../src/verify/x509/public-key.ts'
import { contentType, makeCms, messageDigest } from '../make-cms.ts'
import { makeCa, makeLeaf, NOW } from '../make-pki.ts'

const root = makeCa('Root')
const signer = makeLeaf('Kai', root)
const content = new Uint8Array(Buffer.from('attest'))
const cms = (more: Partial<Parameters<typeof makeCms>[0]> = {}) =>
  parseSignedData(makeCms({ signer, content, ...more }))

function conclude(signedData = cms()): CmsConclusion {
  const [info] = signedData.signerInfos
  if (!info) throw new Error('no signer')
  const digestOf = (algorithm: string) => createHash(algorithm).update(content).digest()
  return verifySignerInfo(signedData, info, { digestOf, bytes: () => content })
}

describe('format checking', () => {
  const rules = { signers: 'one', content: 'detached', dataOnly: true } as const
  it('passes a detached signature of one signer', () => {
    expect(checkFormat(cms(), rules).indication).toBe('PASSED')
  })
  it.each([
    ['two signers', cms({ signerCount: 2 }), 'several-signers'],
    ['no signer', cms({ signerCount: 0 }), 'no-signer'],
    ['content of its own', cms({ enveloped: true }), 'content-not-detached'],
  ])('fails %s with FORMAT_FAILURE', (_, signedData, code) => {
    expect(checkFormat(signedData, rules)).toMatchObject({
      indication: 'FAILED',
      subIndication: 'FORMAT_FAILURE',
      findings: [{ code }],
    })
  })
  it('lets several signers be where the format allows them', () => {
    expect(
      checkFormat(cms({ signerCount: 2 }), { signers: 'one-or-more', content: 'any', dataOnly: false }).indication,
    ).toBe('PASSED')
  })
})

describe('identification of the signing certificate', () => {
  it('passes where the certificate is bound', () => {
    expect(identifySigningCertificate(conclude(), { requireBinding: true }).indication).toBe('PASSED')
  })
  it('is NO_SIGNING_CERTIFICATE_FOUND where there is none or another is named', () => {
    const none = conclude(cms({ certificates: [] }))
    const other: CmsConclusion = { ...conclude(), certificateBinding: 'mismatch' }
    for (const one of [none, other]) {
      expect(identifySigningCertificate(one, { requireBinding: false })).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'NO_SIGNING_CERTIFICATE_FOUND',
      })
    }
  })
  it('without binding passes only where the format does not demand one', () => {
    const unbound = conclude(cms({ signedAttributes: [contentType(), messageDigest(content)] }))
    expect(identifySigningCertificate(unbound, { requireBinding: false }).indication).toBe('PASSED')
    expect(identifySigningCertificate(unbound, { requireBinding: true }).subIndication).toBe('SIG_CONSTRAINTS_FAILURE')
  })
})

describe('cryptographic verification', () => {
  const sound: CryptographicFacts = {
    contentAtHand: true,
    messageDigestMatches: true,
    signatureHolds: true,
    intact: true,
    algorithmsAgree: true,
  }
  it.each([
    [{}, 'PASSED', null],
    [{ messageDigestMatches: false, intact: false }, 'FAILED', 'HASH_FAILURE'],
    [{ signatureHolds: false, intact: false }, 'FAILED', 'SIG_CRYPTO_FAILURE'],
    [{ intact: false }, 'FAILED', 'FORMAT_FAILURE'],
    [{ contentAtHand: false }, 'INDETERMINATE', 'SIGNED_DATA_NOT_FOUND'],
    [{ signatureHolds: null, intact: null }, 'INDETERMINATE', 'CUSTOM'],
    [{ algorithmsAgree: false }, 'INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE'],
  ] as const)('of %j is %s / %s', (facts, indication, subIndication) => {
    expect(verifyCryptography({ ...sound, ...facts })).toMatchObject({ indication, subIndication })
  })
})

describe('algorithm constraints', () => {
  const policy = DEFAULT_ALGORITHM_POLICY
  const infoOf = ({ publicKey }: { publicKey: KeyObject }) =>
    readPublicKeyInfo(readElement(publicKey.export({ type: 'spki', format: 'der' })))
  const rsa = (modulusLength: number) => infoOf(generateKeyPairSync('rsa', { modulusLength }))

  it('end by date', () => {
    expect(judgeDigest('sha1', new Date('2013-12-31T23:59:59Z'), policy, () => 'x')).toBe(null)
    expect(judgeDigest('sha1', new Date('2014-01-01T00:00:00Z'), policy, () => 'x')?.code).toBe('digest-too-weak')
    expect(judgeDigest('md5', NOW, policy, () => 'x')?.code).toBe('digest-too-weak')
    expect(judgeDigest('sha256', NOW, policy, () => 'x')).toBe(null)
    expect(judgeKey(rsa(1024), new Date('2010-01-01T00:00:00Z'), policy, () => 'x')).toBe(null)
    expect(judgeKey(rsa(1024), NOW, policy, () => 'x')?.code).toBe('key-too-small')
    expect(judgeKey(rsa(2048), NOW, policy, () => 'x')).toBe(null)
  })

  it.each([512, 1023, 1024, 2047, 2048, 3072])('count the bits of an RSA modulus as OpenSSL does: %i', (bits) => {
    expect(keyBitsOf(rsa(bits))).toBe(bits)
  })

  it.each([
    ['P-224', 224],
    ['P-256', 256],
    ['secp256k1', 256],
    ['P-384', 384],
    ['P-521', 521],
    ['brainpoolP256r1', 256],
    ['brainpoolP320r1', 320],
    ['brainpoolP384t1', 384],
    ['brainpoolP512r1', 512],
    ['sect283k1', 0],
  ])('count the bits of the curve %s, and none of a curve that they do not name', (namedCurve, bits) => {
    expect(keyBitsOf(infoOf(generateKeyPairSync('ec', { namedCurve })))).toBe(bits)
  })

  it('count the bits of a DSA key', () => {
    expect(keyBitsOf(infoOf(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })))).toBe(1024)
    // The order of its group bounds its strength.
    expect(keyBitsOf(infoOf(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 160 })))).toBe(1024)
    expect(keyBitsOf(infoOf(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 224 })))).toBe(2048)
  })

  it('accept nothing that they do not name', () => {
    expect(judgeDigest('whirlpool', NOW, policy, () => 'x')?.code).toBe('digest-not-in-policy')
    expect(judgeKey(infoOf(generateKeyPairSync('x25519')), NOW, policy, () => 'x')?.code).toBe('key-not-in-policy')
    expect(judgeKey(rsa(512), new Date('1999-01-01T00:00:00Z'), policy, () => 'x')?.code).toBe('key-too-small')
    expect(judgeKey(null, NOW, policy, () => 'x')?.code).toBe('key-not-in-policy')
  })

  it('make a signature of a weak digest CRYPTO_CONSTRAINTS_FAILURE_NO_POE', () => {
    expect(acceptSignature(conclude(), NOW, policy).indication).toBe('PASSED')
    const weak: CmsConclusion = { ...conclude(), digestAlgorithm: 'sha1', signatureHash: 'sha1' }
    expect(acceptSignature(weak, NOW, policy)).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    })
    expect(acceptSignature({ ...conclude(), signingCertificate: null }, NOW, policy).indication).toBe('INDETERMINATE')
  })

  it.each([
    [['md5'], ['signing-certificate-digest-weak']],
    [['sha1'], ['signing-certificate-digest-weak']],
    [['sha1', 'sha256'], []],
    [['sha256'], []],
    [[], []],
  ])('say that the certificate is named by %j alone, and pass', (bindingDigests, codes) => {
    const accepted = acceptSignature({ ...conclude(), bindingDigests }, NOW, policy)
    expect([accepted.indication, accepted.findings.map(({ code }) => code)]).toEqual(['PASSED', codes])
    const then = acceptSignature({ ...conclude(), bindingDigests: ['sha1'] }, new Date('2010-01-01T00:00:00Z'), policy)
    expect(then.findings).toEqual([])
  })

  it('hold for the certificates of the path, at the time that they are proven for', () => {
    const strict = { ...policy, digests: { ...policy.digests, sha256: '2026-01-01T00:00:00Z' } }
    const judge = (provenTime: Date) =>
      validateSigningCertificate(
        signer.certificate,
        { trustAnchors: prepareTrustStore([root.certificate.bytes]), validationTime: NOW, checkRevocation: 'off' },
        { policy: strict, provenTime },
      )
    expect(judge(NOW).subIndication).toBe('CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
    expect(judge(new Date('2025-12-31T00:00:00Z')).indication).toBe('PASSED')
  })
})
