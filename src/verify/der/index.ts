/** An own bounded reader of DER, tolerant of BER only where it is told to be. */
export {
  asDer,
  contextConstructed,
  contextPrimitive,
  Element,
  type EncodingRules,
  MAX_CHILDREN,
  MAX_DEPTH,
  readChildren,
  readElement,
  readElementAt,
  TAG,
  walkChildren,
} from './element.ts'
export { expectTag, type Fields, readExplicit, readFields, readImplicit } from './fields.ts'
export { isString, readAscii, readString } from './strings.ts'
export { readTime } from './times.ts'
export {
  type BitString,
  hasBit,
  isZero,
  readBigInteger,
  readBitString,
  readBoolean,
  readIntegerBytes,
  readOctetAlignedBits,
  readOctetString,
  readOid,
  readSmallInteger,
  sameBytes,
  toHex,
} from './values.ts'
export { encode, encodeOid } from './write.ts'
