import { type BlockConclusion, failed, passed, verifyCryptography } from '../blocks/index.ts'
import { type CmsConclusion, looksLikeSignedAttributes, type SignedContent } from '../cms/index.ts'
import { readElementAt, readOctetString } from '../der/index.ts'
import { asVerifyError } from '../errors.ts'
import { isKind, type PdfDocument, type PdfSignature, type PdfValue } from '../pdf/index.ts'
import type { Finding } from '../report/report.ts'
import { type Certificate, parseCertificate } from '../x509/index.ts'
import { judgeSignatureValue } from '../x509/signature-value.ts'
import type { BasicFacts, CarriedEvidence } from './basic.ts'
import { contentsOf } from './pdf-contents.ts'
import type { Evidence } from './verify-options.ts'

const CLAUSE = 'ISO 32000-1 §12.8.3.2'

/** SHA-1 by its name; later versions of PDF let the others stand there too (PDF 1.6 and 1.7, table 257). */
const HASHES = ['sha1', 'sha256', 'sha384', 'sha512', 'ripemd160'] as const

/**
 * Judges a signature of SubFilter adbe.x509.rsa_sha1 as far as no time is asked for: Contents is a PKCS #1 signature
 * over the byte range, in an OCTET STRING, and the certificates stand in the entry Cert, the signer's first.
 * @see ISO 32000-1 clause 12.8.3.2
 */
export function judgeRsaSha1(
  document: PdfDocument,
  signature: PdfSignature,
  content: SignedContent,
  { carried, evidence }: { readonly carried: CarriedEvidence; readonly evidence: Evidence },
): BasicFacts | { readonly fault: readonly Finding[] } {
  const view = document.view(document.revisions.length - 1)
  const entry = view.resolve(signature.dict.entries.get('Cert'))
  const values = isKind(entry, 'array') ? entry.items.map((item) => view.resolve(item)) : [entry]
  try {
    const value = readOctetString(readElementAt(contentsOf(signature), 0, 'ber'))
    const certificates = values.slice(0, MAX_CERTIFICATES).flatMap(readCertificate)
    return judge(value, certificates, content, carried, evidence)
  } catch (fault) {
    const { code, message } = asVerifyError(fault)
    if (code === 'internal') throw fault
    return { fault: [{ code: 'cms-unreadable', severity: 'error', message, clause: CLAUSE }] }
  }
}

const MAX_CERTIFICATES = 64

const readCertificate = (value: PdfValue): readonly Certificate[] =>
  isKind(value, 'string') ? [parseCertificate(value.bytes)] : []

function judge(
  value: Uint8Array,
  certificates: readonly Certificate[],
  content: SignedContent,
  carried: CarriedEvidence,
  evidence: Evidence,
): BasicFacts {
  const [signer = null] = certificates
  const key = signer ? signer.publicKey.keyObject : null
  const data = content.bytes()
  const hash = key
    ? HASHES.find((name) => judgeSignatureValue({ kind: 'rsa-pkcs1', hash: name }, key, data, value) === 'holds')
    : undefined
  const isRsa = key?.asymmetricKeyType === 'rsa'
  const signatureHolds = isRsa ? hash !== undefined : null
  const confused = looksLikeSignedAttributes(data)
  const intact = confused ? false : signatureHolds
  const cms: CmsConclusion = {
    signingCertificate: signer,
    contentTypeMatches: null,
    messageDigestMatches: null,
    signatureHolds,
    intact,
    certificateBinding: 'absent',
    bindingDigests: [],
    algorithmsAgree: true,
    digestAlgorithm: hash ?? 'sha1',
    signatureAlgorithm: 'rsa-pkcs1',
    signatureHash: hash ?? 'sha1',
    claimedSigningTime: null,
    signatureTimeStamps: [],
    contentTimeStamps: [],
    findings: [],
  }
  return {
    cms,
    intact,
    blocks: [signer ? passed() : withoutSigner()],
    cryptography: verifyCryptography({ ...cms, contentAtHand: true }),
    purpose: 'document-signing',
    digests: [],
    evidence: {
      certificates: [...certificates, ...carried.certificates, ...evidence.intermediates],
      crls: [...carried.crls, ...evidence.crls],
      ocsps: [...carried.ocsps, ...evidence.ocsps],
    },
    signedEvidence: new Set(),
    findings: [],
  }
}

function withoutSigner(): BlockConclusion {
  const message = 'the entry Cert holds no certificate'
  return failed('FORMAT_FAILURE', [{ code: 'no-signing-certificate', severity: 'error', message, clause: CLAUSE }])
}
