import { describe, expect, it } from 'vitest'
import { approveCase, openCase } from '../../src/casework/index.ts'
import type { Verification } from '../../src/model/document.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { VerifyInput } from '../../src/model/ports.ts'
import { eachDay, planToday } from '../../src/model/recurring.ts'
import type { AnchorPurpose } from '../../src/model/trust-anchor.ts'
import {
  addAnchor,
  disableAnchor,
  enableAnchor,
  type JudgeParts,
  planRejudge,
  rejudgeCase,
  verifySubmission,
  watchAnchors,
} from '../../src/trust/index.ts'
import { isSignedMail } from '../../src/trust/signed-mail.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import type { VerificationReport } from '../../src/verify/report/report.ts'
import {
  CASEWORKER,
  type GivenPart,
  given,
  pdf,
  report,
  type Scene,
  scene,
  settings,
  silentLog,
  snapshot,
} from '../casework/scene.ts'
import { makeCa } from './certificates.ts'

const ca = makeCa('Test CA')
const mailCa = makeCa('Mail CA')
const AT = '2026-11-24T09:30:00.000Z'

type Verify = (input: VerifyInput) => Promise<VerificationReport>

/** Judges as a verifier would that passes what it has an anchor for. */
const passesWithAnchor: Verify = async ({ trustAnchors }) =>
  report(trustAnchors.length > 0 ? 'TOTAL-PASSED' : 'INDETERMINATE')

function judging(world: Scene, verify: Verify): JudgeParts & { readonly asked: VerifyInput[] } {
  const asked: VerifyInput[] = []
  return {
    ...world.parts,
    log: silentLog,
    settings,
    fetcher: null,
    asked,
    sandbox: {
      verify: async (input) => {
        asked.push(input)
        return verify(input)
      },
    },
  }
}

async function unjudged(parts: readonly GivenPart[]) {
  const world = scene()
  const submission = await given(world, parts, { state: 'normalised' })
  return { world, submission }
}

async function verdictsOf({ store }: Scene): Promise<readonly string[]> {
  const [submission] = await store.listSubmissions()
  const documents = await store.documentsOfSubmission(submission?.id ?? '')
  const verdicts = await store.verificationsOf(documents.map(({ id }) => id))
  return verdicts.map(({ indication, subIndication }) => `${indication} ${subIndication ?? ''}`.trim())
}

describe('verifying a submission', () => {
  it('judges each PDF now, with the time of receipt as proof of existence, and nothing else', async () => {
    const text = { name: 'note.txt', bytes: Buffer.from('x'), mediaType: 'text/plain' }
    const { world, submission } = await unjudged([pdf('a.pdf'), text, pdf('b.pdf')])
    const parts = judging(world, async () => report('TOTAL-PASSED'))
    await verifySubmission(await world.lease('verify'), parts)
    expect(parts.asked.map(({ fileName, poe }) => [fileName, poe])).toEqual([
      ['a.pdf', submission.receivedAt],
      ['b.pdf', submission.receivedAt],
    ])
    expect(parts.asked[0]?.validationTime.localeCompare(submission.receivedAt)).toBe(1)
    expect(await verdictsOf(world)).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED'])
    expect((await world.store.submission(submission.id))?.state).toBe('verified')
    expect((await world.leaseAll('open-case')).map(({ key }) => key)).toEqual([submission.id])
  })

  it('judges an empty file that is called a PDF, and none that is called otherwise', async () => {
    const empty = (name: string) => ({ name, bytes: Buffer.alloc(0), mediaType: 'application/x-empty' })
    const { world } = await unjudged([empty('Ansøgning.PDF'), empty('note.txt')])
    const verify: Verify = async ({ bytes }) =>
      verifyDocument(bytes, { validationTime: new Date(AT), trustAnchors: [] })
    await verifySubmission(await world.lease('verify'), judging(world, verify))
    expect(await verdictsOf(world)).toEqual(['ERROR empty-file'])
  })

  it('judges the mail itself where it claims a signature, by the anchors for mail', async () => {
    const bytes = Buffer.from('Content-Type: multipart/signed; boundary=x\r\n\r\n')
    const mail = { name: 'signed.eml', bytes, mediaType: 'message/rfc822', role: 'message' as const }
    const { world } = await unjudged([mail, pdf()])
    await trusting(world)
    const parts = judging(world, passesWithAnchor)
    await verifySubmission(await world.lease('verify'), parts)
    expect(parts.asked.map(({ fileName, trustAnchors }) => [fileName, trustAnchors.length])).toEqual([
      ['signed.eml', 0],
      ['attest.pdf', 1],
    ])
  })

  it('hands each anchor on with what it was taken in for: signatures, time-stamps or both', async () => {
    const { world } = await unjudged([pdf()])
    const add = (der: Uint8Array, purposes: readonly AnchorPurpose[]) =>
      world.store.commit((write) =>
        addAnchor(write, { der, purposes, source: 'file', note: '', actor: 'admin', at: AT }),
      )
    await add(ca.der, ['document'])
    await add(mailCa.der, ['mail', 'timestamp'])
    const both = makeCa('Both')
    await add(both.der, ['timestamp', 'document'])
    const parts = judging(world, passesWithAnchor)
    await verifySubmission(await world.lease('verify'), parts)
    const uses = parts.asked[0]?.trustAnchors.map((one) => (one instanceof Uint8Array ? null : one.uses))
    expect(uses).toEqual([['signature'], ['timestamp'], ['signature', 'timestamp']])
  })

  it('keeps the report as it was given', async () => {
    const { world } = await unjudged([pdf()])
    const given = report('INDETERMINATE')
    await verifySubmission(
      await world.lease('verify'),
      judging(world, async () => given),
    )
    const [row] = [...world.store.tables().verifications.values()]
    const kept = JSON.parse(Buffer.from(await world.store.blobs.get(row?.reportSha256 ?? '')).toString())
    expect(kept).toEqual(given)
  })

  it.each(['child-timeout', 'child-memory', 'child-crashed', 'malformed-pdf'] as const)(
    'a document that ends in %s is an ERROR with that code, and the others are judged',
    async (code) => {
      const { world } = await unjudged([pdf('bad.pdf'), pdf('good.pdf')])
      const parts = judging(world, async ({ fileName }) => {
        if (fileName === 'bad.pdf') throw new GatewayError(code, 'the child ended')
        return report('TOTAL-PASSED')
      })
      await verifySubmission(await world.lease('verify'), parts)
      expect(await verdictsOf(world)).toEqual([`ERROR ${code}`, 'TOTAL-PASSED'])
    },
  )

  it('a report that says error is an ERROR too, never an indication', async () => {
    const { world } = await unjudged([pdf()])
    await verifySubmission(
      await world.lease('verify'),
      judging(world, async () => report('ERROR', 'not-a-pdf')),
    )
    expect(await verdictsOf(world)).toEqual(['ERROR not-a-pdf'])
  })

  it('a fault of ours is no verdict: nothing is stored, and the job is tried again', async () => {
    const { world, submission } = await unjudged([pdf()])
    const before = snapshot(world)
    const parts = judging(world, async () => {
      throw new GatewayError('storage-unavailable', 'gone', { retryable: true })
    })
    const job = await world.lease('verify')
    await expect(verifySubmission(job, parts)).rejects.toMatchObject({ retryable: true })
    expect(snapshot(world)).toBe(before)
    expect((await world.store.submission(submission.id))?.state).toBe('normalised')
  })

  it('a child that did not even start is no verdict either: the document did nothing', async () => {
    const { world } = await unjudged([pdf()])
    const parts = judging(world, async () => {
      throw new GatewayError('child-crashed', 'the child process did not start', { retryable: true })
    })
    const job = await world.lease('verify')
    await expect(verifySubmission(job, parts)).rejects.toMatchObject({ code: 'child-crashed', retryable: true })
    expect(await verdictsOf(world)).toEqual([])
  })

  it('repeated, changes nothing and judges nothing anew', async () => {
    const { world } = await unjudged([pdf()])
    const parts = judging(world, passesWithAnchor)
    const job = await world.lease('verify')
    await verifySubmission(job, parts)
    const before = snapshot(world)
    await verifySubmission(world.again(job), parts)
    expect(snapshot(world)).toBe(before)
    expect(parts.asked).toHaveLength(1)
  })

  it('by a worker whose lease ran out stores nothing', async () => {
    const { world } = await unjudged([pdf()])
    const stale = await world.lease('verify')
    world.advance(120_000)
    await world.lease('verify')
    const before = snapshot(world)
    await expect(verifySubmission(stale, judging(world, passesWithAnchor))).rejects.toMatchObject({ retryable: true })
    expect(snapshot(world)).toBe(before)
  })
})

describe('a mail', () => {
  it.each([
    ['multipart/signed; boundary=x', true],
    ['multipart/SIGNED;\r\n\tboundary=x', true],
    ['application/pkcs7-mime; smime-type=signed-data', true],
    ['application/x-pkcs7-mime', true],
    ['multipart/mixed; boundary=x', false],
    ['text/plain; name="multipart/signed"', false],
  ])('of type %s claims a signature: %s', (type, claims) => {
    expect(isSignedMail(Buffer.from(`From: a@b\r\nContent-Type: ${type}\r\n\r\nbody`))).toBe(claims)
  })

  it('whose text is signed inline claims a signature, whatever it travels in', () => {
    const text = '-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nhej\r\n'
    const base64 = Buffer.from(text).toString('base64')
    expect(isSignedMail(Buffer.from(`From: a@b\r\n\r\n${text}`))).toBe(true)
    expect(isSignedMail(Buffer.from(`From: a@b\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`))).toBe(true)
    expect(isSignedMail(Buffer.from(`From: a@b\r\nSubject: x\r\n\r\n${base64}`))).toBe(false)
  })

  it('that mentions the type in its body claims none', () => {
    expect(isSignedMail(Buffer.from('From: a@b\n\nContent-Type: multipart/signed\n'))).toBe(false)
  })
})

async function openedWith(parts: readonly GivenPart[]) {
  const world = scene()
  await given(world, parts, { state: 'normalised' })
  const judge = judging(world, passesWithAnchor)
  await verifySubmission(await world.lease('verify'), judge)
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  if (!row) throw new Error('no case')
  const indication = async () => (await world.store.case(row.id))?.indication
  const events = async () => (await world.store.history(row.id)).map(({ event }) => event)
  return { world, judge, row, indication, events }
}

const trusting = (world: Scene) =>
  world.store.commit(async (write) => {
    await addAnchor(write, { der: ca.der, purposes: ['document'], source: 'file', note: '', actor: 'admin', at: AT })
    return planRejudge(write, AT)
  })

describe('a change of trust', () => {
  it('turns an open case’s verdict, with before and after in its history', async () => {
    const { world, judge, row, indication } = await openedWith([pdf()])
    expect(await indication()).toBe('INDETERMINATE')
    expect(await trusting(world)).toBe(1)
    await rejudgeCase(await world.lease('rejudge'), judge)
    expect(await indication()).toBe('TOTAL-PASSED')
    expect((await world.store.history(row.id)).at(-1)).toMatchObject({
      event: 'verdict-changed',
      payload: { before: 'INDETERMINATE', after: 'TOTAL-PASSED' },
    })
    expect(judge.asked.map(({ poe }) => poe)).toEqual([row.receivedAt, row.receivedAt])
  })

  it('each time: an anchor taken out and put back brings the verdict down and up again', async () => {
    const { world, judge, indication } = await openedWith([pdf()])
    await trusting(world)
    const seen: (string | undefined)[] = []
    const rejudge = async () => {
      await rejudgeCase(await world.lease('rejudge'), judge)
      seen.push(await indication())
    }
    await rejudge()
    for (const act of [disableAnchor, enableAnchor, disableAnchor, enableAnchor]) {
      await world.store.commit(async (write) => {
        await act(write, ca.sha256, { actor: 'admin', reason: '', at: AT })
        await planRejudge(write, AT)
      })
      await rejudge()
    }
    const [up, down] = ['TOTAL-PASSED', 'INDETERMINATE']
    expect(seen).toEqual([up, down, up, down, up])
  })

  it('by date reaches an open case each time it is planned: when the anchor begins to count, and when it ends', async () => {
    const { world, judge, indication } = await openedWith([pdf()])
    const [before, within, after] = ['2026-11-24T09:30:00.000Z', '2026-11-26T09:00:00.000Z', '2026-11-28T09:00:00.000Z']
    const dates = { countsFrom: '2026-11-25T00:00:00.000Z', countsUntil: '2026-11-27T00:00:00.000Z' }
    const common = { purposes: ['document'], source: 'file', note: '', actor: 'admin', at: before } as const
    await world.store.commit((write) => addAnchor(write, { der: ca.der, ...common, ...dates }))
    const seen: (string | undefined)[] = []
    for (const at of [before, within, within, after]) {
      await world.store.commit((write) => planRejudge(write, at))
      const jobs = await world.leaseAll('rejudge')
      for (const job of jobs) await rejudgeCase(job, { ...judge, clock: () => new Date(at) })
      seen.push(`${jobs.length} ${await indication()}`)
    }
    expect(seen).toEqual(['1 INDETERMINATE', '1 TOTAL-PASSED', '0 TOTAL-PASSED', '1 INDETERMINATE'])
  })

  it('by date reaches open cases the next day, and plans nothing on a day without such a date', async () => {
    const { world, judge, indication } = await openedWith([pdf()])
    const common = { purposes: ['document'], source: 'file', note: '', actor: 'admin', at: AT } as const
    await world.store.commit((write) =>
      addAnchor(write, { der: ca.der, ...common, countsUntil: '2026-11-25T12:00:00.000Z' }),
    )
    await world.store.commit((write) => planToday(write, ['watch-anchors'], world.clock().toISOString()))
    const planned: number[] = []
    const DAY_MS = 24 * 60 * 60 * 1000
    for (let day = 0; day < 3; day += 1) {
      const job = await world.lease('watch-anchors')
      await eachDay((it) => watchAnchors(it, { ...judge, ...world }), world)(job)
      // Restarts of the gateway plan nothing twice.
      await world.store.commit((write) => planToday(write, ['watch-anchors'], world.clock().toISOString()))
      const jobs = await world.leaseAll('rejudge')
      planned.push(jobs.length)
      for (const one of jobs) await rejudgeCase(one, { ...judge, ...world })
      expect(await world.leaseAll('watch-anchors')).toEqual([])
      world.advance(DAY_MS)
    }
    expect(planned).toEqual([0, 0, 1])
    expect(await indication()).toBe('INDETERMINATE')
  })

  it('that leaves the verdict as it is writes the new report, and no history', async () => {
    const { world, judge, events } = await openedWith([pdf()])
    const before = await events()
    await world.store.commit((write) => planRejudge(write, AT))
    await rejudgeCase(await world.lease('rejudge'), judge)
    expect(await events()).toEqual(before)
    expect(world.store.tables().verifications.size).toBe(2)
  })

  it('does not touch a decided case', async () => {
    const { world, judge, row, indication } = await openedWith([pdf()])
    await trusting(world)
    await approveCase({ caseId: row.id, actor: CASEWORKER }, world)
    await rejudgeCase(await world.lease('rejudge'), judge)
    expect(await indication()).toBe('INDETERMINATE')
    expect(world.store.tables().verifications.size).toBe(1)
    expect(await world.store.commit((write) => planRejudge(write, AT))).toBe(0)
  })

  it('while a case is being judged makes it judged once more, by the list that counts', async () => {
    const { world, judge, indication } = await openedWith([pdf()])
    await world.store.commit((write) => planRejudge(write, AT))
    let changed = false
    const slow = judging(world, async (input) => {
      if (!changed) await trusting(world)
      changed = true
      return passesWithAnchor(input)
    })
    await rejudgeCase(await world.lease('rejudge'), slow)
    expect(await indication()).toBe('INDETERMINATE')
    expect(world.store.tables().verifications.size).toBe(1)
    for (const job of await world.leaseAll('rejudge')) await rejudgeCase(job, judge)
    expect(await indication()).toBe('TOTAL-PASSED')
  })

  it('plans each open case once, however many there are and however often it is called', async () => {
    const world = scene()
    for (let i = 0; i < 3; i++) {
      await given(world, [])
      await openCase(await world.lease('open-case'), world.parts)
    }
    await world.store.commit((write) => planRejudge(write, AT))
    await world.store.commit((write) => planRejudge(write, AT))
    expect(await world.leaseAll('rejudge')).toHaveLength(3)
  })

  it('that takes a mail anchor away takes the signed mail’s verdict with it, and the case’s papers stay', async () => {
    const mail = {
      name: 'signed.eml',
      bytes: Buffer.from('Content-Type: multipart/signed; boundary=x\r\n\r\n'),
      mediaType: 'message/rfc822',
      role: 'message' as const,
    }
    const { world, judge, row, indication } = await openedWith([mail, pdf()])
    await world.store.commit(async (write) => {
      const facts = { source: 'file', note: '', actor: 'admin', at: AT }
      await addAnchor(write, { der: ca.der, purposes: ['document'], ...facts })
      await addAnchor(write, { der: mailCa.der, purposes: ['mail'], ...facts })
      await planRejudge(write, AT)
    })
    await rejudgeCase(await world.lease('rejudge'), judge)
    const ofMail = async () => {
      const signed = (await world.store.documentsOfCase(row.id)).find(({ name }) => name === 'signed.eml')
      const [newest] = await world.store.verificationsOf([signed?.id ?? ''])
      return newest?.indication
    }
    expect([await ofMail(), await indication()]).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED'])
    await world.store.commit(async (write) => {
      await disableAnchor(write, mailCa.sha256, { actor: 'admin', reason: '', at: AT })
      await planRejudge(write, AT)
    })
    await rejudgeCase(await world.lease('rejudge'), judge)
    expect([await ofMail(), await indication()]).toEqual(['INDETERMINATE', 'TOTAL-PASSED'])
    expect(await world.leaseAll('rejudge')).toEqual([])
  })

  it('between the judging of a signed mail and the opening of its case has the case judged again', async () => {
    const bytes = Buffer.from('Content-Type: multipart/signed; boundary=x\r\n\r\n')
    const mail = { name: 'signed.eml', bytes, mediaType: 'message/rfc822', role: 'message' as const }
    const { world } = await unjudged([mail])
    await verifySubmission(await world.lease('verify'), judging(world, passesWithAnchor))
    await world.store.commit((write) =>
      addAnchor(write, { der: mailCa.der, purposes: ['mail'], source: 'file', note: '', actor: 'admin', at: AT }),
    )
    await openCase(await world.lease('open-case'), world.parts)
    expect(await world.leaseAll('rejudge')).toHaveLength(1)
  })

  it('keeps the worst verdict of several papers', async () => {
    const { world, indication } = await openedWith([pdf('a.pdf'), pdf('b.pdf')])
    await trusting(world)
    const verdicts: Record<string, Verification['indication']> = { 'a.pdf': 'TOTAL-PASSED', 'b.pdf': 'TOTAL-FAILED' }
    const judge = judging(world, async ({ fileName }) => report(verdicts[fileName] ?? 'ERROR'))
    await rejudgeCase(await world.lease('rejudge'), judge)
    expect(await indication()).toBe('TOTAL-FAILED')
  })
})
