import type { SignatureReport, VerificationReport } from '../../../src/verify/index.ts'
import { blankSignature } from '../../../src/verify/process/signature-facts.ts'
import { signPdf, writePdf } from '../../support/make-signed-pdf.ts'
import { makeCa, makeCrl, makeLeaf, makeOcsp, NOW } from '../make-pki.ts'
import { ca, judge, signer as kai, signedPdf, signWith } from '../process/pdf-cases.ts'

/** Steers XML, a terminal and a schema where it is taken as it stands. */
export const HOSTILE = 'Kai "<&>\u0001\u202e\ud800\u2028]]> Jensen'

const AT = '2026-11-24T09:02:00.000Z'
const blank = blankSignature('Signature1', 'pdf', NOW, 'test')
const signer = {
  ...{ subject: `CN=${HOSTILE}`, issuer: 'CN=CA', serial: '1', names: [HOSTILE], emails: [] },
  sha256: 'ab'.repeat(32),
}

/** A report with these signatures that nobody judged: what the writers must bear, whatever comes. */
export function reportOf(...signatures: readonly Partial<SignatureReport>[]): VerificationReport {
  return {
    ...{ schemaVersion: 1, id: null, file: HOSTILE, mediaType: 'application/pdf', sha256: 'cd'.repeat(32) },
    indication: 'INDETERMINATE',
    signatures: signatures.map((facts) => ({ ...blank, ...facts })),
    ...{ encrypted: false, parts: [], findings: [] },
  }
}

/** A signature with a time-stamp of its own and one over the document, as the best of levels has them. */
export const STAMPED = reportOf(
  {
    ...{ indication: 'TOTAL-PASSED', subIndication: null, intact: true, trusted: true, level: 'PAdES-B-LTA', signer },
    ...{ revocation: 'good', changesAfter: 'permitted', coverage: 'revision', byteRange: [0, 10, 20, 30] },
    ...{ digestAlgorithm: 'sha256', signatureAlgorithm: 'ecdsa', subFilter: 'ETSI.CAdES.detached' },
    validationTime: '2026-11-25T00:00:00.000Z',
    claimedSigningTime: '2026-11-24T09:01:59.000Z',
    bestSignatureTime: AT,
    path: [signer, { subject: 'CN=Mid', sha256: 'ef'.repeat(32) }, { subject: 'CN=Root', sha256: '12'.repeat(32) }],
    trustAnchor: { subject: 'CN=Root', sha256: '12'.repeat(32) },
    timestamps: [
      { kind: 'signature', time: '2026-11-24T09:02:00Z', indication: 'PASSED' },
      { id: 'Stamp', kind: 'document', time: AT, indication: 'PASSED' },
    ],
    findings: [{ code: 'past-validation', severity: 'info', message: HOSTILE, clause: 'EN 319 102-1 §5.6.2' }],
  },
  { id: 'Stamp', kind: 'pdf-timestamp', indication: 'PASSED', subIndication: null, claimedSigningTime: AT },
)

/** One report of each sort that the writer knows, by what it stands for. */
export function etsiCases(): Readonly<Record<string, VerificationReport>> {
  const stranger = judge(signedPdf({ sign: signWith(makeLeaf('Kai\u001b[2J', makeCa('Ukendt & Søn'))) }))
  const more = { field: 20, signature: 21, name: 'S2', otherFields: '10 0 R' }
  const changed = signedPdf()
  changed.write('bank', changed.indexOf('tank'))
  return {
    good: judge(signedPdf(), { fileName: 'a b/attest æ.pdf' }),
    'two signatures': judge(signPdf(signedPdf(), { sign: signWith(), ...more })),
    'an unknown CA': stranger,
    'a changed file': judge(changed),
    'a CRL': judge(signedPdf(), { crls: [makeCrl({ issuer: ca }).bytes], checkRevocation: 'require' }),
    'a revoked signer': judge(signedPdf(), {
      crls: [makeCrl({ issuer: ca, revoked: [{ certificate: kai.certificate, reason: 1 }] }).bytes],
    }),
    'an OCSP answer': judge(signedPdf(), {
      ocsps: [makeOcsp({ signer: ca, issuer: ca.certificate, certificate: kai.certificate, status: 'good' }).bytes],
    }),
    'no signature': judge(writePdf()),
    'no document': judge(Buffer.from('hello')),
    'an empty file': judge(Buffer.alloc(0)),
    'time-stamps': STAMPED,
    'a file inside': {
      ...stranger,
      parts: [
        { ...STAMPED, name: 'inner.pdf' },
        { ...judge(writePdf()), name: 'b.pdf' },
      ],
    },
    OpenPGP: reportOf({ kind: 'openpgp', fingerprint: 'AB'.repeat(20), userIds: [HOSTILE], policy: HOSTILE }),
    'nothing known': reportOf({}),
    'a time-stamp alone': { ...STAMPED, indication: 'NO-SIGNATURE', signatures: STAMPED.signatures.slice(1) },
  }
}
