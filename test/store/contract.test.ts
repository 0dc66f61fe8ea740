import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendHistory, findBrokenLink } from '../../src/model/history.ts'
import { newId, sha256Hex } from '../../src/model/ids.ts'
import type { Preservation } from '../../src/model/preservation.ts'
import type { Store } from '../../src/model/store.ts'
import { engines, type TestStore } from '../support/engines.ts'
import {
  AT,
  acceptOne,
  addCase,
  LATER,
  sampleCase,
  sampleDelivery,
  sampleDocument,
  sampleLetter,
  sampleParty,
  sampleToken,
  smallBlob,
} from './samples.ts'

const NOBODY = newId()

describe.each(engines())('what is written is read back as it was, on $name', (engine) => {
  let place: TestStore
  let store: Store
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
  })
  afterAll(() => place.close())

  it('an accepted submission and a changed one', async () => {
    const { submission } = await acceptOne(store)
    expect(await store.submission(submission.id)).toStrictEqual(submission)
    const headers = {
      messageId: '<1@example.dk>',
      inReplyTo: [],
      references: ['<0@example.dk>'],
      subject: 'Sløjfning 🛢',
      date: null,
      from: [{ name: 'Kai', address: 'kai@example.dk' }],
      replyTo: [],
      autoSubmitted: null,
      precedence: null,
      listId: null,
      autoResponseSuppress: null,
      contentLanguage: 'da',
      autocrypt: null,
      encrypted: false,
      bodyText: 'a\nb',
    }
    const found = await store.commit(async (write) => {
      const { id } = await addCase(write)
      await write.updateSubmission(submission.id, { state: 'cased', caseId: id, headers, language: 'da' })
      return id
    })
    const changed = { ...submission, state: 'cased', caseId: found, headers, language: 'da' }
    expect(await store.submission(submission.id)).toStrictEqual(changed)
    expect(await store.submissionsOfCase(found)).toStrictEqual([changed])
    expect(await store.submission(NOBODY)).toBeNull()
  })

  it('a submission added within a commit, with its bytes', async () => {
    const raw = smallBlob()
    const { submission } = await acceptOne(store)
    const row = { ...submission, id: newId(), dedupKey: newId(), rawSha256: raw.sha256 }
    await store.commit(async (write) => {
      await write.addSubmission(row)
      await write.keepBlob(raw)
    })
    expect(await store.submission(row.id)).toStrictEqual(row)
    expect(await store.blobs.get(raw.sha256)).toStrictEqual(raw.inline)
  })

  it('submissions are listed in order of making, page by page', async () => {
    const all = await store.listSubmissions()
    const { submission } = await acceptOne(store)
    expect((await store.listSubmissions()).map(({ id }) => id)).toEqual([...all.map(({ id }) => id), submission.id])
    expect(await store.listSubmissions({ limit: 1, offset: 1 })).toStrictEqual([all[1]])
    expect(await store.listSubmissions({ offset: all.length })).toStrictEqual([submission])
    expect(await store.listSubmissions({ limit: 0 })).toEqual([])
  })

  it('documents, and the newest report of each', async () => {
    const { submission } = await acceptOne(store)
    const blob = smallBlob()
    const first = sampleDocument(blob, { submissionId: submission.id })
    const second = sampleDocument(blob, { submissionId: submission.id, derivedFrom: first.id, partPath: null })
    const report = (documentId: string, indication: 'TOTAL-PASSED' | 'INDETERMINATE') => ({
      id: newId(),
      documentId,
      indication,
      subIndication: indication === 'INDETERMINATE' ? 'TRY_LATER' : null,
      validationTime: AT,
      trustListVersion: 'f'.repeat(64),
      anchors: ['a1', 'b2'],
      reportSha256: blob.sha256,
      validationData: ['one', 'two'],
      createdAt: AT,
    })
    const reports = [
      report(first.id, 'INDETERMINATE'),
      report(second.id, 'INDETERMINATE'),
      report(first.id, 'TOTAL-PASSED'),
    ]
    const caseId = await store.commit(async (write) => {
      // A rendition before what it came from, bytes last: the order within a commit is free.
      await write.addDocument(second)
      await write.addDocument(first)
      await write.keepBlob(blob)
      for (const row of reports) await write.addVerification(row)
      const row = await addCase(write)
      await write.updateDocument(first.id, { caseId: row.id })
      return row.id
    })
    expect(await store.document(second.id)).toStrictEqual(second)
    expect(await store.documentsOfSubmission(submission.id)).toStrictEqual([second, { ...first, caseId }])
    expect(await store.documentsOfCase(caseId)).toStrictEqual([{ ...first, caseId }])
    expect(await store.verificationsOf([first.id, second.id])).toStrictEqual([reports[1], reports[2]])
    expect(await store.verificationsOf([])).toEqual([])
    expect(await store.document(NOBODY)).toBeNull()
    const many = Array.from({ length: 1200 }, () => newId())
    expect(await store.verificationsOf([...many, first.id])).toStrictEqual([reports[2]])
  })

  it('which certificates and files came with submissions, once for each document', async () => {
    const { submission } = await acceptOne(store)
    const [pdf, made, file] = [smallBlob(), smallBlob(), smallBlob()]
    const attached = sampleDocument(pdf, { submissionId: submission.id, role: 'attachment' })
    const ours = sampleDocument(made, { submissionId: submission.id, role: 'approved' })
    const certificate = sampleDocument(file, { submissionId: submission.id, role: 'attachment' })
    const [sha256, other] = [newId(), newId()]
    await store.commit(async (write) => {
      for (const blob of [pdf, made, file]) await write.keepBlob(blob)
      for (const document of [attached, ours, certificate]) await write.addDocument(document)
      await write.addBroughtCertificates(attached.id, [sha256, sha256])
      await write.addBroughtCertificates(attached.id, [sha256])
      await write.addBroughtCertificates(attached.id, [])
    })
    const from = { submissionId: submission.id }
    expect(await store.broughtIn([sha256, other, made.sha256])).toEqual([{ sha256, ...from }])
    expect(await store.broughtIn([file.sha256])).toEqual([{ sha256: file.sha256, ...from }])
    expect(await store.broughtIn([])).toEqual([])
  })

  it('trusted lists that counted, oldest first, each once and with its document', async () => {
    const [document, other] = [smallBlob(), smallBlob()]
    const edition = {
      ...{ territory: 'XX', sequence: 3, issuedAt: AT, signer: 'a'.repeat(64), signers: ['AAAA'] },
      ...{ services: ['CA/QC', 'TSA/QTST'] as const, sha256: document.sha256, takenAt: '2026-11-02T00:00:00.000Z' },
    }
    const before = { ...edition, sequence: 2, takenAt: '2026-11-01T00:00:00.000Z' }
    await store.commit(async (write) => {
      await write.keepBlob(document)
      for (const row of [edition, before, { ...edition, sequence: 4 }]) await write.addListEdition(row)
      await write.addListEdition({ ...edition, sha256: other.sha256, takenAt: AT })
    })
    expect(await store.listEditions('XX')).toStrictEqual([before, edition])
    expect(await store.listEditions('XY')).toEqual([])
  })

  it('how many cases rest on each anchor, by the newest verdict of each document', async () => {
    const [kept, gone] = [newId(), newId()]
    const counted = async () => (await store.casesByAnchor()).filter(({ sha256 }) => sha256 === kept || sha256 === gone)
    const verdict = (documentId: string, reportSha256: string, anchors: readonly string[]) => ({
      id: newId(),
      documentId,
      indication: 'TOTAL-PASSED' as const,
      subIndication: null,
      validationTime: AT,
      trustListVersion: 'f'.repeat(64),
      reportSha256,
      anchors,
      validationData: [],
      createdAt: AT,
    })
    const { submission } = await acceptOne(store)
    const blob = smallBlob()
    const [one, two, three] = [1, 2, 3].map(() => sampleDocument(blob, { submissionId: submission.id }))
    if (!one || !two || !three) throw new Error('no documents')
    await store.commit(async (write) => {
      await write.keepBlob(blob)
      const [open, answered] = [await addCase(write), await addCase(write, { state: 'answered' })]
      // Two documents of one case are one case; a document of none is none.
      for (const [document, caseId] of [
        [one, open.id],
        [two, open.id],
        [three, answered.id],
      ] as const) {
        await write.addDocument({ ...document, caseId })
        await write.addVerification(verdict(document.id, blob.sha256, [kept, gone]))
      }
      const loose = sampleDocument(blob, { submissionId: submission.id })
      await write.addDocument(loose)
      await write.addVerification(verdict(loose.id, blob.sha256, [kept]))
    })
    const both = { open: 1, all: 2 }
    expect((await counted()).map(({ open, all }) => ({ open, all }))).toEqual([both, both])
    await store.commit(async (write) => {
      for (const { id } of [one, two]) await write.addVerification(verdict(id, blob.sha256, [kept]))
    })
    expect(new Map((await counted()).map(({ sha256, ...counts }) => [sha256, counts]))).toEqual(
      new Map([
        [kept, both],
        [gone, { open: 0, all: 1 }],
      ]),
    )
  })

  it('cases, by id, number, state and newest first', async () => {
    const before = await store.countCases()
    const old = sampleCase({ receivedAt: '2020-01-01T00:00:00.000Z', state: 'archived' })
    const recent = sampleCase({ receivedAt: '2030-01-01T00:00:00.000Z' })
    await store.commit(async (write) => {
      await write.addCase(old)
      await write.addCase(recent)
      await write.updateCase(recent.id, { state: 'decided', decision: 'approved', decidedAt: AT, decidedBy: 'u' })
    })
    const decided = { ...recent, state: 'decided', decision: 'approved', decidedAt: AT, decidedBy: 'u' }
    expect(await store.case(recent.id)).toStrictEqual(decided)
    expect(await store.caseByNumber(old.number)).toStrictEqual(old)
    expect(await store.caseByNumber('2026-000000-0')).toBeNull()
    expect(await store.countCases()).toBe(before + 2)
    const all = await store.listCases()
    expect(all[0]).toStrictEqual(decided)
    expect(all.at(-1)).toStrictEqual(old)
    expect(await store.listCases({ states: ['archived', 'decided'] })).toStrictEqual([decided, old])
    expect(await store.listCases({ states: ['decided'], limit: 1, offset: 1 })).toEqual([])
    expect(await store.listCases({ states: [] })).toEqual([])
  })

  it('parties and their booleans', async () => {
    const party = await store.commit(async (write) => {
      const row = sampleParty((await addCase(write)).id)
      await write.addParty(row)
      return row
    })
    expect(await store.party(party.id)).toStrictEqual(party)
    const change = { mayAnswer: false, mayNotAnswerReason: 'list', wroteEncrypted: true }
    await store.commit((write) => write.updateParty(party.id, change))
    expect(await store.partiesOfCase(party.caseId)).toStrictEqual([{ ...party, ...change }])
  })

  it('a history whose chain still holds, read inside and outside the commit', async () => {
    const { id } = await store.commit(async (write) => {
      const row = await addCase(write)
      const actor = { kind: 'caseworker', id: 'u1', name: 'Bo' } as const
      await appendHistory(write, { caseId: row.id, at: AT, actor, event: 'opened', payload: { b: 1, a: ['x', null] } })
      await appendHistory(write, { caseId: row.id, at: LATER, actor, event: 'decided' })
      expect(await write.history(row.id)).toHaveLength(2)
      return row
    })
    const history = await store.history(id)
    expect(history.map(({ seq, event }) => [seq, event])).toEqual([
      [1, 'opened'],
      [2, 'decided'],
    ])
    expect(findBrokenLink(history)).toBeNull()
    const [link] = history
    if (!link) throw new Error('no history')
    await expect(store.commit((write) => write.addHistory(link))).rejects.toMatchObject({ code: 'duplicate' })
  })

  it('tokens before and after the case is known', async () => {
    const raw = smallBlob()
    const { submission } = await acceptOne(store)
    const row = { ...submission, id: newId(), dedupKey: newId(), rawSha256: raw.sha256 }
    const token = sampleToken({ submissionId: row.id })
    await store.accept(row, raw, [token])
    expect(await store.token(token.tokenHash)).toStrictEqual(token)
    const { id } = await store.commit(async (write) => {
      const found = await addCase(write)
      await write.updateToken(token.tokenHash, { caseId: found.id })
      await write.addToken(sampleToken({ caseId: found.id, kind: 'genuine' }))
      return found
    })
    await store.commit((write) => write.updateToken(token.tokenHash, { revokedAt: LATER }))
    const [tracking, genuine] = await store.tokensOfCase(id)
    expect(tracking).toStrictEqual({ ...token, caseId: id, revokedAt: LATER })
    expect(genuine?.kind).toBe('genuine')
    expect(await store.tokensOfSubmission(row.id)).toStrictEqual([tracking])
    expect(await store.token('0'.repeat(64))).toBeNull()
  })

  it('one-time codes: the newest of a browser, counted by case, by address, since a time', async () => {
    const { id: caseId } = await store.commit((write) => addCase(write))
    const emailHash = newId()
    const code = (createdAt: string, change: object = {}) => ({
      id: newId(),
      caseId,
      codeHash: 'c',
      emailHash,
      browserHash: 'b',
      createdAt,
      expiresAt: LATER,
      attemptsLeft: 5,
      usedAt: null,
      ...change,
    })
    const [first, second, other] = [code(AT), code(LATER), code(LATER, { browserHash: 'x', emailHash: newId() })]
    await store.commit(async (write) => {
      for (const row of [first, second, other]) await write.addOneTimeCode(row)
    })
    expect(await store.oneTimeCode(caseId, 'b')).toStrictEqual(second)
    await store.commit((write) => write.updateOneTimeCode(second.id, { attemptsLeft: 4, usedAt: LATER }))
    expect(await store.oneTimeCode(caseId, 'b')).toStrictEqual({ ...second, attemptsLeft: 4, usedAt: LATER })
    expect(await store.oneTimeCode(caseId, 'unknown')).toBeNull()
    expect(await store.countOneTimeCodes({ caseId }, AT)).toBe(3)
    expect(await store.countOneTimeCodes({ caseId }, LATER)).toBe(2)
    expect(await store.countOneTimeCodes({ emailHash }, AT)).toBe(2)
    expect(await store.countOneTimeCodes({ caseId, emailHash }, LATER)).toBe(1)
  })

  it('letters once per cause, deliveries, evidence', async () => {
    const blob = smallBlob()
    const { party, letter } = await store.commit(async (write) => {
      const person = sampleParty((await addCase(write)).id)
      await write.addParty(person)
      const row = sampleLetter(person, { documentIds: ['d1', 'd2'] })
      expect(await write.addLetter(row)).toBe(true)
      return { party: person, letter: row }
    })
    expect(await store.commit((write) => write.addLetter({ ...letter, id: newId() }))).toBe(false)
    const before = await store.letter(letter.id)
    await store.commit((write) => write.updateLetter(letter.id, { bodyText: '' }))
    expect(await store.letter(letter.id)).toStrictEqual({ ...before, bodyText: '' })
    await store.commit((write) => write.updateLetter(letter.id, { bodyText: letter.bodyText }))
    expect(await store.letter(letter.id)).toStrictEqual(letter)
    expect(await store.letterByCause(letter.cause)).toStrictEqual(letter)
    expect(await store.letterByCause('decision:none')).toBeNull()
    expect(await store.lettersOfCase(party.caseId)).toStrictEqual([letter])
    expect((await store.listLetters()).at(-1)).toStrictEqual(letter)

    const delivery = sampleDelivery(letter)
    const evidence = { id: newId(), deliveryId: delivery.id, at: AT, event: 'planned', detail: { code: 250 } } as const
    const composed = { rawSha256: blob.sha256, rawSize: blob.size, state: 'waiting', attempts: 1 } as const
    await store.commit(async (write) => {
      await write.addDelivery(delivery)
      await write.addEvidence(evidence)
      await write.keepBlob(blob)
      await write.updateDelivery(delivery.id, composed)
    })
    expect(await store.delivery(delivery.id)).toStrictEqual({ ...delivery, ...composed })
    expect(await store.deliveriesOfLetter(letter.id)).toHaveLength(1)
    expect(await store.listDeliveries({ states: ['waiting'] })).toStrictEqual([{ ...delivery, ...composed }])
    expect(await store.listDeliveries({ states: ['refused'] })).toEqual([])
    expect(await store.listDeliveries({ limit: 5 })).toHaveLength(1)
    expect(await store.evidenceOf(delivery.id)).toStrictEqual([evidence])
  })

  it('accounts, invitations that work once, sign-ins', async () => {
    const account = {
      id: newId(),
      username: newId(),
      displayName: 'Åse',
      role: 'admin',
      passwordHash: null,
      createdAt: AT,
      disabledAt: null,
    } as const
    const invitation = { tokenHash: newId(), accountId: account.id, createdAt: AT, expiresAt: LATER, usedAt: null }
    const expired = { ...invitation, tokenHash: newId(), expiresAt: AT }
    const session = { tokenHash: newId(), accountId: account.id, caseId: null, createdAt: AT, expiresAt: LATER }
    await store.commit(async (write) => {
      await write.addAccount(account)
      await write.addInvitation(invitation)
      await write.addInvitation(expired)
      await write.addSession(session)
      await write.addSession({ ...session, tokenHash: `${session.tokenHash}2` })
    })
    expect(await store.accountByUsername(account.username)).toStrictEqual(account)
    expect((await store.listAccounts()).at(-1)).toStrictEqual(account)
    await expect(store.commit((write) => write.addAccount({ ...account, id: newId() }))).rejects.toMatchObject({
      code: 'duplicate',
      retryable: false,
    })
    expect(await store.commit((write) => write.useInvitation(expired.tokenHash, AT))).toBe(false)
    const uses = await Promise.all(
      [1, 2, 3].map(() => store.commit((write) => write.useInvitation(invitation.tokenHash, AT))),
    )
    expect(uses.toSorted()).toEqual([false, false, true])
    expect(await store.invitation(invitation.tokenHash)).toStrictEqual({ ...invitation, usedAt: AT })
    await store.commit((write) => write.updateAccount(account.id, { passwordHash: 'scrypt$…', disabledAt: LATER }))
    expect(await store.account(account.id)).toStrictEqual({ ...account, passwordHash: 'scrypt$…', disabledAt: LATER })
    expect(await store.session(session.tokenHash)).toStrictEqual(session)
    await store.commit((write) => write.removeSession(session.tokenHash))
    expect(await store.session(session.tokenHash)).toBeNull()
    await store.commit((write) => write.removeSessionsOf(account.id))
    expect(await store.session(`${session.tokenHash}2`)).toBeNull()
  })

  it('trust anchors with their bytes, and changes of trust', async () => {
    const der = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x00)
    const anchor = {
      sha256: sha256Hex(der),
      der,
      subject: 'CN=Rod',
      purposes: ['document', 'mail'],
      source: 'file',
      note: 'ringet op',
      addedAt: AT,
      addedBy: 'u1',
      disabledAt: null,
      countsFrom: AT,
      countsUntil: null,
      periods: [{ from: '2016-07-01T00:00:00.000Z', until: null }],
      listed: [{ territory: 'DK', statuses: [] }],
      constraints: { emails: ['firma.dk'], policies: ['1.2.3'] },
    } as const
    const change = {
      id: newId(),
      at: AT,
      actor: 'u1',
      action: 'added',
      sha256: anchor.sha256,
      reason: 'ny',
      seq: 7,
    } as const
    await store.commit(async (write) => {
      await write.addAnchor(anchor)
      await write.addTrustChange(change)
    })
    expect(await store.listAnchors()).toStrictEqual([anchor])
    expect(await store.listTrustChanges()).toStrictEqual([change])
    const newer = { ...change, id: newId(), action: 'disabled', seq: null } as const
    await store.commit((write) => write.addTrustChange(newer))
    expect(await store.listTrustChanges({ newestOnly: true })).toStrictEqual([newer])
    await store.commit((write) => write.updateAnchor(anchor.sha256, { disabledAt: LATER, purposes: ['mail'] }))
    expect(await store.anchor(anchor.sha256)).toStrictEqual({ ...anchor, disabledAt: LATER, purposes: ['mail'] })
    await store.commit((write) => write.updateAnchor(anchor.sha256, { disabledAt: null }))
    expect((await store.anchor(anchor.sha256))?.disabledAt).toBeNull()
    await store.commit((write) => write.removeAnchor(anchor.sha256))
    expect(await store.anchor(anchor.sha256)).toBeNull()
  })

  it('changes of trust that wait, with their steps; drafts that ran out can be removed', async () => {
    const draft = {
      id: newId(),
      state: 'draft',
      steps: [{ do: 'disable', sha256: 'ab'.repeat(32) }],
      reason: 'udløbet',
      proposedBy: { kind: 'admin', id: 'u1', name: 'Ida' },
      madeAt: AT,
      expiresAt: AT,
      trustStamp: 's',
      effects: null,
      settledAt: null,
      settledBy: null,
      settledReason: null,
    } as const
    const effects = { changed: [], examined: 3, complete: true }
    const open = { ...draft, id: newId(), state: 'open', effects } as const
    await store.commit(async (write) => {
      await write.addProposal(draft)
      await write.addProposal(open)
    })
    expect(await store.listProposals(['draft', 'open'])).toStrictEqual([draft, open])
    expect(await store.listProposals([])).toEqual([])
    await store.commit((write) => write.removeDrafts(AT))
    expect(await store.proposal(draft.id)).toStrictEqual(draft)
    await store.commit((write) => write.removeDrafts(LATER))
    expect([await store.proposal(draft.id), await store.proposal(open.id)]).toStrictEqual([null, open])
    const settled = { state: 'declined', settledAt: LATER, settledBy: draft.proposedBy, settledReason: 'nej' } as const
    await store.commit((write) => write.updateProposal(open.id, settled))
    expect(await store.proposal(open.id)).toStrictEqual({ ...open, ...settled })
    expect(await store.listProposals(['open'])).toEqual([])
  })

  it('archive packages', async () => {
    const row = await store.commit(async (write) => {
      const { id } = await addCase(write)
      const planned = {
        id: newId(),
        caseId: id,
        version: 1,
        connector: 'folder',
        location: null,
        fixity: null,
        state: 'planned',
        acknowledgedAt: null,
        createdAt: AT,
      } as const
      await write.addPackage(planned)
      return planned
    })
    const put = { state: 'acknowledged', location: '/a', fixity: 'f', acknowledgedAt: LATER } as const
    await store.commit((write) => write.updatePackage(row.id, put))
    expect(await store.packagesOfCase(row.caseId)).toStrictEqual([{ ...row, ...put }])
    expect(await store.listPackages({ limit: 10 })).toStrictEqual([{ ...row, ...put }])
  })

  it('archive time-stamps: whose time is come, and who has none', async () => {
    const at = (day: string): string => `${day}T00:00:00.000Z`
    const list = smallBlob()
    const stamp = (caseId: string, seq: number, renewAt: string): Preservation => ({
      id: newId(),
      caseId,
      seq,
      manifestSha256: list.sha256,
      tokenSha256: list.sha256,
      at: at('2026-11-24'),
      authority: 'Tidsstempel',
      holdsUntil: at('2029-01-01'),
      renewAt,
      algorithms: seq === 1 ? ['rsa:2048', 'sha512'] : ['ec:256', 'sha512'],
      validationData: ['one'],
      createdAt: AT,
    })
    const { without: before } = await store.preservationStatus({ now: AT, weak: [], weakMadeBefore: AT })
    const { first, renewed, late, none } = await store.commit(async (write) => {
      const cases = []
      for (const state of ['archived', 'answered', 'archived', 'answered', 'with-caseworker'] as const) {
        cases.push((await addCase(write, { state })).id)
      }
      const [first = '', renewed = '', late = '', none = ''] = cases
      await write.keepBlob(list)
      await write.addPreservation(stamp(first, 1, at('2028-07-01')))
      await write.addPreservation(stamp(renewed, 1, at('2028-07-01')))
      await write.addPreservation(stamp(renewed, 2, at('2030-07-01')))
      await write.addPreservation(stamp(late, 1, at('2028-06-01')))
      return { first, renewed, late, none }
    })
    expect((await store.preservationsOfCase(renewed)).map(({ seq }) => seq)).toEqual([1, 2])
    expect((await store.preservationsOfCase(first))[0]).toMatchObject({ algorithms: ['rsa:2048', 'sha512'] })
    expect((await store.preservationAlgorithms()).map(([key]) => key).sort()).toEqual(['ec:256', 'rsa:2048'])
    const when = { now: at('2028-08-01'), weak: [], weakMadeBefore: at('2028-07-02') }
    expect(await store.preservationsDue(when, 10)).toEqual([late, first])
    expect(await store.preservationsDue(when, 1)).toEqual([late])
    const weak = { ...when, now: at('2027-01-01'), weak: [['ec:256', 'sha512']] }
    expect(await store.preservationsDue(weak, 10)).toEqual([renewed])
    expect(await store.preservationsDue({ ...weak, weakMadeBefore: at('2026-11-24') }, 10)).toEqual([])
    const without = await store.casesWithoutPreservation(100)
    expect(without.filter((id) => [first, renewed, late, none].includes(id))).toEqual([none])
    const status = { held: 3, due: 2, without: before + 1, firstEnd: at('2029-01-01') }
    expect(await store.preservationStatus(when)).toEqual(status)
    expect((await store.preservationStatus({ ...when, now: at('2029-01-01') })).held).toBe(0)
    const twice = store.commit((write) => write.addPreservation(stamp(first, 1, at('2028-07-01'))))
    await expect(twice).rejects.toThrow()
  })

  it('settings of any JSON value; unset is null', async () => {
    expect(await store.setting('closing-days')).toBeNull()
    await store.commit((write) => write.setSetting('closing-days', ['2026-12-24']))
    await store.commit((write) => write.setSetting('closing-days', { days: [1, 'to', null, true] }))
    expect(await store.setting('closing-days')).toStrictEqual({ days: [1, 'to', null, true] })
  })

  it('a change of a row that is not there is not-found, an empty change is none', async () => {
    const change = store.commit((write) => write.updateCase(NOBODY, { title: 'x' }))
    await expect(change).rejects.toMatchObject({ code: 'not-found' })
    await store.commit((write) => write.updateCase(NOBODY, {}))
  })

  it('a text with NUL or half a surrogate pair is stored, each as U+FFFD', async () => {
    const row = await store.commit((write) => addCase(write, { title: 'a\0b\ud800c' }))
    expect((await store.case(row.id))?.title).toBe('a\ufffdb\ufffdc')
  })
})
