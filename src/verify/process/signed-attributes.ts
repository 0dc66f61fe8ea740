import type { CmsAttribute, SignerInfo } from '../cms/index.ts'
import {
  contextConstructed,
  type Element,
  readAscii,
  readChildren,
  readElement,
  readExplicit,
  readFields,
  readOid,
  TAG,
} from '../der/index.ts'
import { asVerifyError, VerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import { type OcspResponse, parseOcspResponse } from '../revocation/index.ts'
import { type CertificateList, parseCertificateList } from '../x509/index.ts'
import { hashName, readSignatureScheme } from '../x509/signature-scheme.ts'
import { readAll } from './verify-options.ts'

/** Attributes that have exactly one value (EN 319 122-1 clauses 5.1, 5.2; RFC 5652 §11; RFC 5035). */
const SINGLE_VALUED: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.9.3': 'content-type',
  '1.2.840.113549.1.9.4': 'message-digest',
  '1.2.840.113549.1.9.5': 'signing-time',
  '1.2.840.113549.1.9.16.2.12': 'signing-certificate',
  '1.2.840.113549.1.9.16.2.47': 'signing-certificate-v2',
  '1.2.840.113549.1.9.16.2.15': 'signature-policy-identifier',
  '1.2.840.113549.1.9.16.2.17': 'signer-location',
  '1.2.840.113549.1.9.16.2.18': 'signer-attributes',
  '0.4.0.19122.1.1': 'signer-attributes-v2',
}

/** Gives a finding for each signed attribute that has more values than it may, or none. */
export function findAttributeFaults(signerInfo: SignerInfo): readonly Finding[] {
  return (signerInfo.signedAttributes ?? []).flatMap(({ oid, values }: CmsAttribute): Finding[] => {
    const name = SINGLE_VALUED[oid]
    if (!name || values.length === 1) return []
    const message = `the signed attribute ${name} has ${values.length} values`
    return [{ code: 'signed-attributes-malformed', severity: 'error', message, clause: 'EN 319 122-1 §5' }]
  })
}

/**
 * Gives a finding where the attributes do not stand in the order of DER: the signature is over their DER encoding, and
 * here it holds over another one. CAdES demands DER; older PDF signatures are borne with.
 * @see RFC 5652 §5.4, EN 319 122-1 clause 4.5
 */
export function findOrderFault(signerInfo: SignerInfo): readonly Finding[] {
  if (!signerInfo.signedAttributesBytes || signerInfo.signedAttributesFault) return []
  const members = readChildren(readElement(signerInfo.signedAttributesBytes)).map((one) => Buffer.from(one.bytes))
  const ordered = members.every((one, i) => i === 0 || Buffer.compare(members[i - 1] ?? one, one) <= 0)
  if (ordered) return []
  const message = 'the signed attributes are not in the order that DER demands'
  return [{ code: 'signed-attributes-malformed', severity: 'error', message, clause: 'RFC 5652 §5.4' }]
}

const SIGNING_TIME = '1.2.840.113549.1.9.5'

/**
 * Gives a warning where a PAdES signature states its time in the CMS: it belongs into M of the signature dictionary, and two
 * statements may differ. Both are claims.
 * @see EN 319 142-1 clause 6.3 (table 1, signing-time)
 */
export function findSigningTime(signerInfo: SignerInfo): readonly Finding[] {
  if (!(signerInfo.signedAttributes ?? []).some(({ oid }) => oid === SIGNING_TIME)) return []
  const message = 'the CMS states a signing time, which PAdES has in the entry M alone'
  return [{ code: 'signing-time-in-cms', severity: 'warning', message, clause: 'EN 319 142-1 §6.3' }]
}

const CURVES = '1.2.840.10045.3.'

/** Gives a finding where an identifier of another kind of algorithm stands for the digest or the signature. */
export function findMisnamedAlgorithm(signerInfo: SignerInfo): readonly Finding[] {
  const { digestAlgorithm, signatureAlgorithm } = signerInfo
  const misnamed =
    readSignatureScheme(digestAlgorithm, 'sha256') !== null ||
    hashName(signatureAlgorithm.oid) !== null ||
    signatureAlgorithm.oid.startsWith(CURVES)
  if (!misnamed) return []
  const message = `${digestAlgorithm.oid} is no digest, or ${signatureAlgorithm.oid} no signature algorithm`
  return [{ code: 'algorithm-misnamed', severity: 'error', message, clause: 'RFC 5652 §5.3' }]
}

const POLICY = '1.2.840.113549.1.9.16.2.15'

/** Gives a finding where the signature is made under a policy of its own, which is not at hand (clause 5.2.4). */
export function findUnknownPolicy(signerInfo: SignerInfo): readonly Finding[] {
  const [value] = (signerInfo.signedAttributes ?? []).find((one) => one.oid === POLICY)?.values ?? []
  // NULL is the implied policy: whatever the verifier takes.
  if (!value || value.tag === TAG.null) return []
  const name = namePolicy(value)
  const message = `the signature was made under a signature policy that is not at hand${name ? `: ${name}` : ''}`
  return [{ code: 'signature-policy-not-available', severity: 'error', message, clause: 'EN 319 102-1 §5.2.4' }]
}

const POLICY_URI = '1.2.840.113549.1.9.16.5.1'

/** Names a SignaturePolicyId: its object identifier, and where it says that the policy lies (EN 319 122-1 clause 5.2.9). */
function namePolicy(value: Element): string | null {
  try {
    const [id, , qualifiers] = readChildren(value)
    if (id?.tag !== TAG.oid) return null
    const uris = (qualifiers ? readChildren(qualifiers) : []).flatMap((one) => {
      const [type, uri] = readChildren(one)
      return type?.tag === TAG.oid && readOid(type) === POLICY_URI && uri?.tag === TAG.ia5String ? [readAscii(uri)] : []
    })
    return [readOid(id), ...uris].join(', ')
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}

/** adbe-revocationInfoArchival (ISO 32000-2 clause 12.8.3.3.2). */
export const ADOBE_REVOCATION = '1.2.840.113583.1.1.8'

/** Gives the revocation data that a signer put among the signed attributes, as PDF 1.6 signatures do. */
export function revocationInfoOf(
  signerInfo: SignerInfo,
  findings: Finding[],
): { readonly crls: readonly CertificateList[]; readonly ocsps: readonly OcspResponse[] } {
  const [value] = (signerInfo.signedAttributes ?? []).find((one) => one.oid === ADOBE_REVOCATION)?.values ?? []
  if (!value) return { crls: [], ocsps: [] }
  try {
    const fields = readFields(readElement(value.bytes, 'ber'), 'RevocationInfoArchival')
    const members = [contextConstructed(0), contextConstructed(1)].map((tag) => {
      const list = fields.optional(tag)
      const inside = list ? readExplicit(list, 'list') : null
      return inside?.tag === TAG.sequence ? readChildren(inside).map((one) => one.bytes) : []
    })
    const [crls = [], ocsps = []] = members
    return {
      crls: readAll(crls, parseCertificateList, 'CRL in the signature', findings),
      ocsps: readAll(ocsps, parseOcspResponse, 'OCSP response in the signature', findings),
    }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    const message = `revocation data in the signature: ${error.message}`
    findings.push({ code: 'evidence-unreadable', severity: 'warning', message, clause: 'ISO 32000-2 §12.8.3.3.2' })
    return { crls: [], ocsps: [] }
  }
}
