import { createHash } from 'node:crypto'
import { ATTRIBUTE, parseSignedData, type SignedData } from '../cms/index.ts'
import { asVerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import { revocationInfoOf } from './signed-attributes.ts'
import type { Evidence } from './verify-options.ts'

/** Gives the SHA-256 of certificates and revocation data in a CMS, and in the time-stamps that it carries. */
export function carriedIn(signedData: SignedData, evidence: Pick<Evidence, 'cache'>, depth = 0): readonly string[] {
  const unread: Finding[] = []
  const archived = signedData.signerInfos.map((signer) => revocationInfoOf(signer, unread))
  const tokens = signedData.signerInfos
    .flatMap((signer) => [...signer.unsignedAttributes, ...(signer.signedAttributes ?? [])])
    .filter(({ oid }) => oid === ATTRIBUTE.signatureTimeStamp || oid === ATTRIBUTE.contentTimeStamp)
    .flatMap(({ values }) => values)
  return [
    ...[...signedData.certificates, ...signedData.crls].map((one) => one.sha256),
    ...signedData.ocspResponses.map((bytes) => createHash('sha256').update(bytes).digest('hex')),
    ...archived.flatMap(({ crls, ocsps }) => [...crls, ...ocsps]).map((one) => one.sha256),
    ...(depth < 2 ? tokens.flatMap(({ bytes }) => carriedInToken(bytes, evidence, depth + 1)) : []),
  ]
}

function carriedInToken(bytes: Uint8Array, evidence: Pick<Evidence, 'cache'>, depth: number): readonly string[] {
  try {
    return carriedIn(parseSignedData(bytes, evidence), evidence, depth)
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return []
  }
}
