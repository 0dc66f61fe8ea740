import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeInput } from '../../scripts/fuzz/input.ts'
import { mutateDer } from '../../scripts/fuzz/mutate-der.ts'
import { findFault } from '../../scripts/fuzz/oracle.ts'
import { randomOf } from '../../scripts/fuzz/random.ts'
import { loadSeeds } from '../../scripts/fuzz/seeds.ts'
import { parseSignedData, verifySignerInfo } from '../../src/verify/cms/index.ts'
import { readElementAt } from '../../src/verify/der/index.ts'
import { VerifyError } from '../../src/verify/errors.ts'
import type { VerificationReport } from '../../src/verify/index.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import { parseOcspResponse } from '../../src/verify/revocation/index.ts'
import { crlEntriesOf, parseCertificate, parseCertificateList } from '../../src/verify/x509/index.ts'
import { appendUpdate, BASE_OBJECTS, writePdf } from '../support/make-signed-pdf.ts'
import { makeCms } from './make-cms.ts'
import { makeCa, makeLeaf, makeOcsp } from './make-pki.ts'
import { judge, signedPdf } from './process/pdf-cases.ts'

const seeds = loadSeeds(join(import.meta.dirname, '../..'), null)
const LIMIT_MS = 2000

/** Runs it; gives what it gave, or null where it ended in a coded fault. Anything else, or too long, fails the test. */
function within<T>(run: () => T): T | null {
  const before = process.cpuUsage()
  try {
    return run()
  } catch (fault) {
    expect(fault).toBeInstanceOf(VerifyError)
    expect(fault).not.toMatchObject({ code: 'internal' })
    return null
  } finally {
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000).toBeLessThan(LIMIT_MS)
  }
}

const index = fc.nat(2 ** 31 - 1)

describe('readers of DER', () => {
  const content = Buffer.from('content')
  const issuer = makeCa('Test CA')
  const leaf = makeLeaf('Kai Jensen', issuer)
  const { certificate } = leaf
  const ocsp = makeOcsp({ signer: issuer, issuer: issuer.certificate, certificate, status: 'revoked' })
  const signed = makeCms({ signer: leaf, content })
  const covered = { digestOf: () => new Uint8Array(32), bytes: () => content }
  const [crl] = seeds.evidence.filter((der) => within(() => parseCertificateList(der)) !== null)
  const readers: readonly (readonly [string, Uint8Array | undefined, (bytes: Uint8Array) => unknown])[] = [
    ['an element', signed, (bytes) => readElementAt(bytes, 0, 'ber')],
    ['a certificate', leaf.certificate.bytes, parseCertificate],
    ['a CRL', crl, (bytes) => crlEntriesOf(parseCertificateList(bytes), '01')],
    ['an OCSP response', ocsp.bytes, parseOcspResponse],
    [
      'a CMS',
      signed,
      (bytes) => {
        const cms = parseSignedData(bytes)
        return cms.signerInfos.map((info) => verifySignerInfo(cms, info, covered))
      },
    ],
  ]

  it.each(readers)('end with a value or a coded error: %s', (_what, sample, read) => {
    const original = Buffer.from(sample ?? [])
    expect(original.length).toBeGreaterThan(100)
    const bytes = fc.oneof(
      index.map((at) => mutateDer(original, randomOf(1, at), signed as Buffer)),
      fc.uint8Array({ maxLength: 300 }),
    )
    fc.assert(
      fc.property(bytes, (one) => void within(() => read(one))),
      { numRuns: 600 },
    )
  })
})

describe('verifyDocument', () => {
  it('gives a verdict or a coded error on any bytes, whatever they begin with', () => {
    const begin = fc.constantFrom('', '%PDF-1.7\n', 'From: a@b.dk\n\n', '-----BEGIN CMS-----\n', '0\x80', 'xx%PDF-2.0')
    const { options } = seeds.documents[0] ?? { options: null }
    if (!options) throw new Error('there are no fixtures')
    fc.assert(
      fc.property(begin, fc.uint8Array({ maxLength: 1500 }), (start, rest) => {
        const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest])
        const report = within(() => verifyDocument(bytes, options))
        expect(report?.error === undefined).toBe(report?.indication !== undefined)
        expect(report?.indication).not.toBe('TOTAL-PASSED')
      }),
      { numRuns: 500 },
    )
  })

  it('lets no changed fixture pass over what nobody signed, and says what stands behind a signature', () => {
    fc.assert(
      fc.property(index, (at) => {
        const input = makeInput(seeds, 2, at)
        const report = within(() => verifyDocument(input.bytes, input.options))
        expect(report && findFault(seeds, input, report)).toBeNull()
      }),
      { numRuns: 400 },
    )
  })

  it('follows no chain of streams whose lengths are one another', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => 1000 + i)
    const streams = new Map(chain.map((n) => [n, `<< /Length ${n + 1} 0 R >>\nstream\nabc\nendstream`]))
    const pdf = writePdf(new Map([...BASE_OBJECTS, ...streams])).toString('latin1')
    const bytes = Buffer.from(pdf.replace('/Size 100', '/Size 99999'), 'latin1')
    const report = within(() => verifyDocument(bytes, { validationTime: new Date('2026-11-24'), trustAnchors: [] }))
    expect(report).toMatchObject({ indication: 'NO-SIGNATURE' })
    expect(report).not.toHaveProperty('error')
  })

  it('bounds what it holds of a file that swells, or repeats itself', () => {
    const dictionary = '<< /A '.repeat(90)
    const objects = new Map(Array.from({ length: 5000 }, (_, i): [number, string] => [i + 50, dictionary]))
    const pdf = appendUpdate(signedPdf(), objects)
    const before = process.memoryUsage().rss
    within(() => judge(pdf))
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
  })
})

describe('what the fuzzer asks of an answer', () => {
  const passing = seeds.documents.find((seed) => seed.indication === 'TOTAL-PASSED' && seed.name.endsWith('.pdf'))
  if (!passing) throw new Error('no fixture passes')
  const report = verifyDocument(passing.bytes, passing.options)
  const ask = (bytes: Buffer, answer: VerificationReport) =>
    findFault(seeds, { seed: passing, bytes, options: passing.options, evidenceMutated: false }, answer)

  it('is nothing where a fixture passes as it is, or with white space behind it', () => {
    expect(ask(passing.bytes, report)).toBeNull()
    expect(ask(Buffer.concat([passing.bytes, Buffer.from('\n')]), report)).toBeNull()
  })

  it('is that no byte of the signed range is another', () => {
    const [, length = 0] = report.signatures[0]?.byteRange ?? []
    for (const at of [10, length - 1, passing.bytes.length - 2]) {
      const changed = Buffer.from(passing.bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(ask(changed, report)).toMatch(/nobody signed/)
    }
  })

  it('is that bytes behind the range are said', () => {
    expect(ask(Buffer.concat([passing.bytes, Buffer.from('x')]), report)).toMatch(/unsaid/)
  })

  it('is that a signature does not vanish, and that faults of ours are none of the answers', () => {
    expect(ask(passing.bytes, { ...report, indication: 'NO-SIGNATURE', signatures: [] })).toMatch(/unsaid/)
    const { indication: _none, ...rest } = report
    expect(ask(passing.bytes, { ...rest, error: { code: 'internal', message: 'x' } })).toMatch(/internal/)
    expect(ask(passing.bytes, rest)).toMatch(/neither/)
  })

  it('finds what its ways of changing a file reach: verdicts of every kind', () => {
    const seen = new Set<string | undefined>()
    for (let at = 0; at < 300; at += 1) {
      const input = makeInput(seeds, 3, at)
      seen.add(verifyDocument(input.bytes, input.options).indication)
    }
    expect(seen.size).toBeGreaterThanOrEqual(5)
  })

  it('is the same input for the same seed and index', () => {
    expect(makeInput(seeds, 9, 77).bytes.equals(makeInput(seeds, 9, 77).bytes)).toBe(true)
    expect(makeInput(seeds, 9, 77).bytes.equals(makeInput(seeds, 9, 78).bytes)).toBe(false)
  })
})
