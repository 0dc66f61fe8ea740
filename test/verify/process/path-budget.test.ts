import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { finding } from '../../../src/verify/blocks/index.ts'
import { encode, encodeOid, readChildren, readElement } from '../../../src/verify/der/index.ts'
import { type VerificationReport, type VerifyOptions, verifyDocument } from '../../../src/verify/index.ts'
import { PathMemory, type PathOptions, prepareTrustStore } from '../../../src/verify/x509/index.ts'
import { cpuTimeMs } from '../../support/cpu-time.ts'
import { makeCms } from '../make-cms.ts'
import { certify, certifyEachOther, makeAuthority } from '../make-mesh.ts'
import {
  daysFromNow,
  extension,
  type Identity,
  integer,
  makeCrl,
  makeLeaf,
  NOW,
  octets,
  seq,
  text,
} from '../make-pki.ts'

const CONTENT = text('The tank is decommissioned.')
const DATA = '1.2.840.113549.1.7.1'
const SIGNED_DATA = '1.2.840.113549.1.7.2'

/** Gives the SignerInfo of a CMS by one signer. */
function signerInfoOf(signer: Identity): Uint8Array {
  const [, content] = readChildren(readElement(makeCms({ signer, content: CONTENT })))
  const [signedData] = content ? readChildren(content) : []
  const infos = signedData ? readChildren(signedData).at(-1) : undefined
  const [info] = infos ? readChildren(infos) : []
  if (!info) throw new Error('there is no signer')
  return info.bytes
}

/** One CMS by many signers, with a heap of certificates. */
function signedByAll(signers: readonly Identity[], heap: readonly Identity[]): Uint8Array {
  const certificates = [...signers, ...heap].map(({ certificate }) => certificate.bytes)
  const sha256 = seq(encodeOid('2.16.840.1.101.3.4.2.1'))
  const signedData = seq(
    integer(1),
    encode(0x31, sha256),
    seq(encodeOid(DATA), encode(0xa0, octets(CONTENT))),
    encode(0xa0, ...certificates),
    encode(0x31, ...signers.map(signerInfoOf)),
  )
  return seq(encodeOid(SIGNED_DATA), encode(0xa0, signedData))
}

const SIGNERS = 100
const root = makeAuthority('Root')
const cas = Array.from({ length: 12 }, (_, i) => makeAuthority(`Mesh ${i}`))
const [first, last] = [cas[0] ?? root, cas.at(-1) ?? root]
const heap = [...certifyEachOther(cas), certify(last, root)]
const anchor = certify(root, root)
const issuer = { ...first, certificate: certify(first, first).certificate }
const options: VerifyOptions = {
  validationTime: NOW,
  trustAnchors: [anchor.certificate.bytes],
  checkRevocation: 'off',
}
/** No path saves a leaf with a demand that nobody knows: each way through the mesh is tried. */
const hopeless = extension('1.3.6.1.4.1.99999.7', octets(Uint8Array.of()), true)
const leaves = (extensions: readonly Uint8Array[]): readonly Identity[] =>
  Array.from({ length: SIGNERS }, (_, i) => makeLeaf(`Kai ${i}`, issuer, extensions))

const codesOf = ({ signatures }: VerificationReport): readonly (readonly string[])[] =>
  signatures.map(({ findings }) => findings.map(({ code }) => code))

async function judge(bytes: Uint8Array): Promise<{ readonly report: VerificationReport; readonly ms: number }> {
  const reports: VerificationReport[] = []
  const ms = await cpuTimeMs(() => void reports.push(verifyDocument(bytes, options)))
  const [report] = reports
  if (!report) throw new Error('there is no report')
  return { report, ms }
}

describe('a hundred signatures over a mesh of cross-certificates', () => {
  it('by signers that no path saves cost little more than some, and it is said that the search was ended', async () => {
    const honest = makeLeaf('Ida', { ...root, certificate: anchor.certificate })
    const { report, ms } = await judge(signedByAll([...leaves([hopeless]).slice(1), honest], heap))
    const codes = codesOf(report)
    expect(codes.length).toBe(SIGNERS)
    for (const one of codes.slice(0, -1)) expect(one).toContain('unknown-critical-extension')
    expect(codes.at(-2)).toContain('path-budget-exhausted')
    // What the others spent is no burden to who needs little.
    expect(report.signatures.at(-1)?.indication).toBe('TOTAL-PASSED')
    // 1600 ms where each search has a budget of its own.
    expect(ms).toBeLessThan(1200)
  })

  it('whose issuer has the name of many slow keys cost no hundred searches', async () => {
    const { subject } = makeAuthority('Same')
    const slow = () => ({ ...generateKeyPairSync('ec', { namedCurve: 'brainpoolP512r1' }), subject })
    const same = Array.from({ length: 130 }, slow)
    const many = same.map((one, i) => certify(one, same[(i + 1) % same.length] ?? one))
    const unknown = makeAuthority('Same')
    const by = { ...unknown, certificate: certify(unknown, unknown).certificate }
    const signers = Array.from({ length: SIGNERS }, (_, i) => makeLeaf(`Kai ${i}`, by))
    const { report, ms } = await judge(signedByAll(signers, [...many, certify(slow(), root)]))
    const last = report.signatures.at(-1)
    expect(last).toMatchObject({ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', trusted: null })
    const ended = last?.findings.find(({ code }) => code === 'path-budget-exhausted')
    expect(ended?.message).toContain('or that of the document')
    // 12 s where each search has a budget of its own.
    expect(ms).toBeLessThan(6000)
  })
})

describe('what was found out about a certificate', () => {
  const leaf = makeLeaf('Kai', { ...root, certificate: anchor.certificate })
  const trustAnchors = prepareTrustStore([anchor.certificate.bytes])
  const crl = makeCrl({ issuer: root })
  const asked: PathOptions = { trustAnchors, validationTime: NOW, crls: [crl] }

  it('stands for the next signature by it', () => {
    const memory = new PathMemory()
    const first = memory.validate(leaf.certificate, { ...asked, poeOf: () => null })
    expect(first.indication).toBe('PASSED')
    expect(memory.validate(leaf.certificate, { ...asked, poeOf: () => null })).toBe(first)
  })

  it.each<readonly [string, Partial<PathOptions>]>([
    ['at another time', { validationTime: daysFromNow(0.5) }],
    ['asked about a past time', { controlTime: daysFromNow(-1) }],
    ['with other evidence', { crls: [] }],
    ['with other certificates', { intermediates: [leaf.certificate] }],
    ['for another purpose', { purpose: 'timestamping' }],
    ['where other times are proven', { poeOf: () => daysFromNow(-1) }],
    [
      'where other algorithms are relied on',
      { judgeAlgorithm: () => finding('digest-too-weak', 'error', 'weak', null) },
    ],
    ['by other anchors', { trustAnchors: prepareTrustStore([]) }],
  ])('does not stand %s', (_, more) => {
    const memory = new PathMemory()
    const first = memory.validate(leaf.certificate, asked)
    expect(memory.validate(leaf.certificate, { ...asked, ...more })).not.toBe(first)
  })
})
