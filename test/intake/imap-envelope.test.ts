import { describe, expect, it } from 'vitest'
import { mailboxEnvelope } from '../../src/intake/imap-envelope.ts'
import { createTokenSource } from '../../src/intake/imap-token.ts'

const OURS = 'post@kommune.example'
const envelope = (...header: readonly string[]) =>
  mailboxEnvelope(Buffer.from(`${header.join('\r\n')}\r\n\r\nReturn-Path: <body@example.dk>\r\n`), OURS)

describe('the envelope of a mail from a mailbox', () => {
  it('is what the delivering server wrote on top, and the mailbox’s own address', () => {
    const found = envelope(
      'Return-Path: <Kai@example.dk>',
      'Delivered-To: post+k7@kommune.example',
      'X-Original-To: olietank@kommune.example',
      'Received: from a by b; Tue, 24 Nov 2026 10:00:00 +0100',
    )
    expect(found.from).toBe('Kai@example.dk')
    expect(found.to).toEqual(['post+k7@kommune.example', 'olietank@kommune.example', OURS])
  })

  it('takes nothing that came with the mail, behind the first Received', () => {
    const found = envelope(
      'Received: from a by b; Tue, 24 Nov 2026 10:00:00 +0100',
      'Return-Path: <forged@example.dk>',
      'Delivered-To: olietank+token@kommune.example',
    )
    expect(found).toEqual({ from: null, to: [OURS] })
  })

  it('of a report is the empty return path, and of none or a broken one is not known', () => {
    expect(envelope('Return-Path: <>').from).toBe('')
    expect(envelope('Subject: x').from).toBeNull()
    expect(envelope('Return-Path: kai').from).toBeNull()
  })
})

describe('the token for a mailbox', () => {
  const oauth2 = {
    ...{ kind: 'oauth2' as const, tokenUrl: 'https://login.example/token', clientId: 'app', clientSecret: 'hemmelig' },
    ...{ scope: 'https://outlook.office365.com/.default', allowedNetworks: [] },
  }
  const source = (answer: string) => {
    const asked: { url: string; body: string }[] = []
    let now = Date.parse('2026-11-24T10:00:00Z')
    const fetch = async ({ url, body }: { url: string; body?: Uint8Array }) => {
      asked.push({ url, body: Buffer.from(body ?? []).toString() })
      return { bytes: new Uint8Array(Buffer.from(answer)), freshUntil: null }
    }
    const token = createTokenSource(oauth2, { fetcher: { fetch }, clock: () => new Date(now) })
    return { asked, token, pass: (ms: number) => (now += ms) }
  }

  it('is asked for as an application, and again shortly before it ends', async () => {
    const { asked, token, pass } = source('{"token_type":"Bearer","expires_in":3600,"access_token":"abc"}')
    expect([await token(), await token()]).toEqual(['abc', 'abc'])
    expect(asked).toHaveLength(1)
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
      ...{ grant_type: 'client_credentials', client_id: 'app', client_secret: 'hemmelig', scope: oauth2.scope },
    })
    pass(56 * 60_000)
    await token()
    expect(asked).toHaveLength(2)
  })

  it.each(['{"error":"invalid_client"}', 'null', '<html>', '{"access_token":""}', '{"access_token":5}'])(
    'that does not come in %s is a fault with a code',
    async (answer) => {
      await expect(source(answer).token()).rejects.toMatchObject({ code: 'configuration' })
    },
  )
})
