import { describe, expect, it } from 'vitest'
import { chooseRoute, deliverMail, describeRoute, routeLetter } from '../../src/delivery/index.ts'
import type { Party } from '../../src/model/case.ts'
import type { LetterKind } from '../../src/model/letter.ts'
import { type Before, expiredKey, kaiKey, partyWith, SECRET, scriptedRelay, setScene, TRACKING_LINK } from './scene.ts'

const KINDS: readonly LetterKind[] = ['receipt', 'decision', 'one-time-code', 'notice']
const proven = { emailProof: 'dmarc', openpgpKey: kaiKey.publicKey, openpgpSource: 'attached' } as const

const HAS_LINK: Before = { receipt: 'accepted' }
const forwarded = { mayAnswer: false, mayNotAnswerReason: 'return-path-differs' } as const

/** Channel, state and reason of each delivery, in one line each. */
async function routed(kind: LetterKind, party: Partial<Party>, before: Before = HAS_LINK): Promise<string[]> {
  const scene = await setScene({ kind, party, before })
  expect(await scene.run('route-letter', routeLetter)).toBeNull()
  return scene.deliveries().map((row) => `${row.channel} ${row.state} ${row.routeReason}`)
}

describe('routeLetter', () => {
  it.each<[string, LetterKind, Partial<Party>, string[]]>([
    ['a decision to a proven key', 'decision', proven, ['openpgp-mail planned key-from-sender']],
    ['a receipt to a proven key', 'receipt', proven, ['openpgp-mail planned key-from-sender']],
    ['a code to a proven key', 'one-time-code', proven, ['openpgp-mail planned key-from-sender']],
    [
      'a key from the page',
      'decision',
      { ...proven, openpgpSource: 'uploaded' },
      ['openpgp-mail planned key-uploaded'],
    ],
    ['the code of a key, to that key alone', 'key-code', proven, ['openpgp-mail planned key-to-be-proven']],
    [
      'the code of a key, whatever is chosen',
      'key-code',
      { chosenChannel: 'plain-mail' },
      ['openpgp-mail planned key-to-be-proven'],
    ],
    ['a decision where nothing is chosen', 'decision', {}, ['notice-mail planned nothing-chosen']],
    ['a notice where nothing is chosen', 'notice', {}, ['notice-mail planned nothing-chosen']],
    ['plain mail where it is chosen', 'decision', { chosenChannel: 'plain-mail' }, ['plain-mail planned chosen-plain']],
    ['a receipt in clear', 'receipt', {}, ['plain-mail planned receipt-without-documents']],
    ['a code in clear', 'one-time-code', {}, ['plain-mail planned code-to-address']],
    ['pickup where it is chosen', 'decision', { chosenChannel: 'pickup' }, ['pickup available chosen-pickup']],
    [
      'a code even where pickup is chosen',
      'one-time-code',
      { chosenChannel: 'pickup' },
      ['plain-mail planned code-to-address'],
    ],
    ['no mail without an address', 'decision', { email: null }, ['pickup available no-address']],
    ['no mail to an address that is none', 'receipt', { email: 'kai@@x' }, ['pickup available bad-address']],
    [
      'no mail to whom mail may not be answered',
      'receipt',
      { mayAnswer: false, mayNotAnswerReason: 'mailing-list' },
      ['pickup available mailing-list'],
    ],
    [
      'no code to whom mail may not be answered',
      'one-time-code',
      { mayAnswer: false, mayNotAnswerReason: 'null-sender' },
      ['plain-mail unsendable null-sender'],
    ],
    [
      'plain mail where it is chosen, though a key is proven',
      'decision',
      { ...proven, chosenChannel: 'plain-mail' },
      ['plain-mail planned chosen-plain'],
    ],
    [
      'encrypted mail where that is chosen again',
      'decision',
      { ...proven, chosenChannel: 'openpgp-mail' },
      ['openpgp-mail planned key-from-sender'],
    ],
    [
      'encrypted mail to whom wrote encrypted, though plain mail is chosen',
      'decision',
      { ...proven, wroteEncrypted: true, chosenChannel: 'plain-mail' },
      ['openpgp-mail planned key-from-sender'],
    ],
    [
      'no receipt where the return path differs, though the address is proven',
      'receipt',
      { ...forwarded, emailProof: 'dmarc' },
      ['pickup available return-path-differs'],
    ],
    [
      'a notice of a decision to a proven address whose return path differs',
      'decision',
      { ...forwarded, emailProof: 'dmarc' },
      ['notice-mail planned nothing-chosen'],
    ],
    [
      'a notice to an address proven by code whose return path differs',
      'notice',
      { ...forwarded, emailProof: 'code' },
      ['notice-mail planned nothing-chosen'],
    ],
    [
      'a decision that is fetched where the return path differs and nothing is proven',
      'decision',
      forwarded,
      ['pickup available return-path-differs'],
    ],
    [
      'a decision that is encrypted or fetched where who is forwarded wrote encrypted',
      'decision',
      { ...forwarded, emailProof: 'dmarc', wroteEncrypted: true },
      ['openpgp-mail unsendable wrote-encrypted-no-key', 'pickup available wrote-encrypted-no-key'],
    ],
    ['a code that is asked for on the page', 'one-time-code', forwarded, ['plain-mail planned code-to-address']],
    [
      'no decision to a mailing list, though its domain is proven',
      'decision',
      { emailProof: 'dmarc', mayAnswer: false, mayNotAnswerReason: 'mailing-list' },
      ['pickup available mailing-list'],
    ],
    [
      'a notice where a key has expired',
      'decision',
      { ...proven, openpgpKey: expiredKey.publicKey },
      ['notice-mail planned key-unusable'],
    ],
    [
      'no mail to whom wrote encrypted without a key',
      'decision',
      { wroteEncrypted: true, chosenChannel: 'plain-mail' },
      ['openpgp-mail unsendable wrote-encrypted-no-key', 'pickup available wrote-encrypted-no-key'],
    ],
    [
      'no code to whom wrote encrypted without a key',
      'one-time-code',
      { wroteEncrypted: true },
      ['openpgp-mail unsendable wrote-encrypted-no-key'],
    ],
    [
      'an encrypted receipt to whom wrote encrypted and gave a key',
      'receipt',
      { wroteEncrypted: true, openpgpKey: kaiKey.publicKey, openpgpSource: 'autocrypt' },
      ['openpgp-mail planned key-from-sender'],
    ],
    [
      'no mail where encryption is chosen and there is no key',
      'decision',
      { chosenChannel: 'openpgp-mail' },
      ['openpgp-mail unsendable chosen-openpgp-no-key', 'pickup available chosen-openpgp-no-key'],
    ],
  ])('plans %s', async (_, kind, party, expected) => {
    expect(await routed(kind, party)).toEqual(expected)
  })

  it.each<[string, Before | undefined, 'available' | 'unsendable']>([
    ['no mail was ever handed over', undefined, 'unsendable'],
    ['their receipt was refused', { receipt: 'refused' }, 'unsendable'],
    ['their receipt still waits', { receipt: 'waiting' }, 'unsendable'],
    ['their receipt could only be picked up', { receipt: 'available' }, 'unsendable'],
    ['the link in their receipt was revoked', { receipt: 'accepted', revoked: true }, 'unsendable'],
    ['they were only sent a code', { receipt: 'accepted', kind: 'one-time-code' }, 'unsendable'],
    ['they sent a form, and have no more than a receipt’s link', { upload: 'link-of-receipt' }, 'unsendable'],
    ['their receipt was handed over', { receipt: 'accepted' }, 'available'],
    ['their receipt stands in the outbox', { receipt: 'kept' }, 'available'],
    ['the page gave them a link when they sent the form', { upload: 'own-link' }, 'available'],
  ])('a decision that may not be mailed, where %s', async (_, before, state) => {
    const parties: Partial<Party>[] = [
      { email: null },
      { chosenChannel: 'pickup' },
      forwarded,
      { mayAnswer: false, mayNotAnswerReason: 'several-from' },
    ]
    for (const party of parties) {
      const scene = await setScene({ party, ...(before && { before }) })
      await scene.run('route-letter', routeLetter)
      expect(scene.deliveries()).toMatchObject([{ channel: 'pickup', state }])
      expect(scene.settled.length).toBe(state === 'available' ? 1 : 0)
      const [delivery] = scene.deliveries()
      expect(scene.evidence(delivery?.id ?? '')).toEqual([state === 'available' ? 'planned' : 'unsendable'])
    }
  })

  it('uses no key that nothing proves', async () => {
    expect(await routed('decision', { openpgpKey: kaiKey.publicKey, emailProof: null })).toEqual([
      'notice-mail planned key-unusable',
    ])
  })

  it('mints the Message-ID in the plan, with evidence, history and the job in one commit', async () => {
    const scene = await setScene()
    await scene.run('route-letter', routeLetter)
    const [delivery] = scene.deliveries()
    expect(delivery?.messageId).toMatch(/^<[^<>@]+@demokobing\.example>$/)
    expect(scene.evidence(delivery?.id ?? '')).toEqual(['planned'])
    expect(scene.history()).toEqual(['letter-planned'])
    expect(scene.store.tables().jobs.get(`deliver:${delivery?.id}`)?.state).toBe('ready')
  })

  it('plans once, however often it runs', async () => {
    const scene = await setScene()
    const [first] = await scene.store.jobs.lease('test', ['route-letter'], 1, 60_000)
    if (!first) throw new Error('no job')
    await routeLetter(first, scene.parts)
    // The lease is over: the repeat must leave nothing behind.
    await expect(routeLetter(first, scene.parts)).rejects.toMatchObject({ code: 'internal', retryable: true })
    expect(scene.deliveries()).toHaveLength(1)
    await scene.store.commit((write) => write.addJob('route-letter', 'again', { letterId: scene.letter.id }))
    expect(await scene.run('route-letter', routeLetter)).toBeNull()
    expect(scene.deliveries()).toHaveLength(1)
    expect(scene.history()).toEqual(['letter-planned'])
  })

  it('moves the case on where a decision can be picked up, and not before a mail is taken', async () => {
    const pickup = await setScene({ party: { chosenChannel: 'pickup' }, before: HAS_LINK })
    await pickup.run('route-letter', routeLetter)
    expect(pickup.settled).toEqual([{ letterId: 'letter-1', state: 'available', channel: 'pickup' }])
    const byMail = await setScene()
    await byMail.run('route-letter', routeLetter)
    expect(byMail.settled).toEqual([])
    const receipt = await setScene({ kind: 'receipt', party: { chosenChannel: 'pickup' } })
    await receipt.run('route-letter', routeLetter)
    expect(receipt.settled).toEqual([])
  })
})

describe('who wrote encrypted', () => {
  const KEYS: readonly [string, string | null][] = [
    ['no key', null],
    ['a usable key', kaiKey.publicKey],
    ['an expired key', expiredKey.publicKey],
    ['a broken key', 'ikke en nøgle'],
  ]
  const PROOFS = [null, 'dmarc', 'openpgp', 'code'] as const
  const CHOICES = [null, 'plain-mail', 'openpgp-mail', 'pickup'] as const
  const cases = KINDS.flatMap((kind) =>
    KEYS.flatMap(([name, key]) =>
      PROOFS.flatMap((emailProof) => CHOICES.map((chosen) => [kind, name, emailProof, chosen, key] as const)),
    ),
  )

  it.each(cases)('gets no %s in clear with %s, proof %s, choice %s', async (kind, _, emailProof, chosen, key) => {
    const relay = scriptedRelay([])
    const party = { wroteEncrypted: true, emailProof, chosenChannel: chosen, openpgpKey: key }
    const scene = await setScene({ kind, party, relay })
    await scene.run('route-letter', routeLetter)
    for (const delivery of scene.deliveries().filter((row) => row.state === 'planned')) {
      expect(delivery.channel).toBe('openpgp-mail')
      expect(await scene.run('deliver', deliverMail)).toBeNull()
    }
    for (const { raw } of relay.given) {
      expect(raw.toString()).toContain('BEGIN PGP MESSAGE')
      for (const secret of [SECRET, TRACKING_LINK, '2026-000123-7', 'attest'])
        expect(raw.toString()).not.toContain(secret)
    }
    expect(relay.given.length).toBe(
      key === kaiKey.publicKey && (chosen !== 'pickup' || kind === 'one-time-code') ? 1 : 0,
    )
  })
})

describe('chooseRoute', () => {
  it('gives only reasons that pages have words for, in both languages', () => {
    const parties: Partial<Party>[] = [
      {},
      proven,
      { ...proven, openpgpSource: 'uploaded' },
      { email: null },
      { email: 'x' },
      { mayAnswer: false },
      { wroteEncrypted: true },
      { chosenChannel: 'pickup' },
      { chosenChannel: 'plain-mail' },
      { chosenChannel: 'openpgp-mail' },
    ]
    for (const kind of KINDS) {
      for (const party of parties) {
        for (const usable of [true, false]) {
          for (const { routeReason } of chooseRoute(kind, partyWith(party), { keyUsable: usable, wayIn: usable })) {
            expect(describeRoute(routeReason, 'da')).not.toBe(routeReason)
            expect(describeRoute(routeReason, 'en')).not.toBe(routeReason)
          }
        }
      }
    }
  })
})
