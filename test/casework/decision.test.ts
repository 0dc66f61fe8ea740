import { describe, expect, it } from 'vitest'
import {
  type ApprovedCopyParts,
  approveCase,
  type CarryOutParts,
  carryOutApproval,
  carryOutRejection,
  lookUpGenuine,
  lookUpTracking,
  openCase,
  rejectCase,
  settleLetter,
} from '../../src/casework/index.ts'
import type { Case } from '../../src/model/case.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { findBrokenLink } from '../../src/model/history.ts'
import type { Delivery, DeliveryState } from '../../src/model/letter.ts'
import type { ApprovalStamp } from '../../src/model/ports.ts'
import { CASEWORKER, type GivenPart, given, headers, pdf, type Scene, scene, silentLog, snapshot } from './scene.ts'

interface DecisionScene extends Scene {
  readonly row: Case
  readonly stamps: ApprovalStamp[]
  readonly carry: CarryOutParts & ApprovedCopyParts
}

/** A typesetter and a sealer that show what they were given; a PDF that says "encrypted" cannot be stamped. */
async function withCase(parts: readonly GivenPart[] = [pdf()]): Promise<DecisionScene> {
  const world = scene()
  await given(world, parts)
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  if (!row) throw new Error('no case')
  const stamps: ApprovalStamp[] = []
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
  const carry: DecisionScene['carry'] = {
    ...world.parts,
    log: silentLog,
    typesetter: {
      stampApproved: async (bytes, stamp) => {
        if (text(bytes).includes('encrypted')) throw new GatewayError('encrypted-input', 'a password is needed')
        stamps.push(stamp)
        return Buffer.from(`stamped(${text(bytes)})`)
      },
      approvalPage: async (stamp) => {
        stamps.push(stamp)
        return Buffer.from(`page(${stamp.originalName})`)
      },
    },
    sealer: { sealPdf: async (bytes, { reason }) => Buffer.from(`sealed(${text(bytes)}|${reason})`) },
  }
  return { ...world, row, stamps, carry }
}

const approved = async (parts?: readonly GivenPart[]): Promise<DecisionScene> => {
  const world = await withCase(parts)
  await approveCase({ caseId: world.row.id, actor: CASEWORKER }, world)
  return world
}

async function approvedTexts({ store, row }: DecisionScene): Promise<readonly string[]> {
  const documents = (await store.documentsOfCase(row.id)).filter(({ role }) => role === 'approved')
  return Promise.all(documents.map(async ({ sha256 }) => Buffer.from(await store.blobs.get(sha256)).toString()))
}

describe('deciding', () => {
  it('an approval stands on record with who and when, and starts its job', async () => {
    const { store, row } = await approved()
    expect(await store.case(row.id)).toMatchObject({ state: 'decided', decision: 'approved', decidedBy: 'Mette Holm' })
    expect((await store.history(row.id)).at(-1)).toMatchObject({ event: 'approved', actor: CASEWORKER })
    expect((await store.listJobs({ kinds: ['approve'] })).map(({ key }) => key)).toEqual([row.id])
    expect(await store.queuePosition(row.id)).toBeNull()
  })

  it('of two caseworkers the second is told that it is decided, and nothing changes', async () => {
    const world = await withCase()
    const outcomes = await Promise.allSettled([
      approveCase({ caseId: world.row.id, actor: CASEWORKER }, world),
      rejectCase({ caseId: world.row.id, actor: { ...CASEWORKER, id: 'b' }, reason: 'Nej' }, world),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'wrong-state' } })
    expect(await world.store.case(world.row.id)).toMatchObject({ decision: 'approved' })
    expect(await world.store.listJobs({ kinds: ['reject'] })).toEqual([])
  })

  it('a rejection without a reason is refused', async () => {
    const world = await withCase()
    const rejection = rejectCase({ caseId: world.row.id, actor: CASEWORKER, reason: '  \n' }, world)
    await expect(rejection).rejects.toMatchObject({ code: 'invalid-request' })
  })

  it.each(['citizen', 'system'] as const)('a %s cannot decide', async (kind) => {
    const world = await withCase()
    const decision = approveCase({ caseId: world.row.id, actor: { kind, id: null, name: null } }, world)
    await expect(decision).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('an unknown case is not found', async () => {
    const world = await withCase()
    await expect(approveCase({ caseId: 'none', actor: CASEWORKER }, world)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('carrying out an approval', () => {
  it('makes a stamped copy of each PDF, sealed last, and leaves the original as it is', async () => {
    const world = await approved([pdf('a.pdf'), pdf('b.pdf', 'NO-SIGNATURE')])
    const before = await world.store.documentsOfCase(world.row.id)
    await carryOutApproval(await world.lease('approve'), world.carry)
    expect(await approvedTexts(world)).toEqual([
      `sealed(stamped(%PDF-1.7 a.pdf)|Godkendt, sag ${world.row.number})`,
      `sealed(stamped(%PDF-1.7 b.pdf)|Godkendt, sag ${world.row.number})`,
    ])
    const after = await world.store.documentsOfCase(world.row.id)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.slice(before.length).map(({ derivedFrom, name }) => [derivedFrom, name])).toEqual([
      [before[1]?.id, 'a-godkendt.pdf'],
      [before[2]?.id, 'b-godkendt.pdf'],
    ])
    expect(world.stamps.map(({ verdict, originalSha256 }) => [verdict, originalSha256])).toEqual([
      ['da:TOTAL-PASSED', before[1]?.sha256],
      ['da:NO-SIGNATURE', before[2]?.sha256],
    ])
  })

  it('puts a link on the copy that proves it genuine, and is no tracking link', async () => {
    const world = await approved()
    await carryOutApproval(await world.lease('approve'), world.carry)
    const token = /\/g\/(.+)$/.exec(world.stamps[0]?.genuineUrl ?? '')?.[1] ?? ''
    const now = world.clock()
    expect(await lookUpTracking(world.store, token, now)).toBeNull()
    const documents = await world.store.documentsOfCase(world.row.id)
    expect(await lookUpGenuine(world.store, token, { now, municipality: 'Demokøbing Kommune' })).toMatchObject({
      caseNumber: world.row.number,
      municipality: 'Demokøbing Kommune',
      decidedAt: (await world.store.case(world.row.id))?.decidedAt,
      copies: [{ originalSha256: documents[1]?.sha256, approvedSha256: documents.at(-1)?.sha256 }],
    })
    expect(await lookUpGenuine(world.store, `${token}x`, { now, municipality: '' })).toBeNull()
  })

  it('writes one decision letter with the copies and a link that opens the case', async () => {
    const world = await approved()
    await carryOutApproval(await world.lease('approve'), world.carry)
    const letter = await world.store.letterByCause(`decision:${world.row.id}`)
    const copies = (await world.store.documentsOfCase(world.row.id)).filter(({ role }) => role === 'approved')
    expect(letter).toMatchObject({ kind: 'decision', documentIds: copies.map(({ id }) => id) })
    expect(letter?.subject).toBe(`Afgørelse: sag ${world.row.number}`)
    const token = /\/s\/([\w-]+)/.exec(letter?.bodyText ?? '')?.[1] ?? ''
    expect(await lookUpTracking(world.store, token, world.clock())).toMatchObject({ caseId: world.row.id })
    expect(await world.leaseAll('route-letter')).toHaveLength(2)
  })

  it.each(['child-timeout', 'child-memory', 'child-crashed'] as const)(
    'of a PDF whose stamping ends as %s makes a page, but one that somebody else stopped is tried again',
    async (code) => {
      const world = await approved([pdf('tung.pdf')])
      const job = await world.lease('approve')
      const stampingEnds = (retryable: boolean): DecisionScene['carry'] => ({
        ...world.carry,
        typesetter: {
          ...world.carry.typesetter,
          stampApproved: () => Promise.reject(new GatewayError(code, 'x', { retryable })),
        },
      })
      await expect(carryOutApproval(job, stampingEnds(true))).rejects.toMatchObject({ code, retryable: true })
      expect(await approvedTexts(world)).toEqual([])
      await carryOutApproval(job, stampingEnds(false))
      expect(await approvedTexts(world)).toEqual([expect.stringContaining('page(tung.pdf)')])
    },
  )

  it('of a PDF in which malware was found makes no copy of it, nor hands it to anything that reads it', async () => {
    const world = await withCase([pdf('a.pdf'), pdf('b.pdf')])
    const bad = (await world.store.documentsOfCase(world.row.id)).find(({ name }) => name === 'b.pdf')
    const malware = { result: 'infected', name: 'X', at: '2026-11-24T09:00:00.000Z' } as const
    await world.store.commit((write) => write.updateDocument(bad?.id ?? '', { malware }))
    await approveCase({ caseId: world.row.id, actor: CASEWORKER }, world)
    await carryOutApproval(await world.lease('approve'), world.carry)
    expect(await approvedTexts(world)).toHaveLength(1)
    expect(world.stamps.map(({ originalSha256 }) => originalSha256)).not.toContain(bad?.sha256)
  })

  it('of a PDF that cannot be stamped makes a page that says what was approved', async () => {
    const world = await approved([pdf('encrypted.pdf', 'INDETERMINATE')])
    await carryOutApproval(await world.lease('approve'), world.carry)
    expect(await approvedTexts(world)).toEqual([`sealed(page(encrypted.pdf)|Godkendt, sag ${world.row.number})`])
  })

  it('of a case without any PDF makes a page about what came', async () => {
    const photo = { name: 'tank.jpg', bytes: Buffer.from('jpeg'), mediaType: 'image/jpeg' }
    const withPhoto = await approved([photo])
    await carryOutApproval(await withPhoto.lease('approve'), withPhoto.carry)
    expect((await approvedTexts(withPhoto))[0]).toContain('page(tank.jpg)')
    const alone = await approved([])
    await carryOutApproval(await alone.lease('approve'), alone.carry)
    expect((await approvedTexts(alone))[0]).toContain('page(message.eml)')
  })

  it('without a usable seal fails, leaves nothing, and says why', async () => {
    const world = await approved()
    const before = snapshot(world)
    const sealer = { sealPdf: async () => Promise.reject(new GatewayError('key-unusable', 'the seal has expired')) }
    const job = await world.lease('approve')
    await expect(carryOutApproval(job, { ...world.carry, sealer })).rejects.toMatchObject({ code: 'key-unusable' })
    expect(snapshot(world)).toBe(before)
  })

  it('killed before its commit leaves nothing; the next run leaves one letter and one token that holds', async () => {
    const world = await approved()
    const before = snapshot(world)
    const job = await world.lease('approve')
    world.store.failWith(new GatewayError('storage-unavailable', 'gone', { retryable: true }))
    await expect(carryOutApproval(job, world.carry)).rejects.toMatchObject({ code: 'storage-unavailable' })
    world.store.failWith(null)
    expect(snapshot(world)).toBe(before)
    world.advance(120_000)
    await carryOutApproval(await world.lease('approve'), world.carry)
    const [lost, kept] = world.stamps.map(({ genuineUrl }) => genuineUrl.split('/g/')[1] ?? '')
    const facts = { now: world.clock(), municipality: '' }
    expect(await lookUpGenuine(world.store, lost ?? '', facts)).toBeNull()
    expect(await lookUpGenuine(world.store, kept ?? '', facts)).not.toBeNull()
    expect(await approvedTexts(world)).toHaveLength(1)
  })

  it('repeated, changes nothing', async () => {
    const world = await approved()
    const job = await world.lease('approve')
    await carryOutApproval(job, world.carry)
    const before = snapshot(world)
    await carryOutApproval(world.again(job), world.carry)
    expect(snapshot(world)).toBe(before)
  })

  it('of a rejected case is refused', async () => {
    const world = await withCase()
    await rejectCase({ caseId: world.row.id, actor: CASEWORKER, reason: 'Nej' }, world)
    const job = { ...(await world.lease('reject')), kind: 'approve' as const }
    await expect(carryOutApproval(job, world.carry)).rejects.toMatchObject({ code: 'wrong-state' })
  })
})

describe('carrying out a rejection', () => {
  it('writes one letter with the reason and no copy, however often it is repeated', async () => {
    const world = await withCase()
    await rejectCase({ caseId: world.row.id, actor: CASEWORKER, reason: 'Underskriften kan ikke kontrolleres.' }, world)
    const job = await world.lease('reject')
    await carryOutRejection(job, world.carry)
    const before = snapshot(world)
    await carryOutRejection(world.again(job), world.carry)
    expect(snapshot(world)).toBe(before)
    const letter = await world.store.letterByCause(`decision:${world.row.id}`)
    expect(letter?.documentIds).toEqual([])
    expect(letter?.bodyText).toContain('Begrundelse:\nUnderskriften kan ikke kontrolleres.')
    expect(letter?.bodyText).not.toContain('/g/')
  })
})

describe('a decision letter', () => {
  async function settled(state: DeliveryState, world?: DecisionScene) {
    const at = world ?? (await approved())
    if (!world) await carryOutApproval(await at.lease('approve'), at.carry)
    const letter = await at.store.letterByCause(`decision:${at.row.id}`)
    if (!letter) throw new Error('no letter')
    const delivery: Delivery = {
      id: 'delivery-1',
      letterId: letter.id,
      caseId: at.row.id,
      channel: 'openpgp-mail',
      routeReason: 'key-from-sender',
      address: headers.from[0]?.address ?? null,
      messageId: '<m@demokobing.example>',
      rawSha256: null,
      rawSize: null,
      state,
      attempts: 1,
      possiblyDoubled: 0,
      createdAt: letter.createdAt,
      updatedAt: letter.createdAt,
    }
    const changed = await at.store.commit((write) => settleLetter(write, letter, delivery, '2026-11-24T10:00:00.000Z'))
    return { ...at, letter, delivery, changed }
  }

  it.each(['accepted', 'kept', 'available'] as const)(
    'that is %s answers the case and starts archiving',
    async (state) => {
      const { store, row, changed } = await settled(state)
      expect(changed).toBe(true)
      expect(await store.case(row.id)).toMatchObject({ state: 'answered', answeredAt: '2026-11-24T10:00:00.000Z' })
      expect((await store.listJobs({ kinds: ['archive'] })).map(({ key }) => key)).toEqual([row.id])
      const history = await store.history(row.id)
      expect(history.map(({ event }) => event).slice(-3)).toEqual(['approved', 'sealed', 'answered'])
      expect(findBrokenLink(history)).toBeNull()
    },
  )

  it.each(['planned', 'handing-over', 'refused', 'waiting', 'unsendable'] as const)(
    'that is %s answers nothing',
    async (state) => {
      const { store, row, changed } = await settled(state)
      expect(changed).toBe(false)
      expect(await store.case(row.id)).toMatchObject({ state: 'decided', answeredAt: null })
      expect(await store.listJobs({ kinds: ['archive'] })).toEqual([])
    },
  )

  it('that arrives twice answers once', async () => {
    const first = await settled('accepted')
    const before = snapshot(first)
    const again = await settled('available', first)
    expect(again.changed).toBe(false)
    expect(snapshot(first)).toBe(before)
  })

  it('is the only kind that answers: a receipt does not', async () => {
    const { store, letter, delivery, row } = await settled('refused')
    const receipt = { ...letter, kind: 'receipt' as const }
    await store.commit((write) =>
      settleLetter(write, receipt, { ...delivery, state: 'accepted' }, '2026-11-24T10:00:00.000Z'),
    )
    expect(await store.case(row.id)).toMatchObject({ state: 'decided' })
  })
})
