import { describe, expect, it } from 'vitest'
import { formatCaseNumber, lookUpTracking, openCase } from '../../src/casework/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { findBrokenLink } from '../../src/model/history.ts'
import { hashToken } from '../../src/model/ids.ts'
import type { Submission } from '../../src/model/submission.ts'
import { given, headers, pdf, type Scene, scene, snapshot } from './scene.ts'

async function opened(parts = [pdf()], changes: Partial<Submission> = {}, world: Scene = scene()) {
  const submission = await given(world, parts, changes)
  await openCase(await world.lease('open-case'), world.parts)
  const [row] = await world.store.listCases()
  if (!row) throw new Error('no case was opened')
  const [letter] = await world.store.lettersOfCase(row.id)
  const [party] = await world.store.partiesOfCase(row.id)
  if (!letter || !party) throw new Error('a case has a party and a receipt')
  return { ...world, submission, row, letter, party }
}

const tokenIn = (text: string): string => /\/s\/([A-Za-z0-9_-]+)/.exec(text)?.[1] ?? ''

describe('opening a case', () => {
  it('gives it number, type by the recipient, title, due day and the worst verdict', async () => {
    const { row } = await opened([pdf('a.pdf'), pdf('b.pdf', 'INDETERMINATE')])
    expect(row).toMatchObject({
      number: formatCaseNumber(2026, 1),
      caseType: 'oil-tank',
      title: 'Attest for sløjfet olietank',
      state: 'with-caseworker',
      language: 'da',
      dueOn: '2026-12-01',
      indication: 'INDETERMINATE',
    })
  })

  it('counts the serial per year of receipt in the municipality’s zone', async () => {
    const world = scene()
    await opened([], { receivedAt: '2026-12-31T22:59:00.000Z' }, world)
    await opened([], { receivedAt: '2026-12-31T23:00:00.000Z' }, world)
    const numbers = (await world.store.listCases()).map(({ number }) => number)
    expect(numbers.sort()).toEqual([formatCaseNumber(2026, 1), formatCaseNumber(2027, 1)])
  })

  it('an unsigned paper beside a signed one makes the case unsigned, never passed', async () => {
    expect((await opened([pdf('a.pdf'), pdf('b.pdf', 'NO-SIGNATURE')])).row.indication).toBe('NO-SIGNATURE')
  })

  it('a paper that is no PDF beside a signed one makes the case unsigned, a detached key does not', async () => {
    const note = { name: 'note.txt', bytes: Buffer.from('Kære kommune'), mediaType: 'text/plain' }
    const key = { name: 'kai.asc', bytes: Buffer.from('-----BEGIN'), mediaType: 'application/pgp-keys' }
    expect((await opened([pdf(), note])).row.indication).toBe('NO-SIGNATURE')
    expect((await opened([pdf(), key])).row.indication).toBe('TOTAL-PASSED')
    expect((await opened([pdf('a.pdf', 'TOTAL-FAILED'), note])).row.indication).toBe('TOTAL-FAILED')
  })

  it('the verdict on the mail itself does not count as one on its papers', async () => {
    const parts = [
      pdf('a.pdf'),
      { name: 'inner.eml', bytes: Buffer.from('x'), role: 'message' as const, indication: 'TOTAL-FAILED' as const },
    ]
    expect((await opened(parts)).row.indication).toBe('TOTAL-PASSED')
  })

  it('a mail without any file is a case without a signature', async () => {
    const { row, letter } = await opened([])
    expect(row.indication).toBe('NO-SIGNATURE')
    expect(letter.bodyText).toContain('ingen filer')
  })

  it('what could not be read still becomes a case, and the receipt says so in the sender’s language', async () => {
    const english = { ...headers, contentLanguage: 'en-GB', subject: '' }
    const { row, letter } = await opened([], { problem: 'child-timeout', headers: english })
    expect(row).toMatchObject({ indication: 'ERROR', title: 'Decommissioned oil tank', language: 'en' })
    expect(letter.bodyText).toContain('could not read it')
    const danish = await opened([], { problem: 'malformed-mime', headers: null })
    expect(danish.letter.bodyText).toContain('kunne ikke læse den')
    expect(danish.party).toMatchObject({ email: null, mayAnswer: false, mayNotAnswerReason: 'no-address' })
    expect(await danish.store.documentsOfCase(danish.row.id)).toHaveLength(1)
  })

  it('by the form’s field the type is that one, for an unknown address the general one', async () => {
    const form = await opened([], { headers: { ...headers, caseType: 'oil-tank' }, envelope: envelopeTo([]) })
    expect(form.row.caseType).toBe('oil-tank')
    expect((await opened([], { envelope: envelopeTo(['post@demokobing.example']) })).row.caseType).toBe('general')
    const plus = await opened([], { envelope: envelopeTo(['OLIETANK+x@demokobing.example']) })
    expect(plus.row.caseType).toBe('oil-tank')
  })

  it.each([
    ['da', { contentLanguage: null, subject: 'Ansøgning', bodyText: 'Kære kommune, jeg ønsker' }],
    ['en', { contentLanguage: null, subject: 'Application', bodyText: 'Dear municipality, please find attached' }],
    ['en', { contentLanguage: 'en', subject: 'Ansøgning', bodyText: 'jeg ønsker' }],
    ['da', { contentLanguage: null, subject: 'x', bodyText: '12345' }],
  ] as const)('answers in %s where the mail is %o', async (language, mail) => {
    expect((await opened([], { headers: { ...headers, ...mail } })).row.language).toBe(language)
  })

  it('a subject that turns the text round, breaks lines or never ends becomes a plain title', async () => {
    const subject = `ab\u202Ecd\r\nX-Evil: 1\u0000 ${'é'.repeat(500)}`
    const { row } = await opened([], { headers: { ...headers, subject } })
    expect(row.title).not.toMatch(/[\p{Cc}\u202E]/u)
    expect([...row.title].length).toBeLessThanOrEqual(120)
    expect(row.title.endsWith('…')).toBe(true)
  })

  it('writes a history that holds, from the receipt on', async () => {
    const { store, row, submission } = await opened()
    const history = await store.history(row.id)
    expect(history.map(({ event }) => event)).toEqual(['received', 'checked', 'case-opened'])
    expect(history[0]?.at).toBe(submission.receivedAt)
    expect(history[1]?.payload).toMatchObject({ documents: [{ indication: 'TOTAL-PASSED' }] })
    expect(findBrokenLink(history)).toBeNull()
  })

  it('writes one receipt with number, due day, each verdict and a link that opens the case', async () => {
    const { store, row, letter, clock, submission } = await opened([pdf('a.pdf'), pdf('b.pdf', 'TOTAL-FAILED')])
    expect(letter).toMatchObject({ cause: `receipt:${submission.id}`, kind: 'receipt' })
    expect(letter.subject).toBe(`Kvittering: sag ${row.number}`)
    for (const text of ['2 filer', row.number, '1. december 2026', 'Dokument 2: da:TOTAL-FAILED', '70 10 20 30']) {
      expect(letter.bodyText).toContain(text)
    }
    const token = tokenIn(letter.bodyText)
    expect(await lookUpTracking(store, token, clock())).toMatchObject({ caseId: row.id })
    expect(JSON.stringify([...store.tables().tokens.values()])).not.toContain(token)
    const jobs = await store.listJobs({ kinds: ['route-letter'] })
    expect(jobs.map(({ key }) => key)).toEqual([letter.id])
  })

  it('a scanned file is given no receipt: it names nobody', async () => {
    const world = scene()
    await given(world, [pdf()], { channel: 'folder' })
    await openCase(await world.lease('open-case'), world.parts)
    expect([...world.store.tables().cases.values()]).toMatchObject([{ channel: 'folder', state: 'with-caseworker' }])
    expect([...world.store.tables().letters.values()]).toEqual([])
  })

  it('the tracking link that an upload was given leads to the case from now on', async () => {
    const world = scene()
    const submission = await given(world, [pdf()], { channel: 'upload', language: 'en' })
    const token = 'the-token-from-the-page'
    await world.store.commit((write) =>
      write.addToken({
        tokenHash: hashToken(token),
        kind: 'tracking',
        submissionId: submission.id,
        caseId: null,
        createdAt: submission.receivedAt,
        expiresAt: '2028-01-01T00:00:00.000Z',
        revokedAt: null,
      }),
    )
    expect(await lookUpTracking(world.store, token, world.clock())).toMatchObject({ caseId: null })
    await openCase(await world.lease('open-case'), world.parts)
    const found = await lookUpTracking(world.store, token, world.clock())
    expect(found?.case?.language).toBe('en')
    expect(await world.store.tokensOfCase(found?.caseId ?? '')).toHaveLength(2)
  })

  it('keeps who wrote encrypted, and what is proven of them', async () => {
    const { party } = await opened([], { headers: { ...headers, encrypted: true } })
    expect(party).toMatchObject({
      email: 'kai@example.org',
      emailProof: 'dmarc',
      wroteEncrypted: true,
      replyToMessageId: '<kai-1@example.org>',
    })
  })

  it('a mail with two From addresses is nobody’s', async () => {
    const from = [...headers.from, { name: 'Eve', address: 'eve@example.net' }]
    const { party } = await opened([], { headers: { ...headers, from } })
    expect(party).toMatchObject({ email: null, emailProof: null, mayAnswer: false })
  })

  it('repeated, changes nothing', async () => {
    const world = scene()
    await given(world, [pdf()])
    const job = await world.lease('open-case')
    await openCase(job, world.parts)
    const before = snapshot(world)
    await openCase(world.again(job), world.parts)
    expect(snapshot(world)).toBe(before)
  })

  it('killed before its commit leaves nothing, and the next run opens exactly one case', async () => {
    const world = scene()
    await given(world, [pdf()])
    const before = snapshot(world)
    const job = await world.lease('open-case')
    world.store.failWith(new GatewayError('storage-unavailable', 'gone', { retryable: true }))
    await expect(openCase(job, world.parts)).rejects.toMatchObject({ code: 'storage-unavailable' })
    world.store.failWith(null)
    expect(snapshot(world)).toBe(before)
    world.advance(120_000)
    await openCase(await world.lease('open-case'), world.parts)
    expect(await world.store.listCases()).toHaveLength(1)
    expect((await world.store.listCases())[0]?.number).toBe(formatCaseNumber(2026, 1))
  })

  it('by a worker whose lease ran out leaves nothing', async () => {
    const world = scene()
    await given(world, [pdf()])
    const stale = await world.lease('open-case')
    world.advance(120_000)
    await openCase(await world.lease('open-case'), world.parts)
    const before = snapshot(world)
    await expect(openCase(stale, world.parts)).rejects.toMatchObject({ code: 'internal', retryable: true })
    expect(snapshot(world)).toBe(before)
  })

  it('before the documents are verified is refused, to be tried again', async () => {
    const world = scene()
    const submission = await given(world, [], { state: 'normalised' })
    await world.store.commit((write) => write.addJob('open-case', submission.id, {}))
    await expect(openCase(await world.lease('open-case'), world.parts)).rejects.toMatchObject({
      code: 'wrong-state',
      retryable: true,
    })
  })

  it('whose verdict is older than the trust list is judged again', async () => {
    const world = scene()
    await given(world, [pdf()])
    await world.store.commit((write) =>
      write.addAnchor({
        sha256: 'a'.repeat(64),
        der: Buffer.from('x'),
        subject: 'CN=x',
        purposes: ['document'],
        source: 'file',
        note: '',
        addedAt: '2026-11-24T09:02:30.000Z',
        addedBy: 'admin',
        disabledAt: null,
        countsFrom: null,
        countsUntil: null,
        constraints: null,
        periods: null,
        listed: null,
      }),
    )
    await openCase(await world.lease('open-case'), world.parts)
    expect(await world.leaseAll('rejudge')).toHaveLength(1)
  })
})

const envelopeTo = (to: readonly string[]): Submission['envelope'] => ({
  from: 'kai@example.org',
  to,
  remoteAddress: null,
  helo: null,
  tls: false,
})

describe('a receipt', () => {
  it('asks in the receipt for what a password closes, once, and names no file', async () => {
    const world = scene()
    const notes = ['archive-encrypted@2', 'archive-encrypted@3', 'contains-macros@4', 'charset-guessed']
    await given(world, [pdf('låst cpr 010203-1234.zip')], { headers: { ...headers, notes } })
    await openCase(await world.lease('open-case'), world.parts)
    const [receipt] = await world.store.listLetters()
    expect(receipt?.bodyText.match(/låst med en adgangskode/g)).toHaveLength(1)
    expect(receipt?.bodyText).not.toMatch(/makro|010203/)
  })
})
