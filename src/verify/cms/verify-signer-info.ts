import { type KeyObject, timingSafeEqual } from 'node:crypto'
import {
  contextConstructed,
  type Element,
  expectTag,
  readChildren,
  readImplicit,
  readOid,
  readTime,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import type { Certificate } from '../x509/certificate.ts'
import { sameName } from '../x509/distinguished-name.ts'
import type { SignatureAnswer } from '../x509/signature-answers.ts'
import { digestName, readSignatureScheme, type SignatureScheme } from '../x509/signature-scheme.ts'
import { judgeSignatureValue } from '../x509/signature-value.ts'
import { looksLikeSignedAttributes } from './attribute-confusion.ts'
import { judgeCertificateBinding, namesCertificate } from './certificate-binding.ts'
import type { CmsConclusion, SignedContent } from './conclusion.ts'
import {
  type CmsAttribute,
  CONTENT_TYPE,
  type SignedData,
  type SignerIdentifier,
  type SignerInfo,
} from './signed-data.ts'

/** Attributes that signatures carry. */
export const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  signatureTimeStamp: '1.2.840.113549.1.9.16.2.14',
  contentTimeStamp: '1.2.840.113549.1.9.16.2.20',
  cmsAlgorithmProtection: '1.2.840.113549.1.9.52',
} as const

/**
 * Finds the certificates that a SignerInfo may mean, among those in the CMS and others given. Several may fit an
 * identifier; the one that the signed attributes bind, and whose key made the signature, is the signer's.
 */
export function findSigningCertificates(
  signedData: SignedData,
  signerInfo: SignerInfo,
  others: readonly Certificate[] = [],
): readonly Certificate[] {
  const once = new Map([...signedData.certificates, ...others].map((one) => [one.sha256, one]))
  return [...once.values()].filter((certificate) => isMeant(signerInfo.sid, certificate))
}

function isMeant(sid: SignerIdentifier, certificate: Certificate): boolean {
  if (sid.kind === 'issuer-and-serial') {
    return sid.serialKey === certificate.serialKey && sameName(sid.issuer, certificate.issuer)
  }
  const keyId = certificate.decoded.subjectKeyIdentifier
  return keyId !== null && toHex(keyId) === sid.keyId
}

/**
 * Judges one SignerInfo: digest, signature value, signed attributes and the binding to its certificate, as facts.
 * Takes the signed content (the caller says which bytes those are) and further certificates to find the signer's in.
 * Says nothing about trust. Throws nothing for bad signatures.
 * @see RFC 5652 §5.4, §5.6; EN 319 102-1 clauses 5.2.3 and 5.2.7
 */
export function verifySignerInfo(
  signedData: SignedData,
  signerInfo: SignerInfo,
  content: SignedContent,
  others: readonly Certificate[] = [],
): CmsConclusion {
  const findings: Finding[] = []
  const error = (code: string, message: string, clause: string | null): void => {
    findings.push({ code, severity: 'error', message, clause })
  }
  const digest = digestName(signerInfo.digestAlgorithm)
  const scheme = readSignatureScheme(signerInfo.signatureAlgorithm, digest)
  if (!digest) error('digest-algorithm-unknown', `digest ${signerInfo.digestAlgorithm.oid} is not known`, null)
  if (!scheme) error('signature-algorithm-unknown', `${signerInfo.signatureAlgorithm.oid} is not verified here`, null)
  const attributes = judgeAttributes(signedData, signerInfo, digest, content, error)
  const chosen = chooseCertificate(findSigningCertificates(signedData, signerInfo, others), signerInfo, scheme, content)
  if (!chosen) error('no-signing-certificate', 'the signing certificate is not at hand', 'EN 319 102-1 §5.2.3')
  if (chosen?.answer === 'broken') error('signature-value-broken', 'the signature value does not hold', 'RFC 5652 §5.6')
  if (chosen?.answer === 'unsupported') {
    error('signature-not-judged', 'the signature value could not be judged with this key and algorithm', null)
  }
  const algorithmsAgree = agree(scheme, digest) && isProtected(signerInfo)
  if (!algorithmsAgree)
    error('algorithms-disagree', 'digest and signature algorithm do not go together', 'RFC 8933, RFC 6211')
  const { binding, digests: bindingDigests } = judgeCertificateBinding(signerInfo, chosen?.certificate ?? null)
  if (binding === 'mismatch') {
    error('signing-certificate-mismatch', 'a signed attribute names another signing certificate', 'RFC 5035 §3')
  }
  const signatureHolds = chosen && chosen.answer !== 'unsupported' ? chosen.answer === 'holds' : null
  return {
    signingCertificate: chosen?.certificate ?? null,
    ...attributes.facts,
    signatureHolds,
    intact: combine([attributes.sound, attributes.digestHolds, signatureHolds]),
    certificateBinding: binding,
    bindingDigests,
    algorithmsAgree,
    digestAlgorithm: digest,
    signatureAlgorithm: scheme?.kind ?? signerInfo.signatureAlgorithm.oid,
    signatureHash: scheme?.hash ?? null,
    claimedSigningTime: attributes.claimedSigningTime,
    signatureTimeStamps: valuesOf(signerInfo.unsignedAttributes, ATTRIBUTE.signatureTimeStamp).map((v) => v.bytes),
    contentTimeStamps: valuesOf(signerInfo.signedAttributes ?? [], ATTRIBUTE.contentTimeStamp).map((v) => v.bytes),
    findings,
  }
}

/** One false makes false; else one null makes null. */
function combine(facts: readonly (boolean | null)[]): boolean | null {
  if (facts.includes(false)) return false
  return facts.includes(null) ? null : true
}

/** Digests that go with schemes that hash by themselves: no weaker than the scheme (RFC 8419 §3, RFC 9882 §3.3). */
const DIGESTS_BESIDE: Readonly<Record<string, readonly string[]>> = {
  ed25519: ['sha512'],
  ed448: ['shake256'],
  'ml-dsa-44': ['sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512', 'shake256'],
  'ml-dsa-65': ['sha384', 'sha512', 'sha3-384', 'sha3-512', 'shake256'],
  'ml-dsa-87': ['sha512', 'sha3-512', 'shake256'],
}

/** The hash of the signature must be that of the digest, or one that goes with the scheme. */
function agree(scheme: SignatureScheme | null, digest: string | null): boolean {
  if (!scheme || !digest) return false
  return scheme.hash === null ? (DIGESTS_BESIDE[scheme.kind] ?? []).includes(digest) : scheme.hash === digest
}

/** RFC 6211: where the algorithms stand among the signed attributes too, they must be the ones that were used. */
function isProtected(signerInfo: SignerInfo): boolean {
  const values = valuesOf(signerInfo.signedAttributes ?? [], ATTRIBUTE.cmsAlgorithmProtection)
  const namesUsed = (value: Element): boolean => {
    const [digest, signature] = readChildren(value)
    if (!digest || signature?.tag !== contextConstructed(1)) return false
    const named = parseAlgorithmIdentifier(readImplicit(signature, TAG.sequence)).oid
    const namedDigest = parseAlgorithmIdentifier(digest).oid
    return namedDigest === signerInfo.digestAlgorithm.oid && named === signerInfo.signatureAlgorithm.oid
  }
  return values.every((value) => orNull(() => namesUsed(value)) ?? false)
}

const valuesOf = (attributes: readonly CmsAttribute[], oid: string): readonly Element[] =>
  attributes.filter((attribute) => attribute.oid === oid).flatMap((attribute) => attribute.values)

type Report = (code: string, message: string, clause: string | null) => void

interface AttributesJudged {
  /** The signed attributes are well-formed and complete, and the content type is right. */
  readonly sound: boolean
  /** The digest holds, or the signature value is over the content itself. */
  readonly digestHolds: boolean | null
  readonly facts: Pick<CmsConclusion, 'contentTypeMatches' | 'messageDigestMatches'>
  readonly claimedSigningTime: Date | null
}

function judgeAttributes(
  signedData: SignedData,
  signerInfo: SignerInfo,
  digest: string | null,
  content: SignedContent,
  error: Report,
): AttributesJudged {
  const { signedAttributes } = signerInfo
  if (!signedAttributes) {
    // RFC 5652 §5.3: without signed attributes only plain data may be signed. The value itself covers the content.
    const isData = signedData.contentType === CONTENT_TYPE.data
    if (!isData) error('signed-attributes-missing', 'content other than data needs signed attributes', 'RFC 5652 §5.3')
    const confused = looksLikeSignedAttributes(content.bytes())
    if (confused) error('content-is-signed-attributes', CONFUSED, 'RFC 5652 §5.4')
    return {
      sound: isData && !confused,
      digestHolds: true,
      facts: { contentTypeMatches: null, messageDigestMatches: null },
      claimedSigningTime: null,
    }
  }
  const fault = signerInfo.signedAttributesFault ?? findRepeated(signedAttributes)
  if (fault) error('signed-attributes-malformed', `signed attributes: ${fault}`, 'RFC 5652 §5.3')
  const contentTypeMatches = readSingle(signedAttributes, ATTRIBUTE.contentType, readOid) === signedData.contentType
  if (!contentTypeMatches) error('content-type-mismatch', 'the content-type attribute is wrong', 'RFC 5652 §11.1')
  const claimed = readSingle(signedAttributes, ATTRIBUTE.messageDigest, (element) => {
    expectTag(element, TAG.octetString, 'message-digest')
    return element.content
  })
  if (!claimed) error('message-digest-missing', 'there is no message-digest attribute', 'RFC 5652 §11.2')
  const messageDigestMatches =
    claimed && digest ? sameDigest(claimed, content.digestOf(digest)) : claimed ? null : false
  if (claimed && messageDigestMatches === false) {
    error('message-digest-mismatch', 'the content is not the one that was signed', 'RFC 5652 §11.2')
  }
  return {
    sound: fault === null && contentTypeMatches,
    digestHolds: messageDigestMatches,
    facts: { contentTypeMatches, messageDigestMatches },
    claimedSigningTime: readSingle(signedAttributes, ATTRIBUTE.signingTime, readTime),
  }
}

const CONFUSED = 'what is signed are the attributes of another signature, handed over as a content'

const sameDigest = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)

/** Attributes of PKCS #9 and S/MIME, Adobe and ETSI: those that anybody reads. */
const READ_ATTRIBUTES = ['1.2.840.113549.1.9.', '1.2.840.113583.1.1.', '0.4.0.1733.2.', '0.4.0.19122.1.']

/**
 * An attribute that has a meaning stands once (RFC 5652 §11): two of a kind could be read one way here and another
 * elsewhere. What a maker adds for itself may stand as often as it likes.
 */
function findRepeated(attributes: readonly CmsAttribute[]): string | null {
  const read = attributes.filter(({ oid }) => READ_ATTRIBUTES.some((arc) => oid.startsWith(arc)))
  return new Set(read.map(({ oid }) => oid)).size < read.length ? 'an attribute stands twice' : null
}

/** Reads an attribute that must have one value; null where it is absent or malformed. */
function readSingle<T>(attributes: readonly CmsAttribute[], oid: string, read: (element: Element) => T): T | null {
  const [value, ...more] = valuesOf(attributes, oid)
  return value && more.length === 0 ? orNull(() => read(value)) : null
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}

interface Chosen {
  readonly certificate: Certificate
  readonly answer: SignatureAnswer
}

const ANSWER_ORDER: readonly SignatureAnswer[] = ['holds', 'broken', 'unsupported']

/** Of the certificates that fit, prefers the one bound by a signed attribute and whose key made the signature. */
function chooseCertificate(
  candidates: readonly Certificate[],
  signerInfo: SignerInfo,
  scheme: SignatureScheme | null,
  content: SignedContent,
): Chosen | null {
  const judged = candidates.slice(0, 8).map((certificate) => ({
    certificate,
    answer: judgeValue(certificate.publicKey.keyObject, scheme, signerInfo, content),
    bound: candidates.length > 1 && namesCertificate(signerInfo, certificate),
  }))
  judged.sort(
    (a, b) => ANSWER_ORDER.indexOf(a.answer) - ANSWER_ORDER.indexOf(b.answer) || Number(b.bound) - Number(a.bound),
  )
  return judged[0] ?? null
}

function judgeValue(
  key: KeyObject | null,
  scheme: SignatureScheme | null,
  signerInfo: SignerInfo,
  content: SignedContent,
): SignatureAnswer {
  if (!key || !scheme) return 'unsupported'
  const data = signerInfo.signedAttributesBytes ?? content.bytes()
  return judgeSignatureValue(scheme, key, data, signerInfo.signature)
}
