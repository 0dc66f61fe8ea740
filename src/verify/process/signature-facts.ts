import type { RevocationEvidence, SignatureReport, Signer } from '../report/report.ts'
import { isSealCertificate } from '../report/seal-certificate.ts'
import { attributeTexts, type Certificate, type RevocationStatus } from '../x509/index.ts'
import type { BasicConclusion } from './basic.ts'

const COMMON_NAME = '2.5.4.3'
const GIVEN_NAME = '2.5.4.42'
const SURNAME = '2.5.4.4'
const EMAIL = '1.2.840.113549.1.9.1'

/** Takes a certificate; gives its holder as the report shows him: names as they stand, mail addresses that it holds. */
export function signerOf(certificate: Certificate): Signer {
  const { subject } = certificate
  const [givenName] = attributeTexts(subject, GIVEN_NAME)
  const [surname] = attributeTexts(subject, SURNAME)
  const whole = givenName && surname ? [`${givenName} ${surname}`] : []
  const emails = certificate.decoded.subjectAltNames.flatMap((name) => (name.kind === 'email' ? [name.value] : []))
  return {
    subject: subject.display,
    issuer: certificate.issuer.display,
    serial: certificate.serial,
    names: [...new Set([...attributeTexts(subject, COMMON_NAME), ...whole])],
    emails: [...new Set([...emails, ...attributeTexts(subject, EMAIL)])],
    sha256: certificate.sha256,
    ...(isSealCertificate(certificate) ? { seal: true } : {}),
  }
}

type CmsFacts = Pick<
  SignatureReport,
  | 'trusted'
  | 'revocation'
  | 'evidence'
  | 'wanted'
  | 'path'
  | 'signer'
  | 'trustAnchor'
  | 'claimedSigningTime'
  | 'digestAlgorithm'
  | 'signatureAlgorithm'
>

const nameCertificate = (certificate: Certificate): { subject: string; sha256: string } => ({
  subject: certificate.subject.display,
  sha256: certificate.sha256,
})

function evidenceOf(one: RevocationStatus): readonly RevocationEvidence[] {
  const { certificate, status, source, evidence, issuedAt, revocationTime, reason } = one
  if (source === null || evidence === null || status === 'exempt' || status === 'not-checked') return []
  const when = { issuedAt: issuedAt?.toISOString() ?? null, revokedAt: revocationTime?.toISOString() ?? null }
  return [{ kind: source, sha256: evidence, for: certificate.sha256, status, reason, ...when }]
}

/** Takes a basic conclusion; gives those fields of a signature's report that stand for certificates and algorithms. */
export function factsOf({ cms, path }: BasicConclusion): CmsFacts {
  return {
    trusted: path?.trusted ?? null,
    revocation: path?.revocation ?? 'not-checked',
    ...(path ? { evidence: path.revocations.flatMap(evidenceOf) } : {}),
    wanted: path?.wanted ?? [],
    path: (path?.path ?? []).map(nameCertificate),
    signer: cms.signingCertificate ? signerOf(cms.signingCertificate) : null,
    trustAnchor: path?.trustAnchor ? nameCertificate(path.trustAnchor) : null,
    claimedSigningTime: cms.claimedSigningTime?.toISOString() ?? null,
    digestAlgorithm: cms.digestAlgorithm,
    signatureAlgorithm: cms.signatureAlgorithm,
  }
}

/** A report of a signature of which nothing is known yet. */
export function blankSignature(
  id: string,
  kind: SignatureReport['kind'],
  validationTime: Date,
  policy: string,
): SignatureReport {
  return {
    id,
    kind,
    subFilter: null,
    level: null,
    indication: 'INDETERMINATE',
    subIndication: 'CUSTOM',
    intact: null,
    trusted: null,
    revocation: 'not-checked',
    wanted: [],
    byteRange: null,
    revision: null,
    hidden: false,
    validationTime: validationTime.toISOString(),
    policy,
    path: [],
    docMdp: null,
    coverage: null,
    changesAfter: null,
    signer: null,
    trustAnchor: null,
    fingerprint: null,
    userIds: [],
    claimedSigningTime: null,
    bestSignatureTime: null,
    digestAlgorithm: null,
    signatureAlgorithm: null,
    timestamps: [],
    findings: [],
  }
}
