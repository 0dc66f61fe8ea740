import { describe, expect, it } from 'vitest'
import { openCase, redeemCode, requestCode } from '../../src/casework/index.ts'
import type { Case } from '../../src/model/case.ts'
import { given, type Scene, scene } from './scene.ts'

const BROWSER = 'browser-cookie-1'

async function withCase(): Promise<Scene & { readonly row: Case }> {
  const world = scene()
  const proof = await world.parts.proveSender(await given(world, []), Buffer.of(), [])
  const proveSender = async () => ({ ...proof, emailProof: null })
  await openCase(await world.lease('open-case'), { ...world.parts, proveSender })
  const [row] = await world.store.listCases()
  if (!row) throw new Error('no case')
  return { ...world, row }
}

const lettersWithCode = async ({ store, row }: { store: Scene['store']; row: Case }) =>
  (await store.lettersOfCase(row.id)).filter(({ kind }) => kind === 'one-time-code')

async function asked(email = 'kai@example.org', browserId = BROWSER) {
  const world = await withCase()
  await requestCode({ caseId: world.row.id, email, browserId }, world.parts)
  const [letter] = await lettersWithCode(world)
  const code = /\b\d{8}\b/.exec(letter?.bodyText ?? '')?.[0] ?? ''
  const redeem = (typed: string, browser = BROWSER, caseId = world.row.id) =>
    redeemCode({ caseId, code: typed, browserId: browser }, world.parts)
  return { ...world, letter, code, redeem, wrong: code === '00000000' ? '00000001' : '00000000' }
}

describe('a one-time code', () => {
  it('goes to the party’s address, and proves it when typed', async () => {
    const { store, row, letter, code, redeem } = await asked()
    const [party] = await store.partiesOfCase(row.id)
    expect(letter).toMatchObject({ partyId: party?.id, kind: 'one-time-code' })
    expect(letter?.subject).not.toContain(code)
    expect(party?.emailProof).toBeNull()
    expect(await redeem(` ${code.slice(0, 4)} ${code.slice(4)} `)).toEqual({ partyId: party?.id })
    expect((await store.partiesOfCase(row.id))[0]?.emailProof).toBe('code')
    expect((await store.history(row.id)).at(-1)?.event).toBe('code-redeemed')
  })

  it('does not stand in the store, nor does the browser’s cookie or the address', async () => {
    const { store, code } = await asked()
    const rows = JSON.stringify([...store.tables().codes.values()])
    for (const secret of [code, BROWSER, 'kai@']) expect(rows).not.toContain(secret)
  })

  it('works once', async () => {
    const { code, redeem } = await asked()
    await redeem(code)
    await expect(redeem(code)).rejects.toMatchObject({ code: 'gone' })
  })

  it('works for ten minutes', async () => {
    const inTime = await asked()
    inTime.advance(9 * 60_000)
    await expect(inTime.redeem(inTime.code)).resolves.toBeDefined()
    const late = await asked()
    late.advance(10 * 60_000)
    await expect(late.redeem(late.code)).rejects.toMatchObject({ code: 'gone' })
  })

  it('works only in the browser that asked, and only for its case', async () => {
    const { code, redeem } = await asked()
    await expect(redeem(code, 'another-browser')).rejects.toMatchObject({ code: 'gone' })
    await expect(redeem(code, BROWSER, 'another-case')).rejects.toMatchObject({ code: 'gone' })
    await expect(redeem(code)).resolves.toBeDefined()
  })

  it('after five wrong tries is gone, even for the right one', async () => {
    const { code, redeem, wrong } = await asked()
    for (let i = 0; i < 5; i++) await expect(redeem(wrong)).rejects.toMatchObject({ code: 'wrong-code' })
    await expect(redeem(code)).rejects.toMatchObject({ code: 'gone' })
  })

  it('counts tries that come all at once', async () => {
    const { code, redeem, wrong } = await asked()
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(wrong)))
    const codes = tries.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'redeemed'))
    expect(codes.filter((c) => c === 'wrong-code')).toHaveLength(5)
    expect(codes.filter((c) => c === 'gone')).toHaveLength(15)
    await expect(redeem(code)).rejects.toMatchObject({ code: 'gone' })
  })

  it('a newer one takes the place of the one before', async () => {
    const { store, row, parts, code, redeem } = await asked()
    await requestCode({ caseId: row.id, email: 'kai@example.org', browserId: BROWSER }, parts)
    const second = /\b\d{8}\b/.exec((await lettersWithCode({ store, row }))[1]?.bodyText ?? '')?.[0] ?? ''
    await expect(redeem(code)).rejects.toMatchObject({ code: 'wrong-code' })
    await expect(redeem(second)).resolves.toBeDefined()
  })

  it('an unknown address gets the same answer, no letter, and no code that works', async () => {
    const { store, row, parts, redeem } = await asked('eve@example.net')
    expect(await lettersWithCode({ store, row })).toEqual([])
    await expect(redeem('12345678')).rejects.toMatchObject({ code: 'wrong-code' })
    const known = await requestCode({ caseId: row.id, email: 'kai@example.org', browserId: 'b' }, parts)
    const unknown = await requestCode({ caseId: row.id, email: 'eve@example.net', browserId: 'b' }, parts)
    expect(known).toEqual(unknown)
  })

  it.each(['kai@example.org', 'eve@example.net'])('is sent five times an hour and no more, to %s', async (email) => {
    const { row, parts, advance } = await asked(email)
    const again = () => requestCode({ caseId: row.id, email, browserId: BROWSER }, parts)
    for (let i = 0; i < 4; i++) await again()
    await expect(again()).rejects.toMatchObject({ code: 'rate-limited' })
    advance(61 * 60_000)
    await expect(again()).resolves.toBeUndefined()
  })

  it.each([
    ['names an address that is not in it', 'eve@example.net'],
    ['claims the address as its own', 'kai@example.org'],
  ] as const)('cannot be used up from another case, which %s', async (_, theirs) => {
    const { store, row, parts } = await asked('somebody@example.net')
    const [party] = await store.partiesOfCase(row.id)
    if (!party) throw new Error('no party')
    await store.commit(async (write) => {
      await write.updateParty(party.id, { emailProof: 'dmarc' })
      await write.addCase({ ...row, id: 'their-case', number: '2026-000099-9' })
      await write.addParty({ ...party, id: 'their-party', caseId: 'their-case', email: theirs, emailProof: null })
    })
    const ask = (caseId: string) => requestCode({ caseId, email: 'kai@example.org', browserId: 'b' }, parts)
    for (let i = 0; i < 5; i++) await ask('their-case')
    await expect(ask('their-case')).rejects.toMatchObject({ code: 'rate-limited' })
    await ask(row.id)
    expect(await lettersWithCode({ store, row })).toHaveLength(1)
  })

  it('is limited for an address over all cases in which it is proven', async () => {
    const { store, row, parts } = await asked()
    const [party] = await store.partiesOfCase(row.id)
    if (!party) throw new Error('no party')
    await store.commit(async (write) => {
      await write.updateParty(party.id, { emailProof: 'dmarc' })
      await write.addCase({ ...row, id: 'second', number: '2026-000098-9' })
      await write.addParty({ ...party, id: 'again', caseId: 'second', emailProof: 'dmarc' })
    })
    const ask = (caseId: string) => requestCode({ caseId, email: 'kai@example.org', browserId: 'b' }, parts)
    for (const caseId of [row.id, row.id, row.id, 'second', 'second']) await ask(caseId)
    await expect(ask('second')).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('is limited for the case whatever addresses are tried', async () => {
    const { row, parts } = await asked('a0@example.net')
    const ask = (n: number) => requestCode({ caseId: row.id, email: `a${n}@example.net`, browserId: `b${n}` }, parts)
    for (let i = 1; i < 5; i++) await ask(i)
    await expect(ask(5)).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('finds the address however it is written', async () => {
    expect((await asked(' KAI@Example.ORG ')).letter).toBeDefined()
  })
})
