import { hash } from 'node:crypto'
import type { Certificate } from './certificate.ts'
import type { PathConclusion, PathOptions } from './path-conclusion.ts'
import { type SearchBudget, startBudget } from './search-budget.ts'
import { validateCertificate } from './validate-certificate.ts'

/** What was found out about one certificate, and what it was told meanwhile. */
interface Remembered {
  readonly trustAnchors: PathOptions['trustAnchors']
  readonly conclusion: PathConclusion
  /** Of each certificate whose algorithms were asked about: the objection, null for none. */
  readonly algorithms: ReadonlyMap<Certificate, string | null>
  /** Of each piece of evidence whose age was asked about: by when it is proven, in milliseconds; null: not. */
  readonly proofs: ReadonlyMap<string, number | null>
}

const MAX_REMEMBERED = 2000

/**
 * Validates the certificates of one document, within a budget for all of them: what was found out about a certificate, with
 * the same evidence at the same time, stands for each further signature by it. To be kept for one document only, judged by
 * one algorithm policy.
 */
export class PathMemory {
  readonly #budget: SearchBudget = startBudget()
  readonly #known = new Map<string, Remembered[]>()
  #size = 0

  /** As validateCertificate, whose answer it gives. */
  validate(leaf: Certificate, options: PathOptions): PathConclusion {
    const key = keyOf(leaf, options)
    const known = this.#known.get(key) ?? []
    const same = known.find((one) => isSame(one, options))
    if (same) return same.conclusion
    const made = record(leaf, options, this.#budget)
    if (this.#size < MAX_REMEMBERED) {
      this.#size += 1
      this.#known.set(key, [...known, made])
    }
    return made.conclusion
  }
}

function keyOf(leaf: Certificate, options: PathOptions): string {
  const { intermediates = [], crls = [], ocsps = [], validationTime, controlTime, purpose, checkRevocation } = options
  const given = [intermediates, crls, ocsps].map((some) => some.map(({ sha256 }) => sha256).join()).join(';')
  const times = [validationTime.getTime(), controlTime?.getTime()]
  return [leaf.sha256, ...times, purpose, checkRevocation, hash('sha256', given, 'base64')].join(' ')
}

const timeOf = (sha256: string, { poeOf }: PathOptions): number | null => poeOf?.(sha256)?.getTime() ?? null
const objectionTo = (certificate: Certificate, { judgeAlgorithm }: PathOptions): string | null =>
  judgeAlgorithm?.(certificate)?.message ?? null

/** Whoever asks now would have said the same. */
function isSame({ trustAnchors, algorithms, proofs }: Remembered, options: PathOptions): boolean {
  return (
    trustAnchors === options.trustAnchors &&
    [...proofs].every(([sha256, time]) => timeOf(sha256, options) === time) &&
    [...algorithms].every(([certificate, objection]) => objectionTo(certificate, options) === objection)
  )
}

function record(leaf: Certificate, options: PathOptions, budget: SearchBudget): Remembered {
  const algorithms = new Map<Certificate, string | null>()
  const proofs = new Map<string, number | null>()
  const { poeOf, judgeAlgorithm } = options
  const conclusion = validateCertificate(leaf, {
    ...options,
    budget,
    poeOf: (sha256) => {
      const time = poeOf?.(sha256) ?? null
      proofs.set(sha256, time?.getTime() ?? null)
      return time
    },
    judgeAlgorithm: (certificate) => {
      const finding = judgeAlgorithm?.(certificate) ?? null
      algorithms.set(certificate, finding?.message ?? null)
      return finding
    },
  })
  return { trustAnchors: options.trustAnchors, conclusion, algorithms, proofs }
}
