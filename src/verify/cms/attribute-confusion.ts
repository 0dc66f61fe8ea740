import { type Element, readChildren, readElement, readOid, TAG } from '../der/index.ts'
import { VerifyError } from '../errors.ts'

/**
 * Says whether content that a signature without signed attributes is made over is itself the encoding of signed
 * attributes. A signature over attributes is made over exactly such bytes: whoever leaves the attributes out of
 * somebody's CMS and hands them over as the content has a signature that holds over something nobody signed as a document.
 * The other way round, attributes that were once signed as a content cannot be told from others; there the signer must
 * not have signed bytes of a stranger's making without attributes.
 * @see RFC 5652 §5.4; draft-ietf-lamps-cms-euf-cma-signeddata (Strenzke: existential forgery by attribute confusion)
 */
export function looksLikeSignedAttributes(content: Uint8Array): boolean {
  if (content[0] !== TAG.set) return false
  try {
    const attributes = readChildren(readElement(content, 'ber'))
    return attributes.length > 0 && attributes.every(isAttribute)
  } catch (fault) {
    if (fault instanceof VerifyError) return false
    throw fault
  }
}

function isAttribute(element: Element): boolean {
  if (element.tag !== TAG.sequence) return false
  const [type, values, ...more] = readChildren(element)
  if (type?.tag !== TAG.oid || values?.tag !== TAG.set || more.length > 0) return false
  readOid(type)
  return true
}
