import { createHash, verify, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { asInteger, asName, findCatalog, isArray, isDictionary, listPages, openPdf } from '../../src/model/pdf/index.ts'
import { signPdf } from '../../src/seal/index.ts'
import { citizen, NOW, plainPdf } from './identities.ts'

const cades = { subFilter: 'ETSI.CAdES.detached', signingTime: NOW } as const

/** The numbers of the last /ByteRange as they stand in the file. */
function lastByteRange(pdf: Uint8Array): [number, number, number, number] {
  const found = [
    ...Buffer.from(pdf)
      .toString('latin1')
      .matchAll(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/g),
  ].at(-1)
  const [a = -1, b = -1, c = -1, d = -1] = (found ?? []).slice(1).map(Number)
  return [a, b, c, d]
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown.code : `not coded: ${String(thrown)}`
  }
  return 'nothing was thrown'
}

describe('signing a PDF', () => {
  for (const objectStreams of [false, true]) {
    const kind = objectStreams ? 'cross-reference stream' : 'cross-reference table'

    it(`leaves the bytes before as they are and covers all but the signature (${kind})`, async () => {
      const pdf = await plainPdf({ objectStreams })
      const signed = signPdf(pdf, await citizen(), cades)
      expect(Buffer.from(signed.subarray(0, pdf.length)).equals(Buffer.from(pdf))).toBe(true)
      const [start, before, after, rest] = lastByteRange(signed)
      expect(start).toBe(0)
      expect(after + rest).toBe(signed.length)
      expect(String.fromCharCode(signed[before] ?? 0, signed[after - 1] ?? 0)).toBe('<>')
    })

    it(`writes the update in the kind that the file has (${kind})`, async () => {
      const signed = signPdf(await plainPdf({ objectStreams }), await citizen('ec-p256'), cades)
      expect(openPdf(signed).crossReference.kind).toBe(objectStreams ? 'stream' : 'table')
    })
  }

  it('puts the field into the form and the widget on the page asked for', async () => {
    const visible = { page: 1, rectangle: [50, 50, 250, 100], lines: ['Kai Jensen', 'æøå ÆØÅ €'] } as const
    const file = openPdf(signPdf(await plainPdf({ pages: 3 }), await citizen('ec-p256'), { ...cades, visible }))
    const form = file.dictionary(findCatalog(file).dictionary.entries.get('AcroForm'), 'form')
    const fields = file.resolve(form.entries.get('Fields'))
    expect(isArray(fields) && fields.length).toBe(1)
    expect(asInteger(form.entries.get('SigFlags'))).toBe(3)
    const widgets = listPages(file).map((page) => {
      const annotations = file.resolve(page.dictionary.entries.get('Annots'))
      return isArray(annotations) ? annotations.length : 0
    })
    expect(widgets).toEqual([0, 1, 0])
  })

  it('adds a second signature without touching the first, under a free field name', async () => {
    const first = signPdf(await plainPdf(), await citizen('ec-p256'), cades)
    const second = signPdf(first, await citizen('ec-p256'), cades)
    expect(Buffer.from(second.subarray(0, first.length)).equals(Buffer.from(first))).toBe(true)
    const text = Buffer.from(second).toString('latin1')
    const names = [...text.matchAll(/\/T <([0-9a-f]+)>/g)].map((match) => Buffer.from(match[1] ?? '', 'hex').toString())
    expect(names).toEqual(['Signature1', 'Signature2'])
  })

  it('certifies: /Perms and the DocMDP reference name the same signature', async () => {
    const file = openPdf(signPdf(await plainPdf(), await citizen('ec-p256'), { ...cades, certify: 2 }))
    const perms = file.dictionary(findCatalog(file).dictionary.entries.get('Perms'), 'permissions')
    const signature = file.dictionary(perms.entries.get('DocMDP'), 'signature')
    const references = file.resolve(signature.entries.get('Reference'))
    const reference = file.dictionary(isArray(references) ? (references[0] ?? null) : null, 'reference')
    expect(asName(reference.entries.get('TransformMethod'))).toBe('DocMDP')
    const parameters = reference.entries.get('TransformParams')
    expect(isDictionary(parameters) && asInteger(parameters.entries.get('P'))).toBe(2)
  })

  it('refuses to certify what is signed, and to sign what is certified with P=1', async () => {
    const identity = await citizen('ec-p256')
    const signed = signPdf(await plainPdf(), identity, cades)
    expect(codeOf(() => signPdf(signed, identity, { ...cades, certify: 1 }))).toBe('wrong-state')
    const certified = signPdf(await plainPdf(), identity, { ...cades, certify: 1 })
    expect(codeOf(() => signPdf(certified, identity, cades))).toBe('wrong-state')
    const open = signPdf(await plainPdf(), identity, { ...cades, certify: 2 })
    expect(codeOf(() => signPdf(open, identity, cades))).toBe('nothing was thrown')
  })

  it('refuses what is no PDF, is encrypted, or has a broken cross-reference', async () => {
    const identity = await citizen('ec-p256')
    const pdf = Buffer.from(await plainPdf())
    const text = pdf.toString('latin1')
    expect(codeOf(() => signPdf(new Uint8Array(0), identity, cades))).toBe('not-a-pdf')
    expect(codeOf(() => signPdf(pdf.subarray(0, pdf.length - 40), identity, cades))).toBe('malformed-pdf')
    const encrypted = Buffer.from(text.replace('/Root', '/Encrypt 9 0 R /Root'), 'latin1')
    expect(codeOf(() => signPdf(encrypted, identity, cades))).toBe('encrypted-input')
    const moved = Buffer.from(text.replace('%PDF-1.7', '%PDF-1.7\n\n\n'), 'latin1')
    expect(codeOf(() => signPdf(moved, identity, cades))).toBe('malformed-pdf')
  })

  it('signs with a key whose certificate says the same key', async () => {
    const identity = await citizen('rsa-2048')
    expect(new X509Certificate(identity.certificate).checkPrivateKey(identity.privateKey)).toBe(true)
    const signed = signPdf(await plainPdf(), identity, cades)
    const [, before, after] = lastByteRange(signed)
    const cms = Buffer.from(Buffer.from(signed.subarray(before + 1, after - 1)).toString('latin1'), 'hex')
    const digest = createHash('sha256').update(signed.subarray(0, before)).update(signed.subarray(after)).digest()
    expect(cms.includes(digest)).toBe(true)
    // The signed attributes stand once in the CMS, as [0]; signed as SET (RFC 5652 §5.4).
    const at = cms.indexOf(Buffer.from('06092a864886f70d010903', 'hex'))
    const start = cms.lastIndexOf(0xa0, at)
    const size = cms.readUInt8(start + 1) & 0x80 ? cms.readUInt8(start + 2) + 3 : cms.readUInt8(start + 1) + 2
    const attributes = Buffer.from(cms.subarray(start, start + size))
    attributes.writeUInt8(0x31, 0)
    const value = cms.subarray(cms.lastIndexOf(Buffer.from('04820100', 'hex')) + 4).subarray(0, 256)
    expect(verify('sha256', attributes, new X509Certificate(identity.certificate).publicKey, value)).toBe(true)
  })

  it('answers arbitrary bytes with a coded error, and never hangs', async () => {
    const identity = await citizen('ec-p256')
    const pdf = Buffer.from(await plainPdf({ objectStreams: true }))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(pdf.length), fc.boolean(), (noise, at, whole) => {
        const bytes = whole
          ? Buffer.concat([Buffer.from('%PDF-1.7\n'), noise, Buffer.from('startxref\n9\n%%EOF')])
          : Buffer.concat([pdf.subarray(0, at), noise, pdf.subarray(at + noise.length)])
        const code = codeOf(() => signPdf(bytes, identity, cades))
        expect(code).not.toMatch(/^not coded/)
      }),
      { numRuns: 300 },
    )
  })
})
