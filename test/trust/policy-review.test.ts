import { beforeEach, describe, expect, it } from 'vitest'
import { openCase } from '../../src/casework/index.ts'
import {
  addAnchor,
  comparePolicy,
  confirmChange,
  draftChange,
  lookAtProposal,
  type ProposalParts,
  policyReview,
  rejudgeCase,
  reviewPolicy,
  verifySubmission,
} from '../../src/trust/index.ts'
import { task as verifyTask } from '../../src/trust/verify-task.ts'
import { given, pdf, type Scene, scene, settings, silentLog } from '../casework/scene.ts'
import { signPdf, writePdf } from '../support/make-signed-pdf.ts'
import { makeCms } from '../verify/make-cms.ts'
import { makeCa, makeLeaf, NOW } from '../verify/make-pki.ts'

const ours = makeCa('Ours')
const ida = { kind: 'admin', id: 'a1', name: 'Ida' } as const

let world: Scene
let lenient: ProposalParts
let strict: ProposalParts
/** One open case whose document passes where revocation need not be known, and does not where it must. */
beforeEach(async () => {
  world = scene()
  const parts = { ...world.parts, log: silentLog, clock: () => NOW, fetcher: null, sandbox: { verify: verifyTask } }
  lenient = { ...parts, settings: { ...settings, checkRevocation: 'off' } }
  strict = { ...parts, settings: { ...settings, checkRevocation: 'require' } }
  const about = { purposes: ['document'], source: 'file', note: 'test', actor: 'ida', at: NOW.toISOString() } as const
  await world.store.commit((write) => addAnchor(write, { der: ours.certificate.bytes, ...about }))
  const signer = makeLeaf('Kai', ours)
  const sign = (content: Buffer): Uint8Array => makeCms({ signer, content, certificates: [signer.certificate.bytes] })
  const signed = { ...pdf('known.pdf'), bytes: Buffer.from(signPdf(writePdf(), { sign })) }
  await given(world, [signed], { state: 'normalised' })
  await verifySubmission(await world.lease('verify'), lenient)
  await openCase(await world.lease('open-case'), world.parts)
  await comparePolicy(lenient, '1.0.0')
})

const verdict = async () => (await world.store.listCases())[0]?.indication
const rejudgings = async () => (await world.store.listJobs({ kinds: ['rejudge'] })).length
const look = async (by: ProposalParts) => {
  for (const job of await world.leaseAll('review-policy')) await reviewPolicy(job, by)
}

describe('a change of the policy', () => {
  it('at the first start, or that is none, asks nobody', async () => {
    await comparePolicy(lenient, '1.0.0')
    expect([await policyReview(world.store), await world.leaseAll('review-policy')]).toEqual([null, []])
  })

  it('changes no verdict of an open case by itself: those that it would change are listed', async () => {
    expect(await verdict()).toBe('TOTAL-PASSED')
    await comparePolicy(strict, '1.0.0')
    expect((await policyReview(world.store))?.effects).toBeNull()
    await look(strict)
    const review = await policyReview(world.store)
    expect(review).toMatchObject({ before: { checkRevocation: 'off' }, after: { checkRevocation: 'require' } })
    expect(review?.effects).toMatchObject({
      examined: 1,
      complete: true,
      changed: [{ document: 'known.pdf', before: 'TOTAL-PASSED', after: 'INDETERMINATE' }],
    })
    expect([await verdict(), await rejudgings()]).toEqual(['TOTAL-PASSED', 0])
    expect((await world.store.adminHistory()).at(-1)?.event).toBe('policy-changed')
    // A second start finds it looked at already.
    await comparePolicy(strict, '1.0.0')
    expect(await world.leaseAll('review-policy')).toEqual([])
  })

  it('is followed by open cases when an admin has confirmed it, on record, and once', async () => {
    await comparePolicy(strict, '1.0.0')
    await look(strict)
    const policy = (await policyReview(world.store))?.after.name ?? ''
    const wanted = { steps: [{ do: 'apply-policy', policy }], reason: 'aftalt', by: ida } as const
    const { id } = await draftChange(wanted, strict)
    const { effects, trustStamp } = await lookAtProposal(id, ida, strict)
    expect(effects?.changed).toHaveLength(1)
    expect([await verdict(), await rejudgings()]).toEqual(['TOTAL-PASSED', 0])
    expect(await confirmChange({ id, seen: trustStamp, by: ida }, strict)).toBe('carried-out')
    const [job, second] = await world.leaseAll('rejudge')
    if (!job || second) throw new Error('not one job')
    await rejudgeCase(job, strict)
    expect([await verdict(), await policyReview(world.store)]).toEqual(['INDETERMINATE', null])
    expect((await world.store.adminHistory()).at(-1)).toMatchObject({
      event: 'policy-applied',
      payload: { reason: 'aftalt', before: { checkRevocation: 'off' }, after: { checkRevocation: 'require' } },
    })
    await expect(draftChange(wanted, strict)).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('that changes no verdict waits for nobody: another version alone', async () => {
    await comparePolicy(lenient, '1.1.0')
    await look(lenient)
    expect(await policyReview(world.store)).toBeNull()
    await comparePolicy(lenient, '1.1.0')
    expect(await world.leaseAll('review-policy')).toEqual([])
  })

  it('that is taken back before anybody agreed leaves nothing to decide', async () => {
    await comparePolicy(strict, '1.0.0')
    await look(strict)
    await comparePolicy(lenient, '1.0.0')
    expect(await policyReview(world.store)).toBeNull()
  })
})
