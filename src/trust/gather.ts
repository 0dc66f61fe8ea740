import { randomBytes } from 'node:crypto'
import { asGatewayError } from '../model/errors.ts'
import { newId, sha256Hex } from '../model/ids.ts'
import type { Log, WebFetcher } from '../model/ports.ts'
import type { Blobs, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import type { GatheredData, ValidationData, ValidationDataKind } from '../model/validation-data.ts'
import { VerifyError } from '../verify/errors.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import { mayAnswer, type OcspResponse, parseOcspResponse, withNonce } from '../verify/revocation/index.ts'
import { parseCertificate, parseCertificateList, readPemOrDer } from '../verify/x509/index.ts'

/** What a verdict lacks, and where a certificate says that it lies. */
export interface Wanted {
  readonly kind: ValidationDataKind
  readonly url: string
  readonly for: string
  readonly request?: string
}

export interface GatherParts {
  readonly store: Pick<Store, 'newestValidationData'> & { readonly blobs: Pick<Blobs, 'get'> }
  /** Null: nothing is fetched. */
  readonly fetcher: WebFetcher | null
  readonly clock: Clock
  readonly log: Log
}

export type Gathered = GatheredData

/** Gives what the signatures of a report lack, its parts' included, each once. */
export function wantedOf(report: VerificationReport): readonly Wanted[] {
  const found = new Map<string, Wanted>()
  const open = [report]
  for (let one = open.pop(); one; one = open.pop()) {
    for (const wanted of one.signatures.flatMap((signature) => signature.wanted)) {
      found.set(`${wanted.kind} ${wanted.for} ${wanted.url}`, wanted)
    }
    open.push(...one.parts)
  }
  return [...found.values()]
}

/** More than any honest paper asks for: a hostile one must not make us call half the world. */
const MAX_QUESTIONS = 24
/** An answer that came a moment ago is not asked for again, whatever it was worth. */
const ASKED_LATELY_MS = 60 * 60 * 1000
/** For one answer. */
const ANSWER_MS = 5_000
const MAX_BYTES: Readonly<Record<ValidationDataKind, number>> = {
  issuer: 256 * 1024,
  ocsp: 256 * 1024,
  crl: 32 * 1024 * 1024,
}
/** For one document, with what was fetched for it before: it goes to a child whose memory is bounded. */
export const MAX_TOTAL_BYTES = 96 * 1024 * 1024
/** What is still wanted though it was answered may have been a passing fault of who answered. */
const ASKED_AGAIN_MS = 4 * 60 * 1000
/** Whatever a server says: what it published by mistake does not stay longer. */
const MAX_FRESH_MS = 24 * 60 * 60 * 1000

/** What one judging has asked already, and what it was answered: neither is asked or taken again. */
export interface Asked {
  readonly questions: Set<string>
  /** Questions that asking again will not answer: an address that we do not go to, a page that is not there. */
  readonly hopeless: Set<string>
  readonly until: Date
  /** What may still be fetched. */
  bytesLeft: number
}

/** Begins a judging that may wait so long. */
export const startAsking = (now: Date, waitMs: number, bytesHeld = 0): Asked => ({
  questions: new Set(),
  hopeless: new Set(),
  until: new Date(now.getTime() + waitMs),
  bytesLeft: MAX_TOTAL_BYTES - bytesHeld,
})

/** Names a question: the same one is asked once. */
export const questionOf = ({ kind, for: certificate, url }: Wanted): string => `${kind} ${certificate} ${url}`

/**
 * Fetches what is wanted, and takes over what came lately. For each certificate a responder is asked first, and its CRL
 * only where none answers, or nothing that counts (a responder's answer is smaller and fresher). What cannot be had is
 * left out: the verdict says so.
 */
export async function gather(
  wanted: readonly Wanted[],
  known: ReadonlyMap<string, Gathered>,
  asked: Asked,
  parts: GatherParts,
): Promise<readonly Gathered[]> {
  const byCertificate = new Map<string, Wanted[]>()
  for (const one of wanted) {
    const question = `${one.kind === 'issuer' ? 'issuer' : 'status'} ${one.for}`
    byCertificate.set(question, [...(byCertificate.get(question) ?? []), one])
  }
  const answers = await Promise.all([...byCertificate.values()].map((ways) => firstAnswer(ways, known, asked, parts)))
  return answers.flatMap((one) => one ?? [])
}

async function firstAnswer(
  ways: readonly Wanted[],
  known: ReadonlyMap<string, Gathered>,
  asked: Asked,
  parts: GatherParts,
): Promise<Gathered | null> {
  const inOrder = [...ways].sort((a, b) => Number(a.kind === 'crl') - Number(b.kind === 'crl'))
  for (const way of inOrder) {
    const question = questionOf(way)
    if (asked.questions.has(question) || asked.questions.size >= MAX_QUESTIONS) continue
    asked.questions.add(question)
    const before = await lately(way, parts)
    const wasOfNoUse = before !== null && known.has(before.id)
    if (wasOfNoUse && ageOf(before, parts) < ASKED_AGAIN_MS) continue
    const answer = before && !wasOfNoUse ? await taken(before, parts) : await askInTime(way, asked, parts)
    if (!answer || answer.bytes.length > asked.bytesLeft) continue
    asked.bytesLeft -= answer.bytes.length
    return answer
  }
  return null
}

async function lately(wanted: Wanted, { store, clock }: GatherParts): Promise<ValidationData | null> {
  const { kind, url } = wanted
  const data = await store.newestValidationData({ kind, url, certificate: wanted.for })
  if (!data) return null
  const now = clock().getTime()
  const fetched = Date.parse(data.fetchedAt)
  const freshUntil = Math.min(Date.parse(data.freshUntil ?? data.fetchedAt), fetched + MAX_FRESH_MS)
  return now - fetched < ASKED_LATELY_MS || now < freshUntil ? data : null
}

const ageOf = (data: ValidationData, { clock }: GatherParts): number => clock().getTime() - Date.parse(data.fetchedAt)

/** Gives up when the time is over, however long others take; what comes later serves whoever asks next. */
async function askInTime(wanted: Wanted, asked: Asked, parts: GatherParts): Promise<Gathered | null> {
  const left = asked.until.getTime() - parts.clock().getTime()
  if (left <= 0) return null
  const time = timeOver(left)
  try {
    return await Promise.race([ask(wanted, asked, parts), time.over])
  } finally {
    time.clear()
  }
}

function timeOver(ms: number): { readonly over: Promise<null>; clear(): void } {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return { over, clear: () => clearTimeout(timer) }
}

const taken = async (data: ValidationData, { store }: GatherParts): Promise<Gathered> => ({
  data,
  bytes: await store.blobs.get(data.sha256),
  isNew: false,
})

async function ask(wanted: Wanted, { hopeless }: Asked, parts: GatherParts): Promise<Gathered | null> {
  const { kind, url } = wanted
  const { fetcher, clock, log } = parts
  if (!fetcher) return null
  try {
    const answer = kind === 'ocsp' ? await askResponder(wanted, fetcher) : await fetchWanted(wanted, {}, fetcher)
    // A page that says "not found" with a friendly status is no answer.
    if (!answer || !isValidationData(kind, answer.bytes)) return null
    const { bytes, freshUntil } = answer
    const data = {
      id: newId(clock().getTime()),
      kind,
      url,
      certificate: wanted.for,
      sha256: sha256Hex(bytes),
      fetchedAt: instant(clock()),
      freshUntil: freshUntil ? instant(freshUntil) : null,
    }
    return { data, bytes, isNew: true }
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (fault.code !== 'fetch-failed' && fault.code !== 'fetch-refused') throw fault
    if (!fault.retryable) hopeless.add(questionOf(wanted))
    log.warn({ kind, certificate: wanted.for, code: fault.code }, 'validation data could not be fetched')
    return null
  }
}

type Answer = Awaited<ReturnType<WebFetcher['fetch']>>

const fetchWanted = ({ kind, url }: Wanted, how: object, fetcher: WebFetcher): Promise<Answer> =>
  fetcher.fetch({ url, timeoutMs: ANSWER_MS, maxBytes: MAX_BYTES[kind], ...how })

const NONCE_OCTETS = 16

/**
 * Asks with a nonce, so that nobody answers by what was said to somebody else; null where the answer carries another one. A
 * responder that does not take requests with one is asked without.
 */
async function askResponder(wanted: Wanted, fetcher: WebFetcher): Promise<Answer | null> {
  if (wanted.request === undefined) return null
  const request = Buffer.from(wanted.request, 'base64')
  const nonce = randomBytes(NONCE_OCTETS)
  const post = (body: Uint8Array): Promise<Answer> =>
    fetchWanted(wanted, { method: 'POST', body, contentType: 'application/ocsp-request' }, fetcher)
  const answer = await post(withNonce(request, nonce))
  const response = readResponse(answer.bytes)
  if (!response) return post(request)
  return mayAnswer(response, nonce) ? answer : null
}

/** Null where it is no answer, but for instance the responder's error. */
function readResponse(bytes: Uint8Array): OcspResponse | null {
  try {
    return parseOcspResponse(bytes)
  } catch (fault) {
    if (fault instanceof VerifyError && fault.code !== 'internal') return null
    throw fault
  }
}

/** Only its outermost form is looked at here; what it is worth is judged in the child. */
function isValidationData(kind: ValidationDataKind, bytes: Uint8Array): boolean {
  try {
    if (kind === 'ocsp') parseOcspResponse(bytes)
    else if (kind === 'crl') parseCertificateList(bytes)
    else for (const der of readPemOrDer(bytes)) parseCertificate(der)
    return true
  } catch (fault) {
    if (fault instanceof VerifyError && fault.code !== 'internal') return false
    throw fault
  }
}
