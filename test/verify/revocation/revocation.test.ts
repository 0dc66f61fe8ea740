import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import { type OcspResponse, parseOcspResponse, withNonce } from '../../../src/verify/revocation/index.ts'
import {
  type Certificate,
  type CertificateList,
  EXTENSION,
  type PathOptions,
  parseCertificateList,
  prepareTrustStore,
  validateCertificate,
} from '../../../src/verify/x509/index.ts'
import {
  basicConstraints,
  CRL_SIGN,
  daysFromNow,
  extendedKeyUsage,
  extension,
  flipped,
  integer,
  KEY_CERT_SIGN,
  keyUsage,
  makeCa,
  makeCertificate,
  makeCrl,
  makeLeaf,
  makeOcsp,
  NOW,
  name,
  seq,
  uriName,
} from '../make-pki.ts'

const root = makeCa('Root')
const ca = makeCa('CA', root)
const leaf = makeLeaf('Kai', ca)
const rootCrl = makeCrl({ issuer: root })
const caCrl = makeCrl({ issuer: ca })
const noCheck = extension(EXTENSION.ocspNoCheck, Uint8Array.of(5, 0))
const ocspUsage = extendedKeyUsage(['1.3.6.1.5.5.7.3.9'])

interface Evidence {
  readonly crls?: readonly CertificateList[]
  readonly ocsps?: readonly OcspResponse[]
  readonly intermediates?: readonly Certificate[]
}

function validate(evidence: Evidence, more: Partial<PathOptions> = {}, subject = leaf.certificate) {
  return validateCertificate(subject, {
    trustAnchors: prepareTrustStore([root.certificate.bytes]),
    validationTime: NOW,
    ...evidence,
    intermediates: [ca.certificate, ...(evidence.intermediates ?? [])],
    ...more,
  })
}

describe('revocation by CRL', () => {
  it('good for the whole path passes', () => {
    expect(validate({ crls: [rootCrl, caCrl] })).toMatchObject({
      indication: 'PASSED',
      revocation: 'good',
      trusted: true,
    })
  })

  it('unknown is TRY_LATER where it is required, and says that the path itself holds', () => {
    const conclusion = validate({ crls: [rootCrl] })
    expect(conclusion).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'TRY_LATER', trusted: true })
    expect(validate({ crls: [rootCrl] }, { checkRevocation: 'if-present' }).indication).toBe('PASSED')
  })

  it.each(['require', 'if-present'] as const)('revoked is REVOKED_NO_POE with mode %s', (checkRevocation) => {
    const crls = [rootCrl, caCrl, makeCrl({ issuer: ca, revoked: [{ certificate: leaf.certificate, reason: 1 }] })]
    const conclusion = validate({ crls }, { checkRevocation })
    expect(conclusion).toMatchObject({ subIndication: 'REVOKED_NO_POE', revocation: 'revoked', trusted: true })
    expect(conclusion.revocations[0]).toMatchObject({ reason: 1, revocationTime: daysFromNow(-10), source: 'crl' })
  })

  it('of a CA is REVOKED_CA_NO_POE', () => {
    const crls = [makeCrl({ issuer: root, revoked: [{ certificate: ca.certificate }] }), caCrl]
    expect(validate({ crls }).subIndication).toBe('REVOKED_CA_NO_POE')
  })

  it('on hold is TRY_LATER', () => {
    const crls = [rootCrl, makeCrl({ issuer: ca, revoked: [{ certificate: leaf.certificate, reason: 6 }] })]
    expect(validate({ crls })).toMatchObject({ subIndication: 'TRY_LATER', revocation: 'revoked' })
  })

  it('stale does not call good, yet still revokes', () => {
    const old = { issuer: ca, thisUpdate: daysFromNow(-30), nextUpdate: daysFromNow(-20) }
    expect(validate({ crls: [rootCrl, makeCrl(old)] }).subIndication).toBe('TRY_LATER')
    const revoked = makeCrl({ ...old, revoked: [{ certificate: leaf.certificate }] })
    expect(validate({ crls: [rootCrl, revoked] }).subIndication).toBe('REVOKED_NO_POE')
  })

  it('that was stale at the validation time counts for an earlier control time', () => {
    const crls = [rootCrl, makeCrl({ issuer: ca, thisUpdate: daysFromNow(-30), nextUpdate: daysFromNow(-20) })]
    expect(validate({ crls }, { controlTime: daysFromNow(-25) }).indication).toBe('PASSED')
  })

  it('from the future is not there yet', () => {
    const crls = [rootCrl, makeCrl({ issuer: ca, thisUpdate: daysFromNow(1), nextUpdate: daysFromNow(2) })]
    expect(validate({ crls }).subIndication).toBe('TRY_LATER')
  })
})

describe('a CRL does not count', () => {
  const unknown = (crl: CertificateList, intermediates: readonly Certificate[] = []): void => {
    expect(validate({ crls: [rootCrl, crl], intermediates })).toMatchObject({ subIndication: 'TRY_LATER' })
  }

  it('from another issuer', () => unknown(makeCrl({ issuer: makeCa('Other', root) })))

  it('in the name of the issuer by another key', () => {
    unknown(makeCrl({ issuer: { subject: ca.subject, privateKey: makeCa('CA').privateKey } }))
  })

  it('in the name of the issuer by a stranger of that name who leads to another anchor', () => {
    const stranger = makeCa('CA')
    unknown(makeCrl({ issuer: stranger }), [stranger.certificate])
  })

  it('by a key that may not sign CRLs', () => {
    const mute = makeCertificate({
      subject: name('CN=CA'),
      issuer: root,
      extensions: [basicConstraints(), keyUsage(KEY_CERT_SIGN)],
    })
    unknown(makeCrl({ issuer: mute }), [mute.certificate])
  })

  it('with a critical extension that is not processed', () => {
    unknown(makeCrl({ issuer: ca, extensions: [extension('1.3.6.1.4.1.99999.2', Uint8Array.of(5, 0), true)] }))
  })

  it('that speaks of CA certificates, of attribute certificates or of some reasons only', () => {
    const scope = (member: Uint8Array) => [extension(EXTENSION.issuingDistributionPoint, seq(member), true)]
    unknown(makeCrl({ issuer: ca, extensions: scope(Uint8Array.of(0x82, 1, 0xff)) }))
    unknown(makeCrl({ issuer: ca, extensions: scope(Uint8Array.of(0x85, 1, 0xff)) }))
    unknown(makeCrl({ issuer: ca, extensions: scope(Uint8Array.of(0x83, 2, 5, 0x60)) }))
  })

  it('of another distribution point', () => {
    const point = encode(0xa0, encode(0xa0, uriName('http://by.dk/other.crl')))
    unknown(makeCrl({ issuer: ca, extensions: [extension(EXTENSION.issuingDistributionPoint, seq(point), true)] }))
  })

  it('alone, where it is only a delta', () => {
    const delta = [extension(EXTENSION.deltaCrlIndicator, integer(1), true), extension(EXTENSION.crlNumber, integer(2))]
    unknown(makeCrl({ issuer: ca, extensions: delta }))
  })

  it('with any byte turned in what was signed', () => {
    const start = Buffer.from(caCrl.bytes).indexOf(Buffer.from(caCrl.tbs))
    for (let at = start; at < start + caCrl.tbs.length; at += 1) {
      let altered: CertificateList
      try {
        altered = parseCertificateList(flipped(caCrl.bytes, at))
      } catch {
        continue
      }
      expect(validate({ crls: [rootCrl, altered] }).indication, `byte ${at}`).toBe('INDETERMINATE')
    }
  })
})

describe('CRLs together', () => {
  const numbered = (n: number) => extension(EXTENSION.crlNumber, integer(n))
  const base = makeCrl({ issuer: ca, extensions: [numbered(3)] })
  const delta = (revoked: { certificate: Certificate; reason?: number }[], from = 3) =>
    makeCrl({
      issuer: ca,
      revoked,
      extensions: [extension(EXTENSION.deltaCrlIndicator, integer(from), true), numbered(4)],
    })

  it('a delta revokes what the complete one does not', () => {
    const crls = [rootCrl, base, delta([{ certificate: leaf.certificate, reason: 1 }])]
    expect(validate({ crls }).subIndication).toBe('REVOKED_NO_POE')
  })

  it('a delta lifts a hold', () => {
    const held = makeCrl({
      issuer: ca,
      revoked: [{ certificate: leaf.certificate, reason: 6 }],
      extensions: [numbered(3)],
    })
    expect(validate({ crls: [rootCrl, held] }).indication).toBe('INDETERMINATE')
    expect(validate({ crls: [rootCrl, held, delta([{ certificate: leaf.certificate, reason: 8 }])] }).indication).toBe(
      'PASSED',
    )
  })

  it('a delta to a later base is not joined', () => {
    const held = makeCrl({
      issuer: ca,
      revoked: [{ certificate: leaf.certificate, reason: 6 }],
      extensions: [numbered(3)],
    })
    expect(
      validate({ crls: [rootCrl, held, delta([{ certificate: leaf.certificate, reason: 8 }], 4)] }).indication,
    ).toBe('INDETERMINATE')
  })

  it('a CRL of another issuer that does not call itself indirect does not count, though the certificate names it', () => {
    const subject = name('CN=CRL Issuer')
    const crlIssuer = makeCertificate({ subject, issuer: root, extensions: [keyUsage(CRL_SIGN)] })
    const points = extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa2, encode(0xa4, subject)))))
    const citizen = makeLeaf('Bo', ca, [points]).certificate
    const evidence = { crls: [rootCrl, makeCrl({ issuer: crlIssuer })], intermediates: [crlIssuer.certificate] }
    expect(validate(evidence, {}, citizen).subIndication).toBe('TRY_LATER')
  })

  it('a relative name of a distribution point that is malformed is an answer, and not a fault', () => {
    const text = (octets: readonly number[]) => seq(encodeOid('2.5.4.3'), encode(0x16, Uint8Array.from(octets)))
    const pointTo = (attribute: Uint8Array) =>
      extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa0, encode(0xa1, attribute)))))
    for (const attribute of [text([0xff]), seq(encode(0x06, Uint8Array.of(0x80)))]) {
      const citizen = makeLeaf('Bo', ca, [pointTo(attribute)]).certificate
      expect(validate({ crls: [rootCrl, caCrl] }, {}, citizen).indication).not.toBe('PASSED')
    }
    const whole = makeLeaf('Bo', ca, [pointTo(text([0x61]))]).certificate
    expect(validate({ crls: [rootCrl, caCrl] }, {}, whole).indication).toBe('PASSED')
  })

  it('a CRL issuer vouches for himself only where his own certificate names him as its CRL issuer', () => {
    const subject = name('CN=CRL Issuer')
    const points = extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa2, encode(0xa4, subject)))))
    const scope = extension(EXTENSION.issuingDistributionPoint, seq(encode(0x84, Uint8Array.of(0xff))), true)
    const answer = (own: readonly Uint8Array[]) => {
      const crlIssuer = makeCertificate({ subject, issuer: ca, extensions: [keyUsage(CRL_SIGN), ...own] })
      const crls = [rootCrl, makeCrl({ issuer: crlIssuer, extensions: [scope] })]
      const citizen = makeLeaf('Bo', ca, [points]).certificate
      return validate({ crls, intermediates: [crlIssuer.certificate] }, {}, citizen).indication
    }
    expect(answer([points])).toBe('PASSED')
    expect(answer([])).toBe('INDETERMINATE')
  })

  it('an indirect CRL counts where the certificate names its issuer, and that issuer leads to the same anchor', () => {
    const subject = name('CN=CRL Issuer')
    const crlIssuer = makeCertificate({ subject, issuer: root, extensions: [keyUsage(CRL_SIGN)] })
    const named = encode(0xa2, encode(0xa4, subject))
    const points = extension(EXTENSION.crlDistributionPoints, seq(seq(named)))
    const scope = seq(encode(0x84, Uint8Array.of(0xff)))
    const indirect = makeCrl({
      issuer: crlIssuer,
      extensions: [extension(EXTENSION.issuingDistributionPoint, scope, true)],
    })
    const citizen = makeLeaf('Bo', ca, [points]).certificate
    const evidence = { crls: [rootCrl, indirect], intermediates: [crlIssuer.certificate] }
    expect(validate(evidence, {}, citizen).indication).toBe('PASSED')
    expect(validate({ crls: evidence.crls }, {}, citizen).subIndication).toBe('TRY_LATER')
    const crls = [makeCrl({ issuer: root, revoked: [{ certificate: crlIssuer.certificate }] }), indirect]
    expect(validate({ ...evidence, crls }, {}, citizen).indication).toBe('INDETERMINATE')
    expect(validate({ crls: [rootCrl, indirect], intermediates: [crlIssuer.certificate] }).subIndication).toBe(
      'TRY_LATER',
    )
  })
})

describe('evidence about a certificate that has expired', () => {
  it('does not call it good, as lists drop the expired', () => {
    const old = makeLeaf('Old', ca, [], { notAfter: daysFromNow(-3) }).certificate
    expect(validate({ crls: [rootCrl, caCrl] }, {}, old)).toMatchObject({
      revocation: 'unknown',
      indication: 'INDETERMINATE',
    })
    const before = makeCrl({ issuer: ca, thisUpdate: daysFromNow(-4), nextUpdate: daysFromNow(1) })
    expect(validate({ crls: [rootCrl, before] }, {}, old).subIndication).toBe('OUT_OF_BOUNDS_NOT_REVOKED')
  })
})

describe('revocation by OCSP', () => {
  const about = { issuer: ca.certificate, certificate: leaf.certificate }
  const delegate = makeLeaf('Responder', ca, [ocspUsage, noCheck])

  it('by the issuer itself is good', () => {
    const ocsps = [makeOcsp({ ...about, signer: ca, status: 'good' })]
    expect(validate({ crls: [rootCrl], ocsps })).toMatchObject({ indication: 'PASSED', revocation: 'good' })
  })

  it('by a responder that the issuer delegated to is good', () => {
    const ocsps = [makeOcsp({ ...about, signer: delegate, status: 'good', certificates: [delegate.certificate] })]
    expect(validate({ crls: [rootCrl], ocsps }).indication).toBe('PASSED')
  })

  it('revoked is REVOKED_NO_POE, also where a CRL says good', () => {
    const ocsps = [makeOcsp({ ...about, signer: ca, status: 'revoked' })]
    const conclusion = validate({ crls: [rootCrl, caCrl], ocsps })
    expect(conclusion.subIndication).toBe('REVOKED_NO_POE')
    expect(conclusion.revocations[0]?.revocationTime).toEqual(daysFromNow(-5))
  })

  it('unknown is not good, in either mode', () => {
    const ocsps = [makeOcsp({ ...about, signer: ca, status: 'unknown' })]
    expect(validate({ crls: [rootCrl], ocsps }, { checkRevocation: 'if-present' }).subIndication).toBe('TRY_LATER')
  })

  const forged: readonly [string, () => OcspResponse][] = [
    [
      'by the key of nobody',
      () => makeOcsp({ ...about, signer: { ...ca, privateKey: root.privateKey }, status: 'good' }),
    ],
    ['by another CA of the same root', () => makeOcsp({ ...about, signer: makeCa('Other', root), status: 'good' })],
    [
      'by a certificate of the issuer without the usage for it',
      () => {
        const plain = makeLeaf('Plain', ca, [noCheck])
        return makeOcsp({ ...about, signer: plain, status: 'good', certificates: [plain.certificate] })
      },
    ],
    [
      'by a responder of another CA',
      () => {
        const foreign = makeLeaf('Foreign', makeCa('Other', root), [ocspUsage, noCheck])
        return makeOcsp({ ...about, signer: foreign, status: 'good', certificates: [foreign.certificate] })
      },
    ],
    [
      'by a responder that has expired',
      () => {
        const old = makeLeaf('Late', ca, [ocspUsage, noCheck], { notAfter: daysFromNow(-2) })
        return makeOcsp({ ...about, signer: old, status: 'good', certificates: [old.certificate] })
      },
    ],
    [
      'by a responder whose own status nobody knows',
      () => {
        const unsure = makeLeaf('Unsure', ca, [ocspUsage])
        return makeOcsp({ ...about, signer: unsure, status: 'good', certificates: [unsure.certificate] })
      },
    ],
    [
      'about another certificate',
      () => makeOcsp({ ...about, certificate: root.certificate, signer: ca, status: 'good' }),
    ],
    ['of another issuer', () => makeOcsp({ ...about, issuer: root.certificate, signer: ca, status: 'good' })],
    [
      'that is stale',
      () =>
        makeOcsp({ ...about, signer: ca, status: 'good', thisUpdate: daysFromNow(-9), nextUpdate: daysFromNow(-8) }),
    ],
    ['from the future', () => makeOcsp({ ...about, signer: ca, status: 'good', thisUpdate: daysFromNow(1) })],
  ]
  it.each(forged)('%s does not count', (_, make) => {
    expect(validate({ crls: [rootCrl], ocsps: [make()] }).subIndication).toBe('TRY_LATER')
  })

  it('with any byte turned in what was signed does not count', () => {
    const sound = makeOcsp({ ...about, signer: ca, status: 'good' })
    const start = Buffer.from(sound.bytes).indexOf(Buffer.from(sound.tbs))
    for (let at = start; at < start + sound.tbs.length; at += 1) {
      let altered: OcspResponse
      try {
        altered = parseOcspResponse(flipped(sound.bytes, at))
      } catch {
        continue
      }
      expect(validate({ crls: [rootCrl], ocsps: [altered] }).indication, `byte ${at}`).toBe('INDETERMINATE')
    }
  })
})

describe('where revocation is checked if it is offered', () => {
  const offered = extension(
    EXTENSION.authorityInfoAccess,
    seq(seq(encodeOid('1.3.6.1.5.5.7.48.1'), uriName('http://ocsp.by.dk'))),
  )

  it('a certificate that says where its status is told is not relied on without it, and another is', () => {
    const silent = makeLeaf('Bo', ca).certificate
    const telling = makeLeaf('Bo', ca, [offered]).certificate
    const judged = (leaf: Certificate) => validate({}, { checkRevocation: 'if-offered' }, leaf)
    expect(judged(silent)).toMatchObject({ indication: 'PASSED', revocation: 'unknown', wanted: [] })
    expect(judged(telling)).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'TRY_LATER' })
    expect(judged(telling).wanted).toHaveLength(1)
  })

  const point = (url: string) =>
    extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa0, encode(0xa0, uriName(url))))))

  it('a certificate that names a directory alone is not relied on either, and that is said', () => {
    const listed = makeLeaf('Bo', ca, [point('ldap://by.dk/cn=ca?certificateRevocationList')]).certificate
    const conclusion = validate({ crls: [rootCrl] }, { checkRevocation: 'if-offered' }, listed)
    expect(conclusion).toMatchObject({ subIndication: 'TRY_LATER', wanted: [], trusted: true })
    expect(conclusion.findings.map(({ code }) => code)).toEqual(['revocation-unknown', 'revocation-not-on-web'])
    expect(validate({ crls: [rootCrl, caCrl] }, { checkRevocation: 'if-offered' }, listed).indication).toBe('PASSED')
  })

  it('a certificate that names nothing is relied on, and that is said', () => {
    const conclusion = validate({ crls: [rootCrl] }, { checkRevocation: 'if-offered' }, makeLeaf('Bo', ca).certificate)
    expect(conclusion.findings.map(({ code }) => code)).toEqual(['revocation-not-offered'])
    const telling = makeLeaf('Bo', ca, [point('http://by.dk/ca.crl')]).certificate
    expect(validate({ crls: [rootCrl] }, {}, telling).findings.map(({ code }) => code)).toEqual(['revocation-unknown'])
  })
})

describe('what is wanted', () => {
  it('names where a certificate says that its data lies, on the web only', () => {
    const access = (method: string, url: string) => seq(encodeOid(method), uriName(url))
    const info = seq(
      access('1.3.6.1.5.5.7.48.1', 'http://ocsp.by.dk'),
      access('1.3.6.1.5.5.7.48.2', 'http://by.dk/ca.crt'),
      access('1.3.6.1.5.5.7.48.1', 'ldap://by.dk/x'),
    )
    const point = seq(seq(encode(0xa0, encode(0xa0, uriName('http://by.dk/ca.crl')))))
    const extensions = [
      extension(EXTENSION.authorityInfoAccess, info),
      extension(EXTENSION.crlDistributionPoints, point),
    ]
    const citizen = makeLeaf('Bo', ca, extensions).certificate
    const { wanted } = validate({ crls: [rootCrl] }, {}, citizen)
    expect(wanted).toEqual([
      { kind: 'ocsp', url: 'http://ocsp.by.dk', for: citizen.sha256, request: expect.any(String) },
      { kind: 'crl', url: 'http://by.dk/ca.crl', for: citizen.sha256 },
    ])
    // Read by another's reader: it must ask for the citizen's serial number, of this CA.
    const folder = mkdtempSync(join(tmpdir(), 'poststempel-ocsp-'))
    const asked = join(folder, 'request.der')
    writeFileSync(asked, Buffer.from(wanted[0]?.request ?? '', 'base64'))
    const read = spawnSync('openssl', ['ocsp', '-reqin', asked, '-req_text'], { encoding: 'utf8' })
    expect(read.stdout).toContain(`Serial Number: ${citizen.serialKey.toUpperCase()}`)
    // The same request with a nonce, as another's reader sees it.
    writeFileSync(asked, withNonce(Buffer.from(wanted[0]?.request ?? '', 'base64'), new Uint8Array(16).fill(0xab)))
    const nonced = spawnSync('openssl', ['ocsp', '-reqin', asked, '-req_text'], { encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    expect(nonced.stdout).toContain(`Serial Number: ${citizen.serialKey.toUpperCase()}`)
    expect(nonced.stdout.replace(/\s/g, '')).toContain('AB'.repeat(16))
    const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex').toUpperCase()
    expect(read.stdout).toContain(`Issuer Name Hash: ${sha1(ca.certificate.subject.bytes)}`)
    expect(read.stdout).toContain(`Issuer Key Hash: ${sha1(ca.certificate.publicKey.key)}`)
    expect(validate({}, { intermediates: [] }, citizen).wanted).toEqual([
      { kind: 'issuer', url: 'http://by.dk/ca.crt', for: citizen.sha256 },
    ])
  })
})

describe('a certificate that says it is too short-lived to be revoked', () => {
  const assured = extension(EXTENSION.validityAssuredShortTerm, Uint8Array.of(5, 0))
  const noneAvailable = extension(EXTENSION.noRevocationAvailable, Uint8Array.of(5, 0))
  const valid = (days: number) => ({ notBefore: daysFromNow(-1), notAfter: daysFromNow(days - 1) })
  const codesOf = (subject: Certificate, crls = [rootCrl]) =>
    validate({ crls }, {}, subject).findings.map(({ code }) => code)

  it.each([
    ['validity-assured', assured],
    ['noRevAvail', noneAvailable],
  ])('is exempt for ten days at most (%s), and that is said', (_, says) => {
    const short = makeLeaf('Bo', ca, [says], valid(10)).certificate
    expect(validate({ crls: [rootCrl] }, {}, short)).toMatchObject({ indication: 'PASSED', revocation: 'good' })
    expect(codesOf(short)).toEqual(['certificate-short-term'])
    const long = makeLeaf('Bo', ca, [says], valid(11)).certificate
    expect(validate({ crls: [rootCrl] }, {}, long).subIndication).toBe('TRY_LATER')
    expect(codesOf(long)).toContain('short-term-too-long')
    expect(codesOf(long, [rootCrl, caCrl])).toEqual([])
  })

  it('is revoked all the same where evidence says so', () => {
    const short = makeLeaf('Bo', ca, [assured], valid(2)).certificate
    const revoked = makeCrl({ issuer: ca, revoked: [{ certificate: short, reason: 1 }] })
    expect(validate({ crls: [rootCrl, revoked] }, {}, short).subIndication).toBe('REVOKED_NO_POE')
  })

  it('is no CA', () => {
    const issuing = makeCa('Short CA', root, [assured], valid(2))
    const citizen = makeLeaf('Bo', issuing)
    const evidence = { crls: [makeCrl({ issuer: issuing })], intermediates: [issuing.certificate] }
    expect(validate(evidence, {}, citizen.certificate).subIndication).toBe('TRY_LATER')
  })

  it('is not said to be short-lived where it is an anchor itself', () => {
    const own = makeLeaf('Bo', ca, [assured], valid(2)).certificate
    const conclusion = validate({}, { trustAnchors: prepareTrustStore([own.bytes]) }, own)
    expect(conclusion).toMatchObject({ indication: 'PASSED', revocation: 'exempt', findings: [] })
  })
})
