import { createHash, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseSignedData,
  type SignedContent,
  type SignedData,
  verifySignerInfo,
} from '../../../src/verify/cms/index.ts'
import { encode, encodeOid, TAG } from '../../../src/verify/der/index.ts'
import { VerifyError } from '../../../src/verify/errors.ts'
import { attribute, type CmsRequest, contentType, makeCms, messageDigest, signingCertificateV2 } from '../make-cms.ts'
import {
  flipped,
  generalizedTime,
  integer,
  makeCa,
  makeKeys,
  makeLeaf,
  makeMlDsaKeys,
  NOW,
  octets,
  seq,
} from '../make-pki.ts'

const root = makeCa('Root')
const signer = makeLeaf('Kai', root)
const content = new Uint8Array(Buffer.from('Olietanken er sløjfet.'))

/** SHAKE256 has 64 octets in CMS (RFC 8419 §2.3). */
const digest = (algorithm: string, bytes: Uint8Array): Uint8Array =>
  createHash(algorithm, algorithm === 'shake256' ? { outputLength: 64 } : {})
    .update(bytes)
    .digest()

const contentOf = (bytes: Uint8Array): SignedContent => ({
  digestOf: (algorithm) => digest(algorithm, bytes),
  bytes: () => bytes,
})
function judge(
  cms: Uint8Array | SignedData,
  bytes: Uint8Array = content,
  others = [] as Parameters<typeof verifySignerInfo>[3],
) {
  const signedData = cms instanceof Uint8Array ? parseSignedData(cms) : cms
  const [signerInfo] = signedData.signerInfos
  if (!signerInfo) throw new Error('no signer')
  return verifySignerInfo(signedData, signerInfo, contentOf(bytes), others)
}
const make = (more: Partial<CmsRequest> = {}) => makeCms({ signer, content, ...more })

describe('signed attributes that are handed over as a content', () => {
  const attributes = [contentType(), messageDigest(content), signingCertificateV2(signer)]
  const asContent = encode(TAG.set, ...attributes)
  const stolen = (signedContent: Uint8Array) => {
    const { signerInfos } = parseSignedData(make({ signedAttributes: attributes }))
    const bare = parseSignedData(makeCms({ signer, content: signedContent, signedAttributes: null }))
    const [from] = signerInfos
    const [to] = bare.signerInfos
    if (!from || !to) throw new Error('no signer')
    // The attributes are left out, and the value over them is kept.
    return { ...bare, signerInfos: [{ ...to, signature: from.signature }] }
  }

  it('are refused, though the value holds over them', () => {
    const conclusion = judge(stolen(asContent), asContent)
    expect(conclusion).toMatchObject({ signatureHolds: true, intact: false })
    expect(conclusion.findings.map(({ code }) => code)).toEqual(['content-is-signed-attributes'])
  })

  it('are refused whoever signed them so', () => {
    const own = makeCms({ signer, content: asContent, signedAttributes: null })
    expect(judge(own, asContent).intact).toBe(false)
  })

  it('are a content like others where the attributes of their own signature stand beside', () => {
    expect(judge(makeCms({ signer, content: asContent }), asContent).intact).toBe(true)
  })

  it.each([
    ['text', content],
    ['an empty set', encode(TAG.set)],
    ['a set of other things', encode(TAG.set, integer(1))],
    ['a set with something behind it', new Uint8Array([...asContent, 0])],
  ])('are not what %s is', (_, other) => {
    expect(judge(makeCms({ signer, content: other, signedAttributes: null }), other).intact).toBe(true)
  })
})

describe('a CMS signature', () => {
  it('over its content holds, bound to its certificate', () => {
    expect(judge(make())).toMatchObject({
      intact: true,
      messageDigestMatches: true,
      signatureHolds: true,
      certificateBinding: 'bound',
      algorithmsAgree: true,
      digestAlgorithm: 'sha256',
      signatureAlgorithm: 'ecdsa',
      signingCertificate: { sha256: signer.certificate.sha256 },
      findings: [],
    })
  })

  it('over other content is not intact, though its value holds', () => {
    const conclusion = judge(make(), flipped(content, 0))
    expect(conclusion).toMatchObject({ intact: false, messageDigestMatches: false, signatureHolds: true })
  })

  it('without signed attributes is judged over the content itself', () => {
    const cms = make({ signedAttributes: null })
    expect(judge(cms)).toMatchObject({ intact: true, messageDigestMatches: null, certificateBinding: 'absent' })
    expect(judge(cms, flipped(content, 3))).toMatchObject({ intact: false, signatureHolds: false })
  })

  it('without signed attributes over content that is not data is not intact', () => {
    const cms = make({ signedAttributes: null, eContentType: '1.2.840.113549.1.9.16.1.4' })
    expect(judge(cms).intact).toBe(false)
  })

  it('whose signed attributes are presented as the content is not taken for one over them', () => {
    const attributes = [contentType(), messageDigest(content), signingCertificateV2(signer)]
    const set = encode(0x31, ...attributes)
    const stripped = makeCms({
      signer,
      content: set,
      signedAttributes: null,
      eContentType: '1.2.840.113549.1.9.16.1.4',
    })
    expect(judge(stripped, set).intact).toBe(false)
  })

  it('turned in any byte of the signed attributes or the value is never intact', () => {
    const sound = make()
    const [info] = parseSignedData(sound).signerInfos
    const value = info?.signature ?? new Uint8Array()
    const attributes = info?.signedAttributesBytes?.subarray(2) ?? new Uint8Array()
    let judged = 0
    for (const part of [attributes, value]) {
      const start = Buffer.from(sound).lastIndexOf(Buffer.from(part))
      expect(start).toBeGreaterThan(0)
      for (let at = start; at < start + part.length; at += 1) {
        try {
          expect(judge(flipped(sound, at)).intact, `byte ${at}`).toBe(false)
          judged += 1
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'malformed-cms' })
        }
      }
    }
    expect(judged).toBeGreaterThan(100)
  })

  it.each([
    ['a second message digest', [contentType(), messageDigest(content), messageDigest(flipped(content, 0))]],
    ['no message digest', [contentType()]],
    ['no content type', [messageDigest(content)]],
    ['another content type', [contentType('1.2.3'), messageDigest(content)]],
    ['two values of a digest', [contentType(), attribute('1.2.840.113549.1.9.4', octets(content), octets(content))]],
  ])('with %s is not intact', (_, signedAttributes) => {
    expect(judge(make({ signedAttributes })).intact).toBe(false)
  })

  it('says by which digests its attributes name the certificate', () => {
    const v1 = attribute(
      '1.2.840.113549.1.9.16.2.12',
      seq(seq(seq(octets(createHash('sha1').update(signer.certificate.bytes).digest())))),
    )
    const both = [contentType(), messageDigest(content), v1, signingCertificateV2(signer)]
    expect(judge(make({ signedAttributes: both }))).toMatchObject({
      ...{ certificateBinding: 'bound', bindingDigests: ['sha1', 'sha256'] },
    })
    expect(judge(make({ signedAttributes: both.slice(0, 3) })).bindingDigests).toEqual(['sha1'])
    expect(judge(make({ signedAttributes: both.slice(0, 2) })).bindingDigests).toEqual([])
  })

  it('that names another signing certificate says so', () => {
    const other = makeLeaf('Bo', root)
    const signedAttributes = [contentType(), messageDigest(content), signingCertificateV2(other)]
    expect(judge(make({ signedAttributes })).certificateBinding).toBe('mismatch')
  })

  it('whose certificate was exchanged for one of the same issuer, serial and key says so', () => {
    const keys = makeKeys()
    const first = makeLeaf('Kai', root, [], { serial: 7, keys })
    const second = makeLeaf('Mallory', root, [], { serial: 7, keys })
    const cms = makeCms({ signer: first, content, certificates: [second.certificate.bytes] })
    expect(judge(cms)).toMatchObject({ signatureHolds: true, certificateBinding: 'mismatch' })
    const both = makeCms({ signer: first, content, certificates: [second.certificate.bytes, first.certificate.bytes] })
    expect(judge(both)).toMatchObject({
      certificateBinding: 'bound',
      signingCertificate: { sha256: first.certificate.sha256 },
    })
  })

  it('without its certificate is not judged, until it is given from elsewhere', () => {
    const cms = make({ certificates: [] })
    expect(judge(cms)).toMatchObject({ signingCertificate: null, signatureHolds: null, intact: null })
    expect(judge(cms, content, [signer.certificate]).intact).toBe(true)
  })

  it.each([
    ['ed25519', generateKeyPairSync('ed25519'), '1.3.101.112', '2.16.840.1.101.3.4.2.3', 'sha512'],
    ['ed448', generateKeyPairSync('ed448'), '1.3.101.113', '2.16.840.1.101.3.4.2.12', 'shake256'],
  ] as const)('by %s holds, with the digest that goes with it', (scheme, keys, signatureAlgorithm, oid, hash) => {
    const modern = makeLeaf('Kai', root, [], { keys })
    const messageDigest = attribute('1.2.840.113549.1.9.4', octets(digest(hash, content)))
    const request = { signer: modern, content, signatureAlgorithm, digestAlgorithm: seq(encodeOid(oid)) }
    const cms = makeCms({ ...request, signedAttributes: [contentType(), messageDigest] })
    expect(judge(cms)).toMatchObject({
      intact: true,
      algorithmsAgree: true,
      signatureAlgorithm: scheme,
      digestAlgorithm: hash,
    })
    expect(judge(cms, flipped(content, 1)).intact).toBe(false)
  })

  const digested = (oid: string, hash: string, more: Partial<CmsRequest>, parameters: readonly Uint8Array[] = []) =>
    make({
      digestAlgorithm: seq(encodeOid(oid), ...parameters),
      signedAttributes: [contentType(), attribute('1.2.840.113549.1.9.4', octets(digest(hash, content)))],
      ...more,
    })
  const SHA256 = '2.16.840.1.101.3.4.2.1'
  const SHA384 = '2.16.840.1.101.3.4.2.2'
  const SHA512 = '2.16.840.1.101.3.4.2.3'

  it('by Ed448 holds with SHAKE256 of 512 bits said by its parameter, and of no other length', () => {
    const modern = makeLeaf('Kai', root, [], { keys: generateKeyPairSync('ed448') })
    const by = (...parameters: readonly Uint8Array[]) =>
      judge(
        digested(
          '2.16.840.1.101.3.4.2.18',
          'shake256',
          { signer: modern, signatureAlgorithm: '1.3.101.113' },
          parameters,
        ),
      )
    expect(by(integer(512))).toMatchObject({ intact: true, algorithmsAgree: true, digestAlgorithm: 'shake256' })
    for (const other of [[integer(256)], [integer(0)], [octets(Uint8Array.of(2, 0))], []]) {
      expect(by(...other)).toMatchObject({ intact: null, algorithmsAgree: false, digestAlgorithm: null })
    }
  })

  it('by ECDSA without a hash of its own takes the hash of the digest', () => {
    const ecdsa = { signatureAlgorithm: '1.2.840.10045.4' }
    const holds = judge(digested(SHA384, 'sha384', { ...ecdsa, signatureHash: 'sha384' }))
    expect(holds).toMatchObject({
      intact: true,
      algorithmsAgree: true,
      signatureAlgorithm: 'ecdsa',
      signatureHash: 'sha384',
    })
    expect(judge(digested(SHA384, 'sha384', { ...ecdsa, signatureHash: 'sha256' })).intact).toBe(false)
  })

  it.each([
    ['ml-dsa-44', '2.16.840.1.101.3.4.3.17', [SHA256, SHA384, SHA512]],
    ['ml-dsa-65', '2.16.840.1.101.3.4.3.18', [SHA384, SHA512]],
    ['ml-dsa-87', '2.16.840.1.101.3.4.3.19', [SHA512]],
  ] as const)('by %s holds, and agrees with digests that are as strong', (scheme, signatureAlgorithm, strong) => {
    const modern = makeLeaf('Kai', root, [], { keys: makeMlDsaKeys(scheme) })
    const request = { signer: modern, signatureAlgorithm }
    const digests = [
      [SHA256, 'sha256'],
      [SHA384, 'sha384'],
      [SHA512, 'sha512'],
    ] as const
    for (const [oid, hash] of digests) {
      const cms = digested(oid, hash, request)
      const algorithmsAgree = strong.some((one) => one === oid)
      expect(judge(cms)).toMatchObject({ intact: true, signatureAlgorithm: scheme, algorithmsAgree })
      expect(judge(cms, flipped(content, 1)).intact).toBe(false)
    }
    const parameters = encode(TAG.null)
    expect(judge(digested(SHA512, 'sha512', { ...request, signatureParameters: parameters })).intact).toBeNull()
    const other = signatureAlgorithm.endsWith('17') ? '2.16.840.1.101.3.4.3.18' : '2.16.840.1.101.3.4.3.17'
    expect(judge(digested(SHA512, 'sha512', { ...request, signatureAlgorithm: other })).intact).toBeNull()
  })

  it('of an unknown digest is not judged', () => {
    const conclusion = judge(make({ digestAlgorithm: seq(encodeOid('1.2.3.4')) }))
    expect(conclusion).toMatchObject({ digestAlgorithm: null, intact: null, algorithmsAgree: false })
  })

  it('whose digest and signature algorithm differ says so', () => {
    const sha512 = seq(encodeOid('2.16.840.1.101.3.4.2.3'))
    const digest = createHash('sha512').update(content).digest()
    const signedAttributes = [contentType(), attribute('1.2.840.113549.1.9.4', octets(digest))]
    expect(judge(make({ digestAlgorithm: sha512, signedAttributes }))).toMatchObject({
      intact: true,
      algorithmsAgree: false,
    })
  })

  it('gives the claimed time and the time-stamp tokens as they stand', () => {
    const token = seq(octets(content))
    const time = attribute('1.2.840.113549.1.9.5', generalizedTime(NOW))
    const conclusion = judge(
      make({
        signedAttributes: [contentType(), messageDigest(content), time],
        unsignedAttributes: () => [attribute('1.2.840.113549.1.9.16.2.14', token)],
      }),
    )
    expect(conclusion.claimedSigningTime).toEqual(NOW)
    expect(conclusion.signatureTimeStamps.map((one) => Buffer.from(one).toString('hex'))).toEqual([
      Buffer.from(token).toString('hex'),
    ])
  })
})

describe('the outside of CMS', () => {
  it('may be BER, of indefinite length and with content in pieces', () => {
    const sound = parseSignedData(make({ enveloped: true }))
    const indefinite = (tag: number, ...parts: readonly Uint8Array[]) =>
      Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)])
    const pieces = indefinite(0x24, octets(content.subarray(0, 5)), octets(content.subarray(5)))
    const certificate = Buffer.from(signer.certificate.bytes)
    const bytes = Buffer.from(sound.bytes)
    const signerInfos = bytes.subarray(bytes.lastIndexOf(certificate) + certificate.length)
    const ber = indefinite(
      0x30,
      encodeOid('1.2.840.113549.1.7.2'),
      indefinite(
        0xa0,
        indefinite(
          0x30,
          Uint8Array.of(2, 1, 1),
          encode(0x31, seq(encodeOid('2.16.840.1.101.3.4.2.1'))),
          indefinite(0x30, encodeOid('1.2.840.113549.1.7.1'), indefinite(0xa0, pieces)),
          indefinite(0xa0, signer.certificate.bytes),
          signerInfos,
        ),
      ),
    )
    const read = parseSignedData(new Uint8Array(ber))
    expect(read.signerInfos).toHaveLength(1)
    expect(Buffer.from(read.content ?? []).toString()).toBe(Buffer.from(content).toString())
    expect(judge(read)).toMatchObject({ intact: true, certificateBinding: 'bound' })
  })

  it('may be followed by zeros or anything else only where that is asked for, and says so', () => {
    const padded = Buffer.concat([make(), new Uint8Array(100)])
    const refused = expect.objectContaining({ code: 'malformed-cms' })
    expect(() => parseSignedData(padded)).toThrow(refused)
    expect(parseSignedData(padded, { trailing: 'zeros' }).signerInfos).toHaveLength(1)
    const filled = Buffer.concat([padded, Uint8Array.of(1)])
    expect(() => parseSignedData(filled, { trailing: 'zeros' })).toThrow(refused)
    expect(parseSignedData(filled, { trailing: 'any' }).trailing).toBe('other')
  })

  it('keeps a certificate that cannot be read out of it, and says so', () => {
    const cms = parseSignedData(make({ certificates: [seq(Uint8Array.of(5, 0)), signer.certificate.bytes] }))
    expect(cms.certificates).toHaveLength(1)
    expect(cms.unreadable).toHaveLength(1)
  })

  it('made of arbitrary bytes ends in a value or a coded error', () => {
    const sample = make({ enveloped: true })
    const edits = fc.array(fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
    const altered = edits.map((list) => {
      const copy = new Uint8Array(sample)
      for (const [at, octet] of list) copy[at] = octet
      return copy
    })
    fc.assert(
      fc.property(fc.oneof(altered, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        try {
          const signedData = parseSignedData(bytes)
          for (const info of signedData.signerInfos) verifySignerInfo(signedData, info, contentOf(content))
        } catch (fault) {
          expect(fault).toBeInstanceOf(VerifyError)
        }
      }),
      { numRuns: 1500 },
    )
  })
})
