import { describe, expect, it } from 'vitest'
import { createMailAuthenticator } from '../../src/delivery/index.ts'
import { cpuTimeMs } from '../support/cpu-time.ts'
import { MAIL, signDkim, type Zone, zoneOf, zoneResolver } from './zone.ts'

const NOWHERE = { from: 'kai@borger.example', remoteAddress: '198.51.100.7', helo: 'x.example' }

const judge = (raw: Uint8Array | string, zone: Zone = zoneOf('borger.example'), envelope: typeof NOWHERE = NOWHERE) =>
  createMailAuthenticator({ resolver: zoneResolver(zone), trustedHop: null }).authenticate(Buffer.from(raw), envelope)

describe('DMARC', () => {
  it('passes by an aligned DKIM signature, for the domain of the From', async () => {
    expect(await judge(await signDkim(MAIL, 'borger.example'))).toEqual({
      dmarc: 'pass',
      alignedDomain: 'borger.example',
      foundBy: 'gateway',
    })
  })

  it('passes by SPF from the domain’s own server', async () => {
    const verdict = await judge(MAIL, zoneOf('borger.example'), { ...NOWHERE, remoteAddress: '192.0.2.25' })
    expect(verdict.dmarc).toBe('pass')
  })

  it('fails without signature from elsewhere', async () => {
    expect(await judge(MAIL)).toEqual({ dmarc: 'fail', alignedDomain: null, foundBy: 'gateway' })
  })

  it('fails where one byte of the signed mail is changed', async () => {
    const raw = (await signDkim(MAIL, 'borger.example')).toString('latin1')
    expect((await judge(raw.replace('Hej', 'Nej'))).dmarc).toBe('fail')
    expect((await judge(raw.replace('Olietank', 'Olietark'))).dmarc).toBe('fail')
  })

  it('fails where another domain signed', async () => {
    const raw = await signDkim(MAIL, 'ond.example')
    const zone = { ...zoneOf('borger.example'), ...zoneOf('ond.example') }
    expect((await judge(raw, zone)).dmarc).toBe('fail')
  })

  it('fails where the signature leaves the end of the body open', async () => {
    const raw = await signDkim(MAIL, 'borger.example', 3)
    expect((await judge(Buffer.concat([raw, Buffer.from('og en nøgle mere\r\n')]))).dmarc).toBe('fail')
  })

  it('is none where the domain publishes nothing', async () => {
    expect((await judge(MAIL, {})).dmarc).toBe('none')
  })

  it('is none for a mail with two From domains', async () => {
    const two = MAIL.replace('From: Kai <kai@borger.example>', 'From: kai@borger.example, x@ond.example')
    expect((await judge(await signDkim(two, 'borger.example'))).dmarc).toBe('none')
  })

  it('is never a pass where the resolver is down', async () => {
    const resolver = () => Promise.reject(Object.assign(new Error('down'), { code: 'ETIMEOUT' }))
    const raw = await signDkim(MAIL, 'borger.example')
    expect((await createMailAuthenticator({ resolver, trustedHop: null }).authenticate(raw, NOWHERE)).dmarc).toBe(
      'none',
    )
  })

  it('is never a pass where the resolver answers nonsense', async () => {
    const raw = await signDkim(MAIL, 'borger.example')
    const authenticator = createMailAuthenticator({ resolver: async () => ({ not: 'a list' }), trustedHop: null })
    expect((await authenticator.authenticate(raw, NOWHERE)).dmarc).toBe('none')
  })

  it('is not looked for where a mail gives more reason to hash than an honest one, and costs nothing then', async () => {
    const signed = (await signDkim(MAIL, 'borger.example')).toString('latin1')
    const field = /^DKIM-Signature:(?:.*\r\n)(?:[ \t].*\r\n)*/im.exec(signed)?.[0] ?? ''
    expect(field).not.toBe('')
    const many = Buffer.from(`${field.repeat(400)}${signed}${'x'.repeat(70)}`.padEnd(1_500_000, 'x\r\n'), 'latin1')
    const spent = await cpuTimeMs(async () => expect((await judge(many)).dmarc).toBe('none'))
    expect(spent).toBeLessThan(500)
    const big = Buffer.concat([Buffer.from(signed, 'latin1'), Buffer.alloc(65 * 1024 * 1024, 'x\r\n')])
    expect((await judge(big)).dmarc).toBe('none')
  })
})
