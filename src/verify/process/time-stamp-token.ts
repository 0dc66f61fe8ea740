import { algorithmsOf } from '../blocks/algorithm-end.ts'
import { parseSignedData } from '../cms/index.ts'
import { asVerifyError } from '../errors.ts'
import type { Finding, SignatureReport, SubIndication } from '../report/report.ts'
import { visibleText } from '../visible-text.ts'
import type { Proof } from './basic.ts'
import { carriedIn } from './carried-in.ts'
import { signerOf } from './signature-facts.ts'
import { type TimeStampConclusion, validateToken } from './time-stamp.ts'
import { type Evidence, readEvidence, type VerifyOptions } from './verify-options.ts'

/** A time-stamp token that stands for itself, judged. */
export interface TimeStampReport {
  readonly indication: 'PASSED' | 'INDETERMINATE' | 'FAILED'
  readonly subIndication: SubIndication | null
  /** When the authority says that it was shown the digest; null where the token cannot be read. */
  readonly time: string | null
  /** The authority's policy, as an object identifier. */
  readonly policy: string | null
  /** Lower-case hex; null where the token has none. */
  readonly nonce: string | null
  /** Digest of the imprint, by node:crypto's name. */
  readonly digestAlgorithm: string | null
  /** Common name of the authority, else its whole name. */
  readonly authority: string | null
  /**
   * When the first certificate of the path runs out, the anchor's aside: until then the token can be checked by anybody,
   * and a newer one made over it (RFC 4998 §5.3); null where there is no path to an anchor.
   */
  readonly certificatesUntil: string | null
  /** What the token rests on, as endOfAlgorithm reads it. */
  readonly algorithms: readonly string[]
  readonly wanted: SignatureReport['wanted']
  readonly findings: readonly Finding[]
}

/** Gives the digest of the stamped bytes, by node:crypto's name. */
export type DigestOf = (algorithm: string) => Uint8Array

const NOTHING = { certificates: [], crls: [], ocsps: [] } as const

/**
 * Validates a time-stamp token over bytes that stand elsewhere, at the validation time, and at `poe` where only time stands
 * against it.
 * @throws VerifyError invalid-options
 * @see EN 319 102-1 clause 5.4
 */
export function verifyTimeStamp(token: Uint8Array, digestOf: DigestOf, options: VerifyOptions): TimeStampReport {
  const evidence = readEvidence(options)
  return reportToken(judgeToken(token, digestOf, evidence, evidence.poe ?? evidence.validationTime))
}

/** Judges a token that is proven to have existed at a time, by the options' evidence. */
export function judgeToken(token: Uint8Array, digestOf: DigestOf, evidence: Evidence, at: Date): TimeStampConclusion {
  const isProven = at < evidence.validationTime
  const inside = new Set(isProven ? certificatesIn(token, evidence) : [])
  const poeOf = (sha256: string): Date | null => evidence.evidencePoe.get(sha256) ?? (inside.has(sha256) ? at : null)
  const proof: Proof = { at, poeOf }
  return validateToken(token, { digestOf, carried: NOTHING }, evidence, proof)
}

/** What the token brings along is as old as it is; of one that cannot be read, nothing is proven. */
function certificatesIn(token: Uint8Array, evidence: Evidence): readonly string[] {
  try {
    return carriedIn(parseSignedData(token, evidence), evidence)
  } catch (thrown) {
    if (asVerifyError(thrown).code === 'internal') throw thrown
    return []
  }
}

/** Gives a conclusion as a report. */
export function reportToken(conclusion: TimeStampConclusion): TimeStampReport {
  const { indication, subIndication, tstInfo, basic, findings } = conclusion
  const path = basic?.path ?? null
  const signer = basic?.cms.signingCertificate ? signerOf(basic.cms.signingCertificate) : null
  const certificates = path?.trustAnchor ? path.path : []
  // The anchor counts for as long as it is enabled; a pinned authority is an anchor and a signer at once.
  const ending = certificates.filter((one, i) => i === 0 || one !== path?.trustAnchor)
  const ends = ending.map((one) => one.notAfter.toISOString()).sort()
  const digests = [
    ...[tstInfo?.hash, basic?.cms.digestAlgorithm, basic?.cms.signatureHash, basic?.cms.signatureAlgorithm],
  ].flatMap((one) => one ?? [])
  return {
    indication,
    subIndication,
    time: tstInfo?.genTime.toISOString() ?? null,
    policy: tstInfo?.policy ?? null,
    nonce: tstInfo?.nonce ?? null,
    digestAlgorithm: tstInfo?.hash ?? null,
    authority: signer ? visibleText(signer.names[0] ?? signer.subject) : null,
    certificatesUntil: ends[0] ?? null,
    algorithms: [...new Set([...digests, ...ending.flatMap(algorithmsOf)])].sort(),
    wanted: path?.wanted ?? [],
    findings,
  }
}
