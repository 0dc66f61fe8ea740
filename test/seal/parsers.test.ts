import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { serialize } from '../../src/model/pdf/index.ts'
import { readValue } from '../../src/model/pdf/syntax.ts'
import { toWinAnsiText, winAnsiBytes } from '../../src/model/winansi.ts'
import { readCertificateParts } from '../../src/seal/certificate-parts.ts'
import { readPkcs12, writePkcs12 } from '../../src/seal/index.ts'
import { citizen } from './identities.ts'

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown.code : `not coded: ${String(thrown)}`
  }
  return 'value'
}
const read = (text: string) => readValue({ bytes: Buffer.from(text, 'latin1'), at: 0 })
const rewritten = (text: string): string => Buffer.from(serialize(read(text))).toString('latin1')

describe('PDF syntax', () => {
  it('is read and written with the same meaning', () => {
    expect(rewritten('<</A#20B [1 -.50 0.10 true null] /S (a\\(b\\)\\101\\\n(c)\\r) /H <4 1f> /R 12 0 R>>')).toBe(
      `<<\n/A#20B [ 1 -.50 0.10 true null ]\n/S <${Buffer.from('a(b)A(c)\r').toString('hex')}>\n/H <41f0>\n/R 12 0 R\n>>`,
    )
    expect(rewritten('[1 2 3 0 R 4]')).toBe('[ 1 2 3 0 R 4 ]')
  })

  it('that is broken, endless or too deep ends in a coded error', () => {
    for (const text of ['', '(', '(a\\', '<41', '<<', '<</A', '[', '<<1 2>>', '1e5', '['.repeat(100_000)]) {
      expect(codeOf(() => read(text))).toBe('malformed-pdf')
    }
  })

  it('of arbitrary characters ends in a value or a coded error', () => {
    const token = fc.constantFrom(
      '<<',
      '>>',
      '[',
      ']',
      '(',
      ')',
      '\\',
      '<',
      '>',
      '/',
      '1',
      ' 0 R',
      '%',
      '\n',
      'null',
      'é',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
        expect(codeOf(() => rewritten(tokens.join('')))).toMatch(/^(value|malformed-pdf)$/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('certificates and key files', () => {
  it('of arbitrary bytes end in a coded error', async () => {
    const certificate = Buffer.from((await citizen('ec-p256')).certificate)
    const pkcs12 = Buffer.from(writePkcs12(await citizen(), 'p', 'Segl'))
    expect(codeOf(() => readCertificateParts(certificate))).toBe('value')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(500), (noise, at) => {
        const spoil = (bytes: Buffer) =>
          Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at + noise.length)])
        expect(codeOf(() => readCertificateParts(noise))).toBe('malformed-der')
        expect(codeOf(() => readCertificateParts(spoil(certificate)))).toMatch(/^(value|malformed-der)$/)
        expect(codeOf(() => readPkcs12(noise, 'p'))).toBe('key-unusable')
      }),
    )
    for (let at = 0; at < pkcs12.length; at += 97) {
      const spoiled = Buffer.from(pkcs12)
      spoiled.writeUInt8(spoiled.readUInt8(at) ^ 0xff, at)
      expect(codeOf(() => readPkcs12(spoiled, 'p'))).toMatch(/^(value|key-unusable)$/)
    }
  })

  it('issued here are read by Node with the names, address and lifetime asked for', async () => {
    const certificate = new X509Certificate((await citizen('ec-p384')).certificate)
    expect(certificate.subject).toBe('C=DK\nCN=Kai Jensen')
    expect(certificate.subjectAltName).toBe('email:kai.jensen@example.dk')
    expect([certificate.ca, certificate.validToDate.getUTCFullYear()]).toEqual([false, 2036])
  })
})

describe('text for the standard fonts', () => {
  it('keeps Danish, transliterates what it can, never throws', () => {
    expect(toWinAnsiText('Ærø Blåbærgrød – “æøå” €')).toBe('Ærø Blåbærgrød – “æøå” €')
    expect(toWinAnsiText('Łódź ǿ ﬁn\u0000\u200b\n中')).toBe('Lódz ø fin ?')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(winAnsiBytes(text).length).toBe([...toWinAnsiText(text)].length)
      }),
    )
  })
})
