import { validateSigningCertificate } from '../blocks/index.ts'
import { VerifyError } from '../errors.ts'
import type { CertificateName, Finding, SignatureReport, SubIndication } from '../report/report.ts'
import { type PathConclusion, type Purpose, parseCertificate } from '../x509/index.ts'
import { readEvidence, type VerifyOptions } from './verify-options.ts'

/** What validatePath is given besides the certificate; as for documents, with what is asked of the path. */
export type PathValidationOptions = Pick<
  VerifyOptions,
  | 'validationTime'
  | 'trustAnchors'
  | 'intermediates'
  | 'crls'
  | 'ocsps'
  | 'checkRevocation'
  | 'poe'
  | 'evidencePoe'
  | 'policy'
  | 'cache'
> & {
  /** What the certificate's key is to have done; document-signing where absent. */
  readonly purpose?: Purpose
  /** Acceptable certificate policies, as object identifiers; any where absent or empty. */
  readonly policies?: readonly string[]
  readonly requireExplicitPolicy?: boolean
  readonly inhibitAnyPolicy?: boolean
  readonly inhibitPolicyMapping?: boolean
}

/** The answer of validatePath, as data. */
export interface PathReport {
  readonly indication: 'PASSED' | 'INDETERMINATE' | 'FAILED'
  readonly subIndication: SubIndication | null
  /** The path to an anchor holds, revocation aside; null where it could not be judged. */
  readonly trusted: boolean | null
  /** The worst over the path. */
  readonly revocation: SignatureReport['revocation']
  /** Leaf first, anchor last; what was found of it where there is no whole path. */
  readonly path: readonly CertificateName[]
  readonly trustAnchor: CertificateName | null
  /** Certificate policies that hold over the path; ["2.5.29.32.0"] is any policy. */
  readonly policies: readonly string[]
  /** Evidence that was not at hand, and where a certificate says that it lies. */
  readonly wanted: SignatureReport['wanted']
  readonly findings: readonly Finding[]
}

/**
 * Finds and judges the certification path of a certificate, as that of a signature is judged: the path by RFC 5280,
 * revocation, and algorithms by their dates. Takes the certificate as DER; gives the answer as data.
 * @throws VerifyError malformed-certificate, invalid-options
 * @see EN 319 102-1 clause 5.2.6, RFC 5280 §6
 */
export function validatePath(certificate: Uint8Array, options: PathValidationOptions): PathReport {
  const { purpose = 'document-signing', policies, ...rest } = options
  const evidence = readEvidence(rest)
  const { trustAnchors, intermediates, crls, ocsps, validationTime, checkRevocation, evidencePoe, policy } = evidence
  if (policies?.some((oid) => !/^[0-2](\.\d+)+$/.test(oid)))
    throw new VerifyError('invalid-options', 'a policy is no object identifier')
  const conclusion = validateSigningCertificate(
    parseCertificate(certificate, evidence.cache),
    {
      ...{ trustAnchors, intermediates, crls, ocsps, validationTime, checkRevocation, purpose },
      policies: policies ?? [],
      requireExplicitPolicy: options.requireExplicitPolicy ?? false,
      inhibitAnyPolicy: options.inhibitAnyPolicy ?? false,
      inhibitPolicyMapping: options.inhibitPolicyMapping ?? false,
      poeOf: (sha256) => evidencePoe.get(sha256) ?? null,
    },
    { policy, provenTime: evidence.poe ?? validationTime },
  )
  return reportOf(conclusion, evidence.findings)
}

const nameOf = ({ subject, sha256 }: PathConclusion['path'][number]): CertificateName => ({
  subject: subject.display,
  sha256,
})

function reportOf(conclusion: PathConclusion, further: readonly Finding[]): PathReport {
  const { indication, subIndication, trusted, revocation, path, trustAnchor, policies, wanted, findings } = conclusion
  return {
    ...{ indication, subIndication, trusted, revocation, policies, wanted },
    path: path.map(nameOf),
    trustAnchor: trustAnchor ? nameOf(trustAnchor) : null,
    findings: [...findings, ...further],
  }
}
