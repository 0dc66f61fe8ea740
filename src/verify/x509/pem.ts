import { contextConstructed, readChildren, readElement, readExplicit, readFields, readOid, TAG } from '../der/index.ts'
import { VerifyError } from '../errors.ts'

const MAX_BYTES = 256 << 20
const PKCS7_SIGNED_DATA = '1.2.840.113549.1.7.2'
const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g
const CERTIFICATE_LABELS = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'])
const BAG_LABELS = new Set(['PKCS7', 'CMS'])

/**
 * Takes a file's bytes: PEM with one or more blocks (certificates, CRLs, PKCS #7 bags), or DER. Gives the DER of each
 * certificate or CRL in it, in order; other PEM blocks (parameters, keys) are passed over.
 * @throws VerifyError malformed-pem, too-large
 * @see RFC 7468
 */
export function readPemOrDer(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > MAX_BYTES) throw new VerifyError('too-large', 'file of certificates is too large')
  if (bytes[0] === 0x30) return unpackBag(bytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const found: Uint8Array[] = []
  let blocks = 0
  BEGIN.lastIndex = 0
  for (let begin = BEGIN.exec(text); begin; begin = BEGIN.exec(text)) {
    const label = begin[1] ?? ''
    const end = text.indexOf(`-----END ${label}-----`, BEGIN.lastIndex)
    if (end < 0) throw new VerifyError('malformed-pem', `PEM block ${label} has no end`)
    blocks += 1
    const body = text.slice(BEGIN.lastIndex, end)
    BEGIN.lastIndex = end
    if (CERTIFICATE_LABELS.has(label) || label === 'X509 CRL' || label === 'OCSP RESPONSE') found.push(decodeBody(body))
    else if (BAG_LABELS.has(label)) found.push(...unpackBag(decodeBody(body)))
  }
  if (blocks === 0) throw new VerifyError('malformed-pem', 'file is neither PEM nor DER')
  return found
}

function decodeBody(body: string): Uint8Array {
  const base64 = body.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new VerifyError('malformed-pem', 'PEM block is not base64')
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

/** A PKCS #7 bag of certificates and CRLs gives its members; anything else is one piece of DER. */
function unpackBag(der: Uint8Array): Uint8Array[] {
  const outer = readElement(der, 'ber')
  const [type, content] = outer.constructed ? readChildren(outer) : []
  if (type?.tag !== TAG.oid || readOid(type) !== PKCS7_SIGNED_DATA || !content) return [der]
  const fields = readFields(readExplicit(content, 'content'), 'SignedData')
  fields.take(TAG.integer, 'version')
  fields.take(TAG.set, 'digestAlgorithms')
  fields.take(TAG.sequence, 'encapContentInfo')
  const lists = [fields.optional(contextConstructed(0)), fields.optional(contextConstructed(1))]
  return lists.flatMap((list) => (list ? readChildren(list).map((member) => member.bytes) : []))
}
