import { describe, expect, it } from 'vitest'
import { addValidationData, createLocalKey, createSealer, extendSeal } from '../../src/seal/index.ts'
import type { SealEvidence } from '../../src/seal/security-store.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import type { VerificationReport } from '../../src/verify/report/report.ts'
import { authorityOf, publishedCrl } from '../support/time-stamp-authority.ts'
import { type TimeStampWorld, timeStampWorld } from '../support/time-stamp-world.ts'
import { plainPdf } from './identities.ts'

const NOTHING: SealEvidence = { certificates: [], crls: [], ocsps: [] }

/** As the gateway seals, with a time-stamp where the authority gives one. */
async function seal(pdf: Uint8Array, world: TimeStampWorld): Promise<Uint8Array> {
  const authority = await authorityOf(world)
  const sealer = createSealer({
    key: createLocalKey(world.seal),
    timestamp: async (value) => (world.answering.away ? null : (await authority.stamp([value])).token),
  })
  return sealer.sealPdf(pdf, { reason: 'Godkendt', location: 'Prøve', signingTime: world.now })
}

/** By the anchors and what is in the file alone. */
function judge(pdf: Uint8Array, { root }: TimeStampWorld, at: string): VerificationReport {
  return verifyDocument(pdf, {
    validationTime: new Date(at),
    trustAnchors: [root.certificate.bytes],
    checkRevocation: 'require',
  })
}

const evidenceNow = async (world: TimeStampWorld): Promise<SealEvidence> => ({
  ...NOTHING,
  certificates: [world.root.certificate.bytes],
  crls: [await publishedCrl(world)],
})

async function sealedAndExtended(objectStreams = false, stamped = true) {
  const world = timeStampWorld()
  world.answering = { authority: world.firstAuthority, away: !stamped }
  const sealed = await seal(await plainPdf({ objectStreams }), world)
  world.answering = { authority: world.firstAuthority }
  const authority = await authorityOf(world)
  const evidence = await evidenceNow(world)
  const { pdf } = await extendSeal(sealed, evidence, authority)
  return { world, sealed, extended: pdf, evidence }
}

async function renewed(at: string) {
  const { world, extended } = await sealedAndExtended()
  world.now = new Date(at)
  world.answering = { authority: world.secondAuthority }
  const { pdf } = await extendSeal(extended, await evidenceNow(world), await authorityOf(world))
  return { world, pdf }
}

describe('a seal that is brought to PAdES B-LTA', () => {
  it.each([
    ['with object streams', true, true],
    ['without', false, true],
    ['sealed when the authority was away', false, false],
  ])('is one, and no byte before has changed (%s)', async (_, objectStreams, stamped) => {
    const { world, sealed, extended } = await sealedAndExtended(objectStreams, stamped)
    expect(Buffer.from(extended.subarray(0, sealed.length))).toEqual(Buffer.from(sealed))
    const report = judge(extended, world, '2026-11-24T11:00:00Z')
    expect(report.indication).toBe('TOTAL-PASSED')
    expect(report.signatures.map(({ kind, level, indication }) => [kind, level, indication])).toEqual([
      ['pdf', 'PAdES-B-LTA', 'TOTAL-PASSED'],
      ['pdf-timestamp', null, 'PASSED'],
    ])
    // The certification permits nothing; validation data and document time-stamps are no change to it.
    expect(report.signatures[0]).toMatchObject({ docMdp: 1, changesAfter: 'permitted' })
    const [before] = judge(sealed, world, '2026-11-24T11:00:00Z').signatures
    expect(before).toMatchObject({ indication: 'INDETERMINATE', level: stamped ? 'PAdES-B-T' : 'PAdES-B-B' })
  })

  it("is valid when the seal has ended and the authority has not, by the authority's list alone", async () => {
    const { world, sealed, extended } = await sealedAndExtended()
    world.now = new Date('2028-10-01T00:00:00Z')
    const crls = [await publishedCrl(world)]
    const by = { validationTime: world.now, trustAnchors: [world.root.certificate.bytes], crls }
    expect(verifyDocument(extended, by).indication).toBe('TOTAL-PASSED')
    expect(verifyDocument(sealed, by).indication).toBe('INDETERMINATE')
  })

  it('is valid in 2040 where it was renewed before the authority ended', async () => {
    const { world, pdf } = await renewed('2028-09-01T10:00:00Z')
    world.now = new Date('2040-06-01T00:00:00Z')
    const report = verifyDocument(pdf, {
      validationTime: world.now,
      trustAnchors: [world.root.certificate.bytes],
      crls: [await publishedCrl(world)],
    })
    expect(report.signatures.map(({ indication }) => indication)).toEqual(['TOTAL-PASSED', 'PASSED', 'PASSED'])
    expect(report.signatures[0]).toMatchObject({ level: 'PAdES-B-LTA', bestSignatureTime: '2026-11-24T10:00:00.000Z' })
  })

  it('is not in 2040 where it was renewed too late, or never', async () => {
    const { world, pdf } = await renewed('2029-02-01T10:00:00Z')
    const { extended } = await sealedAndExtended()
    world.now = new Date('2040-06-01T00:00:00Z')
    const crls = [await publishedCrl(world)]
    const by = { validationTime: world.now, trustAnchors: [world.root.certificate.bytes], crls }
    expect(verifyDocument(pdf, by).indication).toBe('INDETERMINATE')
    expect(verifyDocument(extended, by).indication).toBe('INDETERMINATE')
  })

  it('is none where a byte of any revision was flipped', async () => {
    const { world, sealed, extended } = await sealedAndExtended()
    for (const at of [40, sealed.length - 200, sealed.length + 40, extended.length - 300]) {
      const spoilt = Buffer.from(extended)
      spoilt[at] = (spoilt[at] ?? 0) ^ 1
      expect(judge(spoilt, world, '2026-11-24T11:00:00Z').indication).not.toBe('TOTAL-PASSED')
    }
  })
})

describe('validation data in a PDF', () => {
  it('comes in once, and changes nothing where all of it is there', async () => {
    const { world, extended, evidence: first } = await sealedAndExtended()
    expect(addValidationData(extended, first) === extended).toBe(true)
    world.now = new Date('2026-12-24T00:00:00Z')
    const crl = await publishedCrl(world)
    const again = addValidationData(extended, { ...first, crls: [...first.crls, crl, crl] })
    const text = Buffer.from(again.subarray(extended.length)).toString('latin1')
    expect(text.match(/ obj\n/g)).toHaveLength(2)
    expect(judge(again, world, '2026-11-24T11:00:00Z').indication).toBe('TOTAL-PASSED')
  })
})
