import { sealMessage } from 'mailauth'
import { describe, expect, it } from 'vitest'
import { createMailAuthenticator } from '../../src/delivery/index.ts'
import { arcKey, MAIL, signDkim, type Zone, zoneOf, zoneResolver } from './zone.ts'

const RECEIVED = 'Received: from mx.example by mail.demokobing.example; Tue, 24 Nov 2026 09:00:01 +0000\r\n'
const PASSED = 'dmarc=pass (p=reject dis=none) header.from=borger.example'
const HOP = { isItsAddress: (address: string) => address === '10.0.0.25', authservId: 'mail.demokobing.example' }
const hop = { ...HOP, writesResults: true, arcSealers: ['hop.example'] }
const BY_LMTP = { from: 'kai@borger.example', remoteAddress: null, helo: null }
const FROM_HOP = { ...BY_LMTP, remoteAddress: '10.0.0.25', helo: 'mail.demokobing.example' }
const FROM_ELSEWHERE = { ...FROM_HOP, remoteAddress: '198.51.100.7' }

const judge = (
  raw: Uint8Array | string,
  envelope: typeof FROM_HOP | typeof BY_LMTP = FROM_HOP,
  options: { hop?: Partial<typeof hop> | { authservId: null }; zone?: Zone | null } = {},
) => {
  const zone = options.zone === undefined ? zoneOf('borger.example') : options.zone
  return createMailAuthenticator({
    resolver: zone && zoneResolver(zone),
    trustedHop: { ...hop, ...options.hop },
  }).authenticate(Buffer.from(raw), envelope)
}
const BY_HOP = { dmarc: 'pass', alignedDomain: 'borger.example', foundBy: 'trusted-hop' }

describe('Authentication-Results of the mail server in front', () => {
  const wrote = (results: string, rest = ''): string =>
    `Authentication-Results: mail.demokobing.example; ${results}\r\n${RECEIVED}${rest}${MAIL}`

  it('count where it hands the mail over itself: by SMTP from its address, by LMTP, from a mailbox', async () => {
    expect(await judge(wrote(PASSED))).toEqual(BY_HOP)
    expect(await judge(wrote(PASSED), BY_LMTP)).toEqual(BY_HOP)
  })

  it('count where nobody may be asked', async () => {
    expect(await judge(wrote(PASSED), FROM_HOP, { zone: null })).toEqual(BY_HOP)
  })

  it('count for nothing from anybody else', async () => {
    expect(await judge(wrote(PASSED), FROM_ELSEWHERE)).toMatchObject({ dmarc: 'fail', foundBy: 'gateway' })
  })

  it('count for nothing by another name, or below what the hop wrote', async () => {
    const named = (name: string): string => `Authentication-Results: ${name}; ${PASSED}\r\n`
    expect((await judge(`${named('ond.example')}${RECEIVED}${MAIL}`)).dmarc).toBe('fail')
    const none = 'Authentication-Results: mail.demokobing.example; dmarc=none header.from=borger.example\r\n'
    expect((await judge(`${none}${RECEIVED}${named('mail.demokobing.example')}${MAIL}`)).dmarc).toBe('fail')
    // A field of its own that says nothing of DMARC is still its own: what lies deeper came with the mail.
    const spf = 'Authentication-Results: mail.demokobing.example; spf=none smtp.mailfrom=borger.example\r\n'
    expect((await judge(`${spf}${RECEIVED}${named('mail.demokobing.example')}${MAIL}`)).dmarc).toBe('fail')
  })

  it('count for nothing where they cannot be read in one way only', async () => {
    for (const results of [
      `${PASSED}; dmarc=fail header.from=borger.example`,
      'dmarc=pass header.from=borger.example header.from=ond.example',
      'dmarc=pass (open header.from=borger.example',
      'dmarc=pass header.from="borger.example',
      'dmarc=pass',
      'dmarc/9=pass header.from=borger.example',
      '(dmarc=pass header.from=borger.example); none',
      'dkim=pass reason="; dmarc=pass header.from=borger.example"',
    ])
      expect([results, (await judge(wrote(results))).dmarc]).toEqual([results, 'fail'])
  })

  it('are read with comments, folds, quotes and versions as RFC 8601 allows them', async () => {
    for (const results of [
      'dkim=pass (2048-bit (really; "so") key) header.d=borger.example;\r\n\tdmarc=pass (a\\)b) header.from="borger.example"',
      'DMARC=Pass header.FROM=Borger.Example policy.dmarc=reject',
      'spf=pass smtp.mailfrom=x@borger.example; dkim/1=pass header.d=x.example; dmarc = pass header.from = borger.example',
    ])
      expect([results, (await judge(wrote(results))).alignedDomain]).toEqual([results, 'borger.example'])
    expect(
      (await judge(`Authentication-Results: Mail.Demokobing.Example 1;\r\n ${PASSED}\r\n${RECEIVED}${MAIL}`)).dmarc,
    ).toBe('pass')
  })

  it.each([
    ['beside its own, with no Received below', `OWN${'FORGED'}`],
    ['beside its own, below a Received', 'RECEIVEDOWNFORGED'],
    ['below another field', 'NONEX-Spam: no\r\nFORGED'],
    ['where it wrote none', 'RECEIVEDRECEIVEDFORGED'],
    ['below one of its own that cannot be read', 'OWNBROKENFORGEDRECEIVED'],
  ])('that came with the mail count for nothing: %s', async (_, header) => {
    const its = (results: string): string => `Authentication-Results: mail.demokobing.example; ${results}\r\n`
    const raw = header
      .replaceAll('RECEIVED', RECEIVED)
      .replace('OWN', its('spf=pass smtp.mailfrom=borger.example'))
      .replace('NONE', its('none'))
      .replace('BROKEN', its('dmarc=fail (x'))
      .replace('FORGED', its(PASSED))
    expect((await judge(`${raw}${MAIL}`)).dmarc).toBe('fail')
  })

  it('written by several programs of it are read together', async () => {
    const dkim = 'Authentication-Results: mail.demokobing.example; dkim=pass header.d=borger.example\r\n'
    expect(await judge(`${dkim}${wrote(PASSED)}`)).toEqual(BY_HOP)
  })

  it('as Microsoft 365 writes them count for the topmost field alone', async () => {
    const field = (dmarc: string): string =>
      `Authentication-Results: spf=pass (sender IP is 192.0.2.25)\r\n smtp.mailfrom=borger.example; dkim=none (message not signed)\r\n header.d=none;dmarc=${dmarc} action=none\r\n header.from=borger.example;compauth=${dmarc} reason=100\r\n`
    const microsoft = { hop: { authservId: null } }
    expect(await judge(`${RECEIVED}${field('pass')}${RECEIVED}${MAIL}`, BY_LMTP, microsoft)).toEqual(BY_HOP)
    expect((await judge(`${field('fail')}${field('pass')}${MAIL}`, BY_LMTP, microsoft)).dmarc).toBe('fail')
    // Another server's, with a name, is none of these.
    expect((await judge(wrote(PASSED), BY_LMTP, microsoft)).dmarc).toBe('fail')
  })

  it('that fail do not take away what DKIM proves here', async () => {
    const raw = await signDkim(MAIL, 'borger.example')
    const failed = `Authentication-Results: mail.demokobing.example; dmarc=fail header.from=borger.example\r\n`
    expect(await judge(Buffer.concat([Buffer.from(failed), raw]))).toMatchObject({ dmarc: 'pass', foundBy: 'gateway' })
  })

  it('stand in for SPF, which proves nothing of the hop’s own address', async () => {
    const zone = { ...zoneOf('borger.example'), 'borger.example/TXT': [['v=spf1 ip4:10.0.0.25 ip4:198.51.100.7 -all']] }
    expect((await judge(MAIL, FROM_ELSEWHERE, { zone })).dmarc).toBe('pass')
    expect((await judge(MAIL, FROM_HOP, { zone })).dmarc).not.toBe('pass')
  })
})

describe('ARC', () => {
  const zone = { ...zoneOf('borger.example'), ...zoneOf('hop.example'), ...zoneOf('liste.example') }
  const seal = async (raw: Uint8Array, domain: string, i: number, results: string): Promise<Buffer> => {
    const headers = await sealMessage(Buffer.from(raw), {
      ...{ signingDomain: domain, selector: 'sel', privateKey: arcKey },
      ...{ i, cv: i === 1 ? 'none' : 'pass', authResults: `${domain}; ${results}` },
    })
    return Buffer.concat([headers, Buffer.from(raw)])
  }
  const ofArc = async (raw: Uint8Array | string, trusted?: string[]) =>
    judge(raw, FROM_ELSEWHERE, { zone, ...(trusted ? { hop: { arcSealers: trusted } } : {}) })

  it('counts where a sealer that is trusted saw DMARC pass', async () => {
    expect(await ofArc(await seal(Buffer.from(MAIL), 'hop.example', 1, PASSED))).toEqual({
      ...{ dmarc: 'pass', alignedDomain: 'borger.example', foundBy: 'arc' },
    })
  })

  it('counts for nothing by another sealer, for a changed mail or seal, or where DMARC did not pass', async () => {
    const sealed = await seal(Buffer.from(MAIL), 'hop.example', 1, PASSED)
    expect((await ofArc(sealed, ['andre.example'])).dmarc).toBe('fail')
    expect((await ofArc(sealed, [])).dmarc).toBe('fail')
    const text = sealed.toString('latin1')
    expect((await ofArc(text.replace('\r\n\r\nHej', '\r\n\r\nNej'))).dmarc).toBe('fail')
    expect((await ofArc(text.replace('From: Kai', 'From: Kaj'))).dmarc).toBe('fail')
    const none = await seal(Buffer.from(MAIL), 'hop.example', 1, 'dmarc=none header.from=borger.example')
    expect((await ofArc(none)).dmarc).toBe('fail')
    expect((await ofArc(none.toString('latin1').replace('dmarc=none', 'dmarc=pass'))).dmarc).toBe('fail')
  })

  it('goes down a chain only as far as each sealer is trusted', async () => {
    const first = await seal(Buffer.from(MAIL), 'hop.example', 1, PASSED)
    const second = await seal(first, 'liste.example', 2, 'dmarc=fail header.from=borger.example')
    expect((await ofArc(second, ['hop.example', 'liste.example'])).dmarc).toBe('pass')
    expect((await ofArc(second, ['hop.example'])).dmarc).toBe('fail')
    expect((await ofArc(second, ['liste.example'])).dmarc).toBe('fail')
  })

  it('is not looked at in a mail with more seals than any way has', async () => {
    const sealed = (await seal(Buffer.from(MAIL), 'hop.example', 1, PASSED)).toString('latin1')
    expect((await ofArc('ARC-Seal: i=1\r\n'.repeat(50) + sealed)).dmarc).toBe('fail')
  })
})
