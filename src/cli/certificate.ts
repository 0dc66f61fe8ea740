import { parseArgs } from 'node:util'
import { z } from 'zod'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { ALGORITHM_CLAUSE, DEFAULT_ALGORITHM_POLICY, validateSigningCertificate } from '../verify/blocks/index.ts'
import { VerifyError } from '../verify/errors.ts'
import type { Finding } from '../verify/report/report.ts'
import {
  type Certificate,
  type PathConclusion,
  type PathOptions,
  parseCertificate,
  readPemOrDer,
  validateCertificate,
} from '../verify/x509/index.ts'
import {
  createInputReader,
  findFuture,
  type InputReader,
  type JsonLine,
  parseInstant,
  type ReadInputs,
  readBytes,
  readJobLines,
} from './read-inputs.ts'

const HELP = `usage: poststempel certificate validate LEAF --roots PATH… [options]
       poststempel certificate validate --jobs-from FILE|-

Finds and judges the certification path of a certificate (RFC 5280). PATH is a file (PEM with one or more, or DER)
or a folder of them.

  --roots PATH                trust anchors, at least one (repeatable, as are the next three)
  --intermediates PATH        certificates that may lie between
  --crls PATH                 certificate revocation lists
  --ocsp PATH                 OCSP responses
  --at ISO8601                the time to judge by, in UTC where no zone is given; a date
                              alone is its beginning (default: now)
  --check-revocation MODE     require (default), if-present or off
  --policy OID                acceptable certificate policy (repeatable; default: any)
  --require-explicit-policy   --inhibit-any-policy   --inhibit-policy-mapping
  --purpose PURPOSE           document-signing, email, timestamping, ocsp: judged as that of a signature is, so
                              that an algorithm or key that is too weak at that time ends the path; any
                              (default): by RFC 5280 alone, and weakness is a warning
  --format json               one JSON object (default: text)
  --jobs-from FILE|-          one JSON object per line: id, leaf, roots, intermediates, crls, ocsp, at,
                              checkRevocation, policies, requireExplicitPolicy, inhibitAnyPolicy,
                              inhibitPolicyMapping, purpose; prints one answer per line, in order; a line
                              that is no job has an answer with its error. Of the other options it takes --format

Exit code: 0 all PASSED, 1 some are not, 2 input that cannot be used.`

const paths = z.array(z.string()).default([])
const Job = z.strictObject({
  id: z.string().nullable().default(null),
  leaf: z.string(),
  roots: paths,
  intermediates: paths,
  crls: paths,
  ocsp: paths,
  at: z.string().optional(),
  checkRevocation: z.enum(['require', 'if-present', 'off']).default('require'),
  policies: z.array(z.string().regex(/^[0-2](\.\d+)+$/, 'is not an object identifier')).default([]),
  requireExplicitPolicy: z.boolean().default(false),
  inhibitAnyPolicy: z.boolean().default(false),
  inhibitPolicyMapping: z.boolean().default(false),
  purpose: z.enum(['document-signing', 'email', 'timestamping', 'ocsp', 'any']).default('any'),
})
type Job = z.infer<typeof Job>

/** What is printed for one job. */
interface Answer {
  readonly id: string | null
  readonly indication: PathConclusion['indication']
  readonly subIndication: PathConclusion['subIndication']
  readonly trusted: boolean | null
  readonly revocation: PathConclusion['revocation']
  readonly path: readonly { readonly subject: string; readonly sha256: string }[]
  readonly policies: readonly string[]
  readonly wanted: PathConclusion['wanted']
  readonly findings: readonly Finding[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** The command `certificate`: takes the words behind it, prints answers, gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args
  if (verb !== 'validate' || rest.includes('--help')) {
    console.log(HELP)
    return verb === 'validate' || verb === '--help' ? 0 : 2
  }
  try {
    const { requests, format } = readRequest(rest)
    const reader = createInputReader()
    const answers = requests.map((request) => {
      const answer = answerRequest(request, reader)
      console.log(format === 'json' ? JSON.stringify(answer) : describe(answer))
      return answer
    })
    if (answers.some((answer) => answer.error)) return 2
    return answers.every((answer) => answer.indication === 'PASSED') ? 0 : 1
  } catch (thrown) {
    console.error(asGatewayError(thrown).message)
    return 2
  }
}

const FLAGS = {
  roots: { type: 'string', multiple: true },
  intermediates: { type: 'string', multiple: true },
  crls: { type: 'string', multiple: true },
  ocsp: { type: 'string', multiple: true },
  at: { type: 'string' },
  'check-revocation': { type: 'string' },
  policy: { type: 'string', multiple: true },
  'require-explicit-policy': { type: 'boolean' },
  'inhibit-any-policy': { type: 'boolean' },
  'inhibit-policy-mapping': { type: 'boolean' },
  purpose: { type: 'string' },
  format: { type: 'string', default: 'text' },
  'jobs-from': { type: 'string' },
} as const

/** A job as it was asked for, or why a line is none: it has its answer all the same, and does not end the others. */
type Request = Job | { readonly id: string | null; readonly fault: GatewayError }

/** Takes the words behind "validate"; gives what they ask for. @throws GatewayError invalid-request, unreadable-input */
function readRequest(args: readonly string[]): { requests: readonly Request[]; format: string } {
  const { values, positionals } = parseFlags(args)
  const { format, 'jobs-from': from, ...others } = values
  if (format !== 'text' && format !== 'json') throw badUsage('--format takes text or json')
  if (from !== undefined) {
    if (positionals.length > 0 || Object.keys(others).length > 0) {
      throw badUsage('--jobs-from takes no LEAF and no options but --format: each line has its own')
    }
    return { requests: readJobLines(from).map(readJob), format }
  }
  const [leaf, ...more] = positionals
  if (leaf === undefined || more.length > 0) throw badUsage('give one LEAF, or --jobs-from')
  if (values.roots === undefined) throw badUsage('give --roots: without trust anchors there is nothing to validate by')
  const job = parseJob({
    leaf,
    roots: values.roots,
    intermediates: values.intermediates,
    crls: values.crls,
    ocsp: values.ocsp,
    at: values.at,
    checkRevocation: values['check-revocation'],
    policies: values.policy,
    requireExplicitPolicy: values['require-explicit-policy'],
    inhibitAnyPolicy: values['inhibit-any-policy'],
    inhibitPolicyMapping: values['inhibit-policy-mapping'],
    purpose: values.purpose,
  })
  return { requests: [job], format }
}

function readJob(line: JsonLine): Request {
  if ('fault' in line) return { id: null, fault: line.fault }
  try {
    return parseJob(line.value)
  } catch (thrown) {
    const named = z.object({ id: z.string() }).safeParse(line.value)
    const { message } = asGatewayError(thrown)
    return { id: named.success ? named.data.id : null, fault: badUsage(`line ${line.number}: ${message}`) }
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true })
  } catch (cause) {
    throw badUsage(cause instanceof Error ? cause.message : String(cause))
  }
}

const badUsage = (message: string): GatewayError => new GatewayError('invalid-request', message)

function parseJob(value: unknown): Job {
  const parsed = Job.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  throw badUsage(`job is not well-formed: ${issues.join('; ')}`)
}

const EMPTY: Omit<Answer, 'id'> = {
  indication: 'INDETERMINATE',
  subIndication: null,
  trusted: null,
  revocation: 'not-checked',
  path: [],
  policies: [],
  wanted: [],
  findings: [],
}

function answerRequest(request: Request, reader: InputReader): Answer {
  try {
    if ('fault' in request) throw request.fault
    return judgeJob(request, reader)
  } catch (thrown) {
    const { code, message } = thrown instanceof VerifyError ? thrown : asGatewayError(thrown)
    return { id: request.id, ...EMPTY, error: { code, message } }
  }
}

function judgeJob(job: Job, reader: InputReader): Answer {
  const [leaf] = readPemOrDer(readBytes(job.leaf))
  if (!leaf) throw new GatewayError('unreadable-input', `${job.leaf} holds no certificate`)
  const intermediates = reader.certificates(job.intermediates)
  const crls = reader.crls(job.crls)
  const ocsps = reader.ocsps(job.ocsp)
  const trustAnchors = reader.trustStore(job.roots)
  const now = new Date()
  const validationTime = job.at === undefined ? now : parseInstant(job.at)
  const options: PathOptions = {
    trustAnchors,
    intermediates: intermediates.items,
    crls: crls.items,
    ocsps: ocsps.items,
    validationTime,
    checkRevocation: job.checkRevocation,
    policies: job.policies,
    requireExplicitPolicy: job.requireExplicitPolicy,
    inhibitAnyPolicy: job.inhibitAnyPolicy,
    inhibitPolicyMapping: job.inhibitPolicyMapping,
    purpose: job.purpose,
  }
  const conclusion = judgePathOf(parseCertificate(leaf), options)
  return {
    id: job.id,
    indication: conclusion.indication,
    subIndication: conclusion.subIndication,
    trusted: conclusion.trusted,
    revocation: conclusion.revocation,
    path: conclusion.path.map(({ subject, sha256 }) => ({ subject: subject.display, sha256 })),
    policies: conclusion.policies,
    wanted: conclusion.wanted,
    findings: [
      ...conclusion.findings,
      ...trustAnchors.unreadable.map((message) => unusable('unreadable-anchor', message)),
      ...[intermediates, crls, ocsps].flatMap(leftOut),
      ...findFuture(validationTime, now),
    ],
  }
}

/**
 * With a purpose, the path is judged as that of a signature is: what the algorithm policy does not rely on at the time
 * ends it. With none, by RFC 5280 alone, which has no such rule; what the policy would not rely on is a warning.
 */
function judgePathOf(leaf: Certificate, options: PathOptions): PathConclusion {
  const algorithms = { policy: DEFAULT_ALGORITHM_POLICY, provenTime: options.validationTime }
  const conclusion = validateSigningCertificate(leaf, options, algorithms)
  if (options.purpose !== 'any' || conclusion.indication === 'PASSED') return conclusion
  const weak = conclusion.findings.filter(({ clause }) => clause === ALGORITHM_CLAUSE)
  if (weak.length === 0) return conclusion
  const plain = validateCertificate(leaf, options)
  return { ...plain, findings: [...plain.findings, ...weak.map((one) => ({ ...one, severity: 'warning' as const }))] }
}

const leftOut = (inputs: ReadInputs<unknown>): readonly Finding[] =>
  inputs.unreadable.map(({ file, message }) => unusable('unreadable-evidence', `${file}: ${message}`))

const unusable = (code: string, message: string): Finding => ({ code, severity: 'warning', message, clause: null })

function describe(answer: Answer): string {
  const { indication, subIndication, path, findings, error } = answer
  const head = subIndication ? `${indication} (${subIndication})` : indication
  const certificates = path.map(({ subject, sha256 }, i) => `${'  '.repeat(i + 1)}${subject}  ${sha256.slice(0, 16)}…`)
  const reasons = findings.map(({ code, message, clause }) => `  - ${code}: ${message}${clause ? ` [${clause}]` : ''}`)
  return [head, ...certificates, ...reasons, ...(error ? [`  error ${error.code}: ${error.message}`] : [])].join('\n')
}
