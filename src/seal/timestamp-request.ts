import { GatewayError } from '../model/errors.ts'
import {
  expectTag,
  hasBit,
  readBitString,
  readChildren,
  readElement,
  readSmallInteger,
  readString,
  TAG,
} from '../verify/der/index.ts'
import { asVerifyError } from '../verify/errors.ts'
import { type HashName, hashAlgorithm } from './algorithms.ts'
import { boolean, integer, integerFromOctets, objectIdentifier, octetString, sequence } from './der-writer.ts'

/** What is asked of a time-stamping authority. */
export interface TimeStampQuestion {
  readonly hash: HashName
  readonly digest: Uint8Array
  /** Random: an old answer is none to it. */
  readonly nonce: Uint8Array
  /** The authority's policy to stamp under; null: its own choice. */
  readonly policy: string | null
}

/** Gives the TimeStampReq, DER; the authority's certificate is to come with the token. @see RFC 3161 §2.4.1 */
export function createTimeStampRequest({ hash, digest, nonce, policy }: TimeStampQuestion): Uint8Array {
  return sequence(
    integer(1),
    sequence(hashAlgorithm(hash), octetString(digest)),
    ...(policy === null ? [] : [objectIdentifier(policy)]),
    integerFromOctets(nonce),
    boolean(true),
  )
}

/** granted, grantedWithMods (RFC 3161 §2.4.2). */
const GRANTED: ReadonlySet<number> = new Set([0, 1])
/** PKIFailureInfo (RFC 3161 §2.4.2) by bit; those marked pass by themselves. */
const FAILURES: readonly { readonly bit: number; readonly name: string; readonly passing?: true }[] = [
  { bit: 0, name: 'badAlg' },
  { bit: 2, name: 'badRequest' },
  { bit: 5, name: 'badDataFormat' },
  { bit: 14, name: 'timeNotAvailable', passing: true },
  { bit: 15, name: 'unacceptedPolicy' },
  { bit: 16, name: 'unacceptedExtension' },
  { bit: 17, name: 'addInfoNotAvailable' },
  { bit: 25, name: 'systemFailure', passing: true },
]

/**
 * Reads a TimeStampResp; gives the token in it, not judged yet.
 * @throws GatewayError timestamp-refused: the authority says no, or this is no answer; timestamp-unavailable: it cannot now
 * @see RFC 3161 §2.4.2
 */
export function readTimeStampResponse(bytes: Uint8Array): Uint8Array {
  try {
    return readResponse(bytes)
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown
    const fault = asVerifyError(thrown)
    if (fault.code === 'internal') throw thrown
    throw refused('what it answered is no time-stamp response', 'unreadable')
  }
}

function readResponse(bytes: Uint8Array): Uint8Array {
  const response = readElement(bytes, 'ber')
  expectTag(response, TAG.sequence, 'TimeStampResp')
  const [statusInfo, token] = readChildren(response)
  if (!statusInfo) throw refused('what it answered is no time-stamp response', 'unreadable')
  expectTag(statusInfo, TAG.sequence, 'PKIStatusInfo')
  const [status, ...more] = readChildren(statusInfo)
  if (!status) throw refused('what it answered is no time-stamp response', 'unreadable')
  if (GRANTED.has(readSmallInteger(status)) && token) return token.bytes
  const failure = more.find(({ tag }) => tag === TAG.bitString)
  const bits = failure ? readBitString(failure) : null
  const named = bits ? FAILURES.find(({ bit }) => hasBit(bits, bit)) : undefined
  const said = more.filter(({ tag }) => tag === TAG.sequence).flatMap((text) => readChildren(text).map(readString))
  const why = [named?.name ?? `status ${readSmallInteger(status)}`, ...said].join(': ').slice(0, 200)
  if (!named?.passing) throw refused(why, named?.name ?? 'rejection')
  const message = `The time-stamping authority cannot stamp now: ${why}`
  throw new GatewayError('timestamp-unavailable', message, { retryable: true, facts: { reason: named.name } })
}

/** An admin may mend it any time, at the authority or here: the same is tried again, a few times. */
export const refused = (why: string, reason: string): GatewayError =>
  new GatewayError('timestamp-refused', `The time-stamp was refused: ${why}`, { retryable: true, facts: { reason } })
