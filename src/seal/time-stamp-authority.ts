import { createHash, randomBytes } from 'node:crypto'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { WebFetcher } from '../model/ports.ts'
import type { TimeStamp, TimeStampAuthority } from '../model/preservation.ts'
import type { Settings } from '../model/settings.ts'
import type { Clock } from '../model/time.ts'
import type { GatheredData } from '../model/validation-data.ts'
import type { DigestOf, TimeStampReport } from '../verify/process/time-stamp-token.ts'
import { createTimeStampRequest, readTimeStampResponse, refused, type TimeStampQuestion } from './timestamp-request.ts'

/** Judges a token by the anchors that are trusted for time-stamps, with what can be fetched for it. */
export type JudgeTimeStamp = (
  token: Uint8Array,
  digestOf: DigestOf,
  at: Date,
) => Promise<{ readonly report: TimeStampReport; readonly gathered: readonly GatheredData[] }>

export interface TimeStampAuthorityParts {
  readonly authority: NonNullable<Settings['timestamps']>
  readonly fetcher: WebFetcher
  readonly judge: JudgeTimeStamp
  readonly clock: Clock
  /** Makes nonces; random where nothing is given. */
  readonly random?: (bytes: number) => Uint8Array
}

/** 64 bits, as RFC 3161 §2.4.1 asks: an old answer must not fit by chance. */
const NONCE_BYTES = 8
const TIMEOUT_MS = 20_000
/** A token with a long chain of certificates is some 10 KiB. */
const MAX_BYTES = 128 * 1024
/** Clocks differ a little. What differs by more is a clock that is wrong, here or there, and worth nothing as a proof. */
const MAX_AHEAD_MS = 60_000
const MAX_BEHIND_MS = 10 * 60_000

/**
 * Makes the client of a time-stamping authority (RFC 3161, over HTTP). What it gives was judged: the token answers this very
 * question, and its authority is one that the admin trusts for time-stamps.
 */
export function createTimeStampAuthority(parts: TimeStampAuthorityParts): TimeStampAuthority {
  const { authority, clock, random = randomBytes } = parts
  return {
    async stamp(content, { timeoutMs = TIMEOUT_MS } = {}) {
      const digestOf = digestsOf(content)
      const { hash, policy } = authority
      const question = { hash, digest: digestOf(hash), nonce: random(NONCE_BYTES), policy }
      const token = readTimeStampResponse(await ask(createTimeStampRequest(question), timeoutMs, parts))
      const judged = await judgeNow(token, digestOf, parts)
      mustAnswer(judged.report, question, clock())
      return stampOf(token, judged)
    },
  }
}

function digestsOf(content: readonly Uint8Array[]): DigestOf {
  const known = new Map<string, Uint8Array>()
  return (algorithm) => {
    const before = known.get(algorithm)
    if (before) return before
    const hash = createHash(algorithm)
    for (const piece of content) hash.update(piece)
    const digest = hash.digest()
    known.set(algorithm, digest)
    return digest
  }
}

async function ask(
  body: Uint8Array,
  timeoutMs: number,
  { authority, fetcher }: TimeStampAuthorityParts,
): Promise<Uint8Array> {
  const { url, user, password } = authority
  const signIn = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')
  try {
    const answer = await fetcher.fetch({
      url,
      method: 'POST',
      body,
      contentType: 'application/timestamp-query',
      maxBytes: MAX_BYTES,
      timeoutMs,
      ...(user === null ? {} : { authorization: `Basic ${signIn}` }),
    })
    return answer.bytes
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (fault.code !== 'fetch-failed' && fault.code !== 'fetch-refused') throw fault
    const message = `The time-stamping authority gave no answer: ${fault.message}`
    // Whatever it is, waiting and an admin may mend it; nothing is lost meanwhile.
    throw new GatewayError('timestamp-unavailable', message, { retryable: true, cause: fault, facts: fault.facts })
  }
}

async function judgeNow(token: Uint8Array, digestOf: DigestOf, { judge, clock }: TimeStampAuthorityParts) {
  const now = clock()
  const first = await judge(token, digestOf, now)
  const time = first.report.time === null ? null : new Date(first.report.time)
  const ahead = time === null ? 0 : time.getTime() - now.getTime()
  const isSlightlyAhead = time !== null && ahead > 0 && ahead <= MAX_AHEAD_MS
  return isSlightlyAhead && first.report.indication !== 'PASSED' ? judge(token, digestOf, time) : first
}

/** RFC 3161 §2.2: what the requester must check before it relies on the token. */
function mustAnswer(report: TimeStampReport, question: TimeStampQuestion, now: Date): void {
  const nonce = Buffer.from(question.nonce).toString('hex').replace(/^0+/, '')
  if (report.indication === 'FAILED') throw refused(reasonOf(report), 'broken')
  if (report.nonce?.replace(/^0+/, '') !== nonce) throw refused('the token answers another question (nonce)', 'nonce')
  if (report.digestAlgorithm !== question.hash) throw refused('the token is over another digest', 'hash')
  if (question.policy !== null && report.policy !== question.policy) {
    throw refused(`the token is made under the policy ${report.policy}, not the one asked for`, 'policy')
  }
  const behind = now.getTime() - Date.parse(report.time ?? '')
  if (!(behind <= MAX_BEHIND_MS && behind >= -MAX_AHEAD_MS)) {
    throw refused(`the token says ${report.time}, and the clock here ${now.toISOString()}`, 'clock')
  }
  if (report.indication !== 'PASSED') throw notTrusted(report)
}

function notTrusted(report: TimeStampReport): GatewayError {
  if (report.subIndication !== 'TRY_LATER') return refused(reasonOf(report), report.subIndication ?? 'not-passed')
  const message = `Whether the time-stamping authority's certificate is revoked cannot be known now: ${reasonOf(report)}`
  return new GatewayError('timestamp-unavailable', message, { retryable: true, facts: { reason: 'TRY_LATER' } })
}

const reasonOf = ({ findings, subIndication, indication, authority }: TimeStampReport): string =>
  subIndication === 'NO_CERTIFICATE_CHAIN_FOUND'
    ? `no root that is trusted for time-stamps stands behind ${authority ?? 'the authority'}`
    : (findings.find(({ severity }) => severity === 'error')?.message ?? subIndication ?? indication)

function stampOf(token: Uint8Array, { report, gathered }: Awaited<ReturnType<JudgeTimeStamp>>): TimeStamp {
  const { time, authority, certificatesUntil, algorithms } = report
  if (time === null || authority === null || certificatesUntil === null) throw refused(reasonOf(report), 'not-passed')
  return { token, at: time, authority, holdsUntil: certificatesUntil, algorithms, evidence: gathered }
}
