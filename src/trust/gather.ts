import { asGatewayError } from '../model/errors.ts'
import { newId } from '../model/ids.ts'
import type { Log, WebFetcher } from '../model/ports.ts'
import type { BlobRef, Blobs, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import type { ValidationData, ValidationDataKind } from '../model/validation-data.ts'
import type { VerificationReport } from '../verify/report/report.ts'

/** What a verdict lacks, and where a certificate says that it lies. */
export interface Wanted {
  readonly kind: ValidationDataKind
  readonly url: string
  readonly for: string
  readonly request?: string
}

export interface GatherParts {
  readonly store: Pick<Store, 'newestValidationData'> & { readonly blobs: Pick<Blobs, 'put' | 'get'> }
  /** Null: nothing is fetched. */
  readonly fetcher: WebFetcher | null
  readonly clock: Clock
  readonly log: Log
}

/** An answer with its bytes; `blob` where it is new and has to be kept. */
export interface Gathered {
  readonly data: ValidationData
  readonly bytes: Uint8Array
  readonly blob: BlobRef | null
}

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
  crl: 64 * 1024 * 1024,
}

/** What one judging has asked already, and what it was answered: neither is asked or taken again. */
export interface Asked {
  readonly questions: Set<string>
  readonly until: Date
}

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
    const question = `${way.kind} ${way.for} ${way.url}`
    if (asked.questions.has(question) || asked.questions.size >= MAX_QUESTIONS) continue
    asked.questions.add(question)
    const before = await lately(way, parts)
    // What is still wanted though this was at hand is not worth the same question again.
    if (before && known.has(before.id)) continue
    const answer = before ? await taken(before, parts) : await ask(way, asked.until, parts)
    if (answer) return answer
  }
  return null
}

async function lately(wanted: Wanted, { store, clock }: GatherParts): Promise<ValidationData | null> {
  const { kind, url } = wanted
  const data = await store.newestValidationData({ kind, url, certificate: wanted.for })
  if (!data) return null
  const now = clock().getTime()
  const fresh =
    now - Date.parse(data.fetchedAt) < ASKED_LATELY_MS || now < Date.parse(data.freshUntil ?? data.fetchedAt)
  return fresh ? data : null
}

const taken = async (data: ValidationData, { store }: GatherParts): Promise<Gathered> => ({
  data,
  bytes: await store.blobs.get(data.sha256),
  blob: null,
})

async function ask(wanted: Wanted, until: Date, parts: GatherParts): Promise<Gathered | null> {
  const { kind, url, request } = wanted
  const { store, fetcher, clock, log } = parts
  if (!fetcher || clock() >= until || (kind === 'ocsp' && request === undefined)) return null
  const asked =
    kind === 'ocsp' && request !== undefined
      ? ({ method: 'POST', body: Buffer.from(request, 'base64'), contentType: 'application/ocsp-request' } as const)
      : {}
  try {
    const answer = await fetcher.fetch({ url, timeoutMs: ANSWER_MS, maxBytes: MAX_BYTES[kind], ...asked })
    const blob = await store.blobs.put(answer.bytes)
    const data = {
      id: newId(clock().getTime()),
      kind,
      url,
      certificate: wanted.for,
      sha256: blob.sha256,
      fetchedAt: instant(clock()),
      freshUntil: answer.freshUntil ? instant(answer.freshUntil) : null,
    }
    return { data, bytes: answer.bytes, blob }
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (fault.code !== 'fetch-failed' && fault.code !== 'fetch-refused') throw fault
    log.warn({ kind, certificate: wanted.for, code: fault.code }, 'validation data could not be fetched')
    return null
  }
}
