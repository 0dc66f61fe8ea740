import type { VerifyOptions } from '../../src/verify/index.ts'
import { BYTE_MUTATIONS, editNumber, MAX_INPUT_BYTES } from './mutate.ts'
import { mutateDer } from './mutate-der.ts'
import { mutatePdf } from './mutate-pdf.ts'
import { type Random, randomOf } from './random.ts'
import type { Seed, Seeds } from './seeds.ts'

/** What verifyDocument is given in one run, and where it came from. */
export interface FuzzInput {
  readonly seed: Seed
  readonly bytes: Buffer
  readonly options: VerifyOptions
  /** Mutated certificates, CRLs or OCSP responses are among the evidence. */
  readonly evidenceMutated: boolean
}

/** Makes the input of that seed number and index; always the same one while the seed files are the same. */
export function makeInput(seeds: Seeds, seedNumber: number, index: number): FuzzInput {
  const random = randomOf(seedNumber, index)
  const seed = pickSeed(seeds, random)
  const other = pickSeed(seeds, random).bytes
  if (seeds.evidence.length > 0 && random.chance(0.1)) return withEvidence(seed, seeds, random)
  if (random.chance(0.02)) {
    const start = random.pick(['', '%PDF-1.7\n', 'From: a@b.dk\n', '0\x82'])
    const bytes = Buffer.concat([Buffer.from(start, 'latin1'), random.bytes(random.below(3000))])
    return { seed, bytes, options: seed.options, evidenceMutated: false }
  }
  const bytes = mutateDocument(seed.bytes, random, other).subarray(0, MAX_INPUT_BYTES)
  return { seed, bytes, options: seed.options, evidenceMutated: false }
}

/** What passes, and small ones, are picked more often: there is more to lose by the ones, and the others are read fast. */
function pickSeed({ documents }: Seeds, random: Random): Seed {
  const passing = random.chance(0.4) ? documents.filter((one) => one.indication === 'TOTAL-PASSED') : []
  const from = passing.length > 0 ? passing : documents
  return random.pick(from.slice(0, 1 + random.below(from.length)))
}

function mutateDocument(bytes: Buffer, random: Random, other: Buffer): Buffer {
  if (bytes.length === 0) return random.bytes(random.below(100))
  if (bytes.subarray(0, 1024).includes('%PDF-')) return mutatePdf(bytes, random, other)
  if (bytes[0] === 0x30) return mutateDer(bytes, random, other)
  let changed = bytes
  for (let i = random.below(3); i >= 0; i -= 1) {
    changed = random.pick([...BYTE_MUTATIONS, editNumber, mutateBase64])(changed, random, other)
  }
  return changed
}

/** Mutates a base64 body, such as that of a signature in a mail. */
function mutateBase64(bytes: Buffer, random: Random, other: Buffer): Buffer {
  const blocks = [...bytes.toString('latin1').matchAll(/(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}[A-Za-z0-9+/=]*/g)]
  if (blocks.length === 0) return bytes
  const block = random.pick(blocks)
  const changed = mutateDer(Buffer.from(block[0], 'base64'), random, other)
  const lines = changed.toString('base64').replace(/.{72}/g, '$&\r\n')
  const end = block.index + block[0].length
  return Buffer.concat([bytes.subarray(0, block.index), Buffer.from(lines), bytes.subarray(end)])
}

function withEvidence(seed: Seed, seeds: Seeds, random: Random): FuzzInput {
  const mutated = Array.from({ length: 1 + random.below(4) }, () =>
    mutateDer(random.pick(seeds.evidence), random, random.pick(seeds.evidence)),
  )
  const { crls = [] } = seed.options
  const options = { ...seed.options, intermediates: mutated, crls: [...crls, ...mutated], ocsps: mutated }
  return { seed, bytes: seed.bytes, options, evidenceMutated: true }
}
