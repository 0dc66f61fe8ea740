import {
  contextConstructed,
  contextPrimitive,
  type Element,
  readBoolean,
  readElement,
  readExplicit,
  readFields,
  readImplicit,
  readIntegerBytes,
  readOctetString,
  readOid,
  readSmallInteger,
  readTime,
  sameBytes,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import { type GeneralName, parseGeneralName } from '../x509/general-name.ts'
import { digestName } from '../x509/signature-scheme.ts'

/** What a time-stamping authority says: these bytes' digest was shown to me at that time. */
export interface TstInfo {
  readonly policy: string
  /** node:crypto's name of the imprint's hash; null where it is none that we know. */
  readonly hash: string | null
  readonly hashedMessage: Uint8Array
  /** Lower-case hex. */
  readonly serial: string
  readonly genTime: Date
  /** How far the time may be off, in either direction; 0 where the authority does not say. */
  readonly accuracyMs: number
  readonly ordering: boolean
  /** What the request held, lower-case hex; null where there is none. */
  readonly nonce: string | null
  readonly tsa: GeneralName | null
}

/**
 * Reads a TSTInfo.
 * @throws VerifyError malformed-timestamp
 * @see RFC 3161 §2.4.2
 */
export function parseTstInfo(bytes: Uint8Array): TstInfo {
  try {
    return readTstInfo(readElement(bytes, 'ber'))
  } catch (cause) {
    if (!(cause instanceof VerifyError) || cause.code !== 'malformed-der') throw cause
    throw new VerifyError('malformed-timestamp', `time-stamp cannot be read: ${cause.message}`, { cause })
  }
}

function readTstInfo(element: Element): TstInfo {
  const fields = readFields(element, 'TSTInfo')
  if (readSmallInteger(fields.take(TAG.integer, 'version')) !== 1) {
    throw new VerifyError('malformed-timestamp', 'the version of the time-stamp is unknown')
  }
  const policy = readOid(fields.take(TAG.oid, 'policy'))
  const imprint = readFields(fields.take(TAG.sequence, 'messageImprint'), 'MessageImprint')
  const hash = digestName(parseAlgorithmIdentifier(imprint.take(TAG.sequence, 'hashAlgorithm')))
  const hashedMessage = readOctetString(imprint.take(TAG.octetString, 'hashedMessage'))
  imprint.end()
  const serial = toHex(readIntegerBytes(fields.take(TAG.integer, 'serialNumber')))
  const genTime = readTime(fields.take(TAG.generalizedTime, 'genTime'), { fractions: true })
  const accuracy = fields.optional(TAG.sequence)
  const ordering = fields.optional(TAG.boolean)
  const nonce = fields.optional(TAG.integer)
  const tsa = fields.optional(contextConstructed(0))
  // Extensions say nothing that the time hangs on, unless one is critical: then nobody may rely on the token.
  const extensions = fields.optional(contextConstructed(1))
  fields.end()
  if (extensions) refuseCritical(extensions)
  return {
    policy,
    hash,
    hashedMessage,
    serial,
    genTime,
    accuracyMs: accuracy ? readAccuracy(accuracy) : 0,
    ordering: ordering !== null && readBoolean(ordering),
    nonce: nonce ? toHex(readIntegerBytes(nonce)) : null,
    tsa: tsa ? parseGeneralName(readExplicit(tsa, 'tsa')) : null,
  }
}

function refuseCritical(extensions: Element): void {
  const list = readFields(readImplicit(extensions, TAG.sequence), 'Extensions')
  for (const member of list.rest()) {
    const fields = readFields(member, 'Extension')
    const oid = readOid(fields.take(TAG.oid, 'extnID'))
    const critical = fields.optional(TAG.boolean)
    if (critical !== null && readBoolean(critical)) {
      throw new VerifyError('malformed-timestamp', `the time-stamp has the critical extension ${oid}`)
    }
  }
}

function readAccuracy(element: Element): number {
  const fields = readFields(element, 'Accuracy')
  const seconds = fields.optional(TAG.integer)
  const [millis, micros] = [0, 1].map((n) => {
    const member = fields.optional(contextPrimitive(n))
    return member ? readSmallInteger(readImplicit(member, TAG.integer)) : 0
  })
  fields.end()
  const all = [seconds ? readSmallInteger(seconds) : 0, millis ?? 0, micros ?? 0]
  if (all.some((part) => part < 0)) throw new VerifyError('malformed-timestamp', 'the accuracy is negative')
  const [s = 0, ms = 0, us = 0] = all
  return s * 1000 + ms + Math.ceil(us / 1000)
}

/** Says whether the imprint is the digest that is given for it; null where its hash is none that we know. */
export function stampsDigest(tstInfo: TstInfo, digestOf: (algorithm: string) => Uint8Array): boolean | null {
  return tstInfo.hash === null ? null : sameBytes(tstInfo.hashedMessage, digestOf(tstInfo.hash))
}
