import { type Element, readFields, readOid } from '../der/index.ts'

/** AlgorithmIdentifier (RFC 5280 §4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string
  /** Null where there are none; NULL is an element. */
  readonly parameters: Element | null
  readonly bytes: Uint8Array
}

/** Reads an AlgorithmIdentifier. @throws VerifyError malformed-der */
export function parseAlgorithmIdentifier(element: Element): AlgorithmIdentifier {
  const fields = readFields(element, 'AlgorithmIdentifier')
  const oid = readOid(fields.take(0x06, 'algorithm'))
  const parameters = fields.peek() === null ? null : fields.takeAny('parameters')
  fields.end()
  return { oid, parameters, bytes: element.bytes }
}
