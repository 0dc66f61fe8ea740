import { describe, expect, it } from 'vitest'
import {
  approveCase,
  caseStatus,
  lookUpTracking,
  openCase,
  revokeToken,
  revokeTrackingOf,
  submissionSteps,
  workingDaysLeft,
} from '../../src/casework/index.ts'
import { hashToken } from '../../src/model/ids.ts'
import { CASEWORKER, given, pdf, type Scene, scene } from './scene.ts'

const today = (text: string) => ({ now: new Date(text), timeZone: 'Europe/Copenhagen', closingDays: [] })

async function openedCases(count: number): Promise<Scene> {
  const world = scene()
  for (let i = 0; i < count; i++) {
    await given(world, [pdf(`attest-${i}.pdf`)])
    await openCase(await world.lease('open-case'), world.parts)
  }
  return world
}

describe('the status of a case', () => {
  it('shows the way as a parcel’s, with the place in the queue', async () => {
    const { store } = await openedCases(2)
    const [second, first] = await store.listCases()
    if (!first || !second) throw new Error('no cases')
    const status = await caseStatus(store, second, today('2026-11-26T09:00:00.000Z'))
    expect(status.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'received done',
      'checked done',
      'with-caseworker current',
      'answered waiting',
      'archived waiting',
    ])
    expect(status.steps[0]?.at).toBe(second.receivedAt)
    expect([status.queuePosition, status.dueOn, status.workingDaysLeft]).toEqual([2, '2026-12-01', 3])
    expect((await caseStatus(store, first, today('2026-11-26T09:00:00.000Z'))).queuePosition).toBe(1)
  })

  it('once decided is out of the queue and on its way to the answer', async () => {
    const world = await openedCases(1)
    const [row] = await world.store.listCases()
    const decided = await approveCase({ caseId: row?.id ?? '', actor: CASEWORKER }, world)
    const status = await caseStatus(world.store, decided, today('2026-11-26T09:00:00.000Z'))
    expect(status.queuePosition).toBeNull()
    expect(status.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'current', 'waiting'])
    const at = '2026-11-26T10:00:00.000Z'
    const archived = { ...decided, state: 'archived' as const, answeredAt: at, archivedAt: at }
    const end = await caseStatus(world.store, archived, today('2027-11-26T09:00:00.000Z'))
    expect(end.steps.every(({ state }) => state === 'done')).toBe(true)
    expect(end.workingDaysLeft).toBeNull()
  })

  it('before there is a case shows that it was received', async () => {
    const world = scene()
    const submission = await given(world, [])
    expect(submissionSteps(submission).map(({ state }) => state)).toEqual([
      'done',
      'current',
      'waiting',
      'waiting',
      'waiting',
    ])
  })

  it.each([
    ['2026-12-01T10:00:00.000Z', 0],
    ['2026-11-30T22:59:00.000Z', 1],
    ['2026-11-30T23:00:00.000Z', 0],
    ['2026-12-02T10:00:00.000Z', -1],
    ['2026-12-08T10:00:00.000Z', -5],
  ])('at %s an answer due on 1 December has %i working days', async (now, left) => {
    expect(await workingDaysLeft(scene().store, '2026-12-01', today(now))).toBe(left)
  })

  it('a due day on a Friday is missed on Saturday already', async () => {
    expect(await workingDaysLeft(scene().store, '2026-11-27', today('2026-11-28T10:00:00.000Z'))).toBe(-1)
  })

  it('counts the closing days that an admin added', async () => {
    const { store } = scene()
    await store.commit((write) => write.setSetting('closing-days', ['2026-11-27', 5, null]))
    expect(await workingDaysLeft(store, '2026-12-01', today('2026-11-26T10:00:00.000Z'))).toBe(2)
  })
})

describe('a tracking link', () => {
  async function withLink() {
    const world = await openedCases(1)
    const [row] = await world.store.listCases()
    const [letter] = await world.store.lettersOfCase(row?.id ?? '')
    return { ...world, row, token: /\/s\/([\w-]+)/.exec(letter?.bodyText ?? '')?.[1] ?? '' }
  }

  it('has at least 128 bits', async () => {
    const { token } = await withLink()
    expect(Buffer.from(token, 'base64url').length * 8).toBeGreaterThanOrEqual(128)
  })

  it('opens nothing once revoked, however often that is repeated', async () => {
    const { store, token, clock } = await withLink()
    expect(await lookUpTracking(store, token, clock())).not.toBeNull()
    await store.commit((write) => revokeToken(write, hashToken(token), '2026-11-25T00:00:00.000Z'))
    await store.commit((write) => revokeToken(write, hashToken(token), '2026-11-26T00:00:00.000Z'))
    expect(await lookUpTracking(store, token, clock())).toBeNull()
    expect((await store.token(hashToken(token)))?.revokedAt).toBe('2026-11-25T00:00:00.000Z')
  })

  it('opens nothing once expired', async () => {
    const { store, token } = await withLink()
    expect(await lookUpTracking(store, token, new Date('2028-11-23T00:00:00Z'))).not.toBeNull()
    expect(await lookUpTracking(store, token, new Date('2028-11-25T00:00:00Z'))).toBeNull()
  })

  it('is revoked with all others of its case', async () => {
    const { store, token, row, clock } = await withLink()
    const revoke = () => store.commit((write) => revokeTrackingOf(write, row?.id ?? '', '2026-11-25T00:00:00.000Z'))
    expect(await revoke()).toBe(1)
    expect(await revoke()).toBe(0)
    expect(await lookUpTracking(store, token, clock())).toBeNull()
  })

  it('that nobody was given opens nothing', async () => {
    const { store, clock } = await withLink()
    for (const token of ['', 'x', 'x'.repeat(1_000_000)]) expect(await lookUpTracking(store, token, clock())).toBeNull()
    const unknown = store.commit((write) => revokeToken(write, 'none', '2026-11-25T00:00:00.000Z'))
    await expect(unknown).rejects.toMatchObject({ code: 'not-found' })
  })
})
