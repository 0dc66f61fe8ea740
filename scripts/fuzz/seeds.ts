import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type VerificationReport, type VerifyOptions, verifyDocument } from '../../src/verify/index.ts'
import { prepareTrustStore, readPemOrDer } from '../../src/verify/x509/index.ts'
import { loadPathSeeds, type PathSeed } from './paths.ts'

/** A file that inputs are made from, with what it is judged by. */
export interface Seed {
  readonly name: string
  readonly bytes: Buffer
  readonly options: VerifyOptions
  readonly indication: VerificationReport['indication'] | null
}

export interface Seeds {
  /** Smallest first. */
  readonly documents: readonly Seed[]
  readonly paths: readonly PathSeed[]
  /** Certificates, CRLs and OCSP responses, DER. */
  readonly evidence: readonly Buffer[]
  /** SHA-256 of what intact signatures of the seeds cover: nothing else may ever pass. */
  readonly covered: ReadonlySet<string>
}

/** What a case of a corpus says; other keys are its author's expectations. */
interface Case {
  readonly file: string
  readonly at?: string
  readonly roots?: readonly string[]
  readonly crls?: readonly string[]
  readonly password?: string
}

/** Larger files are left out: the same code reads them, only more slowly. */
const MAX_SEED_BYTES = 200 * 1024
const MAX_EVIDENCE = 400

/** Reads the project's fixtures and, where they are, the files of a corpus. Judges each once, unchanged. */
export function loadSeeds(root: string, corpus: string | null): Seeds {
  const evidence: Buffer[] = []
  const documents = [
    ...readCases(join(root, 'fixtures'), fixtureCases(root)),
    ...['pdf', 'mail'].flatMap((kind) => (corpus ? readCases(join(corpus, kind), linesOf(join(corpus, kind))) : [])),
  ]
  for (const folder of [join(root, 'fixtures/ca'), ...(corpus ? [join(corpus, 'paths')] : [])]) {
    for (const file of filesIn(folder)) if (/\.(crt|cer|pem|crl|ocsp|der)$/.test(file)) evidence.push(...derOf(file))
  }
  const covered = new Set<string>()
  const judged = documents.map((seed) => {
    const report = verifyDocument(seed.bytes, seed.options)
    for (const { intact, kind, byteRange } of report.signatures) {
      if (intact === true && byteRange) covered.add(digestOfRange(seed.bytes, byteRange))
      if (intact === true && kind === 'smime') covered.add(digestOfSignedPart(seed.bytes) ?? '')
    }
    return { ...seed, indication: report.indication ?? null }
  })
  judged.sort((a, b) => a.bytes.length - b.bytes.length)
  const paths = corpus ? loadPathSeeds(join(corpus, 'paths')) : []
  return { documents: judged, paths, evidence: thin(evidence, MAX_EVIDENCE), covered }
}

/** SHA-256 of the bytes that a byte range names, computed without the verifier. */
export function digestOfRange(bytes: Uint8Array, [a = 0, b = 0, c = 0, d = 0]: readonly number[]): string {
  return createHash('sha256')
    .update(bytes.subarray(a, a + b))
    .update(bytes.subarray(c, c + d))
    .digest('hex')
}

/** SHA-256 of a mail's first part, with CR LF; null where it has none. Whatever begins like a delimiter is one. */
export function digestOfSignedPart(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString('latin1').replace(/\r?\n/g, '\r\n')
  const boundary = /\bboundary\s*=\s*(?:"([^"\r\n]+)"|([^\s;"]+))/i.exec(text)
  const delimiter = `\r\n--${boundary?.[1] ?? boundary?.[2]}`
  const [, first] = boundary ? text.split(delimiter) : []
  const part = first?.slice(first.indexOf('\r\n') + 2)
  return part === undefined ? null : createHash('sha256').update(part, 'latin1').digest('hex')
}

function fixtureCases(root: string): readonly Case[] {
  const text = readFileSync(join(root, 'fixtures/expected.json'), 'utf8')
  return (JSON.parse(text) as { readonly files: readonly Case[] }).files
}

function linesOf(folder: string): readonly Case[] {
  const file = join(folder, 'cases.jsonl')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case)
}

function readCases(folder: string, cases: readonly Case[]): readonly Omit<Seed, 'indication'>[] {
  const anchors = new Map<string, ReturnType<typeof prepareTrustStore>>()
  return cases.flatMap((one) => {
    const path = join(folder, one.file)
    if (statSync(path).size > MAX_SEED_BYTES) return []
    const key = (one.roots ?? []).join('\n')
    const trustAnchors = anchors.get(key) ?? prepareTrustStore(derIn(folder, one.roots))
    anchors.set(key, trustAnchors)
    const options: VerifyOptions = {
      validationTime: new Date(one.at ?? '2026-11-24T12:00:00Z'),
      trustAnchors,
      crls: derIn(folder, one.crls),
      password: one.password ?? null,
      checkRevocation: 'if-present',
    }
    return [{ name: one.file, bytes: readFileSync(path), options }]
  })
}

const derIn = (folder: string, names: readonly string[] = []): readonly Buffer[] =>
  names.flatMap((name) => filesIn(join(folder, name)).flatMap(derOf))

function filesIn(path: string): readonly string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function derOf(file: string): readonly Buffer[] {
  try {
    return readPemOrDer(readFileSync(file)).map((der) => Buffer.from(der))
  } catch {
    // Corpora hold files on purpose that are no PEM: as bytes they serve as well.
    return [readFileSync(file)]
  }
}

const thin = <T>(items: readonly T[], count: number): readonly T[] =>
  items.filter((_, i) => Math.floor((i * count) / items.length) !== Math.floor(((i - 1) * count) / items.length))
