import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { VerifyError } from '../verify/errors.ts'
import { type OpenpgpCertificate, parseOpenpgpCertificates } from '../verify/openpgp/index.ts'
import type { Finding } from '../verify/report/report.ts'
import { type OcspResponse, parseOcspResponse } from '../verify/revocation/index.ts'
import {
  type Certificate,
  type CertificateList,
  parseCertificate,
  parseCertificateList,
  prepareTrustStore,
  readPemOrDer,
  type TrustStore,
} from '../verify/x509/index.ts'

/** What was read from files that a person named, and which of it could not be used, with the reason. */
export interface ReadInputs<T> {
  readonly items: readonly T[]
  readonly unreadable: readonly { readonly file: string; readonly message: string }[]
}

/** Reads evidence from paths; what the same paths gave is kept, so that a thousand jobs read their roots once. */
export interface InputReader {
  readonly trustStore: (paths: readonly string[]) => TrustStore
  readonly certificates: (paths: readonly string[]) => ReadInputs<Certificate>
  readonly crls: (paths: readonly string[]) => ReadInputs<CertificateList>
  readonly ocsps: (paths: readonly string[]) => ReadInputs<OcspResponse>
  readonly openpgpKeys: (paths: readonly string[]) => ReadInputs<readonly OpenpgpCertificate[]>
}

/** @throws GatewayError unreadable-input, from each of its functions, where a file or folder cannot be read */
export function createInputReader(): InputReader {
  const kept = <T>(read: (paths: readonly string[]) => T): ((paths: readonly string[]) => T) => {
    const known = new Map<string, T>()
    return (paths) => {
      const key = JSON.stringify(paths)
      const before = known.get(key)
      if (before !== undefined) return before
      const made = read(paths)
      known.set(key, made)
      return made
    }
  }
  return {
    trustStore: kept(readTrustStore),
    certificates: kept((paths) => readInputs(paths, parseCertificate)),
    crls: kept((paths) => readInputs(paths, parseCertificateList)),
    ocsps: kept((paths) => readInputs(paths, parseOcspResponse)),
    openpgpKeys: kept(readOpenpgpKeys),
  }
}

/**
 * Takes a file or a folder; gives the file, or the files in the folder by name (hidden ones and folders left out).
 * @throws GatewayError unreadable-input
 */
export function listFiles(path: string): readonly string[] {
  return reading(path, () => {
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => join(path, entry.name))
      .sort()
  })
}

/** Gives a file's bytes; "-" is standard input. @throws GatewayError unreadable-input */
export function readBytes(file: string): Uint8Array {
  // A view and no copy: a document may have 100 MB.
  return reading(file, () => {
    const { buffer, byteOffset, length } = readFileSync(file === '-' ? 0 : file)
    return new Uint8Array(buffer, byteOffset, length)
  })
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new GatewayError('unreadable-input', `${path} cannot be read`, { cause })
  }
}

/** A file by its path, or one of a folder: a README beside the certificates is no reason to read none of them. */
interface ListedFile {
  readonly file: string
  readonly inFolder: boolean
}

function listInputs(paths: readonly string[]): readonly ListedFile[] {
  return paths.flatMap((path) => {
    const files = listFiles(path)
    const inFolder = files.length !== 1 || files[0] !== path
    return files.map((file) => ({ file, inFolder }))
  })
}

/** Gives what stands in a file; of one in a folder that holds nothing usable, why. @throws GatewayError unreadable-input */
function readListed({ file, inFolder }: ListedFile): readonly Uint8Array[] | { readonly passedOver: string } {
  try {
    return readPieces(file)
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!inFolder || fault.code !== 'unreadable-input') throw thrown
    return { passedOver: fault.message }
  }
}

function readTrustStore(paths: readonly string[]): TrustStore {
  const passedOver: string[] = []
  const pieces = listInputs(paths).flatMap((listed) => {
    const read = readListed(listed)
    if (!('passedOver' in read)) return read
    passedOver.push(read.passedOver)
    return []
  })
  const store = prepareTrustStore(pieces.filter(isNoCrl))
  return passedOver.length === 0 ? store : { ...store, unreadable: [...store.unreadable, ...passedOver] }
}

/** A file that is neither PEM nor DER cannot be used at all. */
function readPieces(file: string): readonly Uint8Array[] {
  const bytes = readBytes(file)
  try {
    return readPemOrDer(bytes)
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause
    throw new GatewayError('unreadable-input', `${file}: ${cause.message}`, { cause })
  }
}

/** A CA's folder often holds its revocation lists too: they are no anchors, and none that is missing. */
function isNoCrl(der: Uint8Array): boolean {
  try {
    parseCertificateList(der)
    return false
  } catch (fault) {
    if (!(fault instanceof VerifyError)) throw fault
    return true
  }
}

function readInputs<T>(paths: readonly string[], parse: (der: Uint8Array) => T): ReadInputs<T> {
  const items: T[] = []
  const unreadable: { file: string; message: string }[] = []
  for (const listed of listInputs(paths)) {
    const { file } = listed
    const read = readListed(listed)
    if ('passedOver' in read) {
      unreadable.push({ file, message: 'is neither PEM nor DER' })
      continue
    }
    for (const der of read) {
      try {
        items.push(parse(der))
      } catch (fault) {
        if (!(fault instanceof VerifyError)) throw fault
        unreadable.push({ file, message: fault.message })
      }
    }
  }
  return { items, unreadable }
}

/** A file that holds no OpenPGP key says so; the others count all the same. @throws GatewayError unreadable-input */
function readOpenpgpKeys(paths: readonly string[]): ReadInputs<readonly OpenpgpCertificate[]> {
  const items: (readonly OpenpgpCertificate[])[] = []
  const unreadable: { file: string; message: string }[] = []
  for (const { file } of listInputs(paths)) {
    try {
      items.push(parseOpenpgpCertificates(readBytes(file)))
    } catch (fault) {
      if (!(fault instanceof VerifyError)) throw fault
      unreadable.push({ file, message: fault.message })
    }
  }
  return { items, unreadable }
}

/** A line of a file of jobs: its number from 1, and its value or why it has none. */
export type JsonLine =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly fault: GatewayError }

/** Reads a file of JSON objects, one per line; empty lines are passed over. @throws GatewayError unreadable-input */
export function readJobLines(file: string): readonly JsonLine[] {
  const lines = Buffer.from(readBytes(file)).toString('utf8').split('\n')
  return lines.flatMap((line, i): JsonLine[] => {
    if (line.trim() === '') return []
    try {
      return [{ number: i + 1, value: JSON.parse(line) }]
    } catch (cause) {
      const fault = new GatewayError('unreadable-input', `line ${i + 1} of ${file} is not JSON`, { cause })
      return [{ number: i + 1, fault }]
    }
  })
}

const DAY = /(?<day>\d{4}-\d{2}-\d{2})/.source
const TIME = /(?<minute>\d{2}:\d{2})(?<second>:\d{2})?(?<fraction>[.,]\d{1,3})?\d*/.source
const ZONE = /(?<zone>Z|(?<hours>[+-]\d{2})(?::?(?<minutes>\d{2}))?)?/.source
const INSTANT = new RegExp(`^${DAY}(?:[T ]${TIME}${ZONE})?$`, 'i')

/**
 * Takes a date (its beginning is meant), or a date and time, in ISO 8601; without a zone it is UTC, so that an answer does
 * not depend on where it is asked. @throws GatewayError invalid-request
 */
export function parseInstant(text: string): Date {
  const {
    day,
    minute = '00:00',
    second = ':00',
    fraction = '',
    hours,
    minutes = '00',
  } = INSTANT.exec(text)?.groups ?? {}
  const local = `${day}T${minute}${second}${fraction.replace(',', '.')}`
  const date = new Date(`${local}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`)
  if (day === undefined || Number.isNaN(date.getTime()) || !isOnDay(day, new Date(`${local}Z`))) {
    throw new GatewayError('invalid-request', `"${text}" is not a date and time of ISO 8601`)
  }
  return date
}

/** A day that a month does not have would else be taken for one of the next. */
const isOnDay = (day: string, date: Date): boolean => date.toISOString().startsWith(day)

const DAY_MS = 86_400_000

/** Gives a warning where a time to judge by is yet to come, by more than zones differ: what will be then nobody knows. */
export function findFuture(at: Date, now: Date): readonly Finding[] {
  if (at.getTime() - now.getTime() <= DAY_MS) return []
  const message = `judged as of ${at.toISOString()}, which is yet to come: what is revoked or forged until then is not known`
  return [{ code: 'validation-time-in-future', severity: 'warning', message, clause: null }]
}
