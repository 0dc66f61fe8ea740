import { describe, expect, it } from 'vitest'
import { lookUpSendersKey, openCase } from '../../src/casework/index.ts'
import type { LookUpKey } from '../../src/casework/look-up-key.ts'
import type { SenderProof } from '../../src/casework/ports.ts'
import { given, scene } from './scene.ts'

const KAI = 'kai@example.org'
const FOUND = { certificate: 'certificate of the directory', fingerprint: 'cd'.repeat(20) }

async function withCase(lookUpKey: LookUpKey | null, came: Partial<SenderProof> = {}) {
  const world = scene()
  const proof: SenderProof = {
    ...{ emailProof: 'dmarc', openpgpKey: null, openpgpFingerprint: null, openpgpSource: null, chosenChannel: null },
    ...came,
  }
  await given(world, [])
  await openCase(await world.lease('open-case'), { ...world.parts, proveSender: async () => proof, lookUpKey })
  const caseId = (await world.store.listCases())[0]?.id ?? ''
  const jobs = async () => (await world.store.listJobs({ kinds: ['look-up-key'] })).map(({ key }) => key)
  const run = async () => lookUpSendersKey(await world.lease('look-up-key'), { ...world.parts, lookUpKey })
  const party = async () => (await world.store.partiesOfCase(caseId))[0]
  const keys = async () =>
    (await world.store.citizenKeysOf(KAI)).map(({ source, proof: by, state }) => [source, by, state])
  return { ...world, caseId, jobs, run, party, keys }
}

describe('the key of a sender who brought none', () => {
  it('is looked up and used for this case, and counts for nothing beyond it', async () => {
    const asked: string[] = []
    const { caseId, jobs, run, party, keys, store } = await withCase(async (address) => {
      asked.push(address)
      return FOUND
    })
    expect(await jobs()).toEqual([caseId])
    await run()
    expect(asked).toEqual([KAI])
    expect(await party()).toMatchObject({ openpgpKey: FOUND.certificate, openpgpSource: 'wkd' })
    expect(await keys()).toEqual([['wkd', 'tls', 'candidate']])
    expect((await store.history(caseId)).at(-1)).toMatchObject({ event: 'key-found' })
  })

  it.each([
    ['nothing is configured', null, {}],
    ['the address is not proven', async () => FOUND, { emailProof: null }],
    ['a key came along', async () => FOUND, { openpgpKey: 'x', openpgpFingerprint: 'ab', openpgpSource: 'attached' }],
  ] as const)('is not looked up where %s', async (_why, lookUp, came) => {
    expect(await (await withCase(lookUp, came)).jobs()).toEqual([])
  })

  it('stays unknown where the directory has none, and where one came by another way meanwhile', async () => {
    const none = await withCase(async () => null)
    await none.run()
    expect([(await none.party())?.openpgpKey, await none.keys()]).toEqual([null, []])
    const late = await withCase(async () => FOUND)
    const id = (await late.party())?.id ?? ''
    await late.store.commit((write) =>
      write.updateParty(id, { openpgpKey: 'own', openpgpFingerprint: 'ef', openpgpSource: 'uploaded' }),
    )
    await late.run()
    expect([(await late.party())?.openpgpKey, await late.keys()]).toEqual(['own', []])
  })

  it('that an admin took out of use is not taken up again', async () => {
    const { run, party, store } = await withCase(async () => FOUND)
    const at = '2026-11-01T00:00:00.000Z'
    await store.commit((write) =>
      write.addCitizenKey({
        ...{ id: 'k', address: KAI, kind: 'openpgp', ...FOUND, source: 'wkd', proof: 'tls', state: 'revoked' },
        ...{ firstSeenAt: at, lastSeenAt: at, stateSince: at },
      }),
    )
    await run()
    expect((await party())?.openpgpKey).toBeNull()
  })
})
