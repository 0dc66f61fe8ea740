import { describe, expect, it } from 'vitest'
import { lookUpTracking, newLinkChoice, openCase, revokeLinks, sendNewLink } from '../../src/casework/index.ts'
import { CASEWORKER, given, type Scene, scene } from './scene.ts'

const LINK = /https:\/\/post\.example\/s\/([\w-]+)/

async function opened() {
  const world = scene()
  await given(world, [])
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  const [receipt] = row ? await world.store.lettersOfCase(row.id) : []
  const [party] = row ? await world.store.partiesOfCase(row.id) : []
  if (!row || !receipt || !party) throw new Error('no case')
  return { ...world, row, party, token: LINK.exec(receipt.bodyText)?.[1] ?? '' }
}
const opens = async ({ store, clock }: Pick<Scene, 'store' | 'clock'>, token: string) =>
  (await lookUpTracking(store, token, clock()))?.caseId ?? null

describe('links to a case', () => {
  it('that are taken back open nothing, and it is on record with who and why', async () => {
    const world = await opened()
    expect(await opens(world, world.token)).toBe(world.row.id)
    const ask = { caseId: world.row.id, reason: 'Mailen gik til en forkert', actor: CASEWORKER }
    expect(await revokeLinks(ask, world.parts)).toBe(1)
    expect(await opens(world, world.token)).toBeNull()
    expect((await world.store.history(world.row.id)).at(-1)).toMatchObject({
      event: 'links-revoked',
      actor: CASEWORKER,
      payload: { reason: ask.reason, count: 1 },
    })
  })

  it('are not taken back without a reason, nor those of stamped copies', async () => {
    const { store, row, parts } = await opened()
    const ask = { caseId: row.id, actor: CASEWORKER }
    await expect(revokeLinks({ ...ask, reason: ' ' }, parts)).rejects.toMatchObject({ code: 'invalid-request' })
    const [tracking] = await store.tokensOfCase(row.id)
    if (!tracking) throw new Error('no token')
    await store.commit((write) => write.addToken({ ...tracking, tokenHash: 'g', kind: 'genuine' }))
    await revokeLinks({ ...ask, reason: 'x' }, parts)
    expect((await store.token('g'))?.revokedAt).toBeNull()
  })

  it('are sent anew by a letter that goes the usual way, once for one form', async () => {
    const world = await opened()
    const { store, row, party, parts } = world
    await revokeLinks({ caseId: row.id, reason: 'x', actor: CASEWORKER }, parts)
    const { number } = await newLinkChoice(store, row.id)
    const ask = { caseId: row.id, partyId: party.id, number, actor: CASEWORKER }
    await sendNewLink(ask, parts)
    await sendNewLink(ask, parts)
    const letters = (await store.lettersOfCase(row.id)).filter(({ kind }) => kind === 'notice')
    expect(letters.map(({ cause }) => cause)).toEqual([`new-link:${row.id}:1`])
    expect(await opens(world, LINK.exec(letters[0]?.bodyText ?? '')?.[1] ?? '')).toBe(row.id)
    expect((await store.listJobs({ kinds: ['route-letter'] })).map(({ key }) => key)).toContain(letters[0]?.id)
    expect((await store.history(row.id)).at(-1)).toMatchObject({ event: 'new-link-written', actor: CASEWORKER })
    expect((await newLinkChoice(store, row.id)).number).toBe(2)
  })

  it.each([{ email: null }, { mayAnswer: false }, { chosenChannel: 'pickup' }] as const)(
    'are not offered to a party whom no mail reaches: %o',
    async (change) => {
      const { store, row, party, parts } = await opened()
      await store.commit((write) => write.updateParty(party.id, change))
      expect((await newLinkChoice(store, row.id)).parties).toEqual([])
      const ask = { caseId: row.id, partyId: party.id, number: 1, actor: CASEWORKER }
      await expect(sendNewLink(ask, parts)).rejects.toMatchObject({ code: 'forbidden' })
    },
  )
})
