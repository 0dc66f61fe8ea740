import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import forge from 'node-forge'
import { describe, expect, it } from 'vitest'
import { VerifyError } from '../../../src/verify/errors.ts'
import { parseOcspResponse } from '../../../src/verify/revocation/index.ts'
import { foldText } from '../../../src/verify/x509/distinguished-name.ts'
import {
  attributeTexts,
  crlEntriesOf,
  parseCertificate,
  parseCertificateList,
  prepareTrustStore,
  readPemOrDer,
} from '../../../src/verify/x509/index.ts'
import { makeCa, makeCrl, makeLeaf, makeOcsp, name } from '../make-pki.ts'

const root = makeCa('Root')
const leaf = makeLeaf('Kai Nielsen', root)
const crl = makeCrl({ issuer: root, revoked: [{ certificate: leaf.certificate, reason: 1 }] })
const ocsp = makeOcsp({ signer: root, issuer: root.certificate, certificate: leaf.certificate, status: 'good' })

function forgeCertificate(): forge.pki.Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  certificate.serialNumber = '00ff12'
  certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z')
  certificate.validity.notAfter = new Date('2027-01-01T00:00:00Z')
  const subject = [
    { shortName: 'C', value: 'DK' },
    { shortName: 'CN', value: 'Søren, "A+B"', valueTagClass: forge.asn1.Type.UTF8 },
  ]
  certificate.setSubject(subject as forge.pki.CertificateField[])
  certificate.setIssuer(subject as forge.pki.CertificateField[])
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  return certificate
}

describe('a certificate', () => {
  it('made by another library is read as it was written', () => {
    const pem = forge.pki.certificateToPem(forgeCertificate())
    const [der] = readPemOrDer(new Uint8Array(Buffer.from(pem)))
    if (!der) throw new Error('no certificate in PEM')
    const certificate = parseCertificate(der)
    expect(certificate.serial).toBe('ff12')
    expect(certificate.notAfter.toISOString()).toBe('2027-01-01T00:00:00.000Z')
    expect(certificate.subject.display).toBe('CN=Søren\\, \\"A\\+B\\",C=DK')
    expect(attributeTexts(certificate.subject, '2.5.4.3')).toEqual(['Søren, "A+B"'])
    expect(certificate.selfIssued).toBe(true)
    expect(certificate.publicKey.keyObject?.asymmetricKeyType).toBe('rsa')
  })

  it('with bytes behind it, or cut short, is refused', () => {
    const { bytes } = leaf.certificate
    const refused = expect.objectContaining({ code: 'malformed-certificate' })
    expect(() => parseCertificate(Buffer.concat([bytes, Uint8Array.of(0)]))).toThrow(refused)
    expect(() => parseCertificate(bytes.subarray(0, -1))).toThrow(refused)
  })

  it('name cannot break a line or turn the reading direction where it is shown', () => {
    const subject = name('CN=Kai\n\u202eevil')
    expect(makeLeaf('x', root, [], { subject }).certificate.subject.display).toBe('CN=Kai\\0A\\E2\\80\\AEevil')
    // Zero width, a Hangul filler and a line separator: nothing of a name is unseen.
    const hidden = makeLeaf('Kai\u200b \u3164\u2028x', root).certificate.subject.display
    expect(hidden).toBe('CN=Kai\\E2\\80\\8B \\E3\\85\\A4\\E2\\80\\A8x')
  })

  it('names compare without regard to case, white space and encoding, and no further', () => {
    expect(foldText('  Kai \t NIELSEN ')).toBe(foldText('kai nielsen'))
    expect(foldText('Kai Nielsen')).not.toBe(foldText('KaiNielsen'))
    expect(foldText('Æbeltoft')).not.toBe(foldText('Aebeltoft'))
  })
})

describe('PEM', () => {
  it('gives every certificate of a file, and passes other blocks over', () => {
    const pem = (label: string, der: Uint8Array): string =>
      `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`
    const file = `note\n${pem('CERTIFICATE', root.certificate.bytes)}${pem('EC PARAMETERS', Uint8Array.of(5, 0))}${pem('X509 CRL', crl.bytes)}`
    expect(readPemOrDer(Buffer.from(file)).map((der) => der.length)).toEqual([
      root.certificate.bytes.length,
      crl.bytes.length,
    ])
  })

  it('without an end, or of something else, is a coded error', () => {
    const refused = expect.objectContaining({ code: 'malformed-pem' })
    expect(() => readPemOrDer(Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA'))).toThrow(refused)
    expect(() => readPemOrDer(Buffer.from('hello'))).toThrow(refused)
    expect(() => readPemOrDer(new Uint8Array())).toThrow(refused)
  })
})

describe('a CRL', () => {
  it('gives the entries of a serial number', () => {
    expect(crlEntriesOf(crl, leaf.certificate.serialKey)).toMatchObject([{ reason: 1 }])
    expect(crlEntriesOf(crl, root.certificate.serialKey)).toEqual([])
  })
})

describe('a trust store', () => {
  it('leaves an unreadable anchor out and names it, and keeps the others', () => {
    const store = prepareTrustStore([Uint8Array.of(0x30, 0), root.certificate.bytes, root.certificate.bytes])
    expect(store.size).toBe(1)
    expect(store.unreadable).toHaveLength(1)
    expect(store.bySha256(root.certificate.sha256)?.subject.display).toBe('CN=Root')
  })
})

describe('arbitrary bytes', () => {
  const samples: readonly [string, Uint8Array, (der: Uint8Array) => unknown][] = [
    ['certificate', leaf.certificate.bytes, parseCertificate],
    ['CRL', crl.bytes, (der) => crlEntriesOf(parseCertificateList(der), '01')],
    ['OCSP response', ocsp.bytes, parseOcspResponse],
    ['PEM', Buffer.from(`-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----`), readPemOrDer],
  ]
  it.each(samples)('in place of a %s, or within one, end in a value or a coded error', (_, sample, parse) => {
    const edits = fc.array(fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
    const altered = edits.map((list) => {
      const copy = new Uint8Array(sample)
      for (const [at, octet] of list) copy[at] = octet
      return copy
    })
    fc.assert(
      fc.property(fc.oneof(altered, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          expect(parse(bytes)).toBeDefined()
        } catch (fault) {
          expect(fault).toBeInstanceOf(VerifyError)
        }
      }),
      { numRuns: 1500 },
    )
  })
})
