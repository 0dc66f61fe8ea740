import { describe, expect, it } from 'vitest'
import { approveCase, channelChoice, chooseChannel, openCase } from '../../src/casework/index.ts'
import type { Party } from '../../src/model/case.ts'
import { CASEWORKER, given, scene } from './scene.ts'

async function withParty(change: Partial<Party> = {}) {
  const world = scene()
  await given(world, [])
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  const [party] = await world.store.partiesOfCase(row?.id ?? '')
  if (!row || !party) throw new Error('no case')
  await world.store.commit((write) => write.updateParty(party.id, change))
  const choose = (channel: Party['chosenChannel']) => chooseChannel({ caseId: row.id, channel }, world)
  return { ...world, row, party, choose, chosen: async () => (await world.store.party(party.id))?.chosenChannel }
}

const KEY = { openpgpKey: 'armoured', openpgpFingerprint: 'ab', openpgpSource: 'attached' } as const

describe('what a citizen may choose', () => {
  it.each<[string, Partial<Party>, readonly Party['chosenChannel'][]]>([
    ['without a key', {}, [null, 'plain-mail', 'pickup']],
    ['with a key', KEY, ['openpgp-mail', 'plain-mail', 'pickup']],
    ['who wrote encrypted, without a key', { wroteEncrypted: true }, ['pickup']],
    ['who wrote encrypted, with a key', { ...KEY, wroteEncrypted: true }, ['openpgp-mail', 'pickup']],
    ['whose address nothing proves', { emailProof: null }, [null, 'pickup']],
  ])('%s', async (_, party, offered) => {
    const { store, row } = await withParty(party)
    expect((await channelChoice(store, row.id))?.offered).toEqual(offered)
  })

  it('is nothing once the case is decided', async () => {
    const world = await withParty()
    await approveCase({ caseId: world.row.id, actor: CASEWORKER }, world)
    expect(await channelChoice(world.store, world.row.id)).toBeNull()
    await expect(world.choose('pickup')).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('is nothing where a session would not tell which party it is', async () => {
    const { store, row, party } = await withParty()
    await store.commit((write) => write.addParty({ ...party, id: 'other', role: 'representative' }))
    expect(await channelChoice(store, row.id)).toBeNull()
  })
})

describe('a choice', () => {
  it('is recorded with time and means, and can be changed back', async () => {
    const { store, row, party, choose, chosen } = await withParty()
    await choose('plain-mail')
    expect(await chosen()).toBe('plain-mail')
    await choose(null)
    expect(await chosen()).toBeNull()
    const history = (await store.history(row.id)).filter(({ event }) => event === 'channel-chosen')
    expect(history).toMatchObject([
      {
        actor: { kind: 'citizen', id: row.id },
        payload: { partyId: party.id, channel: 'plain-mail', channelBefore: null, means: 'one-time-code' },
      },
      { payload: { channel: null, channelBefore: 'plain-mail' } },
    ])
    expect(history[0]?.at).toMatch(/^2026-11-24T/)
  })

  it('that is made twice stands in the history once', async () => {
    const { store, row, choose } = await withParty()
    for (let n = 0; n < 3; n += 1) await choose('pickup')
    expect((await store.history(row.id)).filter(({ event }) => event === 'channel-chosen')).toHaveLength(1)
  })

  it.each([KEY, {}])('of anything in clear is refused to who wrote encrypted', async (key) => {
    const { choose, chosen } = await withParty({ ...key, wroteEncrypted: true })
    for (const channel of ['plain-mail', null] as const) {
      await expect(choose(channel)).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await chosen()).toBeNull()
  })

  it('of encrypted mail is refused where no key is known', async () => {
    await expect((await withParty()).choose('openpgp-mail')).rejects.toMatchObject({ code: 'forbidden' })
  })
})
