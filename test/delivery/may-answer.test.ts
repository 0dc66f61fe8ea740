import { describe, expect, it } from 'vitest'
import { mayAnswer } from '../../src/delivery/index.ts'

const OWN = ['post@demokobing.example', '@byg.demokobing.example']
const KAI = 'kai@borger.example'

const plain = {
  from: [{ name: 'Kai', address: KAI }],
  replyTo: [] as string[],
  autoSubmitted: null,
  precedence: null,
  listId: null,
  autoResponseSuppress: null,
}
type Headers = Parameters<typeof mayAnswer>[1]
const from = (address: string): Headers => ({ ...plain, from: [{ name: '', address }] })

describe('mayAnswer', () => {
  it.each<[string, string | null, Headers]>([
    ['a person’s mail', KAI, plain],
    ['a return path in other letters', 'KAI@Borger.Example', plain],
    ['a return path tagged by the sender’s own server', 'prvs=2345abcdef=kai@borger.example', plain],
    ['a channel without return path', null, plain],
    ['Auto-Submitted: no', KAI, { ...plain, autoSubmitted: 'no' }],
    ['Auto-Submitted: no with a comment', KAI, { ...plain, autoSubmitted: 'No (a person)' }],
    ['a Reply-To that is the From', KAI, { ...plain, replyTo: ['Kai@BORGER.example'] }],
    ['X-Auto-Response-Suppress that asks for no read receipts', KAI, { ...plain, autoResponseSuppress: 'RN, NRN' }],
    ['a name that only begins like no-reply', 'nora@borger.example', from('nora@borger.example')],
  ])('answers %s', (_, returnPath, headers) => {
    expect(mayAnswer(returnPath, headers, OWN)).toEqual({ may: true, reason: null })
  })

  it.each<[string, string | null, Headers, string]>([
    ['the null sender', '', plain, 'null-sender'],
    ['a mail without From', KAI, { ...plain, from: [] }, 'no-from'],
    ['a mail with two From', KAI, { ...plain, from: [...plain.from, ...plain.from] }, 'several-from'],
    ['an address that is none', 'x', from('kai@borger example'), 'bad-address'],
    ['a vacation answer', KAI, { ...plain, autoSubmitted: 'auto-replied; owner-email="x"' }, 'auto-submitted'],
    ['bulk mail', KAI, { ...plain, precedence: ' Bulk ' }, 'precedence-bulk'],
    ['list mail by precedence', KAI, { ...plain, precedence: 'list' }, 'precedence-bulk'],
    ['junk', KAI, { ...plain, precedence: 'junk' }, 'precedence-bulk'],
    ['a mailing list', KAI, { ...plain, listId: '<liste.example>' }, 'mailing-list'],
    ['who asks for no delivery reports', KAI, { ...plain, autoResponseSuppress: 'DR' }, 'auto-response-suppress'],
    ['who asks for no answers', KAI, { ...plain, autoResponseSuppress: 'OOF, AutoReply' }, 'auto-response-suppress'],
    ['who asks for nothing at all', KAI, { ...plain, autoResponseSuppress: 'all' }, 'auto-response-suppress'],
    ['our own address', 'post@demokobing.example', from('Post@demokobing.example'), 'own-address'],
    ['our own address with a plus', KAI, from('post+sag@demokobing.example'), 'own-address'],
    ['our own domain', KAI, from('x@byg.demokobing.example'), 'own-address'],
    ['a return path of ours', 'post+abc@demokobing.example', plain, 'own-address'],
    ['another return path', 'mette@borger.example', plain, 'return-path-differs'],
    ['a return path made by a mailing program', 'bounces+123@post.example', plain, 'return-path-differs'],
    [
      'a return path made by a forwarder',
      'bounces+SRS=x=y=borger.example=kai@m365.example',
      plain,
      'return-path-differs',
    ],
    [
      'a list’s return path, for what the header says',
      'owner-x@l.example',
      { ...plain, listId: '<x>' },
      'mailing-list',
    ],
    ['a differing Reply-To', KAI, { ...plain, replyTo: ['ond@andre.example'] }, 'reply-to-differs'],
    ['one differing Reply-To of two', KAI, { ...plain, replyTo: [KAI, 'ond@andre.example'] }, 'reply-to-differs'],
  ])('never answers %s', (_, returnPath, headers, reason) => {
    expect(mayAnswer(returnPath, headers, OWN)).toEqual({ may: false, reason })
  })

  it.each([
    'noreply',
    'no-reply',
    'No.Reply',
    'no_reply-2',
    'donotreply',
    'do-not-reply',
    'svar-ikke',
    'ikke-svar',
    'mailer-daemon',
    'MAILER-DAEMON',
    'postmaster',
    'bounce',
    'bounces',
    'bounce-77',
    'owner-liste',
    'liste-request',
  ])('never answers %s@', (local) => {
    const address = `${local}@borger.example`
    expect(mayAnswer(address, from(address), OWN)).toEqual({ may: false, reason: 'no-reply-address' })
  })
})
