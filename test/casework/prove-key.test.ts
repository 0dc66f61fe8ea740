import { enums, generateKey, readPrivateKey, revokeKey } from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { keyChoice, offerKey, openCase, type ProveKeyParts, proveKey, withdrawKey } from '../../src/casework/index.ts'
import type { SenderProof } from '../../src/casework/ports.ts'
import { readOfferedKey } from '../../src/delivery/index.ts'
import { BEGIN, CASEWORKER, given, type Scene, scene } from './scene.ts'

const KAI = 'kai@example.org'
const made = async (email: string, more: object = {}) =>
  generateKey({
    ...{ type: 'ecc', curve: 'curve25519Legacy', userIDs: [{ name: 'Kai', email }], format: 'armored' },
    ...{ date: new Date(BEGIN.getTime() - 86_400_000), ...more },
  } as Parameters<typeof generateKey>[0] & { format: 'armored' })
let kai: Awaited<ReturnType<typeof made>>
let other: Awaited<ReturnType<typeof made>>
beforeAll(async () => {
  kai = await made(KAI)
  other = await made(KAI)
})

/** A case of Kai's, with a key that came by mail where it is told. */
async function withCase(came: Partial<SenderProof> = {}) {
  const world: Scene = scene()
  const proof: SenderProof = {
    ...{ emailProof: 'dmarc', openpgpKey: null, openpgpFingerprint: null, openpgpSource: null, chosenChannel: null },
    ...came,
  }
  await given(world, [])
  await openCase(await world.lease('open-case'), { ...world.parts, proveSender: async () => proof })
  const [row] = await world.store.listCases()
  const caseId = row?.id ?? ''
  const parts: ProveKeyParts = { ...world.parts, readOfferedKey }
  const letters = async () => (await world.store.lettersOfCase(caseId)).filter(({ kind }) => kind === 'key-code')
  const codeOf = async () => /\b\d{8}\b/.exec((await letters()).at(-1)?.bodyText ?? '')?.[0] ?? ''
  const offer = (key: string | Uint8Array) =>
    offerKey({ caseId, key: typeof key === 'string' ? Buffer.from(key) : key }, parts)
  const prove = (code: string) => proveKey({ caseId, code }, parts)
  const party = async () => (await world.store.partiesOfCase(caseId))[0]
  const events = async () => (await world.store.history(caseId)).map(({ event }) => event)
  const states = async () =>
    (await world.store.citizenKeysOf(KAI)).map(({ source, proof: by, state }) => [source, by, state])
  return { ...world, caseId, parts, letters, codeOf, offer, prove, party, events, states }
}
const reasonOf = (fault: unknown) => (fault as { facts: { reason: string } }).facts.reason
const wrong = (code: string) => (code === '00000000' ? '00000001' : '00000000')

describe('a key that a citizen hands in', () => {
  it('counts for nothing until the code comes back, and for the answer from then on', async () => {
    const { offer, prove, codeOf, party, states, events, letters, store, caseId, clock } = await withCase()
    await offer(kai.publicKey)
    expect(await states()).toEqual([['uploaded', 'none', 'candidate']])
    expect((await party())?.openpgpKey).toBeNull()
    expect((await keyChoice(store, caseId, clock()))?.asked).toMatch(/^[0-9a-f]{40}$/)
    expect((await letters())[0]).toMatchObject({ kind: 'key-code', documentIds: [] })
    expect((await letters())[0]?.subject).not.toMatch(/\d{8}/)
    expect(await prove(` ${await codeOf()} `)).toEqual({ counts: true })
    expect(await states()).toEqual([['uploaded', 'challenge', 'counts']])
    expect(await party()).toMatchObject({
      openpgpSource: 'uploaded',
      openpgpKey: expect.stringContaining('PUBLIC KEY'),
    })
    expect(await events()).toEqual(expect.arrayContaining(['key-offered', 'key-proven']))
    expect(await keyChoice(store, caseId, clock())).toMatchObject({ asked: null, inForce: expect.any(String) })
  })

  it('is taken as octets, too', async () => {
    const { offer, states } = await withCase()
    await offer((await readPrivateKey({ armoredKey: kai.privateKey })).toPublic().write())
    expect(await states()).toEqual([['uploaded', 'none', 'candidate']])
  })

  it('waits where another one counts, and takes its place once an admin takes that out of use', async () => {
    const before = {
      openpgpKey: other.publicKey,
      openpgpFingerprint: 'ab'.repeat(20),
      openpgpSource: 'attached',
    } as const
    const { offer, prove, codeOf, party, states, store, parts } = await withCase(before)
    await offer(kai.publicKey)
    expect(await prove(await codeOf())).toEqual({ counts: false })
    expect((await party())?.openpgpKey).toBe(other.publicKey)
    expect(await states()).toEqual([
      ['attached', 'dmarc', 'counts'],
      ['uploaded', 'challenge', 'candidate'],
    ])
    const id = (await store.citizenKeysOf(KAI))[0]?.id ?? ''
    await withdrawKey({ id, reason: 'tabt', actor: CASEWORKER }, parts)
    expect((await party())?.openpgpSource).toBe('uploaded')
  })

  it('is refused, each for its reason, and nothing is sent', async () => {
    const { offer, letters, states } = await withCase()
    const revoked = await revokeKey({
      key: await readPrivateKey({ armoredKey: kai.privateKey }),
      ...{
        reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised },
        date: new Date(BEGIN.getTime() - 1000),
      },
      format: 'armored',
    })
    const signsOnly = await made(KAI, { subkeys: [] })
    const expired = await made(KAI, { keyExpirationTime: 60 })
    const cases: readonly (readonly [string, string])[] = [
      ['unreadable', 'hej'],
      ['private-key', kai.privateKey],
      ['several-keys', kai.publicKey + other.publicKey],
      ['other-address', (await made('mallory@example.org')).publicKey],
      ['revoked', revoked.publicKey],
      ['expired', expired.publicKey],
      ['no-encryption-subkey', signsOnly.publicKey],
    ]
    for (const [reason, key] of cases) {
      const fault = await offer(key).catch((thrown: unknown) => thrown)
      expect([reason, (fault as { code: string }).code, reasonOf(fault)]).toEqual([reason, 'key-unusable', reason])
    }
    expect([await letters(), await states()]).toEqual([[], []])
  })

  it('that an admin took out of use stays out of use', async () => {
    const { offer, prove, codeOf, store, parts } = await withCase()
    await offer(kai.publicKey)
    await prove(await codeOf())
    const id = (await store.citizenKeysOf(KAI))[0]?.id ?? ''
    await withdrawKey({ id, reason: 'stjålet', actor: CASEWORKER }, parts)
    expect(reasonOf(await offer(kai.publicKey).catch((thrown: unknown) => thrown))).toBe('withdrawn')
  })
})

describe('the code that proves a key', () => {
  it('is tried five times, and works once and for an hour', async () => {
    const tried = await withCase()
    await tried.offer(kai.publicKey)
    const code = await tried.codeOf()
    for (let i = 0; i < 5; i++) await expect(tried.prove(wrong(code))).rejects.toMatchObject({ code: 'wrong-code' })
    await expect(tried.prove(code)).rejects.toMatchObject({ code: 'gone' })
    const used = await withCase()
    await used.offer(kai.publicKey)
    await used.prove(await used.codeOf())
    await expect(used.prove(await used.codeOf())).rejects.toMatchObject({ code: 'gone' })
    const late = await withCase()
    await late.offer(kai.publicKey)
    late.advance(60 * 60_000)
    await expect(late.prove(await late.codeOf())).rejects.toMatchObject({ code: 'gone' })
  })

  it('of an older key is gone with a newer one, and no more than five are sent in an hour', async () => {
    const { offer, prove, codeOf } = await withCase()
    await offer(kai.publicKey)
    const first = await codeOf()
    await offer(other.publicKey)
    await expect(prove(first)).rejects.toMatchObject({ code: 'wrong-code' })
    for (let i = 0; i < 3; i++) await offer(kai.publicKey)
    await expect(offer(kai.publicKey)).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('stands in no row in clear, and is nobody’s in a case that is decided', async () => {
    const { offer, prove, codeOf, store, caseId } = await withCase()
    await offer(kai.publicKey)
    expect(JSON.stringify(await store.keyChallengesOf(caseId))).not.toContain(await codeOf())
    await store.commit((write) => write.updateCase(caseId, { state: 'decided' }))
    await expect(prove(await codeOf())).rejects.toMatchObject({ code: 'gone' })
    await expect(offer(kai.publicKey)).rejects.toMatchObject({ code: 'wrong-state' })
  })
})
