import { describeVerdict, verifyDocument, writeJson, writeText } from '../../src/verify/index.ts'
import { makeInput } from './input.ts'
import { findFault } from './oracle.ts'
import { judgePathSeed, mutatePath } from './paths.ts'
import { randomOf } from './random.ts'
import type { Seeds } from './seeds.ts'

/** One input, made and ready to be judged. */
export interface Prepared {
  /** The file or case that it was made from. */
  readonly name: string
  /** The input itself; of a path its leaf. */
  readonly bytes: Buffer
  /** Judges it; gives the answer, its verdict in a word, and what is wrong with it or null. */
  judge(): { readonly answer: string; readonly verdict: string; readonly fault: string | null }
}

const PATHS = 0.1

/** Makes the input of that seed number and index: a document, or now and then a certification path. */
export function prepare(seeds: Seeds, seedNumber: number, index: number): Prepared {
  const random = randomOf(~seedNumber, index)
  return seeds.paths.length > 0 && random.chance(PATHS)
    ? preparePath(seeds, random)
    : prepareDocument(seeds, seedNumber, index)
}

function prepareDocument(seeds: Seeds, seedNumber: number, index: number): Prepared {
  const input = makeInput(seeds, seedNumber, index)
  const judge = (): ReturnType<Prepared['judge']> => {
    const report = verifyDocument(input.bytes, input.options)
    // Whatever was judged must be shown as well.
    describeVerdict(report, 'da')
    writeText(report, 'en')
    const verdict = report.indication ?? `error ${report.error?.code}`
    return { answer: writeJson(report), verdict, fault: findFault(seeds, input, report) }
  }
  return { name: input.seed.name, bytes: input.bytes, judge }
}

function preparePath(seeds: Seeds, random: ReturnType<typeof randomOf>): Prepared {
  const seed = random.pick(seeds.paths)
  const mutated = mutatePath(seed, random)
  const judge = (): ReturnType<Prepared['judge']> => {
    const conclusion = judgePathSeed(mutated)
    const verdict = `path ${conclusion?.indication ?? 'unreadable'}`
    const changed = !mutated.leaf.equals(seed.leaf)
    const passed = conclusion?.indication === 'PASSED'
    const fault = passed && changed && !isSeed(seeds, mutated.leaf) ? 'a leaf passed that no CA signed' : null
    return { answer: JSON.stringify(conclusion?.findings ?? null), verdict, fault }
  }
  return { name: seed.name, bytes: mutated.leaf, judge }
}

/** A change may make another certificate of the corpus out of one, such as by taking an element over. */
const isSeed = ({ paths }: Seeds, leaf: Buffer): boolean =>
  paths.some((one) => one.leaf.equals(leaf) || one.intermediates.some((der) => der.equals(leaf)))
