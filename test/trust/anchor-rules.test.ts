import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import forge from 'node-forge'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  issueCertificate,
  type MadeIdentity,
  makeCa,
  makeEndEntity,
  signPdf,
  validYears,
} from '../../src/seal/index.ts'
import {
  type AnchorWarning,
  addAnchor,
  describeAnchor,
  disableAnchor,
  enableAnchor,
  judgeAnchor,
  readCertificate,
} from '../../src/trust/index.ts'
import { kaisAttest, makeAttest } from '../../src/typeset/index.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import { memoryStore } from '../support/memory-store.ts'

const AT = new Date('2026-11-24T09:00:00Z')
const validity = validYears(new Date('2026-01-01T00:00:00Z'), 10)
const past = validYears(new Date('2015-01-01T00:00:00Z'), 10)
const subject = { country: 'DK', commonName: 'Prøve-CA' }
const wanted = (der: Uint8Array) =>
  ({ der, purposes: ['document'], source: 'file', note: 'x', actor: 'ida', at: AT.toISOString() }) as const

let ca: MadeIdentity
beforeAll(async () => {
  ca = await makeCa(subject, validity, 'rsa-2048')
})

const caWith = (publicKey: KeyObject) => issueCertificate({ profile: 'ca', subject, publicKey, ...validity }, ca)

/** By forge, which makes what nobody should: short keys, SHA-1, no extensions. */
function oldCa(
  bits: number,
  change: { readonly by?: 'itself' | 'another'; readonly version1?: boolean; readonly usage?: object } = {},
): Uint8Array {
  const keys = forge.pki.rsa.generateKeyPair(bits)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  certificate.serialNumber = '01'
  certificate.validity.notBefore = validity.notBefore
  certificate.validity.notAfter = validity.notAfter
  const name = [{ name: 'commonName', value: 'Gammel CA' }]
  certificate.setSubject(name)
  certificate.setIssuer(change.by === 'another' ? [{ name: 'commonName', value: 'Rod' }] : name)
  if (change.version1) certificate.version = 0
  else certificate.setExtensions([{ name: 'basicConstraints', cA: true }, ...(change.usage ? [change.usage] : [])])
  const signer = change.by === 'another' ? forge.pki.rsa.generateKeyPair(1024).privateKey : keys.privateKey
  certificate.sign(signer, forge.md.sha1.create())
  return Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), 'latin1')
}

describe('the rules for what may become an anchor', () => {
  it('find nothing against a CA in force with a strong key', () => {
    expect(judgeAnchor(ca.certificate, AT)).toMatchObject({ key: 'RSA 2048', refusal: null, warnings: [] })
  })

  it.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    [
      "a person's certificate",
      async () => (await makeEndEntity(ca, { profile: 'citizen', subject, validity, kind: 'ec-p256' })).certificate,
    ],
    ['one of version 1, which cannot say that it is a CA', () => oldCa(1024, { version1: true })],
    [
      'a CA whose key may not sign certificates',
      () => oldCa(1024, { usage: { name: 'keyUsage', digitalSignature: true } }),
    ],
  ])('refuse %s, in every way in', async (_what, make) => {
    const der = await make()
    expect(judgeAnchor(der, AT).refusal).toBe('not-a-ca')
    const store = memoryStore()
    const refused = { code: 'not-a-ca', facts: { subject: readCertificate(der).subject } }
    await expect(store.commit((write) => addAnchor(write, wanted(der)))).rejects.toMatchObject(refused)
    expect([await store.listAnchors(), await store.listTrustChanges()]).toEqual([[], []])
  })

  it('hold for one that was taken in before them, when it is put back in force', async () => {
    const store = memoryStore()
    const { sha256 } = await store.commit((write) => addAnchor(write, wanted(ca.certificate)))
    const change = { actor: 'ida', reason: 'x', at: AT.toISOString() }
    await store.commit((write) => disableAnchor(write, sha256, change))
    const stored = store.tables().anchors.get(sha256)
    if (!stored) throw new Error('no anchor')
    store.tables().anchors.set(sha256, { ...stored, der: oldCa(1024, { version1: true }) })
    const enabling = store.commit((write) => enableAnchor(write, sha256, change))
    await expect(enabling).rejects.toMatchObject({ code: 'not-a-ca' })
  })

  it.each<[AnchorWarning[], string, () => Uint8Array | Promise<Uint8Array>]>([
    [['expired'], 'an expired CA', async () => (await makeCa(subject, past, 'ec-p256')).certificate],
    [
      ['not-yet-valid'],
      'one of tomorrow',
      async () => (await makeCa(subject, validYears(new Date('2027-01-01T00:00:00Z'), 1), 'ec-p256')).certificate,
    ],
    [['rsa-too-small'], 'RSA of 1024 bits; its own SHA-1 says nothing', () => oldCa(1024)],
    [['rsa-too-small', 'weak-digest'], "another CA's SHA-1 over it, too", () => oldCa(1024, { by: 'another' })],
    [
      ['dsa-key'],
      'DSA',
      () => caWith(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey),
    ],
    [['curve-too-small'], 'P-192', () => caWith(generateKeyPairSync('ec', { namedCurve: 'prime192v1' }).publicKey)],
    [
      ['curve-too-small'],
      'a curve of 160 bits',
      () => caWith(generateKeyPairSync('ec', { namedCurve: 'secp160r1' }).publicKey),
    ],
    [['key-unknown'], 'X25519, which signs nothing', () => caWith(generateKeyPairSync('x25519').publicKey)],
  ])('warn of %j: %s, and take it', async (warnings, _what, make) => {
    const der = await make()
    expect(judgeAnchor(der, AT)).toMatchObject({ refusal: null, warnings })
    const store = memoryStore()
    await store.commit((write) => addAnchor(write, wanted(der)))
    for (const language of ['da', 'en'] as const) {
      expect(describeAnchor(der, language, AT)?.warnings).toHaveLength(warnings.length)
    }
  })

  it('say an expired one in words, and say nothing of what cannot be read', async () => {
    const der = (await makeCa(subject, past, 'ec-p256')).certificate
    expect(describeAnchor(der, 'en', AT)).toEqual({
      key: 'EC P-256',
      validFrom: '2015-01-01T00:00:00.000Z',
      validTo: '2025-01-01T00:00:00.000Z',
      fit: true,
      warnings: ['Expired on 2025-01-01, counts for signatures proven to be older.'],
    })
    expect(describeAnchor(der, 'da', AT)?.warnings[0]).toContain('Udløb den 01.01.2025')
    expect(describeAnchor(new Uint8Array([1]), 'da', AT)).toBeNull()
  })
})

describe('an expired anchor', () => {
  it('counts for a signature proven to be older, and for no other', async () => {
    const old = await makeCa(subject, past, 'rsa-2048')
    const anna = await makeEndEntity(old, { profile: 'citizen', subject: { commonName: 'Anna' }, validity: past })
    const signed = signPdf(
      await makeAttest(kaisAttest()),
      { privateKey: anna.privateKey, certificateChain: [anna.certificate, old.certificate] },
      { subFilter: 'ETSI.CAdES.detached', signingTime: new Date('2024-06-01T09:00:00Z'), name: 'Anna' },
    )
    const judge = (poe: string | null) =>
      verifyDocument(signed, {
        validationTime: AT,
        trustAnchors: [old.certificate],
        checkRevocation: 'off',
        poe: poe === null ? null : new Date(poe),
      }).signatures[0]
    expect(judge('2024-07-01T00:00:00Z')).toMatchObject({ indication: 'TOTAL-PASSED' })
    for (const poe of [null, '2025-07-01T00:00:00Z']) {
      expect(judge(poe)).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' })
    }
  })

  it('counts no more where the signer’s own certificate holds on: it is the anchor that ended', async () => {
    const old = await makeCa(subject, past, 'rsa-2048')
    const anna = await makeEndEntity(old, {
      profile: 'citizen',
      subject: { commonName: 'Anna' },
      validity: validYears(past.notBefore, 20),
    })
    const signed = signPdf(
      await makeAttest(kaisAttest()),
      { privateKey: anna.privateKey, certificateChain: [anna.certificate, old.certificate] },
      { subFilter: 'ETSI.CAdES.detached', signingTime: AT, name: 'Anna' },
    )
    const options = { validationTime: AT, trustAnchors: [old.certificate], checkRevocation: 'off' } as const
    const [now] = verifyDocument(signed, { ...options, poe: AT }).signatures
    expect(now).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' })
    const [before] = verifyDocument(signed, { ...options, poe: new Date('2024-07-01T00:00:00Z') }).signatures
    expect(before).toMatchObject({ indication: 'TOTAL-PASSED' })
  })
})
