import { describe, expect, it } from 'vitest'
import { deliverMail, noteReport, routeLetter } from '../../src/delivery/index.ts'
import type { MailReport, Submission } from '../../src/model/submission.ts'
import { type Scene, scriptedRelay, setScene } from './scene.ts'

async function sent(kind: 'decision' | 'receipt' = 'decision'): Promise<Scene> {
  const party = { chosenChannel: 'plain-mail', emailProof: 'dmarc' } as const
  const scene = await setScene({ kind, party, relay: scriptedRelay([{ outcome: 'accepted', response: '250 ok' }]) })
  await scene.run('route-letter', routeLetter)
  await scene.run('deliver', deliverMail)
  return scene
}

async function came(scene: Scene, report: MailReport, n = 1): Promise<void> {
  const id = `report-${n}`
  const submission = { id, channel: 'smtp', state: 'set-aside', headers: { report } } as unknown as Submission
  scene.store.tables().submissions.set(id, submission)
  const [delivery] = scene.deliveries()
  await scene.store.commit((write) =>
    write.addJob('note-report', id, { submissionId: id, deliveryId: delivery?.id ?? '' }),
  )
  expect(await scene.run('note-report', noteReport)).toBeNull()
}

const report = (outcome: MailReport['outcome'], status: string | null, kind: MailReport['kind'] = 'delivery') =>
  ({ kind, about: [], outcome, status }) satisfies MailReport
const ways = (scene: Scene) => scene.deliveries().map(({ channel, state }) => `${channel} ${state}`)
const evidence = (scene: Scene) => scene.evidence(scene.deliveries()[0]?.id ?? '').slice(-1)

describe('a report on a letter', () => {
  it('that it came back for good sends a decision its next way, once however many say so', async () => {
    const scene = await sent()
    await came(scene, report('failed', '5.1.1'))
    const after = ways(scene)
    expect(after[0]).toBe('plain-mail refused')
    expect(after).toHaveLength(2)
    expect(after[1]).toMatch(/^pickup /)
    expect(scene.history()).toContain('delivery-refused')
    await came(scene, report('failed', '5.7.1'), 2)
    expect(ways(scene)).toEqual(after)
    expect(scene.history().filter((event) => event === 'delivery-refused')).toHaveLength(1)
  })

  it('of a receipt is evidence, and the receipt goes no other way', async () => {
    const scene = await sent('receipt')
    await came(scene, report('failed', '5.1.1'))
    expect(ways(scene)).toEqual(
      ['plain-mail refused'].map((way) => way.replace('plain-mail', scene.deliveries()[0]?.channel ?? '')),
    )
    expect(evidence(scene)).toEqual(['bounced'])
  })

  it.each<[string, MailReport]>([
    ['a delay', report('delayed', '4.4.1')],
    ['a failure that passes', report('failed', '4.2.2')],
    ['delivery', report('delivered', '2.0.0')],
    ['reading', report('displayed', null, 'disposition')],
    ['absence', report(null, null, 'auto-reply')],
    ['nothing that is understood', report(null, null)],
  ])('that tells of %s is evidence, and changes nothing', async (_, told) => {
    const scene = await sent()
    const before = ways(scene)
    await came(scene, told)
    expect(ways(scene)).toEqual(before)
    expect(evidence(scene)).toEqual(['reported'])
    expect(scene.history()).not.toContain('delivery-refused')
  })
})

describe('receipts to one address', () => {
  it('go by mail so often a day, and then lie on the page; decisions go on', async () => {
    const scene = await setScene({ kind: 'receipt', relay: scriptedRelay([]) })
    const parts = { ...scene.parts, settings: { ...scene.parts.settings, receiptsPerAddressAndDay: 2 } }
    const route = async (kind: 'receipt' | 'decision', n: number) => {
      const letter = { ...scene.letter, id: `letter-${n}`, cause: `${kind}:${n}`, kind }
      await scene.store.commit(async (write) => {
        await write.addLetter(letter)
        await write.addJob('route-letter', letter.id, { letterId: letter.id })
      })
      const jobs = await scene.store.jobs.lease('test', ['route-letter'], 10, 60_000)
      for (const job of jobs.filter(({ key }) => key === letter.id)) await routeLetter(job, parts)
      const [delivery] = await scene.store.deliveriesOfLetter(letter.id)
      return `${delivery?.channel} ${delivery?.routeReason}`
    }
    const [first, second, third] = [await route('receipt', 1), await route('receipt', 2), await route('receipt', 3)]
    expect([first, second]).toEqual([first, first])
    expect(first).toMatch(/-mail /)
    expect(third).toBe('pickup answered-often')
    expect(await route('decision', 4)).toMatch(/-mail /)
    const later = { ...parts, clock: () => new Date(scene.parts.clock().getTime() + 86_400_001) }
    await scene.store.commit(async (write) => {
      await write.addLetter({ ...scene.letter, id: 'letter-5', cause: 'receipt:5', kind: 'receipt' })
      await write.addJob('route-letter', 'letter-5', { letterId: 'letter-5' })
    })
    const [job] = await scene.store.jobs.lease('test', ['route-letter'], 10, 60_000)
    if (!job) throw new Error('no job')
    await routeLetter(job, later)
    expect((await scene.store.deliveriesOfLetter('letter-5'))[0]?.channel).toMatch(/-mail$/)
  })
})
