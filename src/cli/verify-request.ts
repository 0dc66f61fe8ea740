import { parseArgs } from 'node:util'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { type JsonLine, parseInstant, readBytes, readJobLines } from './read-inputs.ts'

export const VERIFY_HELP = `usage: poststempel verify [options] FILE…
       poststempel verify [options] --files-from FILE|-
       poststempel verify [options] --jobs-from FILE|-

Judges the signatures of PDFs and mails (EN 319 102-1). PATH is a file (PEM with one or more, or DER) or a folder of
them. Nothing is fetched from the network unless --online asks for it.

  --roots PATH                trust anchors (repeatable, as are the next three); without: those enabled in the data folder
  --intermediates PATH        certificates that may lie between
  --crls PATH                 certificate revocation lists
  --ocsp PATH                 OCSP responses
  --at ISO8601                the time to judge by, in UTC where no zone is given; a date
                              alone is its beginning (default: now)
  --check-revocation MODE     require (default), if-present or off
  --online                    fetch issuers, CRLs and OCSP answers from where certificates say that they lie (never from
                              this machine or its neighbours, but for validationData.allowedNetworks of POSTSTEMPEL_CONFIG)
  --password PW               opens encrypted PDFs
  --content FILE              what a detached signature was made over
  --poe ISO8601               a time by which the inputs are proven to have existed
  --files-from FILE|-         names of further inputs, one per line
  --jobs-from FILE|-          one JSON object per line: id, file, roots, intermediates, crls, ocsp, at, password,
                              content, poe, checkRevocation, openpgpKeys; prints one answer per line
  --jobs N                    how many inputs are judged at a time, each in a thread of its own (default: 1, at most 64)
  --openpgp-keys PATH         OpenPGP public keys that are trusted as they are, their User IDs included (repeatable): a file
                              or a folder
  --decrypt-keys PATH         private keys that open encrypted mail (repeatable): armoured OpenPGP keys without a passphrase, or
                              PEM with a private key and its certificate
  --data DIR                  the data folder
  --format text|json|etsi-xml (default: text); etsi-xml: one ETSI TS 119 102-2 document per line

Exit code: 0 all inputs TOTAL-PASSED, 1 some are not, 2 bad usage or an input that cannot be read.`

export type RevocationChoice = 'require' | 'if-present' | 'off'

/** One input to judge, with everything that belongs to it; paths as a person wrote them. */
export interface VerifyJob {
  readonly id: string | null
  readonly file: string
  /** Null: the anchors enabled in the data folder. */
  readonly roots: readonly string[] | null
  readonly intermediates: readonly string[]
  readonly crls: readonly string[]
  readonly ocsp: readonly string[]
  readonly openpgpKeys: readonly string[]
  /** What stood encrypted in the input, where it was opened. */
  readonly opened?: Uint8Array | null
  readonly at: string | null
  readonly password: string | null
  readonly content: string | null
  readonly poe: string | null
  readonly checkRevocation: RevocationChoice
}

/** A line of --jobs-from that is no job; it has its answer all the same, in its place. */
export interface RefusedJob {
  readonly id: string | null
  readonly file: string | null
  readonly refused: GatewayError
}

export interface VerifyRequest {
  readonly jobs: readonly (VerifyJob | RefusedJob)[]
  /** What --roots names for all jobs that name none of their own. */
  readonly roots: readonly string[]
  readonly format: 'text' | 'json' | 'etsi-xml'
  /** How many inputs are judged at a time. */
  readonly threads: number
  readonly online: boolean
  readonly decryptKeys: readonly string[]
  readonly dataDir: string | undefined
}

const FLAGS = {
  roots: { type: 'string', multiple: true },
  intermediates: { type: 'string', multiple: true },
  crls: { type: 'string', multiple: true },
  ocsp: { type: 'string', multiple: true },
  at: { type: 'string' },
  'check-revocation': { type: 'string' },
  password: { type: 'string' },
  content: { type: 'string' },
  poe: { type: 'string' },
  'files-from': { type: 'string' },
  'jobs-from': { type: 'string' },
  jobs: { type: 'string' },
  data: { type: 'string' },
  format: { type: 'string', default: 'text' },
  online: { type: 'boolean' },
  'openpgp-keys': { type: 'string', multiple: true },
  'decrypt-keys': { type: 'string', multiple: true },
} as const

const badUsage = (message: string): GatewayError => new GatewayError('invalid-request', message)

/**
 * Takes the words behind `verify`; gives the jobs that they ask for.
 * @throws GatewayError invalid-request, unreadable-input
 */
export function readVerifyRequest(args: readonly string[]): VerifyRequest {
  const { values, positionals } = parseFlags(args)
  const { format } = values
  if (format !== 'text' && format !== 'json' && format !== 'etsi-xml') {
    throw badUsage('--format takes text, json or etsi-xml')
  }
  const threads = threadsOf(values.jobs)
  const defaults: Omit<VerifyJob, 'id' | 'file'> = {
    roots: values.roots ?? null,
    intermediates: values.intermediates ?? [],
    crls: values.crls ?? [],
    ocsp: values.ocsp ?? [],
    openpgpKeys: values['openpgp-keys'] ?? [],
    at: timeOf('--at', values.at),
    password: values.password ?? null,
    content: values.content ?? null,
    poe: timeOf('--poe', values.poe),
    checkRevocation: revocationChoice(values['check-revocation']) ?? 'require',
  }
  const files = [...positionals, ...filesFrom(values['files-from'])]
  const from = values['jobs-from']
  const listed = from === undefined ? [] : readJobLines(from).map((line) => readLine(line, defaults))
  const jobs = [...files.map((file) => ({ id: null, file, ...defaults })), ...listed]
  if (jobs.length === 0) throw badUsage('give at least one FILE, --files-from or --jobs-from')
  return {
    ...{ jobs, roots: values.roots ?? [], format, threads, online: values.online ?? false, dataDir: values.data },
    decryptKeys: values['decrypt-keys'] ?? [],
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true })
  } catch (cause) {
    throw badUsage(cause instanceof Error ? cause.message : String(cause))
  }
}

const MAX_THREADS = 64

function threadsOf(value: string | undefined): number {
  if (value === undefined) return 1
  const threads = Number(value)
  if (!/^\d{1,2}$/.test(value) || threads < 1 || threads > MAX_THREADS) {
    throw badUsage(`--jobs takes a whole number from 1 to ${MAX_THREADS}`)
  }
  return threads
}

function filesFrom(list: string | undefined): readonly string[] {
  if (list === undefined) return []
  const lines = Buffer.from(readBytes(list)).toString('utf8').split(/\r?\n/)
  return lines.filter((line) => line !== '')
}

/** A time that is none is said once, and not for each of a thousand inputs. */
function timeOf(flag: string, value: string | undefined): string | null {
  if (value === undefined) return null
  try {
    parseInstant(value)
    return value
  } catch (thrown) {
    throw badUsage(`${flag}: ${asGatewayError(thrown).message}`)
  }
}

function revocationChoice(value: unknown): RevocationChoice | null {
  if (value === undefined || value === null) return null
  if (value === 'require' || value === 'if-present' || value === 'off') return value
  throw badUsage('--check-revocation takes require, if-present or off')
}

type Line = Readonly<Record<string, unknown>>

const isLine = (value: unknown): value is Line => typeof value === 'object' && value !== null && !Array.isArray(value)

const KEYS = new Set(
  'id file roots intermediates crls ocsp at password content poe checkRevocation openpgpKeys'.split(' '),
)

/** A line that cannot be followed costs the others nothing: it is refused by itself, under its id where that is there. */
function readLine(line: JsonLine, defaults: Omit<VerifyJob, 'id' | 'file'>): VerifyJob | RefusedJob {
  if ('fault' in line) return { id: null, file: null, refused: line.fault }
  try {
    return readJob(line.value, line.number, defaults)
  } catch (thrown) {
    const { id, file } = isLine(line.value) ? line.value : {}
    const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    return { id: textOrNull(id), file: textOrNull(file), refused: asGatewayError(thrown) }
  }
}

/** Reads one line of --jobs-from; what it does not say is as the command line says for all. */
function readJob(line: unknown, number: number, defaults: Omit<VerifyJob, 'id' | 'file'>): VerifyJob {
  const refuse = (what: string): never => {
    throw badUsage(`line ${number} of --jobs-from: ${what}`)
  }
  if (!isLine(line)) return refuse('is no JSON object')
  const unknown = Object.keys(line).find((key) => !KEYS.has(key))
  if (unknown !== undefined) return refuse(`"${unknown}" is not known`)
  const text = (key: string): string | null => {
    const value = line[key] ?? null
    return value === null || typeof value === 'string' ? value : refuse(`"${key}" is no text`)
  }
  const list = (key: string): readonly string[] | null => {
    const value = line[key] ?? null
    if (value === null) return null
    if (!Array.isArray(value)) return refuse(`"${key}" is no list`)
    return value.map((item: unknown) => (typeof item === 'string' ? item : refuse(`"${key}" holds other than text`)))
  }
  return {
    id: text('id'),
    file: text('file') ?? refuse('"file" is missing'),
    roots: list('roots') ?? defaults.roots,
    intermediates: list('intermediates') ?? defaults.intermediates,
    crls: list('crls') ?? defaults.crls,
    ocsp: list('ocsp') ?? defaults.ocsp,
    openpgpKeys: list('openpgpKeys') ?? defaults.openpgpKeys,
    at: text('at') ?? defaults.at,
    password: text('password') ?? defaults.password,
    content: text('content') ?? defaults.content,
    poe: text('poe') ?? defaults.poe,
    checkRevocation: revocationChoice(line['checkRevocation']) ?? defaults.checkRevocation,
  }
}
