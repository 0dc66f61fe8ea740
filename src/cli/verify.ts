import { asGatewayError } from '../model/errors.ts'
import {
  type TrustStore,
  type VerificationReport,
  VerifyError,
  verifyDocument,
  writeJson,
  writeText,
} from '../verify/index.ts'
import { etsiLine } from './etsi-line.ts'
import { createInputReader, type InputReader, parseInstant, readBytes } from './read-inputs.ts'
import {
  type RefusedJob,
  readVerifyRequest,
  VERIFY_HELP,
  type VerifyJob,
  type VerifyRequest,
} from './verify-request.ts'

const WRITERS: Readonly<Record<VerifyRequest['format'], (report: VerificationReport) => string>> = {
  text: (report) => writeText(report, 'en'),
  json: (report) => `${writeJson(report)}\n`,
  'etsi-xml': etsiLine,
}

/** The command `verify`: takes the words behind it, prints a report per input, gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(VERIFY_HELP)
    return 0
  }
  try {
    const { jobs, roots, format, dataDir } = readVerifyRequest(args)
    const reader = createInputReader()
    // Roots that cannot be read are a slip of whoever asks: no verdict is given on the others alone.
    reader.trustStore(roots)
    // Only where a job names no roots is the data folder opened, as that loads the store.
    const enabled = jobs.some((job) => 'roots' in job && job.roots === null) ? await readEnabledAnchors(dataDir) : null
    const answers = jobs.map((job) => {
      const answer = answerJob(job, reader, enabled)
      process.stdout.write(WRITERS[format](answer.report))
      return answer
    })
    if (answers.some(({ report, allRead }) => report.error || !allRead)) return 2
    return answers.every(({ report }) => report.indication === 'TOTAL-PASSED') ? 0 : 1
  } catch (thrown) {
    const { code, message } = asGatewayError(thrown)
    console.error(`poststempel verify: ${message} [${code}]`)
    return 2
  }
}

async function readEnabledAnchors(dataDir: string | undefined): Promise<readonly Uint8Array[]> {
  const { dataFolder } = await import('../config/index.ts')
  const { enabledAnchors } = await import('./data-folder-anchors.ts')
  return enabledAnchors(dataFolder(dataDir))
}

interface Answer {
  readonly report: VerificationReport
  /** False where the job's own roots could not all be read. */
  readonly allRead: boolean
}

/** One input that cannot be judged does not end the others: it has its answer with an error. */
function answerJob(job: VerifyJob | RefusedJob, reader: InputReader, enabled: readonly Uint8Array[] | null): Answer {
  try {
    if ('refused' in job) throw job.refused
    return judgeJob(job, reader, enabled)
  } catch (thrown) {
    const { code, message } = thrown instanceof VerifyError ? thrown : asGatewayError(thrown)
    const { id, file } = job
    const nothing = { mediaType: null, sha256: null, signatures: [], encrypted: false, parts: [], findings: [] }
    return { report: { schemaVersion: 1, id, file, ...nothing, error: { code, message } }, allRead: true }
  }
}

function judgeJob(job: VerifyJob, reader: InputReader, enabled: readonly Uint8Array[] | null): Answer {
  const evidence = [reader.certificates(job.intermediates), reader.crls(job.crls), reader.ocsps(job.ocsp)] as const
  const [intermediates, crls, ocsps] = evidence
  const roots = readRoots(job.roots ?? [], reader)
  const report = verifyDocument(readBytes(job.file), {
    fileName: job.file,
    validationTime: job.at === null ? new Date() : parseInstant(job.at),
    trustAnchors: job.roots === null ? (enabled ?? []) : roots.trustStore,
    intermediates: intermediates.items,
    crls: crls.items,
    ocsps: ocsps.items,
    checkRevocation: job.checkRevocation,
    password: job.password,
    content: job.content === null ? null : readBytes(job.content),
    poe: job.poe === null ? null : parseInstant(job.poe),
  })
  const unreadable = evidence.flatMap((one) => one.unreadable.map(({ file, message }) => `${file}: ${message}`))
  const leftOut = [...roots.unreadable, ...unreadable].map((message) => ({
    code: 'evidence-unreadable',
    severity: 'warning' as const,
    message,
    clause: null,
  }))
  const findings = [...report.findings, ...leftOut]
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
