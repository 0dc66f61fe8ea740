import { findSigningCertificates, parseSignedData } from '../cms/index.ts'
import { readElementAt, toHex } from '../der/index.ts'
import { asVerifyError } from '../errors.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { nameKey } from '../x509/key-name.ts'
import { judgeSignature } from '../x509/signature-value.ts'
import { findSignatures, type PdfSignature } from './find-signatures.ts'
import { openPdf, type PdfOptions } from './pdf-document.ts'
import { documentSecurityStoreOf } from './security-store.ts'
import { isKind } from './values.ts'

/** A certificate that a PDF carries, as plain data. That it stands there says nothing about who made it. */
export interface EmbeddedCertificate {
  readonly der: Uint8Array
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string
  /** RFC 4514, most specific attribute first. */
  readonly subject: string
  readonly issuer: string
  /** ISO 8601, UTC. */
  readonly notBefore: string
  readonly notAfter: string
  /** Kind and size of the public key: "RSA 2048", "EC P-256"; the algorithm's OID where it is of no kind that we use. */
  readonly key: string
  /** basicConstraints says CA. */
  readonly isCa: boolean
  /** Its own key made the signature on it. */
  readonly selfSigned: boolean
}

/** A signature's certificates in order. */
export interface EmbeddedChain {
  /** The signature's id in the report of the same bytes. */
  readonly signatureId: string
  /** The certificate that the signature names, then upward: the key of each made the signature on the one before it. */
  readonly chain: readonly EmbeddedCertificate[]
}

const MAX_CHAIN = 10
/** Issuers tried for one chain: certificates of one name with other keys must not buy time. */
const MAX_TRIES = 64
/** Several certificates may fit what a signature names; the report says which of them made it. */
const MAX_MEANT = 4

/**
 * Takes a PDF; gives for each of its signatures the certificates that it carries (in the CMS, and in the document's
 * security store), linked by their signatures and not by their names alone. Judges nothing else: whether a chain may
 * be trusted is asked elsewhere. Signatures that cannot be read have no chain.
 * @throws VerifyError as openPdf does
 * @see EN 319 102-1 clause 5.2.6; RFC 5280 clause 6.1
 */
export function embeddedCertificates(bytes: Uint8Array, options: PdfOptions = {}): readonly EmbeddedChain[] {
  const document = openPdf(bytes, options)
  const stored = documentSecurityStoreOf(document).certificates.flatMap((der) => readable(() => parseCertificate(der)))
  return findSignatures(document).flatMap((signature) => {
    const [signedData] = readable(() => openContents(signature))
    const [signerInfo] = signedData?.signerInfos ?? []
    if (!signedData || !signerInfo) return []
    const pool = [...signedData.certificates, ...stored]
    const meant = findSigningCertificates(signedData, signerInfo, stored).slice(0, MAX_MEANT)
    return meant.map((leaf) => ({ signatureId: signature.id, chain: climb(leaf, pool).map(describe) }))
  })
}

function openContents(signature: PdfSignature): ReturnType<typeof parseSignedData> {
  const contents = signature.dict.entries.get('Contents')
  const bytes = isKind(contents, 'string') ? contents.bytes : new Uint8Array()
  return parseSignedData(bytes.subarray(0, readElementAt(bytes, 0, 'ber').bytes.length))
}

/** One that cannot be read is not there; a fault of ours stays one. */
function readable<T>(read: () => T): readonly T[] {
  try {
    return [read()]
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return []
  }
}

/** Goes from a certificate to who issued it, as far as the file goes. A self-signed one ends the way. */
function climb(leaf: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const chain = [leaf]
  let triesLeft = MAX_TRIES
  for (let top = leaf; chain.length < MAX_CHAIN && !isSelfSigned(top); ) {
    const named = pool.filter((one) => one.subject.key === top.issuer.key && !chain.includes(one))
    // Of a CA that stands there self-signed and cross-signed, the self-signed one is the end that people know.
    named.sort((a, b) => likelihood(b, top) - likelihood(a, top))
    const issuer = named.find((one) => triesLeft-- > 0 && judgeSignature(top, one.publicKey) === 'holds')
    if (!issuer) return chain
    chain.push(issuer)
    top = issuer
  }
  return chain
}

function likelihood(issuer: Certificate, subject: Certificate): number {
  const wanted = subject.decoded.authorityKeyIdentifier
  const own = issuer.decoded.subjectKeyIdentifier
  const keyFits = wanted && own ? toHex(wanted) === toHex(own) : false
  return (keyFits ? 4 : 0) + (isCa(issuer) ? 2 : 0) + (issuer.selfIssued ? 1 : 0)
}

const isCa = (certificate: Certificate): boolean => certificate.decoded.basicConstraints?.ca === true

const isSelfSigned = (certificate: Certificate): boolean =>
  certificate.selfIssued && judgeSignature(certificate, certificate.publicKey) === 'holds'

function describe(certificate: Certificate): EmbeddedCertificate {
  return {
    der: certificate.bytes,
    sha256: certificate.sha256,
    subject: certificate.subject.display,
    issuer: certificate.issuer.display,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    key: nameKey(certificate.publicKey),
    isCa: isCa(certificate),
    selfSigned: isSelfSigned(certificate),
  }
}
