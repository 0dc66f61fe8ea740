import { describe, expect, it } from 'vitest'
import { encodeOid } from '../../../src/verify/der/index.ts'
import { type AnchorConstraints, type TrustAnchorInput, verifyDocument } from '../../../src/verify/index.ts'
import type { SignatureReport } from '../../../src/verify/report/report.ts'
import { EXTENSION } from '../../../src/verify/x509/index.ts'
import {
  contentType,
  makeCms,
  makeTimeStamp,
  messageDigest,
  signatureTimeStamp,
  signingCertificateV2,
} from '../make-cms.ts'
import {
  daysFromNow,
  dnsName,
  emailName,
  extendedKeyUsage,
  extension,
  type Identity,
  makeCa,
  makeCrl,
  makeLeaf,
  NOW,
  name,
  seq,
  subjectAltNames,
  text,
} from '../make-pki.ts'

const CONTENT = text('The tank is decommissioned.')
const POLICY = '1.2.208.169.1.1.1'
const policies = (...oids: readonly string[]) =>
  extension(EXTENSION.certificatePolicies, seq(...oids.map((oid) => seq(encodeOid(oid)))))

const root = makeCa('Root')
const stampRoot = makeCa('Root of stamps')
const kai = makeLeaf('Kai', root, [subjectAltNames(emailName('kai@Tanke.example')), policies(POLICY)], {
  subject: name('C=DK', 'O=Tanke  ApS', 'CN=Kai'),
})
const tsa = makeLeaf('TSA', stampRoot, [extendedKeyUsage(['1.3.6.1.5.5.7.3.8'], true)])

interface Asked {
  readonly anchors: readonly (TrustAnchorInput | Uint8Array)[]
  readonly signer?: Identity
  readonly poe?: Date
  readonly stampedAt?: Date
  readonly require?: boolean
  /** Issuers that come along. */
  readonly carried?: readonly Identity[]
}

function judge({ anchors, signer = kai, poe, stampedAt, require = false, carried = [] }: Asked): SignatureReport {
  const cms = makeCms({
    signer,
    certificates: [signer, ...carried].map(der),
    content: CONTENT,
    signedAttributes: [contentType(), messageDigest(CONTENT), signingCertificateV2(signer)],
    ...(stampedAt
      ? {
          unsignedAttributes: (value) => [signatureTimeStamp(makeTimeStamp({ tsa, over: value, time: stampedAt }))],
        }
      : {}),
  })
  const report = verifyDocument(cms, {
    validationTime: NOW,
    trustAnchors: anchors,
    content: CONTENT,
    poe: poe ?? null,
    checkRevocation: require ? 'require' : 'off',
    crls: [makeCrl({ issuer: root })],
  })
  const [signature] = report.signatures
  if (!signature) throw new Error('there is no signature')
  return signature
}

const der = ({ certificate }: Identity): Uint8Array => certificate.bytes
const verdict = ({ indication, subIndication }: SignatureReport) => [indication, subIndication]
const codes = ({ findings }: SignatureReport) => findings.map(({ code }) => code)
const PASSED = ['TOTAL-PASSED', null]

describe('what an anchor is used for', () => {
  it('one for time-stamps alone vouches for no signature', () => {
    const signature = judge({ anchors: [{ der: der(root), uses: ['timestamp'] }] })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND'])
    expect(signature.trusted).toBe(false)
  })

  it('one for signatures alone vouches for no time-stamp', () => {
    const stampedAt = daysFromNow(-5)
    const stamp = (uses?: TrustAnchorInput['uses']) =>
      judge({ anchors: [der(root), { der: der(stampRoot), ...(uses ? { uses } : {}) }], stampedAt }).timestamps[0]
        ?.indication
    expect([stamp(), stamp(['timestamp']), stamp(['signature'])]).toEqual(['PASSED', 'PASSED', 'INDETERMINATE'])
  })

  it('says of a time-stamp whether it is qualified, where a list speaks of its authority', () => {
    const stampedAt = daysFromNow(-5)
    const status = (from: number, until: number | null) => ({
      from: daysFromNow(from).toISOString(),
      until: until === null ? null : daysFromNow(until).toISOString(),
      uses: [],
      qualifications: [],
    })
    const stamp = (...services: NonNullable<TrustAnchorInput['services']>) =>
      judge({ anchors: [der(root), { der: der(stampRoot), services }], stampedAt }).timestamps[0]
    const stamping = { territory: 'DK', issues: 'time-stamps' } as const
    expect(stamp({ ...stamping, statuses: [status(-50, null)] })?.qualified).toEqual({ level: 'qualified', list: 'DK' })
    const withdrawn = stamp({ ...stamping, statuses: [status(-50, -6)] })
    expect(withdrawn?.qualified).toEqual({ level: 'not-qualified', list: 'DK' })
    expect(stamp()).not.toHaveProperty('qualified')
    expect(stamp({ territory: 'DK', statuses: [status(-50, null)] })).not.toHaveProperty('qualified')
  })

  it('a time-stamp unit may be an anchor itself, and vouches for nobody else', () => {
    const pinned: TrustAnchorInput = { der: der(tsa), uses: ['timestamp'] }
    const signature = judge({ anchors: [der(root), pinned], stampedAt: daysFromNow(-5) })
    expect(signature.timestamps[0]?.indication).toBe('PASSED')
    expect(judge({ anchors: [pinned], signer: tsa }).trusted).toBe(false)
  })
})

describe('when an anchor is trusted', () => {
  const period = (from: number, until: number | null): TrustAnchorInput => ({
    der: der(root),
    periods: [{ from: daysFromNow(from), until: until === null ? null : daysFromNow(until) }],
  })

  it('counts by the time that is asked about', () => {
    expect(verdict(judge({ anchors: [period(-50, null)] }))).toEqual(PASSED)
    const before = judge({ anchors: [period(10, null)] })
    expect(verdict(before)[0]).toBe('INDETERMINATE')
    expect([before.trusted, codes(before)]).toEqual([false, expect.arrayContaining(['anchor-not-trusted-then'])])
  })

  it('one withdrawn since vouches for what is proven to be older, and for nothing else', () => {
    const anchors = [period(-50, -20)]
    expect(verdict(judge({ anchors, poe: daysFromNow(-30) }))).toEqual(PASSED)
    expect(verdict(judge({ anchors, poe: daysFromNow(-20) }))).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE'])
    expect(verdict(judge({ anchors }))).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE'])
  })

  it('a gap between two periods is no time of trust', () => {
    const periods = [
      { from: daysFromNow(-50), until: daysFromNow(-40) },
      { from: daysFromNow(-10), until: null },
    ]
    const anchors = [{ der: der(root), periods }]
    expect(verdict(judge({ anchors }))).toEqual(PASSED)
    const ended = [{ der: der(root), periods: periods.slice(0, 1) }]
    expect(verdict(judge({ anchors: ended, poe: daysFromNow(-30) }))[0]).toBe('INDETERMINATE')
  })

  it('an anchor that ended still has its CRLs counted for the time before', () => {
    const anchors = [period(-50, -1)]
    expect(judge({ anchors, poe: daysFromNow(-5), require: true }).revocation).toBe('good')
  })
})

describe('whom an anchor is relied on for', () => {
  const under = (constraints: AnchorConstraints, signer = kai): SignatureReport =>
    judge({ anchors: [{ der: der(root), constraints }], signer, require: true })
  const anonymous = makeLeaf('Kai', root)

  it.each<[string, AnchorConstraints, boolean]>([
    ['a host of e-mail', { emails: ['tanke.example'] }, true],
    ['hosts below a domain', { emails: ['.example'] }, true],
    ['another host', { emails: ['kommune.example'] }, false],
    ['a host that the name only ends with', { emails: ['nke.example'] }, false],
    ['no host at all', { emails: [] }, false],
    ['an organization, letter case and spaces aside', { organizations: ['tanke aps'] }, true],
    ['another organization', { organizations: ['Tanke'] }, false],
    ['a policy', { policies: [POLICY, '1.2.3'] }, true],
    ['another policy', { policies: ['1.2.3'] }, false],
    ['a permitted domain of e-mail', { permitted: ['email:tanke.example'] }, true],
    ['another permitted domain of e-mail', { permitted: ['email:kommune.example'] }, false],
    ['one of the permitted', { permitted: ['email:kommune.example', 'email:.example'] }, true],
    ['a permitted kind of which there is no name', { permitted: ['dns:kommune.example'] }, true],
    ['a permitted directory name', { permitted: ['dir:O=tanke aps,C=DK'] }, true],
    ['another permitted directory name', { permitted: ['dir:O=Tanke,C=DK'] }, false],
    ['an excluded domain of e-mail', { excluded: ['email:tanke.example'] }, false],
    ['an excluded address', { excluded: ['email:kai@TANKE.example'] }, false],
    ['the address of another', { excluded: ['email:ida@tanke.example'] }, true],
    ['an excluded directory name above it', { excluded: ['dir:C=DK'] }, false],
    ['another excluded directory name', { excluded: ['dir:O=Tanke ApS\\+,C=DK', 'dir:C=SE'] }, true],
    [
      'permitted, and excluded within that',
      { permitted: ['email:.example'], excluded: ['email:tanke.example'] },
      false,
    ],
    ['what cannot be read', { excluded: ['tanke.example'] }, false],
    ['one met and one not', { organizations: ['Tanke ApS'], emails: ['kommune.example'] }, false],
  ])('%s', (_, constraints, passes) => {
    const signature = under(constraints)
    expect(verdict(signature)).toEqual(passes ? PASSED : ['INDETERMINATE', 'CHAIN_CONSTRAINTS_FAILURE'])
    expect(signature.trusted).toBe(passes)
  })

  it('who names no address, organization or policy is outside of every constraint', () => {
    for (const constraints of [{ emails: ['.example'] }, { organizations: ['Tanke ApS'] }, { policies: [POLICY] }]) {
      expect(under(constraints, anonymous).trusted).toBe(false)
    }
  })

  it('every address must lie inside: a second one from elsewhere does not ride along', () => {
    const two = makeLeaf('Kai', root, [
      subjectAltNames(emailName('kai@tanke.example'), emailName('mayor@kommune.example')),
    ])
    expect(under({ emails: ['tanke.example'] }, two).trusted).toBe(false)
    expect(under({ emails: ['tanke.example', 'kommune.example'] }, two).trusted).toBe(true)
  })

  it('subtrees bind the CAs in between, too, and host names with all that lies below', () => {
    const between = makeCa('Between', root, [], { subject: name('C=DK', 'O=Mellem', 'CN=Between') })
    const below = makeLeaf('Web', between, [subjectAltNames(dnsName('www.tanke.example'))])
    const judged = (constraints: AnchorConstraints): SignatureReport =>
      judge({ anchors: [{ der: der(root), constraints }], signer: below, carried: [between] })
    expect(judged({ permitted: ['dns:tanke.example'] }).trusted).toBe(true)
    expect(judged({ permitted: ['dns:kommune.example'] }).trusted).toBe(false)
    expect(judged({ excluded: ['dns:tanke.example'] }).trusted).toBe(false)
    const barred = judged({ excluded: ['dir:O=Mellem,C=DK'] })
    expect(barred.trusted).toBe(false)
    expect(codes(barred)).toContain('anchor-constraint-violated')
  })

  it('a CA that is the anchor and the signer is bound as well', () => {
    const ca = makeCa('Self')
    const self = (constraints: AnchorConstraints): SignatureReport =>
      judge({ anchors: [{ der: der(ca), constraints }], signer: ca })
    expect(codes(self({}))).not.toContain('anchor-constraint-violated')
    expect(codes(self({ excluded: ['dir:CN=Self'] }))).toContain('anchor-constraint-violated')
  })

  it('constraints on signers do not bind time-stamps', () => {
    const anchors = [der(root), { der: der(stampRoot), constraints: { emails: ['kommune.example'] } }]
    expect(judge({ anchors, stampedAt: daysFromNow(-5) }).timestamps[0]?.indication).toBe('PASSED')
  })
})
