import { createPrivateKey, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { GatewayError } from '../model/errors.ts'
import type { SigningIdentity } from './cms.ts'
import { bitString, sequence } from './der-writer.ts'

/** The passphrase that we make has 192 random bits: more rounds would only make every start slower. */
const ITERATIONS = 10_000

/**
 * Packs an RSA key and its certificates into a PKCS #12 file (RFC 7292): AES-256 under PBKDF2, DER.
 * @throws GatewayError key-unusable where the key or an issuer's is not RSA: forge knows no other
 */
export function writePkcs12(identity: SigningIdentity, passphrase: string, friendlyName: string): Uint8Array {
  try {
    const key = forge.pki.privateKeyFromPem(identity.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())
    const chain = identity.certificateChain.map((der) => forge.pki.certificateFromAsn1(forge.asn1.fromDer(binary(der))))
    const options = { algorithm: 'aes256', count: ITERATIONS, friendlyName } as const
    const asn1 = forge.pkcs12.toPkcs12Asn1(key, chain, passphrase, options)
    return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1')
  } catch (cause) {
    throw unusable('Only RSA keys can be written as PKCS #12.', cause)
  }
}

/**
 * Opens a PKCS #12 file; gives its key with the certificate that belongs to it first, then the issuers in order.
 * @throws GatewayError key-unusable: wrong passphrase, no key, or no certificate of that key
 */
export function readPkcs12(bytes: Uint8Array, passphrase: string): SigningIdentity {
  const bags = openBags(bytes, passphrase)
  const keyBag = bags.find((bag) => bag.type === OIDS['pkcs8ShroudedKeyBag'] || bag.type === OIDS['keyBag'])
  if (!keyBag) throw unusable('The PKCS #12 file holds no private key.')
  const { privateKey, certificates } = readContents(keyBag, bags)
  const own = certificates.find((certificate) => certificate.checkPrivateKey(privateKey))
  if (!own) throw unusable('The PKCS #12 file holds no certificate of its private key.')
  return { privateKey, certificateChain: chainFrom(own, certificates).map((certificate) => certificate.raw) }
}

const OIDS: Readonly<Record<string, string>> = forge.pki.oids
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const derOf = (asn1: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1')
const unusable = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('key-unusable', message, { cause })

function openBags(bytes: Uint8Array, passphrase: string): forge.pkcs12.Bag[] {
  try {
    const pfx = forge.asn1.fromDer(binary(bytes))
    const open = (from: forge.asn1.Asn1, secret: string): forge.pkcs12.Bag[] =>
      forge.pkcs12.pkcs12FromAsn1(from, false, secret).safeContents.flatMap((contents) => contents.safeBags)
    if (/^[\x20-\x7e]*$/.test(passphrase)) return open(pfx, passphrase)
    return openBeyondAscii(pfx, passphrase, open)
  } catch (cause) {
    throw unusable('The PKCS #12 file cannot be opened: it is damaged, or the passphrase is wrong.', cause)
  }
}

/**
 * Beyond ASCII the MAC takes the passphrase as UTF-16 (RFC 7292 §B.1) but PBES2, as everybody writes it, as UTF-8; forge
 * has one string for both. So the MAC is left out: the key's own certificate tells whether it was opened rightly.
 */
function openBeyondAscii(
  pfx: forge.asn1.Asn1,
  passphrase: string,
  open: (from: forge.asn1.Asn1, secret: string) => forge.pkcs12.Bag[],
): forge.pkcs12.Bag[] {
  try {
    return open(pfx, passphrase)
  } catch {
    // Not an older file with the passphrase as UTF-16 throughout.
    if (!Array.isArray(pfx.value)) throw unusable('The PKCS #12 file is damaged.')
    return open({ ...pfx, value: pfx.value.slice(0, 2) }, binary(Buffer.from(passphrase, 'utf8')))
  }
}

function readContents(keyBag: forge.pkcs12.Bag, bags: readonly forge.pkcs12.Bag[]) {
  try {
    const privateKey = createPrivateKey({ key: derOf(privateKeyInfo(keyBag)), format: 'der', type: 'pkcs8' })
    const certificateBags = bags.filter((bag) => bag.type === OIDS['certBag'])
    return { privateKey, certificates: certificateBags.map((bag) => new X509Certificate(certificateOf(bag))) }
  } catch (cause) {
    throw unusable('The PKCS #12 file holds a key or a certificate that cannot be read.', cause)
  }
}

function privateKeyInfo(bag: forge.pkcs12.Bag): forge.asn1.Asn1 {
  // forge knows RSA keys; of others it leaves the PrivateKeyInfo as it stands, which is all that we need.
  if (bag.key) return forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key))
  return bag.asn1
}

/**
 * forge reads certificates of RSA keys, and writes them back with parameters in the signature algorithm that ECDSA has
 * not: what its own issuer signed must come out as it went in, so the algorithm is taken from inside (RFC 5280 §4.1.1.2).
 */
function certificateOf(bag: forge.pkcs12.Bag): Buffer {
  if (!bag.cert) return derOf(bag.asn1)
  const tbs: forge.asn1.Asn1 = Reflect.get(bag.cert, 'tbsCertificate')
  const fields = Array.isArray(tbs.value) ? tbs.value : []
  const hasVersion = fields[0]?.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC
  const algorithm = fields[hasVersion ? 2 : 1]
  if (!algorithm) throw unusable('The PKCS #12 file holds a certificate that cannot be read.')
  const signature = Buffer.from(String(Reflect.get(bag.cert, 'signature')), 'latin1')
  return Buffer.from(sequence(derOf(tbs), derOf(algorithm), bitString(signature)))
}

/** From the leaf upwards, each issued by the next; ends at a self-signed one or where the issuer is not at hand. */
function chainFrom(leaf: X509Certificate, pool: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf]
  for (let last = leaf; !last.checkIssued(last); ) {
    const issuer = pool.find((one) => !chain.includes(one) && last.checkIssued(one))
    if (!issuer) break
    chain.push(issuer)
    last = issuer
  }
  return chain
}
