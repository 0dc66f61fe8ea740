import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import {
  type Certificate,
  EXTENSION,
  type PathOptions,
  parseCertificate,
  prepareTrustStore,
  validateCertificate,
} from '../../../src/verify/x509/index.ts'
import {
  basicConstraints,
  type CertificateRequest,
  CRL_SIGN,
  DIGITAL_SIGNATURE,
  daysFromNow,
  dnsName,
  emailName,
  extendedKeyUsage,
  extension,
  flipped,
  type Identity,
  KEY_CERT_SIGN,
  keyUsage,
  makeCa,
  makeCertificate,
  makeKeys,
  makeLeaf,
  NOW,
  name,
  nameConstraints,
  seq,
  subjectAltNames,
  uriName,
} from '../make-pki.ts'

const root = makeCa('Root')
const ca = makeCa('CA', root)
const leaf = makeLeaf('Kai', ca)

function validate(
  subject: Certificate,
  intermediates: readonly Identity[] = [],
  more: Partial<PathOptions> = {},
  anchors: readonly Identity[] = [root],
) {
  return validateCertificate(subject, {
    trustAnchors: prepareTrustStore(anchors.map((anchor) => anchor.certificate.bytes)),
    intermediates: intermediates.map((one) => one.certificate),
    validationTime: NOW,
    checkRevocation: 'off',
    ...more,
  })
}
const codes = (conclusion: { findings: readonly { code: string }[] }) => conclusion.findings.map((one) => one.code)

describe('a certification path', () => {
  it('from leaf over CA to anchor passes, and is given leaf first', () => {
    const conclusion = validate(leaf.certificate, [ca])
    expect(conclusion).toMatchObject({ indication: 'PASSED', subIndication: null, trusted: true, findings: [] })
    expect(conclusion.path.map((one) => one.subject.display)).toEqual(['CN=Kai', 'CN=CA', 'CN=Root'])
  })

  it('is refused for every byte that is turned in what the CA signed', () => {
    const { bytes, tbs } = leaf.certificate
    const start = Buffer.from(bytes).indexOf(Buffer.from(tbs))
    let parsed = 0
    for (let at = start; at < start + tbs.length; at += 1) {
      let altered: Certificate
      try {
        altered = parseCertificate(flipped(bytes, at))
      } catch {
        continue
      }
      parsed += 1
      expect(validate(altered, [ca]).indication, `byte ${at}`).toBe('INDETERMINATE')
    }
    expect(parsed).toBeGreaterThan(100)
  })

  it('to nobody that is trusted is no path', () => {
    const conclusion = validate(leaf.certificate, [ca], {}, [makeCa('Other')])
    expect(conclusion).toMatchObject({ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', trusted: false })
  })

  it('to an anchor of the same name with another key is no path, and says so', () => {
    const conclusion = validate(leaf.certificate, [ca], {}, [makeCa('Root')])
    expect(conclusion.subIndication).toBe('NO_CERTIFICATE_CHAIN_FOUND')
    expect(codes(conclusion)).toContain('certificate-signature-broken')
  })

  describe('from an issuer with the name of an anchor and another key', () => {
    const DIFFERS = 'issuer-key-differs'
    const keyId = (id: number) => extension('2.5.29.14', Uint8Array.of(4, 1, id))
    const authorityKeyId = (id: number) => extension('2.5.29.35', Uint8Array.of(0x30, 3, 0x80, 1, id))
    const listed = makeCa('Listed', undefined, [keyId(1)])
    const other = makeCa('Listed', undefined, [keyId(1)])

    it('says so, with both fingerprints, where its certificate is at hand, anywhere on the way', () => {
      const direct = validate(makeLeaf('Kai', other).certificate, [other], {}, [listed])
      expect(direct).toMatchObject({ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', trusted: false })
      const said = direct.findings.find(({ code }) => code === DIFFERS)
      expect(said?.message).toContain(other.certificate.sha256)
      expect(said?.message).toContain(listed.certificate.sha256)
      const between = makeCa('Between', other)
      const below = validate(makeLeaf('Kai', between).certificate, [between, other], {}, [listed])
      expect(codes(below)).toContain(DIFFERS)
      const above = makeCa('Listed', makeCa('Stranger'))
      expect(codes(validate(makeLeaf('Kai', above).certificate, [above], {}, [listed]))).toContain(DIFFERS)
    })

    it('says so where its certificate is not at hand, and another key is named', () => {
      const named = makeLeaf('Kai', other, [authorityKeyId(2)])
      expect(codes(validate(named.certificate, [], {}, [listed]))).toContain(DIFFERS)
    })

    it('does not say so of a certificate that may as well be damaged', () => {
      const same = makeLeaf('Kai', listed, [authorityKeyId(1)])
      const damaged = parseCertificate(flipped(same.certificate.bytes, same.certificate.bytes.length - 3))
      expect(codes(validate(damaged, [], {}, [listed]))).not.toContain(DIFFERS)
      expect(codes(validate(makeLeaf('Kai', other).certificate, [], {}, [listed]))).not.toContain(DIFFERS)
    })

    it('does not say so of a stranger, nor where the new key is signed by the old one or listed too', () => {
      expect(codes(validate(makeLeaf('Kai', ca).certificate, [ca, root], {}, [listed]))).not.toContain(DIFFERS)
      const crossed = makeCa('Listed', listed, [], {
        keys: { privateKey: other.privateKey, publicKey: other.publicKey },
      })
      const below = makeLeaf('Kai', other).certificate
      expect(validate(below, [other, crossed], {}, [listed]).indication).toBe('PASSED')
      expect(validate(below, [], {}, [listed, other]).indication).toBe('PASSED')
    })
  })

  it('of an anchor alone passes, and a self-signed stranger does not', () => {
    const self = makeCertificate({ subject: name('CN=Self') })
    expect(validate(self.certificate, [], {}, [self]).indication).toBe('PASSED')
    expect(validate(self.certificate).indication).toBe('INDETERMINATE')
  })

  it.each([
    ['before its time', daysFromNow(-101), 'certificate-not-yet-valid'],
    ['after its time', new Date(daysFromNow(100).getTime() + 1000), 'certificate-expired'],
  ])('judged %s is out of bounds', (_, validationTime, code) => {
    const conclusion = validate(leaf.certificate, [ca], { validationTime })
    expect(conclusion).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'OUT_OF_BOUNDS_NO_POE',
      trusted: false,
    })
    expect(codes(conclusion)).toContain(code)
  })

  it('goes around an expired cross-certificate of the same CA', () => {
    const keys = makeKeys()
    const expired = makeCa('Twin', root, [], { keys, notAfter: daysFromNow(-1) })
    const valid = makeCa('Twin', root, [], { keys })
    expect(validate(makeLeaf('Kai', valid).certificate, [expired, valid]).indication).toBe('PASSED')
  })

  it('goes back from a CA that leads nowhere to one that leads to the anchor', () => {
    const keys = makeKeys()
    const stranger = makeCa('Stranger')
    const dead = makeCa('Shared', stranger, [], { keys })
    const alive = makeCa('Shared', root, [], { keys })
    expect(validate(makeLeaf('Kai', alive).certificate, [dead, stranger, alive]).indication).toBe('PASSED')
  })

  it('ends where CAs certify each other in a circle', () => {
    const a = makeKeys()
    const b = makeKeys()
    const ab = makeCertificate({
      subject: name('CN=A'),
      issuer: { privateKey: b.privateKey, subject: name('CN=B') },
      keys: a,
      extensions: [basicConstraints()],
    })
    const ba = makeCertificate({ subject: name('CN=B'), issuer: ab, keys: b, extensions: [basicConstraints()] })
    const conclusion = validate(makeLeaf('Kai', ab).certificate, [ab, ba])
    expect(conclusion.subIndication).toBe('NO_CERTIFICATE_CHAIN_FOUND')
  })

  it('search in a dense heap of cross-certificates ends by its budget, and does not call the answer sure', () => {
    const layers = Array.from({ length: 8 }, (_, i) => ({ keys: makeKeys(), subject: name(`CN=Layer ${i}`) }))
    const heap = layers.slice(0, -1).flatMap(({ keys, subject }, i) => {
      const above = layers[i + 1]
      if (!above) return []
      const issuer = { privateKey: above.keys.privateKey, subject: above.subject }
      return Array.from({ length: 6 }, () => makeKeys()).map((other, k) =>
        makeCertificate({ subject, issuer, keys: k === 0 ? keys : other, extensions: [basicConstraints()] }),
      )
    })
    const [first, top] = [heap[0], layers.at(-1)]
    if (!first || !top) throw new Error('heap is empty')
    // Its name leads to the anchor, and its signature does not.
    const forger = { privateKey: makeKeys().privateKey, subject: root.subject }
    heap.push(makeCertificate({ ...top, issuer: forger, extensions: [basicConstraints()] }))
    const started = process.hrtime.bigint()
    const conclusion = validate(makeLeaf('Kai', first).certificate, heap, { limits: { maxSteps: 30 } })
    expect(conclusion.trusted).toBe(null)
    expect(codes(conclusion)).toContain('path-budget-exhausted')
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2000)
  })
})

describe('a CA', () => {
  it.each([
    ['without basic constraints', [keyUsage(KEY_CERT_SIGN)], 'issuer-is-no-ca'],
    ['that may only sign CRLs', [basicConstraints(), keyUsage(CRL_SIGN)], 'issuer-may-not-sign-certificates'],
  ])('%s issues nothing', (_, extensions, code) => {
    const bad = makeCertificate({ subject: name('CN=Bad'), issuer: root, extensions })
    const conclusion = validate(makeLeaf('Kai', bad).certificate, [bad])
    expect(conclusion.indication).toBe('INDETERMINATE')
    expect(codes(conclusion)).toContain(code)
  })

  it('below a path length of zero is refused, though a self-issued one does not count', () => {
    const short = makeCertificate({ subject: name('CN=Short'), issuer: root, extensions: [basicConstraints(0)] })
    const sub = makeCa('Sub', short)
    expect(codes(validate(makeLeaf('Kai', sub).certificate, [short, sub]))).toContain('path-length-exceeded')
    const renewed = makeCertificate({ subject: name('CN=Short'), issuer: short, extensions: [basicConstraints()] })
    expect(validate(makeLeaf('Kai', renewed).certificate, [short, renewed]).indication).toBe('PASSED')
  })

  it('anchor bounds its paths too: path length and time', () => {
    const tight = makeCertificate({ subject: name('CN=Tight'), extensions: [basicConstraints(0)] })
    const sub = makeCa('Sub', tight)
    expect(codes(validate(makeLeaf('Kai', sub).certificate, [sub], {}, [tight]))).toContain('path-length-exceeded')
    const old = makeCa('Old', undefined, [], { notAfter: daysFromNow(-1) })
    expect(validate(makeLeaf('Kai', old).certificate, [], {}, [old]).subIndication).toBe('OUT_OF_BOUNDS_NO_POE')
  })
})

describe('an extension', () => {
  const unknown = extension('1.3.6.1.4.1.99999.1', Uint8Array.of(5, 0), true)

  it('that is critical and not known keeps leaf, CA or anchor from passing', () => {
    expect(codes(validate(makeLeaf('Kai', ca, [unknown]).certificate, [ca]))).toEqual(['unknown-critical-extension'])
    const odd = makeCa('Odd', root, [unknown])
    expect(validate(makeLeaf('Kai', odd).certificate, [odd]).indication).toBe('INDETERMINATE')
    const anchor = makeCa('Anchor', undefined, [unknown])
    expect(validate(makeLeaf('Kai', anchor).certificate, [], {}, [anchor]).indication).toBe('INDETERMINATE')
  })

  it('that is not critical and not known is passed over', () => {
    const known = extension('1.3.6.1.4.1.99999.1', Uint8Array.of(5, 0))
    expect(validate(makeLeaf('Kai', ca, [known]).certificate, [ca]).indication).toBe('PASSED')
  })

  it('that we process and that is malformed keeps a path from passing', () => {
    const broken = extension('2.5.29.17', Uint8Array.of(0x30, 0))
    expect(codes(validate(makeLeaf('Kai', ca, [broken]).certificate, [ca]))).toContain('malformed-extension')
  })

  it('that stands twice makes the certificate unreadable', () => {
    const twice = subjectAltNames(dnsName('a.dk'))
    expect(() => makeLeaf('Kai', ca, [twice, twice])).toThrow(/stands twice/)
  })
})

describe('name constraints', () => {
  const answer = (constraint: Uint8Array, names: readonly Uint8Array[]) => {
    const bound = makeCa('Bound', root, [constraint])
    const subject = makeLeaf('Kai', bound, names.length > 0 ? [subjectAltNames(...names)] : [])
    return validate(subject.certificate, [bound])
  }
  it.each([
    ['dns below', nameConstraints([dnsName('by.dk')], []), [dnsName('www.by.dk')], 'PASSED'],
    ['dns beside', nameConstraints([dnsName('by.dk')], []), [dnsName('www.ikkeby.dk')], 'INDETERMINATE'],
    ['dns excluded', nameConstraints([], [dnsName('by.dk')]), [dnsName('WWW.BY.DK')], 'INDETERMINATE'],
    ['wildcard over excluded', nameConstraints([], [dnsName('x.by.dk')]), [dnsName('*.by.dk')], 'INDETERMINATE'],
    ['dns that is no name', nameConstraints([dnsName('by.dk')], []), [dnsName('a b.by.dk')], 'INDETERMINATE'],
    ['mail at host', nameConstraints([emailName('by.dk')], []), [emailName('kai@by.dk')], 'PASSED'],
    ['mail below host', nameConstraints([emailName('by.dk')], []), [emailName('kai@x.by.dk')], 'INDETERMINATE'],
    ['mail in domain', nameConstraints([emailName('.by.dk')], []), [emailName('kai@x.by.dk')], 'PASSED'],
    ['mail of another', nameConstraints([emailName('kai@by.dk')], []), [emailName('bo@by.dk')], 'INDETERMINATE'],
    ['uri at host', nameConstraints([uriName('by.dk')], []), [uriName('https://u@by.dk:8/x')], 'PASSED'],
    ['uri disguised', nameConstraints([uriName('by.dk')], []), [uriName('https://evil.dk/@by.dk')], 'INDETERMINATE'],
    ['uri without host', nameConstraints([uriName('by.dk')], []), [uriName('urn:by.dk')], 'INDETERMINATE'],
    ['name of another kind', nameConstraints([dnsName('by.dk')], []), [emailName('kai@evil.dk')], 'PASSED'],
  ])('%s', (_, constraint, names, indication) => {
    expect(answer(constraint, names).indication).toBe(indication)
  })

  it('on a kind that is not compared keep a name of that kind from passing, and no other', () => {
    const registeredId = Uint8Array.of(0x88, 1, 0x2a)
    const constraint = nameConstraints([], [registeredId])
    expect(codes(answer(constraint, [registeredId]))).toContain('name-constraint-not-processed')
    expect(answer(constraint, [dnsName('by.dk')]).indication).toBe('PASSED')
  })

  it('of the anchor bind too', () => {
    const anchor = makeCa('Anchor', undefined, [nameConstraints([dnsName('by.dk')], [])])
    const subject = makeLeaf('Kai', anchor, [subjectAltNames(dnsName('evil.dk'))])
    expect(codes(validate(subject.certificate, [], {}, [anchor]))).toContain('name-constraint-violated')
  })

  it('bind the address within a subject', () => {
    const bound = makeCa('Bound', root, [nameConstraints([emailName('by.dk')], [])])
    const subject = makeLeaf('Kai', bound, [], { subject: name('CN=Kai', '1.2.840.113549.1.9.1=kai@evil.dk') })
    expect(codes(validate(subject.certificate, [bound]))).toContain('name-constraint-violated')
  })
})

describe('policies', () => {
  const policies = (...oids: readonly string[]) =>
    extension(EXTENSION.certificatePolicies, seq(...oids.map((oid) => seq(encodeOid(oid)))))
  const constraints = (explicit: number) =>
    extension(EXTENSION.policyConstraints, seq(encode(0x80, Uint8Array.of(explicit))), true)
  const answer = (ofCa: readonly Uint8Array[], ofLeaf: readonly Uint8Array[], more: Partial<PathOptions> = {}) => {
    const between = makeCa('Between', root, ofCa)
    return validate(makeLeaf('Kai', between, ofLeaf).certificate, [between], more)
  }

  it('that a CA requires must hold down to the leaf', () => {
    expect(answer([constraints(0), policies('1.2.3')], [policies('1.2.3')])).toMatchObject({
      indication: 'PASSED',
      policies: ['1.2.3'],
    })
    expect(codes(answer([constraints(0), policies('1.2.3')], [policies('1.2.4')]))).toContain('no-valid-policy')
    expect(codes(answer([constraints(0), policies('1.2.3')], []))).toContain('no-valid-policy')
  })

  it('that nobody requires may be missing, unless they are asked for explicitly', () => {
    expect(answer([], []).indication).toBe('PASSED')
    expect(codes(answer([], [], { requireExplicitPolicy: true }))).toContain('no-valid-policy')
    const asked = { requireExplicitPolicy: true, policies: ['1.2.9'] }
    expect(codes(answer([policies('1.2.3')], [policies('1.2.3')], asked))).toContain('no-valid-policy')
  })

  it('any policy does not stand for one where that is inhibited', () => {
    const any = '2.5.29.32.0'
    const explicit = { requireExplicitPolicy: true }
    expect(answer([policies(any)], [policies('1.2.3')], explicit).indication).toBe('PASSED')
    expect(answer([policies(any)], [policies('1.2.3')], { ...explicit, inhibitAnyPolicy: true }).indication).toBe(
      'INDETERMINATE',
    )
  })
})

describe('purpose', () => {
  const timeStamping = '1.3.6.1.5.5.7.3.8'
  const answer = (purpose: PathOptions['purpose'], extensions: readonly Uint8Array[]) =>
    validate(makeLeaf('Kai', ca, extensions).certificate, [ca], purpose ? { purpose } : {}).indication

  it('time-stamping needs its usage, critical and alone', () => {
    expect(answer('timestamping', [extendedKeyUsage([timeStamping], true)])).toBe('PASSED')
    expect(answer('timestamping', [extendedKeyUsage([timeStamping])])).toBe('INDETERMINATE')
    expect(answer('timestamping', [])).toBe('INDETERMINATE')
    expect(answer('timestamping', [extendedKeyUsage([timeStamping, '1.3.6.1.5.5.7.3.4'], true)])).toBe('INDETERMINATE')
  })

  it('a TLS server certificate signs no document and no mail', () => {
    const server = [extendedKeyUsage(['1.3.6.1.5.5.7.3.1'])]
    expect(answer('document-signing', server)).toBe('INDETERMINATE')
    expect(answer('email', server)).toBe('INDETERMINATE')
    expect(answer('any', server)).toBe('PASSED')
    expect(answer('document-signing', [])).toBe('PASSED')
  })
})

describe('a signer that is an anchor itself', () => {
  const KEY_ENCIPHERMENT = 2
  const alone = (keyUsages: Uint8Array, more: Partial<CertificateRequest> = {}) => {
    const subject = name('CN=Kai')
    const { certificate } = makeCertificate({ subject, issuer: ca, extensions: [keyUsages], ...more })
    return validate(certificate, [], {
      trustAnchors: prepareTrustStore([certificate.bytes]),
      purpose: 'document-signing',
    })
  }

  it('passes where its key may sign', () => {
    expect(alone(keyUsage(DIGITAL_SIGNATURE))).toMatchObject({ indication: 'PASSED', trusted: true })
  })

  it('is trusted by being named, and does not pass where its key may not sign', () => {
    expect(alone(keyUsage(KEY_ENCIPHERMENT))).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
      trusted: true,
    })
  })

  it('is not trusted behind its end', () => {
    const past = { notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) }
    expect(alone(keyUsage(KEY_ENCIPHERMENT), past)).toMatchObject({ indication: 'INDETERMINATE', trusted: false })
  })

  it('is not trusted for what it may not do where only its issuer is an anchor', () => {
    const { certificate } = makeCertificate({
      subject: name('CN=Kai'),
      issuer: ca,
      extensions: [keyUsage(KEY_ENCIPHERMENT)],
    })
    const conclusion = validate(certificate, [ca], { purpose: 'document-signing' })
    expect(conclusion).toMatchObject({ indication: 'INDETERMINATE', trusted: false })
  })
})

describe('two thousand anchors', () => {
  it('cost a verification no more steps than one', () => {
    const keys = makeKeys()
    const many = Array.from({ length: 2000 }, (_, i) => makeCa(`Anchor ${i}`, undefined, [], { keys }))
    const trustAnchors = prepareTrustStore([...many, root].map((one) => one.certificate.bytes))
    expect(trustAnchors.size).toBe(2001)
    const limits = { maxSteps: 3, maxSignatureChecks: 3 }
    expect(validate(leaf.certificate, [ca], { trustAnchors, limits }).indication).toBe('PASSED')
  })
})
