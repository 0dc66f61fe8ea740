import { createHash } from 'node:crypto'
import { digestOf as digest } from '../x509/signature-scheme.ts'
import { judgeToken, reportToken, type TimeStampReport } from './time-stamp-token.ts'
import { readEvidence, type VerifyOptions } from './verify-options.ts'

/** One archive time-stamp: a list of digests, and the token over that list. */
export interface ArchiveTimeStamp {
  /** Lines of "SHA-512 in hex, two spaces, a name" as sha512sum writes them; lines with # are remarks. */
  readonly manifest: Uint8Array
  readonly token: Uint8Array
}

/** A chain of archive time-stamps, judged. */
export interface ArchiveConclusion {
  /** One for each time-stamp, in the order given. */
  readonly timestamps: readonly TimeStampReport[]
  /** The earliest time that a time-stamp which passed proves for these bytes; null: none does. */
  provenAt(bytes: Uint8Array): Date | null
}

/**
 * Judges archive time-stamps, oldest first, where each but the first covers the list and token of the one before it, and the
 * validation data that was gathered for that. The newest is judged at the validation time; each that passed proves for the
 * older ones, and for what it covers, that they existed at its time. `objects` are the bytes that are asked about as
 * evidence: certificates, CRLs and OCSP responses.
 * @throws VerifyError invalid-options
 * @see EN 319 102-1 clause 5.6.3.4, RFC 4998 §5.3
 */
export function verifyArchiveTimeStamps(
  chain: readonly ArchiveTimeStamp[],
  objects: readonly Uint8Array[],
  options: VerifyOptions,
): ArchiveConclusion {
  const evidence = readEvidence(options)
  const times = new Map<string, Date>()
  const provenAt = (bytes: Uint8Array): Date | null => times.get(sha512(bytes)) ?? null
  const reports: TimeStampReport[] = []
  for (const { manifest, token } of chain.toReversed()) {
    const [listed, stamped] = [provenAt(manifest), provenAt(token)]
    const at = listed && stamped ? laterOf(listed, stamped) : evidence.validationTime
    const evidencePoe = new Map(objects.flatMap((one) => entryOf(one, provenAt(one))))
    const conclusion = judgeToken(token, (name) => digest(name, manifest), { ...evidence, evidencePoe }, at)
    reports.unshift(reportToken(conclusion))
    const time = conclusion.indication === 'PASSED' ? conclusion.tstInfo?.genTime : undefined
    if (time) for (const name of digestsIn(manifest)) times.set(name, earlierOf(times.get(name), time))
  }
  return { timestamps: reports, provenAt }
}

const entryOf = (bytes: Uint8Array, time: Date | null): readonly (readonly [string, Date])[] =>
  time ? [[createHash('sha256').update(bytes).digest('hex'), time]] : []

const laterOf = (a: Date, b: Date): Date => (a > b ? a : b)
const earlierOf = (a: Date | undefined, b: Date): Date => (a && a < b ? a : b)
const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')

function* digestsIn(manifest: Uint8Array): Generator<string> {
  for (const [, name] of Buffer.from(manifest)
    .toString('utf8')
    .matchAll(/^([0-9a-f]{128}) {2}/gm)) {
    if (name !== undefined) yield name
  }
}
