import { constants, createHash, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { XmlC14NMode, type XmlDocument, type XmlElement } from 'libxml2-wasm'
import { listRefused } from './refusal.ts'
import { at, attribute, base64Of, children, NAMESPACES, only } from './xml.ts'

const { ds, xades, exc, tsl } = NAMESPACES
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const SIGNED_PROPERTIES = 'http://uri.etsi.org/01903#SignedProperties'

const DIGESTS: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
}

type Scheme = 'rsa' | 'pss' | 'ecdsa'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#'
const SIGNATURES: Readonly<Record<string, readonly [Scheme, string]>> = {
  [`${MORE}rsa-sha256`]: ['rsa', 'sha256'],
  [`${MORE}rsa-sha384`]: ['rsa', 'sha384'],
  [`${MORE}rsa-sha512`]: ['rsa', 'sha512'],
  [`${MORE}ecdsa-sha256`]: ['ecdsa', 'sha256'],
  [`${MORE}ecdsa-sha384`]: ['ecdsa', 'sha384'],
  [`${MORE}ecdsa-sha512`]: ['ecdsa', 'sha512'],
  [`${PSS}sha256-rsa-MGF1`]: ['pss', 'sha256'],
  [`${PSS}sha384-rsa-MGF1`]: ['pss', 'sha384'],
  [`${PSS}sha512-rsa-MGF1`]: ['pss', 'sha512'],
}
const SALT_BYTES: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64 }

/**
 * Verifies a list's enveloped signature (TS 119 612 §5.7, Annex B: XAdES baseline) against the certificates that may sign it;
 * gives the one that did, DER. What the signature says of its own key is not believed. Only the shape that the standard has is
 * read: one signature, child of the root; one reference over the whole list; one over its signed properties. The signature is
 * taken out of the document on the way.
 * @throws GatewayError list-refused (no-signature, signature-shape, signature-broken, unknown-signer)
 */
export function verifyListSignature(document: XmlDocument, pinned: readonly Uint8Array[]): Uint8Array {
  const root = document.root
  if (root.name !== 'TrustServiceStatusList' || root.namespaceUri !== tsl) {
    throw listRefused('malformed', 'This is no trusted list (TS 119 612).')
  }
  const signature = theSignature(document, root)
  const signedInfo = mustBe(only(signature, ds, 'SignedInfo'), 'SignedInfo')
  const signed = canonical(signedInfo, mustBe(only(signedInfo, ds, 'CanonicalizationMethod'), 'CanonicalizationMethod'))
  const signer = findSigner(signature, signedInfo, signed, pinned)
  mustNameSigner(signature, signer)
  checkReferences(document, signature, signedInfo)
  return signer.raw
}

function theSignature(document: XmlDocument, root: XmlElement): XmlElement {
  // A second one anywhere could be taken for the first by who looks elsewhere.
  const everywhere = document.find('//ds:Signature', { ds })
  const [signature, second] = children(root, ds, 'Signature')
  if (!signature) throw listRefused('no-signature', 'The list is not signed.')
  if (second || everywhere.length !== 1) throw shape('more than one signature')
  return signature
}

function findSigner(
  signature: XmlElement,
  signedInfo: XmlElement,
  signed: Uint8Array,
  pinned: readonly Uint8Array[],
): X509Certificate {
  const algorithm = attribute(mustBe(only(signedInfo, ds, 'SignatureMethod'), 'SignatureMethod'), 'Algorithm') ?? ''
  const known = SIGNATURES[algorithm]
  if (!known) throw shape(`signature algorithm ${algorithm}`)
  const value = base64Of(only(signature, ds, 'SignatureValue'))
  const certificates = pinned.map((der) => new X509Certificate(der))
  const signer = certificates.find(({ publicKey }) => holds(known, signed, publicKey, value))
  if (signer) return signer
  const own = certificatesInside(signature)
  const isKnown = own.some((one) => certificates.some(({ raw }) => raw.equals(one.raw)))
  if (isKnown) throw listRefused('signature-broken', 'The signature of the list does not hold: it was changed.')
  const facts = own[0] ? { signer: own[0].fingerprint256.replaceAll(':', '').toLowerCase() } : {}
  throw listRefused('unknown-signer', 'The list is signed by none of the certificates that may sign it.', facts)
}

function holds(
  [scheme, hash]: readonly [Scheme, string],
  bytes: Uint8Array,
  key: KeyObject,
  value: Uint8Array,
): boolean {
  const isEc = key.asymmetricKeyType === 'ec'
  if (isEc !== (scheme === 'ecdsa')) return false
  // XML has ECDSA as two numbers (RFC 4050 §3.3).
  if (isEc) return verify(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, value)
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return false
  const padding = scheme === 'pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  return verify(
    hash,
    bytes,
    { key, padding, ...(scheme === 'pss' ? { saltLength: SALT_BYTES[hash] ?? 32 } : {}) },
    value,
  )
}

function certificatesInside(signature: XmlElement): readonly X509Certificate[] {
  const data = children(mustBe(only(signature, ds, 'KeyInfo'), 'KeyInfo'), ds, 'X509Data')
  return data.flatMap((one) => children(one, ds, 'X509Certificate')).map((one) => new X509Certificate(base64Of(one)))
}

/** The signed properties name the signer's certificate (EN 319 132-1 §5.2.2); it must be the one that was found. */
function mustNameSigner(signature: XmlElement, signer: X509Certificate): void {
  const properties = at(signedProperties(signature), xades, 'SignedSignatureProperties')
  const named = only(properties, xades, 'SigningCertificateV2') ?? only(properties, xades, 'SigningCertificate')
  const digest = at(named && (children(named, xades, 'Cert')[0] ?? null), xades, 'CertDigest')
  if (!digest) throw shape('no signing certificate among the signed properties')
  const hash = DIGESTS[attribute(mustBe(only(digest, ds, 'DigestMethod'), 'DigestMethod'), 'Algorithm') ?? '']
  // An older digest of the certificate names it badly and does no harm: the certificate is pinned whole.
  if (hash !== undefined && !sameBytes(base64Of(only(digest, ds, 'DigestValue')), digestOf(hash, signer.raw))) {
    throw listRefused('signature-broken', 'The signature names another certificate than the one that made it.')
  }
}

function signedProperties(signature: XmlElement): XmlElement | null {
  const objects = children(signature, ds, 'Object').flatMap((one) => children(one, xades, 'QualifyingProperties'))
  if (objects.length !== 1) throw shape('not one set of qualifying properties')
  return only(objects[0] ?? null, xades, 'SignedProperties')
}

function checkReferences(document: XmlDocument, signature: XmlElement, signedInfo: XmlElement): void {
  const references = children(signedInfo, ds, 'Reference')
  const whole = references.filter((one) => attribute(one, 'URI') === '')
  const properties = references.filter((one) => attribute(one, 'Type') === SIGNED_PROPERTIES)
  if (whole.length !== 1 || properties.length !== 1)
    throw shape('not one reference to the list and one to its properties')
  for (const reference of references) {
    if (reference === whole[0]) continue
    const target = targetOf(signature, attribute(reference, 'URI') ?? '', reference === properties[0])
    const last = transformsOf(reference).at(-1)
    if (transformsOf(reference).length > 1) throw shape('transforms of a reference')
    mustMatch(
      digestIn(reference),
      last ? canonical(target, last) : bytesOf(target.canonicalizeToString({ mode: INCLUSIVE })),
    )
  }
  const [enveloped, canonicalization, more] = transformsOf(mustBe(whole[0] ?? null, 'Reference'))
  if (!canonicalization || more || attribute(mustBe(enveloped ?? null, 'Transform'), 'Algorithm') !== ENVELOPED) {
    throw shape('transforms of the reference to the list')
  }
  const options = exclusive(canonicalization)
  const expected = digestIn(mustBe(whole[0] ?? null, 'Reference'))
  // What was read of the signature is freed with it: nothing below may look at it again.
  signature.remove()
  mustMatch(expected, bytesOf(document.canonicalizeToString(options)))
}

const INCLUSIVE = XmlC14NMode.XML_C14N_1_0

const transformsOf = (reference: XmlElement): readonly XmlElement[] => {
  const list = only(reference, ds, 'Transforms')
  return list ? children(list, ds, 'Transform') : []
}

/** What a reference by name may mean: the signed properties, or the key, of this signature. Nothing else is followed. */
function targetOf(signature: XmlElement, uri: string, isProperties: boolean): XmlElement {
  const candidates = isProperties ? [signedProperties(signature)] : children(signature, ds, 'KeyInfo')
  const target = candidates.find((one) => one && uri === `#${attribute(one, 'Id')}`)
  if (!target) throw shape(`a reference to ${uri}`)
  return target
}

interface Digest {
  readonly hash: string
  readonly value: Uint8Array
}

function digestIn(reference: XmlElement): Digest {
  const algorithm = attribute(mustBe(only(reference, ds, 'DigestMethod'), 'DigestMethod'), 'Algorithm') ?? ''
  const hash = DIGESTS[algorithm]
  if (hash === undefined) throw shape(`digest ${algorithm}`)
  return { hash, value: base64Of(only(reference, ds, 'DigestValue')) }
}

function mustMatch({ hash, value }: Digest, bytes: Uint8Array): void {
  if (sameBytes(value, digestOf(hash, bytes))) return
  throw listRefused('signature-broken', 'The list was changed after it was signed.')
}

/** Canonical form of an element by a method or transform, which must be exclusive C14N (TS 119 612 §B.1). */
const canonical = (element: XmlElement, method: XmlElement): Uint8Array =>
  bytesOf(element.canonicalizeToString(exclusive(method)))

function exclusive(method: XmlElement) {
  const algorithm = attribute(method, 'Algorithm')
  if (algorithm !== EXCLUSIVE) throw shape(`canonicalization ${algorithm}`)
  const prefixes = only(method, exc, 'InclusiveNamespaces')
  const listed = (prefixes && attribute(prefixes, 'PrefixList'))?.split(/\s+/).filter((one) => one !== '') ?? []
  return {
    mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
    ...(listed.length > 0 ? { inclusiveNamespacePrefixes: listed } : {}),
  }
}

/** Gives the certificates that a list brings along as its signer's, DER: nobody vouches for them yet. @throws GatewayError list-refused */
export function claimedSigners(document: XmlDocument): readonly Uint8Array[] {
  return certificatesInside(theSignature(document, document.root)).map(({ raw }) => raw)
}

const shape = (what: string) => listRefused('signature-shape', `The signature has not the shape of a list's: ${what}.`)

function mustBe(element: XmlElement | null, name: string): XmlElement {
  if (!element) throw shape(`no ${name}`)
  return element
}

const digestOf = (hash: string, bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest()
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8')
const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other)
