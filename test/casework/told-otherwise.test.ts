import { describe, expect, it } from 'vitest'
import { approveCase, findUntold, openCase, settleToldOtherwise } from '../../src/casework/index.ts'
import type { Delivery, DeliveryState } from '../../src/model/letter.ts'
import { CASEWORKER, given, pdf, type Scene, scene } from './scene.ts'

/** A decided case whose decision letter has deliveries in those states. */
async function decidedWith(states: readonly DeliveryState[]): Promise<Scene & { readonly caseId: string }> {
  const world = scene()
  await given(world, [pdf()])
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  const caseId = row?.id ?? ''
  await approveCase({ caseId, actor: CASEWORKER }, world)
  const [party] = await world.store.partiesOfCase(caseId)
  const at = world.clock().toISOString()
  await world.store.commit(async (write) => {
    const letter = {
      id: 'letter',
      cause: `decision:${caseId}`,
      caseId,
      partyId: party?.id ?? '',
      kind: 'decision',
    } as const
    const text = { language: 'da', subject: 'Svar', bodyText: 'Ja', documentIds: [], createdAt: at } as const
    await write.addLetter({ ...letter, ...text })
    for (const [index, state] of states.entries()) {
      await write.addDelivery(deliveryOf(`delivery-${index}`, caseId, state, at))
      await write.addJob('deliver', `delivery-${index}`, {})
    }
  })
  return { ...world, caseId }
}

const deliveryOf = (id: string, caseId: string, state: DeliveryState, at: string): Delivery => ({
  id,
  letterId: 'letter',
  caseId,
  channel: 'notice-mail',
  routeReason: 'nothing-chosen',
  address: 'kai@borger.example',
  messageId: null,
  rawSha256: null,
  rawSize: null,
  state,
  attempts: 0,
  possiblyDoubled: 0,
  createdAt: at,
  updatedAt: at,
})

const told = (world: Scene & { readonly caseId: string }, note = 'Ringet op') =>
  settleToldOtherwise({ caseId: world.caseId, actor: CASEWORKER, note }, world)

describe('a decision that reached nobody', () => {
  it.each<[readonly DeliveryState[], boolean]>([
    [['unsendable'], true],
    [['refused'], true],
    [['refused', 'unsendable'], true],
    [[], false],
    [['planned'], false],
    [['refused', 'handing-over'], false],
    [['waiting'], false],
  ])('with deliveries %j: a person must tell the citizen: %s', async (states, isUntold) => {
    const world = await decidedWith(states)
    expect((await findUntold(world.store, world.caseId)) !== null).toBe(isUntold)
    if (isUntold) await told(world)
    else await expect(told(world)).rejects.toMatchObject({ code: 'wrong-state' })
    expect((await world.store.case(world.caseId))?.state).toBe(isUntold ? 'answered' : 'decided')
  })

  it('because its mail was given up', async () => {
    const world = await decidedWith(['waiting'])
    const jobs = await world.store.jobs.lease('test', ['deliver'], 1, 60_000)
    for (const job of jobs) {
      await world.store.jobs.fail(job, { code: 'relay-unavailable', message: 'x', retryable: false })
    }
    expect(await findUntold(world.store, world.caseId)).not.toBeNull()
  })

  it('is answered by a person’s word, with the note in the history, and goes to the archive, once', async () => {
    const world = await decidedWith(['unsendable'])
    await told(world, '  Brev sendt 24.11. ')
    await expect(told(world)).rejects.toMatchObject({ code: 'wrong-state' })
    expect((await world.store.history(world.caseId)).slice(-2)).toMatchObject([
      { event: 'told-otherwise', actor: CASEWORKER, payload: { note: 'Brev sendt 24.11.' } },
      { event: 'answered', payload: { means: 'told-otherwise' } },
    ])
    expect(await world.store.case(world.caseId)).toMatchObject({ state: 'answered', answeredAt: expect.any(String) })
    expect(await world.store.listJobs({ kinds: ['archive'] })).toHaveLength(1)
  })

  it('is settled by nobody but a caseworker, and not without a note', async () => {
    const world = await decidedWith(['unsendable'])
    await expect(told(world, ' ')).rejects.toMatchObject({ code: 'invalid-request' })
    const actor = { kind: 'citizen', id: world.caseId, name: null } as const
    const byCitizen = settleToldOtherwise({ caseId: world.caseId, actor, note: 'x' }, world)
    await expect(byCitizen).rejects.toMatchObject({ code: 'forbidden' })
    expect((await world.store.case(world.caseId))?.state).toBe('decided')
  })
})
