import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import { EXTENSION, prepareTrustStore, validateCertificate } from '../../../src/verify/x509/index.ts'
import {
  type CertificateRequest,
  dnsName,
  emailName,
  extension,
  type Identity,
  makeCa,
  makeLeaf,
  NOW,
  name,
  nameConstraints,
  seq,
  subjectAltNames,
  text,
} from '../make-pki.ts'

const root = makeCa('Root')

/** The codes of all findings about a certificate, CAs between handed in; none: it passes. */
function findings(subject: Identity, between: readonly Identity[] = []): readonly string[] {
  const conclusion = validateCertificate(subject.certificate, {
    trustAnchors: prepareTrustStore([root.certificate.bytes]),
    intermediates: between.map((one) => one.certificate),
    validationTime: NOW,
    checkRevocation: 'off',
  })
  expect(conclusion.indication === 'PASSED').toBe(conclusion.findings.length === 0)
  return conclusion.findings.map((one) => one.code)
}
const leaf = (extensions: readonly Uint8Array[], more: Partial<CertificateRequest> = {}): readonly string[] =>
  findings(makeLeaf('Kai', root, extensions, more))

const ipAddress = (...octets: readonly number[]): Uint8Array => encode(0x87, Uint8Array.from(octets))
const otherName = (oid: string, value: Uint8Array): Uint8Array => encode(0xa0, encodeOid(oid), encode(0xa0, value))
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9'
const mailbox = (value: string): Uint8Array => otherName(SMTP_UTF8_MAILBOX, encode(0x0c, text(value)))

describe('a certificate without a subject', () => {
  const subject = seq()
  const names = (critical: boolean): Uint8Array =>
    extension(EXTENSION.subjectAltName, seq(emailName('kai@by.dk')), critical)

  it('has an alternative name, and that is critical', () => {
    expect(leaf([names(true)], { subject })).toEqual([])
    expect(leaf([names(false)], { subject })).toEqual(['subject-alt-name-not-critical'])
    expect(leaf([], { subject })).toEqual(['subject-empty'])
  })

  it('is no CA', () => {
    const ca = makeCa('', root, [names(true)], { subject })
    expect(findings(makeLeaf('Kai', ca), [ca])).toContain('subject-empty')
  })
})

describe('an alternative name', () => {
  it.each(['by.dk', 'WWW.by.dk', '*.by.dk', 'xn--bl-yia.dk', '1a.3com.dk'])('%s is a DNS name', (value) => {
    expect(leaf([subjectAltNames(dnsName(value))])).toEqual([])
  })

  it.each([
    '',
    ' ',
    '*',
    'a_b.dk',
    '8.8.8.8',
    'by..dk',
    '.by.dk',
    'by.dk.',
    '-a.dk',
    'a-.dk',
    'x.*.dk',
    'b*.dk',
    'å.dk',
    `${'a'.repeat(64)}.dk`,
  ])('"%s" is none', (value) => {
    const name = encode(0x82, Buffer.from(value, 'latin1'))
    const code = value === 'å.dk' ? 'malformed-extension' : 'dns-name-malformed'
    expect(leaf([subjectAltNames(name)])).toEqual([code])
  })

  it('that is an IP address has 4 or 16 octets', () => {
    expect(leaf([subjectAltNames(ipAddress(10, 0, 0, 1))])).toEqual([])
    expect(leaf([subjectAltNames(ipAddress(10, 0, 0, 0, 255, 0, 0, 0))])).toEqual(['ip-address-malformed'])
  })
})

describe('a serial number', () => {
  const longer = (octets: number): readonly string[] => {
    const serial = BigInt(`0x41${'5a'.repeat(octets - 1)}`)
    return leaf([], { serial })
  }
  it('of 20 octets is usual, one more is let through, two are not', () => {
    expect(longer(20)).toEqual([])
    expect(longer(21)).toEqual([])
    expect(longer(22)).toEqual(['serial-number-too-long'])
  })
  it('of zero is handled, as RFC 5280 §4.1.2.2 asks of who reads it', () => {
    expect(leaf([], { serial: 0 })).toEqual([])
  })
})

describe('a policy qualifier', () => {
  const policies = (qualifier: string, critical: boolean): Uint8Array => {
    const info = seq(encodeOid(qualifier), encode(0x16, text('http://by.dk/cps')))
    return extension(EXTENSION.certificatePolicies, seq(seq(encodeOid('1.2.3'), seq(info))), critical)
  }
  it('of unknown kind counts where the extension is critical', () => {
    expect(leaf([policies('1.3.6.1.5.5.7.2.1', true)])).toEqual([])
    expect(leaf([policies('1.2.3.4', false)])).toEqual([])
    expect(leaf([policies('1.2.3.4', true)])).toEqual(['unknown-policy-qualifier'])
  })
})

describe('name constraints', () => {
  const under = (constraint: Uint8Array, ...names: readonly Uint8Array[]): readonly string[] => {
    const ca = makeCa('CA', root, [constraint])
    return findings(makeLeaf('Kai', ca, [subjectAltNames(...names)]), [ca])
  }

  it('on mailboxes bind internationalised ones too', () => {
    const byOnly = nameConstraints([emailName('by.dk')], [])
    expect(under(byOnly, mailbox('påske@by.dk'))).toEqual([])
    expect(under(byOnly, mailbox('påske@evil.dk'))).toEqual(['name-constraint-violated'])
    expect(under(nameConstraints([], [emailName('evil.dk')]), mailbox('påske@evil.dk'))).toEqual([
      'name-constraint-violated',
    ])
    expect(under(byOnly, otherName(SMTP_UTF8_MAILBOX, encode(0x04, text('x'))))).toEqual([
      'name-constraint-not-processed',
    ])
  })

  it('on one kind of other names say nothing of another kind', () => {
    const upn = (value: string): Uint8Array => otherName('1.3.6.1.4.1.311.20.2.3', encode(0x0c, text(value)))
    const constraint = nameConstraints([upn('by.dk')], [])
    expect(under(constraint, otherName('1.2.3.4', encode(0x0c, text('x'))))).toEqual([])
    expect(under(constraint, upn('kai@by.dk'))).toEqual(['name-constraint-not-processed'])
  })

  it('without a single subtree, or with a minimum or maximum, are malformed', () => {
    const raw = (...parts: readonly Uint8Array[]): Uint8Array =>
      extension(EXTENSION.nameConstraints, seq(...parts), true)
    const subtree = (...more: readonly Uint8Array[]): Uint8Array => encode(0xa0, seq(dnsName('by.dk'), ...more))
    expect(under(raw(subtree()), dnsName('by.dk'))).toEqual([])
    expect(under(raw(subtree(Uint8Array.of(0x80, 1, 0))), dnsName('by.dk'))).toEqual([])
    for (const constraint of [
      raw(),
      raw(encode(0xa0)),
      raw(encode(0xa1)),
      raw(subtree(Uint8Array.of(0x80, 1, 1))),
      raw(subtree(Uint8Array.of(0x81, 1, 5))),
    ]) {
      expect(under(constraint, dnsName('by.dk'))).toContain('malformed-extension')
    }
  })

  it('on directory names hold for every name beside the subject too', () => {
    const directory = (...attributes: readonly string[]): Uint8Array => encode(0xa4, name(...attributes))
    const constraint = nameConstraints([directory('O=By')], [])
    const ca = makeCa('CA', root, [constraint])
    const answer = (extensions: readonly Uint8Array[]): readonly string[] =>
      findings(makeLeaf('Kai', ca, extensions, { subject: name('O=by ', 'CN=Kai') }), [ca])
    expect(answer([])).toEqual([])
    expect(answer([subjectAltNames(directory('O=BY', 'CN=Kai'))])).toEqual([])
    expect(answer([subjectAltNames(directory('O=Evil'))])).toEqual(['name-constraint-violated'])
  })
})
