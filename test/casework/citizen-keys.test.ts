import { beforeEach, describe, expect, it } from 'vitest'
import { openCase, withdrawKey } from '../../src/casework/index.ts'
import type { SenderProof } from '../../src/casework/ports.ts'
import { given, type Scene, scene } from './scene.ts'

let world: Scene
beforeEach(() => {
  world = scene()
})

/** A mail from Kai, with a key and what speaks for it; gives what became of it. */
async function mail(key: string | null, emailProof: SenderProof['emailProof'], keyIsUsable = async () => true) {
  const { id } = await given(world, [])
  const came = key === null ? null : key.repeat(20)
  const proof: SenderProof = {
    emailProof,
    openpgpKey: key && `certificate ${key}`,
    openpgpFingerprint: came,
    openpgpSource: key === null ? null : 'attached',
    chosenChannel: null,
  }
  await openCase(await world.lease('open-case'), { ...world.parts, proveSender: async () => proof, keyIsUsable })
  const caseId = (await world.store.submission(id))?.caseId ?? ''
  const [party] = await world.store.partiesOfCase(caseId)
  const events = (await world.store.history(caseId)).map(({ event }) => event)
  return { answeredTo: party?.openpgpKey ?? null, isOther: events.includes('other-key-came') }
}
const states = async () =>
  (await world.store.citizenKeysOf('kai@example.org')).map(({ fingerprint, state, proof }) => [
    fingerprint.slice(0, 2),
    state,
    proof,
  ])

describe('the key that answers go to', () => {
  it('is the first that the address’s domain vouched for, and no later one takes its place by itself', async () => {
    expect(await mail('ab', 'dmarc')).toEqual({ answeredTo: 'certificate ab', isOther: false })
    expect(await mail('cd', 'dmarc')).toEqual({ answeredTo: 'certificate ab', isOther: true })
    expect(await mail('ef', 'openpgp')).toEqual({ answeredTo: 'certificate ab', isOther: true })
    expect(await mail(null, 'dmarc')).toEqual({ answeredTo: 'certificate ab', isOther: false })
    expect(await states()).toEqual([
      ['ab', 'counts', 'dmarc'],
      ['cd', 'candidate', 'dmarc'],
      ['ef', 'candidate', 'signature'],
    ])
  })

  it('that nobody vouches for is the one of its own mail, and of no other', async () => {
    expect(await mail('ef', 'openpgp')).toEqual({ answeredTo: 'certificate ef', isOther: false })
    expect(await mail(null, 'dmarc')).toEqual({ answeredTo: null, isOther: false })
    expect(await states()).toEqual([['ef', 'candidate', 'signature']])
  })

  it('counts once the domain vouches for it, too', async () => {
    await mail('ef', 'openpgp')
    await mail('ef', 'dmarc')
    expect(await states()).toEqual([['ef', 'counts', 'dmarc']])
  })

  it('makes way for the newest that was vouched for, once it cannot be encrypted to', async () => {
    await mail('ab', 'dmarc')
    await mail('cd', 'dmarc')
    expect(await mail('ef', 'openpgp', async () => false)).toEqual({ answeredTo: 'certificate cd', isOther: true })
    expect(await states()).toEqual([
      ['ab', 'expired', 'dmarc'],
      ['cd', 'counts', 'dmarc'],
      ['ef', 'candidate', 'signature'],
    ])
  })

  it('is not the one that an admin withdrew, in open cases as well', async () => {
    await mail('ab', 'dmarc')
    await mail('cd', 'dmarc')
    const [first] = await world.store.citizenKeysOf('kai@example.org')
    const actor = { kind: 'admin', id: 'a', name: 'Ane' } as const
    const ask = { id: first?.id ?? '', reason: 'tabt', actor }
    await withdrawKey(ask, world)
    const parties = await world.store.openPartiesWith('kai@example.org')
    expect(parties.map(({ openpgpKey }) => openpgpKey)).toEqual(['certificate cd', 'certificate cd'])
    expect((await world.store.adminHistory()).at(-1)).toMatchObject({
      event: 'citizen-key-withdrawn',
      payload: { address: 'kai@example.org', reason: 'tabt', before: 'counts' },
    })
    await expect(withdrawKey(ask, world)).rejects.toMatchObject({ code: 'wrong-state' })
    await expect(withdrawKey({ ...ask, reason: ' ' }, world)).rejects.toMatchObject({ code: 'invalid-request' })
    // It comes along again: it stays out of use.
    expect(await mail('ab', 'dmarc')).toEqual({ answeredTo: 'certificate cd', isOther: true })
  })
})
