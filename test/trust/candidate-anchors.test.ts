import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { approveCase, openCase } from '../../src/casework/index.ts'
import { sha256Hex } from '../../src/model/ids.ts'
import { instant } from '../../src/model/time.ts'
import {
  issueCertificate,
  type MadeIdentity,
  makeCa,
  makeEndEntity,
  signPdf,
  toPem,
  validYears,
} from '../../src/seal/index.ts'
import { task as certificatesTask } from '../../src/trust/certificates-task.ts'
import {
  addAnchor,
  type CandidateParts,
  createCandidateFinder,
  disableAnchor,
  verifySubmission,
} from '../../src/trust/index.ts'
import { task as verifyTask } from '../../src/trust/verify-task.ts'
import { kaisAttest, makeAttest } from '../../src/typeset/index.ts'
import { embeddedCertificates, VerifyError } from '../../src/verify/index.ts'
import { CASEWORKER, type GivenPart, given, pdf, scene, settings, silentLog } from '../casework/scene.ts'

const validity = validYears(new Date('2026-01-01T00:00:00Z'), 5)
const name = (commonName: string) => ({ country: 'DK', organization: 'Firma', commonName })

let ca: MadeIdentity
let namesake: MadeIdentity
let anna: MadeIdentity
let attest: Uint8Array

beforeAll(async () => {
  ca = await makeCa(name('Oliefirmaets CA'), validity, 'rsa-2048')
  namesake = await makeCa(name('Oliefirmaets CA'), validity, 'ec-p256')
  anna = await makeEndEntity(ca, { profile: 'citizen', subject: name('Anna Møller'), validity })
  attest = await makeAttest(kaisAttest())
})

/** Signs the attest with Anna's key; the CMS carries her certificate and ABOVE. */
const signedWith = (above: readonly Uint8Array[], by: MadeIdentity = anna): Uint8Array =>
  signPdf(
    attest,
    { privateKey: by.privateKey, certificateChain: [by.certificate, ...above] },
    { subFilter: 'ETSI.CAdES.detached', signingTime: new Date('2026-11-24T09:00:00Z'), name: 'Anna Møller' },
  )

const part = (bytes: Uint8Array, file = 'attest.pdf'): GivenPart => ({ ...pdf(file), bytes: Buffer.from(bytes) })

async function waiting(parts: readonly GivenPart[]) {
  const world = scene()
  await given(world, parts, { state: 'normalised' })
  const asked: string[] = []
  const judge: CandidateParts = {
    ...world.parts,
    log: silentLog,
    fetcher: null,
    settings: { ...settings, checkRevocation: 'if-present' },
    sandbox: {
      verify: (input) => {
        asked.push('verify')
        return verifyTask(input)
      },
      certificates: (bytes) => {
        asked.push('certificates')
        return certificatesTask({ pdf: bytes })
      },
    },
  }
  await verifySubmission(await world.lease('verify'), judge)
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  if (!row) throw new Error('no case')
  asked.length = 0
  const find = createCandidateFinder(judge)
  return { world, row, asked, candidates: () => find(row.id) }
}

describe("a waiting case's candidates", () => {
  it('are the CA of an intact signature that nobody vouches for, with what it would change', async () => {
    const { candidates, row, world } = await waiting([part(signedWith([ca.certificate]))])
    const [submission] = await world.store.submissionsOfCase(row.id)
    const { anchors, missing } = await candidates()
    expect(missing).toEqual([])
    expect(anchors).toHaveLength(1)
    expect(anchors[0]).toMatchObject({
      subject: 'CN=Oliefirmaets CA,O=Firma,C=DK',
      issuer: 'CN=Oliefirmaets CA,O=Firma,C=DK',
      notBefore: '2026-01-01T00:00:00.000Z',
      key: 'RSA 2048',
      isCa: true,
      selfSigned: true,
      signer: 'Anna Møller',
      document: 'attest.pdf',
      submissionId: submission?.id,
      wouldBe: 'TOTAL-PASSED',
    })
    expect(Buffer.from(anchors[0]?.der ?? []).equals(ca.certificate)).toBe(true)
  })

  it('never hold a CA that only has the right name: the issuer is missing then', async () => {
    const { candidates } = await waiting([part(signedWith([namesake.certificate]))])
    const { anchors, missing } = await candidates()
    expect(anchors).toEqual([])
    expect(missing).toMatchObject([{ issuer: 'CN=Oliefirmaets CA,O=Firma,C=DK', signer: 'Anna Møller' }])
  })

  it('name the missing issuer where only the signer is in the file', async () => {
    const { candidates } = await waiting([part(signedWith([]))])
    expect(await candidates()).toMatchObject({
      anchors: [],
      missing: [{ issuer: 'CN=Oliefirmaets CA,O=Firma,C=DK', document: 'attest.pdf', urls: [] }],
    })
  })

  it('put CAs before a signer who vouches for himself', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const subject = name('Bo')
    const certificate = issueCertificate(
      { profile: 'citizen', subject, publicKey, ...validity },
      { privateKey, certificate: null },
    )
    const bo = { privateKey, certificate, certificatePem: toPem(certificate), certificateChain: [certificate] }
    const { candidates } = await waiting([
      part(signedWith([], bo), 'own.pdf'),
      part(signedWith([ca.certificate]), 'b.pdf'),
    ])
    expect((await candidates()).anchors).toMatchObject([
      { subject: 'CN=Oliefirmaets CA,O=Firma,C=DK', isCa: true },
      { subject: 'CN=Bo,O=Firma,C=DK', isCa: false, selfSigned: true, key: 'EC P-256' },
    ])
  })

  it('are none of a file that was changed after signing: its signature is not intact', async () => {
    const changed = Buffer.from(signedWith([ca.certificate]))
    changed.writeUInt8(changed.readUInt8(600) ^ 1, 600)
    expect(await (await waiting([part(changed)])).candidates()).toEqual({ anchors: [], missing: [] })
  })

  it('are none of what is an anchor already, in force or not', async () => {
    const { candidates, world } = await waiting([part(signedWith([ca.certificate]))])
    const common = {
      purposes: ['document'],
      source: 'file',
      note: 'x',
      actor: 'ida',
      at: instant(world.clock()),
    } as const
    const { sha256 } = await world.store.commit((write) =>
      addAnchor(write, { ...common, der: ca.certificate, typedFingerprint: sha256Hex(ca.certificate) }),
    )
    expect((await candidates()).anchors).toEqual([])
    await world.store.commit((write) => disableAnchor(write, sha256, { actor: 'ida', reason: 'x', at: common.at }))
    expect((await candidates()).anchors).toEqual([])
  })

  it('are none of a decided case', async () => {
    const { candidates, world, row } = await waiting([part(signedWith([ca.certificate]))])
    await approveCase({ caseId: row.id, actor: CASEWORKER }, world)
    expect(await candidates()).toEqual({ anchors: [], missing: [] })
  })

  it('are looked up in the sandbox once, however often the page is opened', async () => {
    const { candidates, asked } = await waiting([part(signedWith([ca.certificate]))])
    await candidates()
    await candidates()
    expect(asked).toEqual(['certificates', 'verify'])
  })
})

describe('certificates of a PDF', () => {
  it('are linked by signatures: one of the same name with another key is passed over', async () => {
    const chains = embeddedCertificates(signedWith([namesake.certificate, ca.certificate]))
    expect(chains.map(({ chain }) => chain.map((one) => one.key))).toEqual([['RSA 2048', 'RSA 2048']])
    expect(chains[0]?.chain.at(-1)?.selfSigned).toBe(true)
  })

  it('of arbitrary bytes, or a damaged PDF, are a list or a coded fault', () => {
    const signed = Buffer.from(signedWith([ca.certificate]))
    const readOrRefuse = (bytes: Uint8Array): void => {
      try {
        expect(Array.isArray(embeddedCertificates(bytes))).toBe(true)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(VerifyError)
        expect((thrown as VerifyError).code).not.toBe('internal')
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), readOrRefuse), { numRuns: 200 })
    const damage = fc.tuple(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }))
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (hits) => {
        const bytes = Buffer.from(signed)
        for (const [at, by] of hits) bytes.writeUInt8(bytes.readUInt8(at) ^ by, at)
        readOrRefuse(bytes)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
