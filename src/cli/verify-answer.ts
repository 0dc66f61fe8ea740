import { asGatewayError, type GatewayError } from '../model/errors.ts'
import {
  createVerificationCache,
  prepareTrustStore,
  type TrustAnchorInput,
  type TrustStore,
  type VerificationCache,
  type VerificationReport,
  VerifyError,
  verifyDocument,
  writeJson,
  writeText,
} from '../verify/index.ts'
import { etsiLine } from './etsi-line.ts'
import { createInputReader, findFuture, type InputReader, parseInstant, readBytes } from './read-inputs.ts'
import type { RefusedJob, VerifyJob, VerifyRequest } from './verify-request.ts'

/** One input's answer as it is printed, and what it means for how the command ends. */
export interface Answer {
  readonly text: string
  readonly passed: boolean
  /** The input, or the job's own roots, could not be read. */
  readonly unusable: boolean
}

/** What all jobs of a command have in common; plain data, as it goes to other threads too. */
export interface AnswerSetup {
  readonly format: VerifyRequest['format']
  /** The anchors enabled in the data folder; null where no job asks for them. */
  readonly enabled: readonly TrustAnchorInput[] | null
}

const WRITERS: Readonly<Record<VerifyRequest['format'], (report: VerificationReport) => string>> = {
  text: (report) => writeText(report, 'en'),
  json: (report) => `${writeJson(report)}\n`,
  'etsi-xml': etsiLine,
}

interface Tools {
  readonly reader: InputReader
  readonly enabled: TrustStore | null
  readonly cache: VerificationCache
}

/** Evidence beside what a job names, as it was fetched. */
export interface FetchedEvidence {
  readonly intermediates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocsps: readonly Uint8Array[]
}

const NOTHING: FetchedEvidence = { intermediates: [], crls: [], ocsps: [] }

/** Judges jobs and words the answers. Throws nothing for an input that cannot be judged: its answer has an error. */
export interface Answerer {
  judge(job: VerifyJob | RefusedJob, fetched?: FetchedEvidence): Judged
  word(judged: Judged): Answer
}

/** Gives an answerer: roots and evidence are read once for all jobs, and certificates that stand in many inputs too. */
export function createAnswerer(setup: AnswerSetup): Answerer {
  const tools: Tools = {
    reader: createInputReader(),
    enabled: setup.enabled ? prepareTrustStore(setup.enabled) : null,
    cache: createVerificationCache(),
  }
  const write = WRITERS[setup.format]
  return {
    judge: (job, fetched = NOTHING) => answerJob(job, tools, fetched),
    word: ({ report, allRead }) => {
      const passed = report.error === undefined && report.indication === 'TOTAL-PASSED'
      return { text: write(report), passed, unusable: report.error !== undefined || !allRead }
    },
  }
}

/** The answer to a job that was never judged. */
function refusal(job: Pick<VerifyJob, 'id'> & { file: string | null }, fault: GatewayError | VerifyError) {
  const { id, file } = job
  const { code, message } = fault
  const nothing = { mediaType: null, sha256: null, signatures: [], encrypted: false, parts: [], findings: [] }
  return { schemaVersion: 1, id, file, ...nothing, error: { code, message } } satisfies VerificationReport
}

/** A report with what was beside it. */
export interface Judged {
  readonly report: VerificationReport
  /** False where the job's own roots could not all be read. */
  readonly allRead: boolean
}

function answerJob(job: VerifyJob | RefusedJob, tools: Tools, fetched: FetchedEvidence): Judged {
  try {
    if ('refused' in job) throw job.refused
    return judgeJob(job, tools, fetched)
  } catch (thrown) {
    return { report: refusal(job, thrown instanceof VerifyError ? thrown : asGatewayError(thrown)), allRead: true }
  }
}

function judgeJob(job: VerifyJob, { reader, enabled, cache }: Tools, fetched: FetchedEvidence): Judged {
  const [intermediates, crls] = [reader.certificates(job.intermediates), reader.crls(job.crls)]
  const [ocsps, openpgpKeys] = [reader.ocsps(job.ocsp), reader.openpgpKeys(job.openpgpKeys)]
  const roots = readRoots(job.roots ?? [], reader)
  const now = new Date()
  const validationTime = job.at === null ? now : parseInstant(job.at)
  const report = verifyDocument(readBytes(job.file), {
    fileName: job.file,
    validationTime,
    trustAnchors: job.roots === null ? (enabled ?? []) : roots.trustStore,
    intermediates: [...intermediates.items, ...fetched.intermediates],
    crls: [...crls.items, ...fetched.crls],
    ocsps: [...ocsps.items, ...fetched.ocsps],
    openpgpKeys: openpgpKeys.items,
    checkRevocation: job.checkRevocation,
    password: job.password,
    content: job.content === null ? null : readBytes(job.content),
    poe: job.poe === null ? null : parseInstant(job.poe),
    opened: job.opened ?? null,
    cache,
  })
  const unreadable = [intermediates, crls, ocsps, openpgpKeys].flatMap((one) =>
    one.unreadable.map(({ file, message }) => `${file}: ${message}`),
  )
  const leftOut = [...roots.unreadable, ...unreadable].map((message) => ({
    code: 'evidence-unreadable',
    severity: 'warning' as const,
    message,
    clause: null,
  }))
  const findings = [...report.findings, ...leftOut, ...findFuture(validationTime, now)]
  return { report: { ...report, id: job.id, findings }, allRead: roots.unreadable.length === 0 }
}

/** Roots of one job that cannot be read trust nothing, and are said: the document is judged all the same. */
function readRoots(
  paths: readonly string[],
  reader: InputReader,
): { readonly trustStore: TrustStore; readonly unreadable: readonly string[] } {
  const unreadable: string[] = []
  const readable = paths.filter((path) => {
    try {
      reader.trustStore([path])
      return true
    } catch (thrown) {
      const fault = asGatewayError(thrown)
      if (fault.code !== 'unreadable-input') throw fault
      unreadable.push(fault.message)
      return false
    }
  })
  return { trustStore: reader.trustStore(readable), unreadable }
}
