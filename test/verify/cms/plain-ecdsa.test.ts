import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseSignedData, verifySignerInfo } from '../../../src/verify/cms/index.ts'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import { attribute, type CmsRequest, contentType, makeCms, messageDigest } from '../make-cms.ts'
import { makeCa, makeLeaf, octets } from '../make-pki.ts'

const signer = makeLeaf('Kai', makeCa('Root'))
const content = new Uint8Array(Buffer.from('Olietanken er sløjfet.'))
const P256 = encodeOid('1.2.840.10045.3.1.7')

function judge(more: Partial<CmsRequest>) {
  const signedData = parseSignedData(makeCms({ signer, content, ...more }))
  const [signerInfo] = signedData.signerInfos
  if (!signerInfo) throw new Error('no signer')
  const digestOf = (algorithm: string) => createHash(algorithm).update(content).digest()
  return verifySignerInfo(signedData, signerInfo, { digestOf, bytes: () => content })
}

describe('ECDSA with plain values (BSI TR-03111 clause 5.2.1)', () => {
  const plain = { signatureAlgorithm: '0.4.0.127.0.7.1.1.4.1.3', signatureHash: 'sha256', plainEcdsa: true }

  it('holds, with the curve named beside it or not', () => {
    const expected = { intact: true, signatureHolds: true, signatureAlgorithm: 'ecdsa', algorithmsAgree: true }
    expect(judge(plain)).toMatchObject(expected)
    expect(judge({ ...plain, signatureParameters: P256 })).toMatchObject(expected)
  })

  it('is not one whose value is DER, nor the other way round', () => {
    expect(judge({ ...plain, plainEcdsa: false }).intact).not.toBe(true)
    expect(judge({ plainEcdsa: true }).intact).not.toBe(true)
  })

  it('is not one by another hash', () => {
    expect(judge({ ...plain, signatureHash: 'sha384' }).intact).toBe(false)
  })

  it('takes the curve from the certificate: other algorithms may not name one', () => {
    expect(
      judge({ signatureAlgorithm: '1.2.840.10045.4.3.2', signatureHash: 'sha256', signatureParameters: P256 }).intact,
    ).toBeNull()
  })
})

describe('a signed attribute that stands twice', () => {
  const usual = [contentType(), messageDigest(content)]
  const twice = (oid: string) => [1, 2].map((n) => attribute(oid, octets(Uint8Array.of(n))))

  it('is refused where it has a meaning', () => {
    for (const oid of [
      '1.2.840.113549.1.9.16.2.47',
      '1.2.840.113549.1.9.5',
      '1.2.840.113583.1.1.8',
      '0.4.0.19122.1.1',
    ]) {
      expect(judge({ signedAttributes: [...usual, ...twice(oid)] }).intact).toBe(false)
    }
    expect(judge({ signedAttributes: [...usual, messageDigest(encode(4))] }).intact).toBe(false)
  })

  it('is borne with where it is its maker’s own', () => {
    expect(judge({ signedAttributes: [...usual, ...twice('1.3.6.1.4.1.99999.1')] }).intact).toBe(true)
  })
})
