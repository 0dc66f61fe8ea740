import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { deliverMail, describeRoute, routeLetter } from '../../src/delivery/index.ts'
import { outgoingLetter } from '../../src/delivery/outgoing-letter.ts'
import type { Party } from '../../src/model/case.ts'
import type { Delivery } from '../../src/model/letter.ts'
import type { HandOver } from '../../src/model/ports.ts'
import {
  ATTACHMENT,
  expiredKey,
  kaiKey,
  makeKey,
  NOW,
  PUBLIC_URL,
  type Scene,
  SECRET,
  scriptedRelay,
  setScene,
  TRACKING_LINK,
} from './scene.ts'

const DEFERRED: HandOver = { outcome: 'deferred', response: '451 later', smtpCode: 451 }
const REFUSED: HandOver = { outcome: 'refused', response: '550 no such user', smtpCode: 550 }
const UNKNOWN: HandOver = { outcome: 'unknown', response: 'the connection broke', smtpCode: null }
const proven = { emailProof: 'dmarc', openpgpKey: kaiKey.publicKey, openpgpSource: 'attached' } as const

async function planned(options: Parameters<typeof setScene>[0]): Promise<Scene> {
  const scene = await setScene(options)
  await scene.run('route-letter', routeLetter)
  return scene
}

function only(scene: Scene): Delivery {
  const [delivery] = scene.deliveries()
  if (!delivery) throw new Error('no delivery')
  return delivery
}

/** A clock that the test moves past the queue's backoff. */
function movingClock(): { clock: () => Date; later: () => void } {
  let now = new Date('2026-11-24T09:02:00.000Z').getTime()
  return {
    clock: () => new Date(now),
    later: () => {
      now += 3_600_000
    },
  }
}

describe('the code that proves a key', () => {
  it('is encrypted to that key, though another one counts, and to none where that is gone', async () => {
    const at = NOW.toISOString()
    const scene = await setScene({ kind: 'key-code', party: proven })
    const newer = await makeKey('kai@borger.example')
    const cause = `key-code:challenge-1`
    const letter = { ...scene.letter, cause, documentIds: [] }
    const delivery = { channel: 'openpgp-mail', address: 'kai@borger.example', messageId: '<a@b>' } as Delivery
    const mail = () => outgoingLetter(letter, delivery, scene.party, scene.parts)
    await expect(mail()).rejects.toMatchObject({ code: 'key-unusable' })
    await scene.store.commit(async (write) => {
      await write.addCitizenKey({
        ...{ id: 'key-1', address: 'kai@borger.example', kind: 'openpgp', fingerprint: 'ab', source: 'uploaded' },
        ...{ certificate: newer.publicKey, proof: 'none', state: 'candidate' },
        ...{ firstSeenAt: at, lastSeenAt: at, stateSince: at },
      })
      await write.addKeyChallenge({
        ...{ id: 'challenge-1', keyId: 'key-1', caseId: letter.caseId, codeHash: 'x', createdAt: at, expiresAt: at },
        ...{ attemptsLeft: 5, usedAt: null },
      })
    })
    expect(await mail()).toMatchObject({ encryptTo: newer.publicKey, attachments: [], inReplyTo: null })
  })
})

describe('a code for a key', () => {
  const proven = { wroteEncrypted: false, emailProof: 'dmarc' } as const
  it('stands in clear nowhere once the mail is made, and a repeat hands over the same mail', async () => {
    const relay = scriptedRelay([{ outcome: 'deferred', smtpCode: 451, response: 'later' }])
    const { clock, later } = movingClock()
    const scene = await planned({ kind: 'key-code', party: proven, relay, clock })
    const { publicKey } = await makeKey('kai@borger.example')
    const at = clock().toISOString()
    await scene.store.commit(async (write) => {
      await write.addCitizenKey({
        ...{ id: 'key-1', address: 'kai@borger.example', kind: 'openpgp', fingerprint: 'ab', source: 'uploaded' },
        ...{ certificate: publicKey, proof: 'none', state: 'candidate' },
        ...{ firstSeenAt: at, lastSeenAt: at, stateSince: at },
      })
      await write.addKeyChallenge({
        ...{ id: scene.letter.cause.replace('key-code:', ''), keyId: 'key-1', caseId: scene.letter.caseId },
        ...{ codeHash: 'x', createdAt: at, expiresAt: at, attemptsLeft: 5, usedAt: null },
      })
    })
    expect((await scene.store.letter(scene.letter.id))?.bodyText).not.toBe('')
    await scene.run('deliver', deliverMail)
    expect((await scene.store.letter(scene.letter.id))?.bodyText).toBe('')
    later()
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(relay.given).toHaveLength(2)
    expect(relay.given[1]?.raw).toEqual(relay.given[0]?.raw)
    expect(Buffer.from(relay.given[1]?.raw ?? []).toString()).toContain('BEGIN PGP MESSAGE')
  })

  it('is taken out where the mail cannot be sent, too', async () => {
    const scene = await planned({ kind: 'key-code', party: proven })
    await scene.run('deliver', deliverMail)
    expect(only(scene).state).toBe('unsendable')
    expect((await scene.store.letter(scene.letter.id))?.bodyText).toBe('')
    const nowhere = await planned({ kind: 'key-code', party: { ...proven, email: null } })
    expect(only(nowhere).state).toBe('unsendable')
    expect((await nowhere.store.letter(nowhere.letter.id))?.bodyText).toBe('')
  })
})

describe('deliverMail', () => {
  it('stores bytes and Message-ID before the first attempt, and says so before it hands over', async () => {
    const seen: string[] = []
    const relay = scriptedRelay([])
    const scene = await planned({
      relay: {
        kind: 'smtp',
        handOver: async (mail) => {
          const row = only(scene)
          seen.push(row.state, ...scene.evidence(row.id))
          expect(await scene.raw(row)).toEqual(Buffer.from(mail.raw))
          expect(Buffer.from(mail.raw).toString()).toContain(`Message-ID: ${row.messageId}`)
          return relay.handOver(mail)
        },
      },
    })
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(seen).toEqual(['handing-over', 'planned', 'composed', 'attempted'])
    expect(only(scene)).toMatchObject({ state: 'accepted', attempts: 1, possiblyDoubled: 0 })
    expect(scene.evidence(only(scene).id)).toEqual(['planned', 'composed', 'attempted', 'accepted'])
    expect(scene.history()).toEqual(['letter-planned', 'answer-sent'])
    expect(relay.given[0]).toMatchObject({ to: 'kai@borger.example', envelopeFrom: 'post@demokobing.example' })
  })

  it('keeps the mail in the outbox where there is no relay, and moves the case on', async () => {
    const scene = await planned({})
    await scene.run('deliver', deliverMail)
    expect(only(scene).state).toBe('kept')
    expect(scene.history()).toEqual(['letter-planned', 'letter-kept'])
    expect(scene.settled).toEqual([{ letterId: 'letter-1', state: 'kept', channel: 'notice-mail' }])
  })

  it('moves no case on for a receipt', async () => {
    const scene = await planned({ kind: 'receipt', relay: scriptedRelay([]) })
    await scene.run('deliver', deliverMail)
    expect(scene.history()).toEqual(['letter-planned', 'receipt-sent'])
    expect(scene.settled).toEqual([])
  })

  it('killed during the hand-over: repeats the same bytes and Message-ID, recorded as possibly doubled', async () => {
    const relay = scriptedRelay([])
    const first = await planned({ relay })
    // The kill: the relay took the mail, and nothing after it was written.
    const dead = { ...first.parts, relay: scriptedRelay([new Error('kill -9')]) }
    const [job] = await first.store.jobs.lease('dead', ['deliver'], 1, 60_000)
    if (!job) throw new Error('no job')
    await expect(deliverMail(job, dead)).rejects.toThrow('kill -9')
    expect(only(first).state).toBe('handing-over')
    const before = only(first)
    await first.store.jobs.release('dead')
    expect(await first.run('deliver', deliverMail)).toBeNull()
    expect(only(first)).toMatchObject({
      state: 'accepted',
      attempts: 2,
      possiblyDoubled: 1,
      messageId: before.messageId,
      rawSha256: before.rawSha256,
    })
    expect(dead.relay.given[0]?.raw).toEqual(relay.given[0]?.raw)
    expect(first.evidence(before.id)).toEqual([
      'planned',
      'composed',
      'attempted',
      'interrupted',
      'attempted',
      'accepted',
    ])
    expect(first.history()).toContain('delivery-possibly-doubled')
  })

  it('killed before the bytes were stored: composes then', async () => {
    const scene = await planned({ relay: scriptedRelay([]) })
    const dead = {
      ...scene.parts,
      composer: { ...scene.parts.composer, compose: () => Promise.reject(new Error('kill')) },
    }
    const [job] = await scene.store.jobs.lease('dead', ['deliver'], 1, 60_000)
    if (!job) throw new Error('no job')
    await expect(deliverMail(job, dead)).rejects.toThrow('kill')
    expect(only(scene)).toMatchObject({ state: 'planned', rawSha256: null, attempts: 0 })
    await scene.store.jobs.release('dead')
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(only(scene)).toMatchObject({ state: 'accepted', possiblyDoubled: 0 })
  })

  it('a passing no is tried again with the same bytes, and is no double', async () => {
    const { clock, later } = movingClock()
    const relay = scriptedRelay([DEFERRED, DEFERRED])
    const scene = await planned({ relay, clock })
    expect(await scene.run('deliver', deliverMail)).toMatchObject({ code: 'relay-unavailable', retryable: true })
    expect(only(scene).state).toBe('waiting')
    later()
    expect(await scene.run('deliver', deliverMail)).toMatchObject({ code: 'relay-unavailable' })
    later()
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(only(scene)).toMatchObject({ state: 'accepted', attempts: 3, possiblyDoubled: 0 })
    expect(new Set(relay.given.map(({ raw }) => raw.toString())).size).toBe(1)
    expect(scene.history()).toEqual(['letter-planned', 'answer-sent'])
  })

  it('no answer after the mail was sent: tried again, recorded as possibly doubled', async () => {
    const { clock, later } = movingClock()
    const relay = scriptedRelay([UNKNOWN])
    const scene = await planned({ relay, clock })
    expect(await scene.run('deliver', deliverMail)).toMatchObject({ code: 'relay-unavailable', retryable: true })
    expect(only(scene)).toMatchObject({ state: 'waiting', possiblyDoubled: 1 })
    later()
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(only(scene)).toMatchObject({ state: 'accepted', attempts: 2, possiblyDoubled: 1 })
    expect(relay.given[0]?.raw).toEqual(relay.given[1]?.raw)
    expect(scene.evidence(only(scene).id)).toEqual([
      'planned',
      'composed',
      'attempted',
      'interrupted',
      'attempted',
      'accepted',
    ])
  })

  it('a definite no ends that mail: refused, with the answer as evidence, and nothing of it tried again', async () => {
    const relay = scriptedRelay([REFUSED])
    const scene = await planned({ relay, kind: 'receipt' })
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(only(scene).state).toBe('refused')
    expect(scene.history()).toEqual(['letter-planned', 'delivery-refused'])
    const evidence = [...scene.store.tables().evidence.values()].at(-1)
    expect(evidence).toMatchObject({ event: 'refused', detail: { response: '550 no such user', smtpCode: 550 } })
    await expect(scene.run('deliver', deliverMail)).rejects.toThrow('no job')
    expect(relay.given).toHaveLength(1)
  })

  it('does nothing for a delivery that is done', async () => {
    const relay = scriptedRelay([])
    const scene = await planned({ relay })
    await scene.run('deliver', deliverMail)
    await scene.store.commit((write) => write.addJob('deliver', 'again', { deliveryId: only(scene).id }))
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(relay.given).toHaveLength(1)
  })

  it('hands nothing over once its lease is lost: somebody else does', async () => {
    const relay = scriptedRelay([])
    const scene = await planned({ relay })
    const [job] = await scene.store.jobs.lease('slow', ['deliver'], 1, 60_000)
    if (!job) throw new Error('no job')
    await scene.store.jobs.release('slow')
    await expect(deliverMail(job, scene.parts)).rejects.toMatchObject({ retryable: true })
    expect(relay.given).toEqual([])
  })

  it('holds its lease, while it hands over, for longer than that may take', async () => {
    const held: number[] = []
    const scene = await planned({
      relay: {
        kind: 'smtp',
        handOver: async () => {
          const job = scene.store.tables().jobs.get(`deliver:${only(scene).id}`)
          held.push(Date.parse(job?.leaseUntil ?? '') - NOW.getTime())
          return { outcome: 'accepted', response: '250 ok' }
        },
      },
    })
    await scene.run('deliver', deliverMail)
    // The relay gives a hand-over 12 minutes (RFC 5321 §4.5.3.2.6).
    expect(held[0]).toBeGreaterThan(12 * 60_000)
  })

  it('rolls the result back with the case where moving it on fails', async () => {
    const relay = scriptedRelay([])
    const scene = await planned({ relay })
    const parts = { ...scene.parts, onLetterSettled: () => Promise.reject(new Error('no')) }
    const [job] = await scene.store.jobs.lease('test', ['deliver'], 1, 60_000)
    if (!job) throw new Error('no job')
    await expect(deliverMail(job, parts)).rejects.toThrow('no')
    expect(only(scene).state).toBe('handing-over')
    expect(scene.history()).toEqual(['letter-planned'])
  })
})

describe('a decision that the next hop refuses', () => {
  const TOO_LARGE: HandOver = { outcome: 'refused', response: '552 too large', smtpCode: 552, refusedAt: 'content' }
  const NO_SUCH_USER: HandOver = { ...REFUSED, outcome: 'refused', smtpCode: 550, refusedAt: 'recipient' }
  const plain = { chosenChannel: 'plain-mail', emailProof: 'dmarc' } as const
  const ways = (scene: Scene) => scene.deliveries().map((row) => `${row.channel} ${row.state} ${row.routeReason}`)

  async function refused(options: Parameters<typeof setScene>[0], answers: readonly HandOver[]) {
    const relay = scriptedRelay(answers)
    const scene = await planned({ ...options, relay })
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    return { scene, relay }
  }

  it.each([
    ['plain mail', plain],
    ['encrypted mail', proven],
  ])(
    'for its documents, as %s: goes on as a notice, in the same commit, with the evidence of both',
    async (_, party) => {
      const { scene, relay } = await refused({ party }, [TOO_LARGE])
      const [first, second] = scene.deliveries()
      expect(first?.state).toBe('refused')
      expect(second).toMatchObject({ channel: 'notice-mail', state: 'planned', address: 'kai@borger.example' })
      expect(scene.settled).toEqual([])
      expect(scene.history()).toEqual(['letter-planned', 'delivery-refused', 'letter-planned'])
      const evidence = [...scene.store.tables().evidence.values()].filter((row) => row.deliveryId === second?.id)
      expect(evidence).toMatchObject([{ event: 'planned', detail: { insteadOf: first?.id } }])
      expect(await scene.run('deliver', deliverMail)).toBeNull()
      expect(relay.given).toHaveLength(2)
      const mail = await PostalMime.parse(relay.given[1]?.raw ?? '')
      expect(mail.text).toContain(TRACKING_LINK)
      expect(mail.text).not.toContain(SECRET)
      expect(mail.attachments).toEqual([])
      expect(mail.messageId).not.toBe(first?.messageId)
      expect(scene.settled).toMatchObject([{ state: 'accepted', channel: 'notice-mail' }])
    },
  )

  it.each<[string, Partial<Party>, HandOver]>([
    ['because there is no such address', plain, NO_SUCH_USER],
    ['without saying at which command', plain, REFUSED],
    ['though it was but a notice', {}, TOO_LARGE],
    ['and was written encrypted', { ...proven, wroteEncrypted: true }, TOO_LARGE],
    ['and encryption was chosen', { ...proven, chosenChannel: 'openpgp-mail' }, TOO_LARGE],
  ])('%s: no mail goes instead; who has a link picks it up, for the others a person must act', async (_, party, no) => {
    const untold = await refused({ party }, [no])
    expect(ways(untold.scene)[1]).toBe('pickup unsendable mail-refused')
    expect(untold.scene.settled).toEqual([])
    const told = await refused({ party, before: { receipt: 'accepted' } }, [no])
    expect(ways(told.scene)[1]).toBe('pickup available mail-refused')
    expect(told.scene.settled).toMatchObject([{ state: 'available', channel: 'pickup' }])
    for (const { scene, relay } of [untold, told]) {
      expect(scene.deliveries()).toHaveLength(2)
      await expect(scene.run('deliver', deliverMail)).rejects.toThrow('no job')
      expect(relay.given).toHaveLength(1)
    }
  })

  it('twice, the notice as well: ends with a person', async () => {
    const { scene } = await refused({ party: plain }, [TOO_LARGE, { ...TOO_LARGE, response: '554 spam' }])
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(ways(scene)).toEqual([
      'plain-mail refused chosen-plain',
      'notice-mail refused mail-refused-with-documents',
      'pickup unsendable mail-refused',
    ])
    expect(scene.settled).toEqual([])
  })

  it.each([DEFERRED, UNKNOWN])('only for now, or without an answer ($outcome): goes no other way', async (answer) => {
    const scene = await planned({ party: plain, relay: scriptedRelay([answer]) })
    expect(await scene.run('deliver', deliverMail)).toMatchObject({ code: 'relay-unavailable' })
    expect(ways(scene)).toEqual(['plain-mail waiting chosen-plain'])
  })

  it('is not refused unless the way that follows is on record', async () => {
    const scene = await planned({ party: plain, relay: scriptedRelay([TOO_LARGE]), before: { receipt: 'accepted' } })
    const [job] = await scene.store.jobs.lease('test', ['deliver'], 1, 60_000)
    if (!job) throw new Error('no job')
    const parts = {
      ...scene.parts,
      newMessageId: () => {
        throw new Error('killed')
      },
    }
    await expect(deliverMail(job, parts)).rejects.toThrow('killed')
    expect(ways(scene)).toEqual(['plain-mail handing-over chosen-plain'])
  })
})

describe('a key that cannot be used any more', () => {
  it('ends as unsendable with the reason, and the answer can be picked up', async () => {
    const relay = scriptedRelay([])
    const scene = await planned({ relay, party: { ...proven, wroteEncrypted: true }, before: { receipt: 'accepted' } })
    await scene.store.commit((write) => write.updateParty('party-1', { openpgpKey: expiredKey.publicKey }))
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    const rows = scene.deliveries().map((row) => `${row.channel} ${row.state} ${row.routeReason}`)
    expect(rows).toEqual(['openpgp-mail unsendable key-from-sender', 'pickup available expired'])
    expect(describeRoute('expired', 'da')).toContain('udløbet')
    expect(relay.given).toEqual([])
    expect(scene.settled).toEqual([{ letterId: 'letter-1', state: 'available', channel: 'pickup' }])
  })

  it('leaves a decision with a person where the recipient has no link to pick it up', async () => {
    const scene = await planned({ party: { ...proven, wroteEncrypted: true } })
    await scene.store.commit((write) => write.updateParty('party-1', { openpgpKey: expiredKey.publicKey }))
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(scene.deliveries().map(({ channel, state }) => [channel, state])).toEqual([
      ['openpgp-mail', 'unsendable'],
      ['pickup', 'unsendable'],
    ])
    expect(scene.settled).toEqual([])
  })

  it('a key that is gone ends the same way', async () => {
    const relay = scriptedRelay([])
    const scene = await planned({ kind: 'one-time-code', relay, party: proven })
    await scene.store.commit((write) => write.updateParty('party-1', { openpgpKey: null }))
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(scene.deliveries().map((row) => row.state)).toEqual(['unsendable'])
    expect(relay.given).toEqual([])
  })

  it('who writes encrypted after a plain mail was planned gets none, even where its bytes are made', async () => {
    const { clock, later } = movingClock()
    const relay = scriptedRelay([DEFERRED])
    const scene = await planned({ kind: 'receipt', relay, clock })
    await scene.run('deliver', deliverMail)
    await scene.store.commit((write) => write.updateParty('party-1', { wroteEncrypted: true }))
    later()
    expect(await scene.run('deliver', deliverMail)).toBeNull()
    expect(scene.deliveries()[0]?.state).toBe('unsendable')
    expect(relay.given).toHaveLength(1)
  })
})

describe('outgoingLetter, the last gate before bytes are made', () => {
  it.each(['plain-mail', 'notice-mail'] as const)('makes no %s for who wrote encrypted', async (channel) => {
    const scene = await planned({})
    const party = { ...scene.party, wroteEncrypted: true }
    const made = outgoingLetter(scene.letter, { ...only(scene), channel }, party, scene.parts)
    await expect(made).rejects.toMatchObject({ code: 'encryption-impossible' })
  })
})

describe('what stands in a mail', () => {
  const sent = async (options: Parameters<typeof setScene>[0]) => {
    const scene = await planned(options)
    await scene.run('deliver', deliverMail)
    const raw = await scene.raw(only(scene))
    return { raw: raw.toString(), mail: await PostalMime.parse(raw) }
  }

  it('of a notice: the case number and the tracking link, nothing else of the letter', async () => {
    const { raw, mail } = await sent({})
    expect(mail.text).toContain('2026-000123-7')
    expect(mail.text).toContain(TRACKING_LINK)
    expect(mail.text).not.toContain(SECRET)
    expect(mail.text).not.toContain(`${PUBLIC_URL}/g/`)
    expect(mail.subject).not.toContain(SECRET)
    expect(mail.attachments).toEqual([])
    expect(raw).not.toContain('Auto-Submitted')
  })

  it('of plain mail that was chosen: the letter and its documents', async () => {
    const { mail } = await sent({ party: { chosenChannel: 'plain-mail' } })
    expect(mail.text).toContain(SECRET)
    expect(mail.attachments[0]?.filename).toBe('attest-godkendt.pdf')
    expect(Buffer.from(mail.attachments[0]?.content as ArrayBuffer)).toEqual(ATTACHMENT)
    expect(mail.inReplyTo).toBe('<spoergsmaal@borger.example>')
  })

  it('of a receipt: its text, marked as an automatic answer in the thread', async () => {
    const { raw, mail } = await sent({ kind: 'receipt' })
    expect(raw).toContain('Auto-Submitted: auto-replied')
    expect(mail.text).toContain(TRACKING_LINK)
    expect(mail.text).toContain('70 10 20 30')
    expect(mail.attachments).toEqual([])
  })
})
