import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VerifyOptions } from '../src/verify/index.ts'
import { beforeSigning, corpusSets, type DocumentSet, openWorkshop, type Workshop } from './documents.ts'
import { type Figure, lessIsBetter, moreIsBetter } from './figure.ts'
import { floor, inTurns, judgeInTurn, type Load, verifier, warmUp } from './loads.ts'
import { judgeOnce, leastInTurns, memoryOfVerify, timeProcess, timeVerify } from './processes.ts'
import { findPyHanko, type PyHanko, startPyHanko } from './pyhanko.ts'

const DEFAULT_CORPUS = join(import.meta.dirname, '../../shared/corpus/perf')
const ROUNDS = 3
const SECONDS = 1.5
/** pyHanko is slow: a round of it is longer, or it would be one document. */
const PEER_SECONDS = 3

/** What each set's ratio is to be at least: without a cache between documents, and with one. */
const WANTED: Readonly<Record<string, readonly [number, number]>> = {
  rsa200: [25, 40],
  ec200: [25, 40],
  signers200: [25, 40],
  'ec200 by 200 signers': [25, 40],
  lta20: [20, 20],
  inc50: [30, 30],
}

interface Bench {
  readonly python: string | null
  readonly pyhanko: PyHanko | null
  readonly workshop: Workshop
}

/**
 * The verifier beside pyHanko, pdfsig, openssl dgst and what reading, hashing and three RSA verifications alone take, all
 * in this run. Takes a folder of documents; without one, makes its own.
 */
export async function benchVerify(corpus = DEFAULT_CORPUS): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-bench-'))
  const python = findPyHanko()
  const bench = { python, pyhanko: python ? startPyHanko(python) : null, workshop: await openWorkshop(folder) }
  try {
    const { workshop } = bench
    const roots = [workshop.root]
    const many = { name: 'signers200', files: await workshop.bySigners(200), roots }
    const sets = [...corpusSets(corpus), many]
    const alike = sets.find((one) => one.name === 'ec200')
    if (alike && bench.pyhanko) sets.push(await byOthers(alike, bench.workshop, bench.pyhanko))
    const figures: Figure[] = []
    let first: Load | null = null
    for (const set of sets) {
      const rates = await ratesOf(set, bench)
      first ??= rates.peer
      figures.push(...rates.figures)
    }
    const [set = many] = sets
    return [
      ...figures,
      ...(await besideFloor(set)),
      ...besideProcesses(set, bench, first),
      ...ofLargeDocument(bench),
      ...curves(bench.workshop),
    ]
  } finally {
    bench.pyhanko?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The documents of a set as their maker, which is pyHanko, would have made them for as many people as there are. */
async function byOthers(set: DocumentSet, workshop: Workshop, pyhanko: PyHanko): Promise<DocumentSet> {
  const documents = await workshop.toSign(beforeSigning(set.files))
  await pyhanko.sign(documents)
  const files = documents.map((one) => one.out)
  return { name: `${set.name} by ${files.length} signers`, files, roots: [workshop.root] }
}

function optionsFor(roots: readonly string[]): VerifyOptions {
  const ders = roots.flatMap((file) => verifier.readPemOrDer(readFileSync(file)))
  const trustAnchors = verifier.prepareTrustStore(ders)
  return { validationTime: new Date(), trustAnchors, checkRevocation: 'if-present' }
}

const bytesOf = (files: readonly string[]): readonly Uint8Array[] =>
  files.map((file) => new Uint8Array(readFileSync(file)))

async function ratesOf(set: DocumentSet, { pyhanko }: Bench): Promise<{ figures: Figure[]; peer: Load | null }> {
  const options = optionsFor(set.roots)
  const documents = bytesOf(set.files)
  const cache = verifier.createVerificationCache()
  const profile = set.name === 'lta20' ? 'lta' : 'basic'
  warmUp(documents, options)
  const loads = await inTurns(ROUNDS, {
    without: () => judgeInTurn(documents, options, SECONDS),
    cached: () => judgeInTurn(documents, { ...options, cache }, SECONDS),
    peer: pyhanko ? () => pyhanko.judge(set.files, set.roots, PEER_SECONDS, profile) : null,
  })
  const { peer } = loads
  const [without, cached] = WANTED[set.name] ?? [0, 0]
  const figure = (what: string, load: Load, wanted: number): Figure =>
    moreIsBetter({
      what,
      unit: '/s',
      ours: load.perSecond,
      peer: 'pyHanko',
      peers: peer?.perSecond ?? null,
      wanted,
      cpuRatio: peer ? load.perCpuSecond / peer.perCpuSecond : null,
    })
  const figures = [
    figure(`${set.name}, nothing kept between documents`, loads.without, without),
    figure(`${set.name}, a cache between documents`, loads.cached, cached),
  ]
  return { figures, peer }
}

async function besideFloor(set: DocumentSet): Promise<readonly Figure[]> {
  const [options, documents, cache] = [optionsFor(set.roots), bytesOf(set.files), verifier.createVerificationCache()]
  const loads = await inTurns(ROUNDS, {
    ours: () => judgeInTurn(documents, { ...options, cache }, SECONDS),
    floor: () => floor(set.files, SECONDS),
  })
  const peer = 'read, hash, three RSA verifications alone'
  const [ours, peers] = [loads.ours.perSecond, loads.floor.perSecond]
  return [moreIsBetter({ what: `${set.name}, a cache between documents`, unit: '/s', ours, peer, peers })]
}

const COMMAND_INPUTS = 1000

function besideProcesses(set: DocumentSet, { python }: Bench, peer: Load | null): readonly Figure[] {
  const { roots } = set
  const [file = ''] = set.files
  const many = Array.from({ length: COMMAND_INPUTS }, (_, i) => set.files[i % set.files.length] ?? '')
  const script = join(import.meta.dirname, 'peers/by_pyhanko.py')
  const request = `${JSON.stringify({ files: [file], roots, seconds: 0, profile: 'basic' })}\n`
  const least = leastInTurns(5, {
    one: () => timeVerify([file], roots),
    pdfsig: () => timeProcess('pdfsig', [file]),
    pyhanko: () => (python ? timeProcess(python, [script], request) : 0),
  })
  const thousand = leastInTurns(3, {
    one: () => timeVerify(many, roots),
    two: () => timeVerify(many, roots, '--jobs', '2'),
  })
  const peerOne = python ? least.pyhanko : null
  // A thousand of them would take half a minute: its start, and the rest at the rate that it had above.
  const peerMany = peerOne !== null && peer ? 1000 / (peerOne / 1000 + (COMMAND_INPUTS - 1) / peer.perSecond) : null
  const perSecond = (ms: number): number => COMMAND_INPUTS / (ms / 1000)
  const command = { unit: '/s', peer: 'pyHanko', peers: peerMany, wanted: 20 }
  return [
    moreIsBetter({ what: '1000 inputs in one command', ours: perSecond(thousand.one), ...command }),
    moreIsBetter({ what: '1000 inputs in one command, --jobs 2', ours: perSecond(thousand.two), ...command }),
    lessIsBetter({
      what: 'one file, a whole process',
      unit: 'ms',
      ours: least.one,
      peer: 'pyHanko',
      peers: peerOne,
      wanted: 6,
    }),
    lessIsBetter({
      what: 'one file, a whole process',
      unit: 'ms',
      ours: least.one,
      peer: 'pdfsig',
      peers: least.pdfsig,
    }),
    lessIsBetter({
      what: 'one file, most memory of the process',
      unit: 'MiB',
      ours: memoryOfVerify(file, roots),
      peer: 'allowed',
      peers: 100,
      wanted: 1,
    }),
  ]
}

function ofLargeDocument({ workshop }: Bench): readonly Figure[] {
  const file = workshop.ofSize(100)
  let mebibytes = 0
  const least = leastInTurns(5, {
    openssl: () => timeProcess('openssl', ['dgst', '-sha256', file]),
    ours: () => {
      const once = judgeOnce(file, workshop.root)
      mebibytes = Math.max(mebibytes, once.mebibytes)
      return once.ms
    },
  })
  const memory = { what: '100 MiB document, most memory of the process', unit: 'MiB', ours: mebibytes }
  return [
    lessIsBetter({
      what: '100 MiB document, in process',
      unit: 'ms',
      ours: least.ours,
      peer: 'openssl dgst -sha256',
      peers: least.openssl,
      wanted: 0.4,
    }),
    lessIsBetter({ ...memory, peer: 'allowed', peers: 300, wanted: 1 }),
  ]
}

/** How the cost grows: each point is the least of several turns in a warm process. */
function curves(workshop: Workshop): readonly Figure[] {
  const options = optionsFor([workshop.root])
  const point = (what: string, file: string, parts: number, part: string): Figure => {
    const [bytes = new Uint8Array()] = bytesOf([file])
    const ms = Math.min(...Array.from({ length: 7 }, () => 1000 / judgeInTurn([bytes], options, 0.1).perSecond))
    return { what, unit: 'ms', ours: ms, peer: `per ${part}`, peers: ms / parts, ratio: null }
  }
  return [
    ...[1, 3, 10, 30, 100].map((size) => point(`${size} MiB, one signature`, workshop.ofSize(size), size, 'MiB')),
    ...[1, 5, 10, 25, 50, 100, 200].map((count) =>
      point(`${count} signatures on one page`, workshop.withSignatures(count), count, 'signature'),
    ),
  ]
}

if (spawnSync('pdfsig', ['-v'], { stdio: 'ignore' }).error) {
  throw new Error('pdfsig is not there: install poppler-utils')
}
