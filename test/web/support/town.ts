import { newId } from '../../../src/model/ids.ts'
import type { FakeDeps } from './fakes.ts'
import { type SeededCase, seedCase } from './seed.ts'

export interface Town {
  readonly open: SeededCase
  readonly late: SeededCase
  readonly unclear: SeededCase
  readonly approved: SeededCase
  readonly archived: SeededCase
}

/** A municipality with something to look at on every page. */
export async function seedTown(deps: FakeDeps): Promise<Town> {
  const { store } = deps
  const decidedAt = '2026-11-24T08:30:00.000Z'
  const decided = { decision: 'approved', decidedAt, decidedBy: 'Søren Sag' } as const
  const late = await seedCase(store, 12, { dueOn: '2026-11-19', title: 'Byggetilladelse, Strandgade 4' })
  const unclear = await seedCase(store, 14, { dueOn: '2026-11-24', indication: 'INDETERMINATE' })
  const open = await seedCase(store, 17, {})
  const approved = await seedCase(store, 9, { ...decided, state: 'decided' })
  const archived = await seedCase(store, 3, {
    ...decided,
    state: 'archived',
    answeredAt: '2026-11-24T08:31:00.000Z',
    archivedAt: '2026-11-24T08:32:00.000Z',
  })
  await store.commit(async (write) => {
    await write.addDocument({
      ...approved.document,
      id: newId(),
      role: 'approved',
      name: 'attest-olietank-godkendt.pdf',
      derivedFrom: approved.document.id,
    })
    await write.addAnchor({
      sha256: 'a1'.repeat(32),
      der: new Uint8Array([1]),
      subject: 'CN=Demo rod-CA, O=Demokøbing, C=DK',
      purposes: ['document'],
      source: 'demo',
      note: 'Demonstrationens egen udsteder.',
      addedAt: decidedAt,
      addedBy: 'Ida Admin',
      disabledAt: null,
      countsFrom: null,
      countsUntil: null,
      constraints: null,
      periods: null,
      listed: null,
    })
    await write.addTrustChange({
      id: newId(),
      at: decidedAt,
      actor: 'Ida Admin',
      action: 'added',
      sha256: 'a1'.repeat(32),
      reason: 'Demonstrationens egen udsteder.',
      seq: null,
    })
    await write.addPackage({
      id: newId(),
      caseId: archived.case.id,
      version: 1,
      connector: 'folder',
      location: '2026/2026-000003-7_v1',
      fixity: 'f0'.repeat(32),
      state: 'acknowledged',
      acknowledgedAt: decidedAt,
      createdAt: decidedAt,
    })
    await write.addJob('archive', approved.case.id, { caseId: approved.case.id })
  })
  const [job] = await store.jobs.lease('test', ['archive'], 1, 60_000)
  if (job) await store.jobs.fail(job, { code: 'archive-refused', message: 'the folder is read-only', retryable: false })
  return { open, late, unclear, approved, archived }
}
