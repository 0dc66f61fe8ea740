import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import { describeVerdict } from '../../../src/verify/index.ts'
import { contentType, makeCms, messageDigest } from '../make-cms.ts'
import { emailName, keyUsage, makeCertificate, makeLeaf, name, subjectAltNames } from '../make-pki.ts'
import { ca, codes, judge, only, signedPdf } from './pdf-cases.ts'

const kai = makeLeaf('Kai Jensen', ca, [subjectAltNames(emailName('kai@example.dk'))])
const lines = (...parts: readonly string[]): string => parts.join('\r\n')
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
const BODY = lines('Content-Type: text/plain; charset=utf-8', '', 'The tank is gone.')

function clearSigned(from: string, signed = BODY, shown = signed, enveloped = false, signer = kai): Buffer {
  const cms = makeCms({ signer, content: Buffer.from(signed), enveloped })
  return Buffer.from(
    lines(
      `From: ${from}`,
      'Subject: Attest',
      'MIME-Version: 1.0',
      'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b1',
      '',
      '--b1',
      shown,
      '--b1',
      'Content-Type: application/pkcs7-signature; name=smime.p7s',
      'Content-Transfer-Encoding: base64',
      '',
      base64(cms),
      '--b1--',
      '',
    ),
  )
}

const withBody = (...rest: readonly string[]): Buffer =>
  Buffer.from(lines('From: kai@example.dk', 'MIME-Version: 1.0', ...rest))

describe('a mail', () => {
  it('signed by its sender passes', () => {
    const report = judge(clearSigned('Kai <Kai@example.dk>'))
    expect(report).toMatchObject({
      indication: 'TOTAL-PASSED',
      mediaType: 'message/rfc822',
      sender: { matchesSigner: true },
    })
    expect(only(report)).toMatchObject({ kind: 'smime', intact: true, trusted: true })
    expect(codes(only(report))).toContain('headers-not-signed')
  })

  it('brings the certificate along, where mail may be encrypted to it', () => {
    const certificateOf = (mail: Buffer) => only(judge(mail)).signer?.certificate
    expect(certificateOf(clearSigned('kai@example.dk'))).toBeUndefined()
    const both = makeCertificate({
      subject: name('CN=Kai Jensen'),
      issuer: ca,
      extensions: [keyUsage(0, 2), subjectAltNames(emailName('kai@example.dk'))],
    })
    const der = Buffer.from(both.certificate.bytes).toString('base64')
    expect(certificateOf(clearSigned('kai@example.dk', BODY, BODY, false, both))).toBe(der)
    expect(certificateOf(clearSigned('kai@example.dk', BODY, `${BODY}!`, false, both))).toBeUndefined()
  })

  it('stored with bare line feeds passes too', () => {
    const unix = Buffer.from(clearSigned('kai@example.dk').toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    expect(judge(unix).indication).toBe('TOTAL-PASSED')
  })

  it.each(['mette@example.dk', 'kai@example.dk, mette@example.dk', '"kai@example.dk" <mette@example.dk>'])(
    'from %s does not pass with the signature of kai',
    (from) => {
      const report = judge(clearSigned(from))
      expect(report).toMatchObject({ indication: 'INDETERMINATE', sender: { matchesSigner: false } })
      expect(codes(only(report))).toContain('signer-is-not-sender')
    },
  )

  it.each([
    '<kai@example.dk> mette@example.dk',
    '<kai@example.dk> <mette@example.dk>',
    '<kai@example.dk> "mette@example.dk"',
  ])('with two addresses in one, %s, is from nobody', (from) => {
    const report = judge(clearSigned(from))
    expect(report).toMatchObject({ indication: 'INDETERMINATE', sender: { matchesSigner: false } })
  })

  it.each(['"mette@example.dk" <kai@example.dk>', 'kai@example.dk (Mette <mette@example.dk>)'])(
    'whose name is another address says so: %s',
    (from) => {
      const report = judge(clearSigned(from))
      expect(report).toMatchObject({ indication: 'TOTAL-PASSED', sender: { from: 'kai@example.dk' } })
      expect(codes(only(report))).toContain('sender-name-misleads')
      for (const same of ['"KAI@example.dk" <kai@example.dk>', 'Kai @ home <kai@example.dk>']) {
        expect(codes(only(judge(clearSigned(same))))).not.toContain('sender-name-misleads')
      }
    },
  )

  it.each(['X-A: a\rFrom: mette@example.dk\r\n', 'From : mette@example.dk\r\n'])(
    'with another From that only some readers see does not pass: %j',
    (planted) => {
      const report = judge(Buffer.concat([Buffer.from(planted), clearSigned('kai@example.dk')]))
      expect(report.indication).toBe('INDETERMINATE')
      expect(codes(only(report))).toContain('mail-ambiguous')
    },
  )

  it('whose signed header names another sender does not pass, as some readers show that one', () => {
    const signed = (from: string) =>
      lines(`From: ${from}`, 'Content-Type: text/plain; hp=clear', '', 'The tank is gone.')
    const wrapped = (from: string, more = '; forwarded=no') =>
      lines(`Content-Type: message/rfc822${more}`, '', `From: ${from}`, '', 'The tank is gone.')
    for (const make of [signed, wrapped]) {
      expect(judge(clearSigned('kai@example.dk', make('Kai <KAI@example.dk>'))).indication).toBe('TOTAL-PASSED')
      const report = judge(clearSigned('kai@example.dk', make('mette@example.dk')))
      expect(report.indication).toBe('INDETERMINATE')
      expect(codes(only(report))).toContain('mail-ambiguous')
    }
    // A mail that is passed on is what the sender says about somebody else's.
    expect(judge(clearSigned('kai@example.dk', wrapped('mette@example.dk', ''))).indication).toBe('TOTAL-PASSED')
  })

  it('with an opaque signature over what readers take apart differently, or over no mail, does not pass', () => {
    const opaque = (content: string, eContentType?: string) =>
      withBody(
        'Content-Type: application/pkcs7-mime; smime-type=signed-data',
        'Content-Transfer-Encoding: base64',
        '',
        base64(
          makeCms({
            ...{ signer: kai, content: Buffer.from(content), enveloped: true },
            ...(eContentType
              ? { eContentType, signedAttributes: [contentType(eContentType), messageDigest(Buffer.from(content))] }
              : {}),
          }),
        ),
        '',
      )
    const twice = lines('Content-Type: multipart/mixed; boundary=a; boundary=b', '', '--a', '', 'Gone.', '--a--', '')
    expect(codes(only(judge(opaque(twice))))).toContain('mail-ambiguous')
    expect(judge(opaque(twice)).indication).toBe('INDETERMINATE')
    const receipt = only(judge(opaque(BODY, '1.2.840.113549.1.9.16.1.1')))
    expect(receipt).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' })
    expect(judge(opaque(BODY)).indication).toBe('TOTAL-PASSED')
  })

  it('with two From fields is from nobody', () => {
    const mail = Buffer.concat([Buffer.from('From: mette@example.dk\r\n'), clearSigned('kai@example.dk')])
    expect(judge(mail).indication).toBe('INDETERMINATE')
  })

  it('whose text was changed is refused', () => {
    const report = judge(clearSigned('kai@example.dk', BODY, BODY.replace('gone', 'here')))
    expect(only(report)).toMatchObject({ intact: false, indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE' })
  })

  it('with something beside the signed part does not pass', () => {
    const inner = clearSigned('kai@example.dk').toString('latin1')
    const part = inner.slice(inner.indexOf('Content-Type: multipart/signed'))
    const mail = withBody(
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      'Content-Type: text/plain',
      '',
      'Pay me.',
      '--m',
      part,
      '--m--',
      '',
    )
    const report = judge(mail)
    expect(report.indication).toBe('INDETERMINATE')
    expect(codes(only(report))).toContain('signature-covers-part')
  })

  it('without a closing boundary does not pass', () => {
    const cut = Buffer.from(clearSigned('kai@example.dk').toString('latin1').replace('--b1--', ''), 'latin1')
    expect(judge(cut).indication).not.toBe('TOTAL-PASSED')
  })

  it('with parts that other readers see in front of the signed one does not pass', () => {
    const mail = clearSigned('kai@example.dk').toString('latin1')
    const planted = mail.replace('\r\n\r\n--b1\r\n', '\r\n\r\n--b1x\r\n\r\nThe tank is here.\r\n--b1\r\n')
    expect(planted).not.toBe(mail)
    const report = judge(Buffer.from(planted, 'latin1'))
    expect(report.indication).toBe('INDETERMINATE')
    expect(codes(only(report))).toContain('mail-ambiguous')
  })

  it('with an opaque signature passes, and a detached one that carries content does not', () => {
    const opaque = makeCms({ signer: kai, content: Buffer.from(BODY), enveloped: true })
    const mail = withBody(
      'Content-Type: application/pkcs7-mime; smime-type=signed-data',
      'Content-Transfer-Encoding: base64',
      '',
      base64(opaque),
      '',
    )
    expect(judge(mail).indication).toBe('TOTAL-PASSED')
    const carrying = clearSigned('kai@example.dk', BODY, BODY, true)
    expect(only(judge(carrying))).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' })
  })

  it('whose content is the signed attributes of another signature is refused, as is a bare CMS', () => {
    const attributes = encode(0x31, contentType(), messageDigest(Buffer.from(BODY)))
    const stolen = makeCms({ signer: kai, content: attributes, signedAttributes: null, enveloped: true })
    const mail = withBody(
      'Content-Type: application/pkcs7-mime; smime-type=signed-data',
      'Content-Transfer-Encoding: base64',
      '',
      base64(stolen),
      '',
    )
    for (const input of [mail, stolen]) {
      const signature = only(judge(input))
      expect(signature).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE', intact: false })
      expect(codes(signature)).toContain('content-is-signed-attributes')
    }
  })

  it('with an OpenPGP signature that cannot be read fails, and is not taken for unsigned', () => {
    const clear = withBody(
      '',
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA256',
      '',
      'hi',
      '-----BEGIN PGP SIGNATURE-----',
      '',
      'x',
      '-----END PGP SIGNATURE-----',
      '',
    )
    const report = judge(clear)
    expect(report.indication).toBe('TOTAL-FAILED')
    expect(only(report)).toMatchObject({ kind: 'openpgp', intact: false, trusted: null })
    expect(codes(only(report))).toContain('openpgp-signature-unreadable')
  })

  it('that is encrypted is INDETERMINATE, never unsigned', () => {
    const enveloped = Buffer.from(encode(0x30, encodeOid('1.2.840.113549.1.7.3'), encode(0xa0, encode(0x30))))
    const bodies = [
      [
        'Content-Type: application/pkcs7-mime; smime-type=enveloped-data',
        'Content-Transfer-Encoding: base64',
        '',
        base64(enveloped),
      ],
      [
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e',
        '',
        '--e',
        '',
        'Version: 1',
        '--e--',
      ],
      ['', '-----BEGIN PGP MESSAGE-----', '', 'x', '-----END PGP MESSAGE-----'],
    ]
    for (const body of bodies)
      expect(judge(withBody(...body, ''))).toMatchObject({ encrypted: true, indication: 'INDETERMINATE' })
  })

  it('that is plain is NO-SIGNATURE, and its PDFs are judged on their own', () => {
    const pdf = [
      'Content-Type: application/octet-stream; name=attest.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      base64(signedPdf()),
    ]
    const mail = withBody(
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      '',
      'See the attest.',
      '--m',
      ...pdf,
      '--m--',
      '',
    )
    const report = judge(mail)
    expect(report).toMatchObject({ indication: 'NO-SIGNATURE', signatures: [] })
    expect(report.parts).toMatchObject([
      { name: 'attest.pdf', indication: 'TOTAL-PASSED', mediaType: 'application/pdf' },
    ])
  })

  it('inside a mail is judged on its own', () => {
    const mail = withBody('Content-Type: message/rfc822', '', clearSigned('kai@example.dk').toString('latin1'))
    const report = judge(mail)
    expect(report.indication).toBe('NO-SIGNATURE')
    expect(report.parts).toMatchObject([{ indication: 'TOTAL-PASSED' }])
  })
})

describe('a bare CMS', () => {
  it('passes with its content, and is INDETERMINATE without', () => {
    const content = Buffer.from('The tank is gone.')
    const cms = makeCms({ signer: kai, content })
    expect(judge(cms, { content })).toMatchObject({ indication: 'TOTAL-PASSED', mediaType: 'application/cms' })
    expect(only(judge(cms))).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'SIGNED_DATA_NOT_FOUND',
      intact: null,
    })
    expect(judge(cms, { content: Buffer.from('no') }).indication).toBe('TOTAL-FAILED')
  })
})

describe('what is no document', () => {
  it.each(['hello', '\u0000\u0001\u0002', '{"a":1}'])('%j is an error and not NO-SIGNATURE', (text) => {
    const report = judge(Buffer.from(text, 'latin1'))
    expect(report.error?.code).toBe('unsupported-input')
    expect(report.indication).toBeUndefined()
  })

  it('says of an empty file that it is empty, whatever it is called', () => {
    const report = judge(Buffer.alloc(0), { fileName: 'ansøgning.pdf', mediaType: 'message/rfc822' })
    expect(report.error?.code).toBe('empty-file')
    expect(report.indication).toBeUndefined()
    expect(describeVerdict(report, 'da').headline).toBe('Filen er tom: den rummer slet ingen data.')
    expect(describeVerdict(report, 'en').headline).toBe('The file is empty: it holds no data at all.')
  })
})
