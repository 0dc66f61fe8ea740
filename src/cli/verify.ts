import { asGatewayError } from '../model/errors.ts'
import { type VerificationReport, VerifyError, verifyDocument, writeJson, writeText } from '../verify/index.ts'
import { createInputReader, type InputReader, parseInstant, readBytes } from './read-inputs.ts'
import { type RefusedJob, readVerifyRequest, VERIFY_HELP, type VerifyJob } from './verify-request.ts'

/** The command `verify`: takes the words behind it, prints a report per input, gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(VERIFY_HELP)
    return 0
  }
  try {
    const { jobs, format, dataDir } = readVerifyRequest(args)
    const reader = createInputReader()
    // Only where a job names no roots is the data folder opened, as that loads the store.
    const enabled = jobs.some((job) => 'roots' in job && job.roots === null) ? await readEnabledAnchors(dataDir) : null
    const reports = jobs.map((job) => {
      const report = answerJob(job, reader, enabled)
      process.stdout.write(format === 'json' ? `${writeJson(report)}\n` : writeText(report, 'en'))
      return report
    })
    if (reports.some((report) => report.error)) return 2
    return reports.every((report) => report.indication === 'TOTAL-PASSED') ? 0 : 1
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

/** One input that cannot be judged does not end the others: it has its answer with an error. */
function answerJob(
  job: VerifyJob | RefusedJob,
  reader: InputReader,
  enabled: readonly Uint8Array[] | null,
): VerificationReport {
  try {
    if ('refused' in job) throw job.refused
    return judgeJob(job, reader, enabled)
  } catch (thrown) {
    const { code, message } = thrown instanceof VerifyError ? thrown : asGatewayError(thrown)
    return {
      schemaVersion: 1,
      id: job.id,
      file: job.file,
      mediaType: null,
      sha256: null,
      signatures: [],
      encrypted: false,
      parts: [],
      findings: [],
      error: { code, message },
    }
  }
}

function judgeJob(job: VerifyJob, reader: InputReader, enabled: readonly Uint8Array[] | null): VerificationReport {
  const evidence = [reader.certificates(job.intermediates), reader.crls(job.crls), reader.ocsps(job.ocsp)] as const
  const [intermediates, crls, ocsps] = evidence
  const report = verifyDocument(readBytes(job.file), {
    fileName: job.file,
    validationTime: job.at === null ? new Date() : parseInstant(job.at),
    trustAnchors: job.roots === null ? (enabled ?? []) : reader.trustStore(job.roots),
    intermediates: intermediates.items,
    crls: crls.items,
    ocsps: ocsps.items,
    checkRevocation: job.checkRevocation,
    password: job.password,
    content: job.content === null ? null : readBytes(job.content),
    poe: job.poe === null ? null : parseInstant(job.poe),
  })
  const unreadable = evidence.flatMap((one) => one.unreadable.map(({ file, message }) => `${file}: ${message}`))
  const leftOut = unreadable.map((message) => ({
    code: 'evidence-unreadable',
    severity: 'warning' as const,
    message,
    clause: null,
  }))
  return { ...report, id: job.id, findings: [...report.findings, ...leftOut] }
}
