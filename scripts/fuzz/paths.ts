import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { VerifyError } from '../../src/verify/errors.ts'
import {
  type PathConclusion,
  type PathOptions,
  parseCertificate,
  parseCertificateList,
  prepareTrustStore,
  readPemOrDer,
  type TrustStore,
  validateCertificate,
} from '../../src/verify/x509/index.ts'
import { mutateDer } from './mutate-der.ts'
import type { Random } from './random.ts'

/** A certificate with what its path is judged by. */
export interface PathSeed {
  readonly name: string
  readonly leaf: Buffer
  readonly trustAnchors: TrustStore
  readonly intermediates: readonly Buffer[]
  readonly crls: readonly Buffer[]
  readonly settings: Pick<PathOptions, 'validationTime' | 'checkRevocation' | 'purpose' | 'policies'>
}

interface PathCase {
  readonly id: string
  readonly leaf: string
  readonly roots: readonly string[]
  readonly intermediates: readonly string[]
  readonly crls: readonly string[]
  readonly at: string
  readonly checkRevocation?: PathOptions['checkRevocation']
  readonly purpose?: PathOptions['purpose']
  readonly policies?: readonly string[]
}

/** Larger evidence is left out: it only makes each input slower. */
const MAX_CASE_BYTES = 100 * 1024

/** Reads the cases of a corpus of certification paths; none where it is not there. */
export function loadPathSeeds(folder: string): readonly PathSeed[] {
  const file = join(folder, 'cases.jsonl')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  const cases = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as PathCase)
  const read = (names: readonly string[]): readonly Buffer[] =>
    names.flatMap((name) => readPemOrDer(readFileSync(join(folder, name))).map((der) => Buffer.from(der)))
  return cases.flatMap((one) => {
    const [leaf] = read([one.leaf])
    const [intermediates, crls] = [read(one.intermediates), read(one.crls)]
    const bytes = [...intermediates, ...crls].reduce((sum, der) => sum + der.length, 0)
    if (!leaf || bytes > MAX_CASE_BYTES) return []
    const settings = {
      validationTime: new Date(one.at),
      checkRevocation: one.checkRevocation ?? 'require',
      purpose: one.purpose ?? 'any',
      policies: one.policies ?? [],
    } as const
    return [{ name: one.id, leaf, trustAnchors: prepareTrustStore(read(one.roots)), intermediates, crls, settings }]
  })
}

/** Makes another case of one: a part or several of its DER are changed. */
export function mutatePath(seed: PathSeed, random: Random): PathSeed {
  const change = (der: Buffer): Buffer => (random.chance(0.4) ? mutateDer(der, random, seed.leaf) : der)
  const leaf = random.chance(0.5) ? mutateDer(seed.leaf, random, seed.intermediates[0] ?? seed.leaf) : seed.leaf
  return { ...seed, leaf, intermediates: seed.intermediates.map(change), crls: seed.crls.map(change) }
}

/** Reads what can be read and judges the path; null where the leaf itself cannot be read. */
export function judgePathSeed(seed: PathSeed): PathConclusion | null {
  const readable = <T>(ders: readonly Buffer[], parse: (der: Uint8Array) => T): T[] =>
    ders.flatMap((der) => tryTo(() => parse(der)) ?? [])
  const leaf = tryTo(() => parseCertificate(seed.leaf))
  if (!leaf) return null
  const intermediates = readable(seed.intermediates, parseCertificate)
  const crls = readable(seed.crls, parseCertificateList)
  return validateCertificate(leaf, { ...seed.settings, trustAnchors: seed.trustAnchors, intermediates, crls })
}

function tryTo<T>(run: () => T): T | null {
  try {
    return run()
  } catch (fault) {
    if (!(fault instanceof VerifyError) || fault.code === 'internal') throw fault
    return null
  }
}
