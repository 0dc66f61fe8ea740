import { describe, expect, it } from 'vitest'
import { approveCase, lookUpTracking, openCase, rejectCase } from '../../src/casework/index.ts'
import { findBrokenLink } from '../../src/model/history.ts'
import { nameSeenDocuments } from '../../src/model/seen-documents.ts'
import type { Submission } from '../../src/model/submission.ts'
import { addRejudgeJob } from '../../src/model/trust-list.ts'
import { CASEWORKER, type GivenPart, given, headers, pdf, type Scene, scene, snapshot } from './scene.ts'

/** An open case with one signed PDF, and what its citizen adds, verified and waiting to be put into it. */
async function withAddition(parts: readonly GivenPart[] = [pdf('kort.pdf')], changes: Partial<Submission> = {}) {
  const world = scene()
  await given(world, [pdf()])
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  if (!row) throw new Error('no case was opened')
  const submission = await given(world, parts, {
    channel: 'upload',
    caseId: row.id,
    headers: { ...headers, from: [], subject: '', messageId: null, bodyText: 'Her er kortet.' },
    ...changes,
  })
  return { ...world, row, submission, add: async () => openCase(await world.lease('open-case'), world.parts) }
}

const receiptOf = ({ store }: Pick<Scene, 'store'>, submission: Submission) =>
  store.letterByCause(`receipt:${submission.id}`)

describe('what a citizen adds to an open case', () => {
  it('joins it: documents, history and the worst verdict, and opens no other case', async () => {
    const { store, row, submission, add } = await withAddition([pdf('kort.pdf', 'INDETERMINATE')])
    await add()
    expect(await store.listCases()).toHaveLength(1)
    const documents = await store.documentsOfCase(row.id)
    expect(documents.map(({ name }) => name)).toEqual(['message.eml', 'attest.pdf', 'message.eml', 'kort.pdf'])
    expect(await store.submission(submission.id)).toMatchObject({ state: 'cased', caseId: row.id })
    expect((await store.case(row.id))?.indication).toBe('INDETERMINATE')
    const history = await store.history(row.id)
    expect(history.map(({ event }) => event)).toEqual([
      'received',
      'checked',
      'case-opened',
      'documents-added',
      'verdict-changed',
    ])
    expect(history[3]).toMatchObject({
      at: submission.receivedAt,
      actor: { kind: 'citizen', id: row.id },
      payload: { submissionId: submission.id, means: 'one-time-code', documents: [{ indication: 'INDETERMINATE' }] },
    })
    expect(findBrokenLink(history)).toBeNull()
  })

  it('keeps the case’s place in the queue, its day and its title', async () => {
    const { store, row, add } = await withAddition()
    const before = await store.queuePosition(row.id)
    await add()
    expect(await store.queuePosition(row.id)).toBe(before)
    expect(await store.case(row.id)).toEqual(row)
  })

  it('never makes the case’s verdict better', async () => {
    const world = scene()
    await given(world, [pdf('attest.pdf', 'TOTAL-FAILED')])
    await openCase(await world.lease('open-case'), world.parts)
    const [row] = await world.store.listCases()
    await given(world, [pdf('ny.pdf')], { caseId: row?.id ?? '', channel: 'upload' })
    await openCase(await world.lease('open-case'), world.parts)
    expect((await world.store.case(row?.id ?? ''))?.indication).toBe('TOTAL-FAILED')
  })

  it('counts what could not be read as that, and says so', async () => {
    const { store, row, submission, add } = await withAddition([], { problem: 'malformed-mime', headers: null })
    await add()
    expect((await store.case(row.id))?.indication).toBe('ERROR')
    expect((await receiptOf({ store }, submission))?.bodyText).toContain('kunne ikke læse det')
  })

  it('gets one short receipt with its own cause, to the case’s sender, with a link that opens the case', async () => {
    const { store, row, submission, add, clock } = await withAddition([pdf('a.pdf'), pdf('b.pdf')])
    await add()
    const letter = await receiptOf({ store }, submission)
    const [sender] = await store.partiesOfCase(row.id)
    expect(letter).toMatchObject({
      kind: 'receipt',
      partyId: sender?.id,
      caseId: row.id,
      subject: `Kvittering: tilføjet til sag ${row.number}`,
    })
    expect(letter?.bodyText).toContain('2 filer')
    const token = /\/s\/([\w-]+)/.exec(letter?.bodyText ?? '')?.[1] ?? ''
    expect(await lookUpTracking(store, token, clock())).toMatchObject({ caseId: row.id })
    const jobs = await store.listJobs({ kinds: ['route-letter'] })
    expect(jobs.map(({ key }) => key)).toContain(letter?.id)
  })

  it('is put in once, however often the job runs and wherever it was killed', async () => {
    const world = await withAddition()
    const job = await world.lease('open-case')
    // Killed before the commit: the lease is another's by then, and nothing may stand.
    const before = snapshot(world)
    await world.store.jobs.release('worker')
    await expect(openCase(job, world.parts)).rejects.toMatchObject({ retryable: true })
    expect(snapshot(world)).toBe(before)
    const [again] = await world.leaseAll('open-case')
    if (!again) throw new Error('the job is gone')
    await openCase(again, world.parts)
    const after = snapshot(world)
    await openCase(world.again(again), world.parts)
    expect(snapshot(world)).toBe(after)
  })

  it('is judged again where the case is being judged again without it', async () => {
    const { store, row, submission, add } = await withAddition()
    await store.commit((write) => addRejudgeJob(write, row.id, 'stamp'))
    await add()
    const jobs = await store.listJobs({ kinds: ['rejudge'], states: ['ready'] })
    expect(jobs.filter(({ key }) => key.endsWith(submission.id))).toMatchObject([{ payload: { caseId: row.id } }])
  })
})

describe('what a citizen adds to a case that is decided meanwhile', () => {
  it('becomes a case of its own, of the same person and type, and both histories say so', async () => {
    const world = await withAddition([pdf('kort.pdf', 'TOTAL-FAILED')])
    const { store, row, submission } = world
    await approveCase({ caseId: row.id, actor: CASEWORKER }, world)
    await world.add()
    const own = (await store.listCases()).find(({ id }) => id !== row.id)
    expect(own).toMatchObject({ caseType: row.caseType, title: row.title, indication: 'TOTAL-FAILED' })
    expect((await store.case(row.id))?.indication).toBe('TOTAL-PASSED')
    expect(await store.submission(submission.id)).toMatchObject({ state: 'cased', caseId: own?.id })
    const [before] = await store.partiesOfCase(row.id)
    expect(await store.partiesOfCase(own?.id ?? '')).toMatchObject([{ email: before?.email, role: 'sender' }])
    expect((await store.documentsOfCase(row.id)).map(({ name }) => name)).not.toContain('kort.pdf')
    expect((await store.history(row.id)).at(-1)).toMatchObject({
      event: 'addition-became-case',
      payload: { number: own?.number },
    })
    expect((await store.history(own?.id ?? '')).at(-1)).toMatchObject({
      event: 'continues-case',
      payload: { number: row.number },
    })
    expect((await receiptOf(world, submission))?.bodyText).toContain(`sag ${row.number}, men den var afgjort`)
  })
})

describe('a decision', () => {
  it('on what somebody looked at is refused once documents came in since', async () => {
    const world = await withAddition()
    const { store, row } = world
    const seen = nameSeenDocuments(await store.documentsOfCase(row.id))
    await world.add()
    const decision = { caseId: row.id, actor: CASEWORKER, seen, reason: 'Fordi.' }
    for (const decide of [approveCase, rejectCase]) {
      await expect(decide(decision, world)).rejects.toMatchObject({
        code: 'wrong-state',
        facts: { documentsChanged: true },
      })
    }
    expect((await store.case(row.id))?.state).toBe('with-caseworker')
    const now = nameSeenDocuments(await store.documentsOfCase(row.id))
    expect(await approveCase({ ...decision, seen: now }, world)).toMatchObject({ state: 'decided' })
  })
})
