import { beforeEach, describe, expect, it } from 'vitest'
import { joinCases, lookUpTracking, openCase, takeUp } from '../../src/casework/index.ts'
import type { SenderProof } from '../../src/casework/ports.ts'
import type { Actor } from '../../src/model/case.ts'
import type { Delivery } from '../../src/model/letter.ts'
import { nameSeenDocuments } from '../../src/model/seen-documents.ts'
import type { MailReport, MessageHeaders, Submission } from '../../src/model/submission.ts'
import { type GivenPart, given, headers, pdf, type Scene, scene } from './scene.ts'

let world: Scene
let count = 0
beforeEach(() => {
  world = scene()
  count = 0
})

const KAI = 'kai@example.org'
const FP = 'AB'.repeat(20)

interface Mail {
  readonly from?: string
  readonly proof?: SenderProof['emailProof']
  readonly key?: string | null
  readonly change?: Partial<MessageHeaders>
  readonly parts?: readonly GivenPart[]
  readonly channel?: Submission['channel']
}

/** A mail as the stages before left it; gives the submission as it is after the step. */
async function mail({ from = KAI, proof = 'dmarc', key = null, change = {}, parts, channel = 'smtp' }: Mail = {}) {
  count += 1
  const own = { ...headers, messageId: `<mail-${count}@example.org>`, from: [{ name: '', address: from }], ...change }
  const papers = parts ?? [pdf(`attest-${count}.pdf`)]
  const { id } = await given(world, papers, { headers: own, channel })
  const openpgpKey = key && `certificate ${key}`
  const proveSender = async (): Promise<SenderProof> => ({
    ...{ emailProof: proof, openpgpKey, openpgpFingerprint: key, openpgpSource: key ? 'attached' : null },
    chosenChannel: null,
  })
  await openCase(await world.lease('open-case'), { ...world.parts, proveSender })
  const submission = await world.store.submission(id)
  if (!submission) throw new Error('no submission')
  return submission
}

const cases = async () => (await world.store.listCases()).toReversed()
const events = async (caseId: string | null) => (await world.store.history(caseId ?? '')).map(({ event }) => event)
const letters = async () => (await world.store.listLetters()).map(({ cause }) => cause.split(':')[0])

/** A first mail with its case, and the receipt as it went out. */
async function begun(first: Mail = {}) {
  const submission = await mail(first)
  const [row] = await cases()
  const [letter] = await world.store.lettersOfCase(row?.id ?? '')
  if (!row || !letter) throw new Error('no case')
  const at = row.receivedAt
  const delivery: Delivery = {
    ...{ id: 'delivery-1', letterId: letter.id, caseId: row.id, channel: 'plain-mail', routeReason: 'x' },
    ...{ address: KAI, messageId: '<receipt-1@kommune.example>', rawSha256: null, rawSize: null, state: 'accepted' },
    ...{ attempts: 1, possiblyDoubled: 0, createdAt: at, updatedAt: at },
  }
  await world.store.commit((write) => write.addDelivery(delivery))
  return { submission, row, letter }
}
const REPLY = { inReplyTo: ['<receipt-1@kommune.example>'] }

describe('a reply', () => {
  it.each<[string, Partial<MessageHeaders>]>([
    ['to our letter', REPLY],
    ['with our letter among the references', { references: ['<x@y>', '<receipt-1@kommune.example>', '<z@y>'] }],
    ['to the citizen’s own first mail', { inReplyTo: ['<mail-1@example.org>'] }],
  ])('%s joins the case of its proven sender, with a receipt that says so', async (_, change) => {
    const { row } = await begun()
    const reply = await mail({ change })
    expect(reply).toMatchObject({ state: 'cased', caseId: row.id })
    expect(await cases()).toHaveLength(1)
    expect(await events(row.id)).toContain('documents-added')
    const papers = (await world.store.documentsOfCase(row.id)).filter(({ role }) => role === 'attachment')
    expect(papers).toHaveLength(2)
    expect(await letters()).toEqual(['receipt', 'receipt'])
    const entry = (await world.store.history(row.id)).find(({ event }) => event === 'documents-added')
    expect(entry?.payload).toMatchObject({ means: 'dmarc' })
  })

  it('with the case’s number in its subject joins, however it is written, and not with two numbers', async () => {
    const { row } = await begun()
    const said = `SV: Sag ${row.number.replaceAll('-', ' – ')}: kvittering`
    expect((await mail({ change: { subject: said } })).caseId).toBe(row.id)
    await mail({ change: { subject: 'noget helt andet' } })
    const [, other] = await cases()
    const both = await mail({ change: { subject: `${row.number} og ${other?.number}` } })
    expect([row.id, other?.id]).not.toContain(both.caseId)
  })

  it.each<[string, Mail]>([
    ['a stranger who knows the Message-ID', { from: 'eva@example.org' }],
    ['somebody who only writes the citizen’s address', { proof: null }],
    ['the holder of another key with that address', { proof: 'openpgp', key: 'CD'.repeat(20) }],
  ])('by %s becomes a case of its own, that tells staff and not the sender', async (_, by) => {
    const { row } = await begun({ key: FP })
    const reply = await mail({ ...by, change: { ...REPLY, subject: `SV: ${row.number}` } })
    expect(reply.caseId).not.toBe(row.id)
    expect(await events(row.id)).not.toContain('documents-added')
    const proposal = (await world.store.history(reply.caseId ?? '')).find(({ event }) => event === 'may-belong-to')
    expect(proposal?.payload).toEqual({ number: row.number, by: 'letter' })
    const [receipt] = await world.store.lettersOfCase(reply.caseId ?? '')
    expect(`${receipt?.subject}${receipt?.bodyText}`).not.toContain(row.number)
  })

  it('signed by the very key that the party has joins', async () => {
    const { row } = await begun({ proof: 'openpgp', key: FP })
    expect((await mail({ proof: 'openpgp', key: FP, change: REPLY })).caseId).toBe(row.id)
  })

  it('to a case that was decided becomes a case that says what it continues', async () => {
    const { row } = await begun()
    await world.store.commit((write) => write.updateCase(row.id, { state: 'decided' }))
    const reply = await mail({ change: REPLY })
    expect(reply.caseId).not.toBe(row.id)
    expect(await events(reply.caseId)).toContain('continues-case')
    expect(await events(row.id)).toContain('addition-became-case')
  })
})

describe('the same mail', () => {
  it('by another way joins its case without a second receipt', async () => {
    const { row } = await begun({ parts: [pdf('a.pdf')] })
    const again = await mail({ channel: 'imap', change: { messageId: '<mail-1@example.org>' }, parts: [pdf('a.pdf')] })
    expect(again.state).toBe('set-aside')
    expect(await cases()).toHaveLength(1)
    expect(await letters()).toEqual(['receipt'])
    expect(await events(row.id)).toContain('repeat-came')
  })

  it.each<[string, Mail]>([
    ['other papers', { parts: [pdf('b.pdf')] }],
    ['another sender', { from: 'eva@example.org', parts: [pdf('a.pdf')] }],
  ])('is none with %s: a Message-ID alone proves nothing', async (_, other) => {
    await begun({ parts: [pdf('a.pdf')] })
    const again = await mail({ ...other, change: { messageId: '<mail-1@example.org>' } })
    expect(again.state).toBe('cased')
    expect(await cases()).toHaveLength(2)
  })
})

describe('what a program sends', () => {
  const report = (change: Partial<MailReport>): MailReport => ({
    ...{ kind: 'delivery', about: ['<receipt-1@kommune.example>'], outcome: 'failed', status: '5.1.1' },
    ...change,
  })

  it.each<[string, Partial<MailReport>, string]>([
    ['a delivery report', {}, 'report-came'],
    ['a read receipt', { kind: 'disposition', outcome: 'displayed', status: null }, 'report-came'],
    ['that somebody is away', { kind: 'auto-reply', outcome: null, status: null }, 'auto-reply-came'],
  ])('%s finds its letter, opens no case, and is not answered', async (_, change, event) => {
    const { row, letter } = await begun()
    const came = await mail({ proof: null, from: 'mailer-daemon@example.org', change: { report: report(change) } })
    expect(came).toMatchObject({ state: 'set-aside', caseId: null })
    expect(await cases()).toHaveLength(1)
    expect(await letters()).toEqual(['receipt'])
    const entry = (await world.store.history(row.id)).find((one) => one.event === event)
    expect(entry?.payload).toMatchObject({ letterId: letter.id, deliveryId: 'delivery-1' })
    expect((await world.leaseAll('note-report')).map(({ payload }) => payload['deliveryId'])).toEqual(['delivery-1'])
  })

  it('and was set aside becomes a case where a person says so, once', async () => {
    const came = await mail({ change: { report: report({ about: [] }) } })
    const actor = { kind: 'caseworker', id: 'account-1', name: 'Mette Holm' } as const
    await takeUp({ submissionId: came.id, actor }, world.parts)
    await openCase(await world.lease('open-case'), world.parts)
    expect(await cases()).toHaveLength(1)
    expect(await world.store.submission(came.id)).toMatchObject({ state: 'cased' })
    await expect(takeUp({ submissionId: came.id, actor }, world.parts)).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('about what we never sent is set aside, thirty times over', async () => {
    for (let i = 0; i < 30; i++) await mail({ change: { report: report({ about: [`<${i}@elsewhere>`] }) } })
    expect(await cases()).toEqual([])
    expect(await world.leaseAll('note-report')).toEqual([])
    expect((await world.store.listSubmissions()).every(({ state }) => state === 'set-aside')).toBe(true)
  })

  it('on its own, and about nothing of ours, is an errand: forms and scanners write so', async () => {
    await mail({ change: { report: report({ kind: 'auto-reply', about: [] }) } })
    expect(await cases()).toHaveLength(1)
  })
})

describe('cases that a person joins', () => {
  const METTE: Actor = { kind: 'caseworker', id: 'mette', name: 'Mette' }
  const seenOf = async (caseId: string) => nameSeenDocuments(await world.store.documentsOfCase(caseId))

  /** A case, and the reply to it by somebody whom nothing proves, in a case of its own. */
  async function strangers() {
    const { row } = await begun()
    const reply = await mail({ proof: null, change: REPLY, parts: [pdf('svar.pdf', 'TOTAL-FAILED')] })
    return { row, replyCase: reply.caseId ?? '', reply }
  }
  const join = async (caseId: string, into: string, change: { seen?: string; actor?: Actor } = {}) =>
    joinCases({ caseId, into, seen: await seenOf(caseId), actor: METTE, ...change }, world)

  it('are one: what was handed in stands in the other, with its verdict, and who did it is on record', async () => {
    const { row, replyCase, reply } = await strangers()
    expect((await join(replyCase, row.number)).id).toBe(row.id)
    expect((await world.store.documentsOfCase(row.id)).map(({ name }) => name)).toContain('svar.pdf')
    expect(await world.store.documentsOfCase(replyCase)).toEqual([])
    expect(await world.store.case(row.id)).toMatchObject({ state: 'with-caseworker', indication: 'TOTAL-FAILED' })
    expect((await world.store.case(replyCase))?.state).toBe('joined')
    expect(await world.store.submission(reply.id)).toMatchObject({ caseId: row.id, state: 'cased' })
    const [into, from] = [await world.store.history(row.id), await world.store.history(replyCase)]
    expect(into.find(({ event }) => event === 'case-joined')).toMatchObject({ actor: METTE })
    expect(into.find(({ event }) => event === 'documents-added')).toMatchObject({
      ...{ actor: METTE, payload: { submissionId: reply.id, means: 'joined-by-hand' } },
    })
    expect(from.at(-1)).toMatchObject({ event: 'joined-into', actor: METTE, payload: { number: row.number } })
    expect((await world.store.queue()).map(({ id }) => id)).toEqual([row.id])
  })

  it('leave the tracking links of the one that is over with it: they do not open the other', async () => {
    const { row, replyCase, reply } = await strangers()
    const letter = (await world.store.lettersOfCase(replyCase))[0]
    const token = /\/s\/([\w-]+)/.exec(letter?.bodyText ?? '')?.[1] ?? ''
    await join(replyCase, row.number)
    expect(await lookUpTracking(world.store, token, world.clock())).toMatchObject({ caseId: replyCase })
    for (const one of await world.store.tokensOfSubmission(reply.id)) expect(one.caseId).toBe(replyCase)
    expect(await letters()).toEqual(['receipt', 'receipt'])
  })

  it('are found by what is written to the one that is over: by its proven party it joins, else it names the other', async () => {
    const { row, replyCase } = await strangers()
    await join(replyCase, row.number)
    expect((await mail({ change: { inReplyTo: ['<mail-2@example.org>'] } })).caseId).toBe(row.id)
    const stranger = await mail({ from: 'eva@example.org', change: { inReplyTo: ['<mail-2@example.org>'] } })
    const proposal = (await world.store.history(stranger.caseId ?? '')).find(({ event }) => event === 'may-belong-to')
    expect(proposal?.payload).toEqual({ number: row.number, by: 'own-mail' })
  })

  it('know the same mail again that came before they were joined', async () => {
    const { row, replyCase } = await strangers()
    await join(replyCase, row.number)
    const again = { messageId: '<mail-2@example.org>' }
    const repeat = await mail({ proof: null, change: again, parts: [pdf('svar.pdf')] })
    expect(repeat.state).toBe('set-aside')
    expect(await events(row.id)).toContain('repeat-came')
  })

  it('are not joined by a program, with themselves, with none, unseen, or once decided', async () => {
    const { row, replyCase } = await strangers()
    const own = (await world.store.case(replyCase))?.number ?? ''
    const system: Actor = { kind: 'system', id: null, name: null }
    await expect(join(replyCase, row.number, { actor: system })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(join(replyCase, own)).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(join(replyCase, '2026-999999-0')).rejects.toMatchObject({ code: 'not-found' })
    await expect(join(replyCase, row.number, { seen: 'x' })).rejects.toMatchObject({
      ...{ code: 'wrong-state', facts: { documentsChanged: true } },
    })
    const late = await given(world, [pdf('sent.pdf')], { caseId: replyCase, channel: 'upload', state: 'received' })
    await expect(join(replyCase, row.number)).rejects.toMatchObject({ facts: { stillChecking: true } })
    await world.store.commit((write) => write.updateSubmission(late.id, { state: 'cased' }))
    await world.store.commit((write) => write.updateCase(row.id, { state: 'decided' }))
    await expect(join(replyCase, row.number)).rejects.toMatchObject({ code: 'wrong-state' })
    expect((await world.store.case(replyCase))?.state).toBe('with-caseworker')
    expect(await world.store.documentsOfCase(row.id)).not.toEqual([])
    expect(await events(row.id)).not.toContain('case-joined')
  })

  it('take along what waits to be judged anew', async () => {
    const { row, replyCase } = await strangers()
    const later = '2026-12-24T12:00:00.000Z'
    await world.store.commit((write) => write.addJob('rejudge', 'lacking:x', { caseId: replyCase, tries: '2' }, later))
    await join(replyCase, row.number)
    const jobs = await world.store.listJobs({ kinds: ['rejudge'], states: ['ready'] })
    expect(jobs.map(({ payload, runAt }) => [payload, runAt])).toContainEqual([{ caseId: row.id, tries: '2' }, later])
  })

  it('are not joined a second time', async () => {
    const { row, replyCase } = await strangers()
    await join(replyCase, row.number)
    await expect(join(replyCase, row.number)).rejects.toMatchObject({ code: 'wrong-state' })
  })
})
