import type { CertificateName, Signer, VerificationReport } from '../verify/report/report.ts'

/** A signer whose path ends at no anchor: what the admin page names beside "this waiting case's CA". */
export interface SignerOutsideTrust {
  readonly documentSha256: string | null
  readonly signatureId: string
  readonly signer: Signer
  /** The top-most certificate that was found on the way; null where the path is empty. */
  readonly topMost: CertificateName | null
  /** Where the verifier thinks that the missing issuer may be had. */
  readonly issuerUrls: readonly string[]
}

/** Takes reports; gives the signers of intact signatures that no enabled anchor vouches for, parts included. */
export function signersOutsideTrust(reports: readonly VerificationReport[]): readonly SignerOutsideTrust[] {
  return reports.flatMap((report) => [
    ...report.signatures.flatMap((signature) => {
      if (signature.signer === null || signature.trusted !== false || signature.intact === false) return []
      return [
        {
          documentSha256: report.sha256,
          signatureId: signature.id,
          signer: signature.signer,
          topMost: signature.path.at(-1) ?? null,
          issuerUrls: signature.wanted.filter((wanted) => wanted.kind === 'issuer').map((wanted) => wanted.url),
        },
      ]
    }),
    ...signersOutsideTrust(report.parts),
  ])
}
