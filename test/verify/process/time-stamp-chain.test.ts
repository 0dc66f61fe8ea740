import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signPdf } from '../../../src/seal/index.ts'
import { endOfAlgorithm } from '../../../src/verify/blocks/algorithm-end.ts'
import { algorithmPolicyWith, DEFAULT_ALGORITHM_POLICY } from '../../../src/verify/blocks/algorithm-policy.ts'
import { type ArchiveTimeStamp, verifyArchiveTimeStamps, verifyDocument } from '../../../src/verify/index.ts'
import { plainPdf } from '../../seal/identities.ts'
import { authorityOf, publishedCrl } from '../../support/time-stamp-authority.ts'
import { type TimeStampWorld, timeStampWorld } from '../../support/time-stamp-world.ts'

const listOf = (...objects: readonly Uint8Array[]): Buffer =>
  Buffer.from(objects.map((one, i) => `${createHash('sha512').update(one).digest('hex')}  object/${i}\n`).join(''))

async function stampNow(world: TimeStampWorld, objects: readonly Uint8Array[]): Promise<ArchiveTimeStamp> {
  const manifest = listOf(...objects)
  return { manifest, token: (await (await authorityOf(world)).stamp([manifest])).token }
}

/** A citizen's PDF that was stamped in 2026, and again before the authority's end, over what was published then. */
async function twiceStamped(renewedAt = '2028-09-01T10:00:00Z') {
  const world = timeStampWorld()
  const pdf = signPdf(await plainPdf(), world.citizen, {
    subFilter: 'ETSI.CAdES.detached',
    signingTime: world.now,
  })
  const first = await publishedCrl(world)
  const one = await stampNow(world, [pdf, first])
  world.now = new Date(renewedAt)
  world.answering = { authority: world.secondAuthority }
  const later = await publishedCrl(world)
  const two = await stampNow(world, [pdf, first, later, one.manifest, one.token])
  world.now = new Date('2040-06-01T00:00:00Z')
  return { world, pdf, one, two, crls: [first, later, await publishedCrl(world)] }
}

const options = (world: TimeStampWorld, crls: readonly Uint8Array[]) => ({
  validationTime: world.now,
  trustAnchors: [{ der: world.root.certificate.bytes, uses: ['timestamp'] as const }],
  crls,
})

describe('archive time-stamps, one over the other', () => {
  it('prove in 2040 what existed in 2026, and so the signature of a paper that nobody touched', async () => {
    const { world, pdf, one, two, crls } = await twiceStamped()
    const chain = verifyArchiveTimeStamps([one, two], crls, options(world, crls))
    expect(chain.timestamps.map(({ indication }) => indication)).toEqual(['PASSED', 'PASSED'])
    expect(chain.provenAt(pdf)).toEqual(new Date('2026-11-24T10:00:00Z'))
    const judged = (poe: Date | null): string | undefined =>
      verifyDocument(pdf, {
        validationTime: world.now,
        trustAnchors: [world.root.certificate.bytes],
        crls: crls.slice(0, 1),
        poe,
      }).indication
    expect(judged(chain.provenAt(pdf))).toBe('TOTAL-PASSED')
    expect(judged(null)).toBe('INDETERMINATE')
  })

  it('prove no more than the newest where it came when the authority had ended', async () => {
    const { world, pdf, one, two, crls } = await twiceStamped('2029-03-01T10:00:00Z')
    const chain = verifyArchiveTimeStamps([one, two], crls, options(world, crls))
    expect(chain.timestamps.map(({ indication }) => indication)).toEqual(['INDETERMINATE', 'PASSED'])
    expect(chain.provenAt(pdf)).toEqual(new Date('2029-03-01T10:00:00Z'))
  })

  it('prove nothing once the last has ended, nor what is not on the list, nor by a changed list', async () => {
    const { world, pdf, one, two, crls } = await twiceStamped()
    expect(verifyArchiveTimeStamps([one], crls, options(world, crls)).provenAt(pdf)).toBeNull()
    const chain = verifyArchiveTimeStamps([one, two], crls, options(world, crls))
    expect(chain.provenAt(Buffer.from('noget andet'))).toBeNull()
    const other = { ...two, manifest: listOf(Buffer.from('noget andet'), pdf) }
    const spoilt = verifyArchiveTimeStamps([other], crls, options(world, crls))
    expect(spoilt.timestamps.map(({ indication }) => indication)).toEqual(['FAILED'])
    expect(spoilt.provenAt(pdf)).toBeNull()
  })

  it('rest on anchors for time-stamps, which count for no signature', async () => {
    const { world, pdf, crls } = await twiceStamped()
    const report = verifyDocument(pdf, { ...options(world, crls), poe: new Date('2026-11-24T10:00:00Z') })
    expect(report.signatures[0]?.trusted).not.toBe(true)
  })
})

describe('the end of an algorithm', () => {
  it('is what the policy says of its digest, or of its key from that size on', () => {
    const policy = algorithmPolicyWith({
      digests: { sha256: '2031-01-01T00:00:00Z' },
      keys: {
        rsa: [
          { fromBits: 2048, until: '2029-01-01T00:00:00Z' },
          { fromBits: 3072, until: null },
        ],
      },
    })
    expect(endOfAlgorithm('sha256', policy)).toBe('2031-01-01T00:00:00Z')
    expect(endOfAlgorithm('rsa:2048', policy)).toBe('2029-01-01T00:00:00Z')
    expect(endOfAlgorithm('rsa:4096', policy)).toBeNull()
    expect(endOfAlgorithm('sha512', DEFAULT_ALGORITHM_POLICY)).toBeNull()
    expect(endOfAlgorithm('rot13', policy)).toBe('1970-01-01T00:00:00.000Z')
  })
})
