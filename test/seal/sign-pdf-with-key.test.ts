import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { octetString, sequence } from '../../src/seal/der-writer.ts'
import { createLocalKey, type KeyKind, type SigningKey, signPdf, signPdfWithKey } from '../../src/seal/index.ts'
import { parseSignedData } from '../../src/verify/cms/index.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import { extractSignatures } from './extract-signature.ts'
import { citizen, NOW, plainPdf, testCa } from './identities.ts'

const options = { subFilter: 'ETSI.CAdES.detached', signingTime: NOW, certify: 1, fieldName: 'Seal' } as const

describe('sealing with a key that may live elsewhere', () => {
  it('gives with an RSA key the same bytes as signing at once', async () => {
    const identity = await citizen()
    const pdf = await plainPdf()
    const signed = await signPdfWithKey(pdf, createLocalKey(identity), options)
    expect(Buffer.from(signed).equals(Buffer.from(signPdf(pdf, identity, options)))).toBe(true)
  })

  for (const kind of ['rsa-3072', 'ec-p256', 'ec-p384', 'ed25519'] satisfies KeyKind[]) {
    it(`holds for whoever checks it, made with ${kind}`, async () => {
      const signed = await signPdfWithKey(await plainPdf(), createLocalKey(await citizen(kind)), options)
      expect((await judge(signed)).indication).toBe('TOTAL-PASSED')
    })
  }

  it('holds with RSA-PSS', async () => {
    const key = createLocalKey(await citizen(), { scheme: 'rsa-pss' })
    const report = await judge(await signPdfWithKey(await plainPdf(), key, options))
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ signatureAlgorithm: 'rsa-pss' }] })
  })

  it('time-stamps the signature value and carries the token as an unsigned attribute', async () => {
    const stamped: Uint8Array[] = []
    const signed = await signPdfWithKey(await plainPdf(), createLocalKey(await citizen()), options, async (value) => {
      stamped.push(value)
      return tokenOf(value, 4000)
    })
    const [signerInfo] = signerInfosOf(signed)
    expect(stamped).toEqual([signerInfo?.signature])
    expect(signerInfo?.unsignedAttributes.map(({ oid }) => oid)).toEqual(['1.2.840.113549.1.9.16.2.14'])
    expect((await judge(signed)).signatures[0]?.intact).toBe(true)
  })

  it('makes more room for a token that is larger than any expected, and signs anew for it', async () => {
    const key = createLocalKey(await citizen('ec-p256'))
    let signatures = 0
    const counting: SigningKey = {
      ...key,
      sign: (bytes) => {
        signatures += 1
        return key.sign(bytes)
      },
    }
    const signed = await signPdfWithKey(await plainPdf(), counting, options, async (value) => tokenOf(value, 40_000))
    expect(signatures).toBe(2)
    expect((await judge(signed)).signatures[0]?.intact).toBe(true)
  })

  it('throws what the key throws', async () => {
    const key = createLocalKey(await citizen('ec-p256'))
    const fault = new GatewayError('key-unusable', 'away')
    const away: SigningKey = { ...key, sign: async () => Promise.reject(fault) }
    await expect(signPdfWithKey(await plainPdf(), away, options)).rejects.toBe(fault)
  })
})

async function judge(bytes: Uint8Array) {
  const trustAnchors = [(await testCa()).certificate]
  return verifyDocument(bytes, {
    fileName: 'a.pdf',
    validationTime: NOW,
    trustAnchors,
    checkRevocation: 'if-present',
  })
}

const signerInfosOf = (pdf: Uint8Array) => {
  const [signature] = extractSignatures(pdf)
  return parseSignedData(signature?.cms ?? Buffer.alloc(0)).signerInfos
}

/** Stands for a token: what matters here is its size and where it is put. */
const tokenOf = (value: Uint8Array, size: number): Uint8Array =>
  sequence(octetString(createHash('sha256').update(value).digest()), octetString(new Uint8Array(size)))
