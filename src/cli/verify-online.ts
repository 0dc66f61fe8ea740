import { loadSettings } from '../config/index.ts'
import { GatewayError } from '../model/errors.ts'
import type { Log } from '../model/ports.ts'
import type { ValidationData, ValidationDataKind } from '../model/validation-data.ts'
import { createCachingFetcher, createFetcher, parseNetworks } from '../net/index.ts'
import { type Gathered, type GatherParts, gather, startAsking, wantedOf } from '../trust/index.ts'
import { readPemOrDer } from '../verify/index.ts'
import { type Answer, type AnswerSetup, createAnswerer, type FetchedEvidence } from './verify-answer.ts'
import type { RefusedJob, VerifyJob } from './verify-request.ts'

const MAX_ROUNDS = 6
/** For what one input lacks. */
const WAIT_MS = 30_000
const CACHE = { maxEntries: 500, maxBytes: 128 * 1024 * 1024 }

/**
 * Answers jobs one after another: fetches what a verdict lacks, and judges again, until nothing more can be had. What
 * came for one input serves the others. @throws GatewayError configuration
 */
export async function answerOnline(
  jobs: readonly (VerifyJob | RefusedJob)[],
  setup: AnswerSetup,
  dataDir: string | undefined,
  take: (answer: Answer) => void,
): Promise<void> {
  const answerer = createAnswerer(setup)
  const answers: ValidationData[] = []
  const blobs = new Map<string, Uint8Array>()
  const parts = gatherParts(answers, blobs, loadSettings({ dataDir }).validationData.allowedNetworks)
  for (const job of jobs) {
    const gathered = new Map<string, Gathered>()
    const asked = startAsking(new Date(), WAIT_MS)
    let judged = answerer.judge(job)
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = await gather(wantedOf(judged.report), gathered, asked, parts)
      for (const one of found) gathered.set(one.data.id, one)
      for (const { data, bytes } of found.filter((one) => one.isNew)) {
        answers.push(data)
        blobs.set(data.sha256, bytes)
      }
      if (found.length === 0) break
      judged = answerer.judge(job, evidenceOf([...gathered.values()]))
    }
    take(answerer.word(judged))
  }
}

function evidenceOf(gathered: readonly Gathered[]): FetchedEvidence {
  const of = (kind: ValidationDataKind): readonly Uint8Array[] =>
    gathered.flatMap(({ data, bytes }) => (data.kind === kind ? bytes : []))
  return { intermediates: of('issuer').flatMap(certificatesIn), crls: of('crl'), ocsps: of('ocsp') }
}

/** Issuers lie there as DER, PEM or a PKCS #7 bag; what is none of them is said by the verifier. */
function certificatesIn(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    return readPemOrDer(bytes)
  } catch {
    return [bytes]
  }
}

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A store for as long as the command runs. */
function gatherParts(
  answers: readonly ValidationData[],
  blobs: ReadonlyMap<string, Uint8Array>,
  allowedNetworks: readonly string[],
): GatherParts {
  const now = (): Date => new Date()
  const allowed = parseNetworks(allowedNetworks)
  return {
    clock: now,
    log: SILENT,
    fetcher: createCachingFetcher(createFetcher({ allowed, now }), { ...CACHE, now }),
    store: {
      newestValidationData: async ({ kind, url, certificate }) =>
        answers.findLast((one) => one.kind === kind && one.url === url && one.certificate === certificate) ?? null,
      blobs: {
        get: async (sha256) => {
          const bytes = blobs.get(sha256)
          if (!bytes) throw new GatewayError('not-found', 'There is no such blob')
          return bytes
        },
      },
    },
  }
}
