import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const COMMAND = join(root, 'bin/poststempel.js')

/** What a process cost: milliseconds from its start to its end. */
export function timeProcess(program: string, args: readonly string[], input = ''): number {
  const began = performance.now()
  const { error } = spawnSync(program, [...args], { input, stdio: ['pipe', 'ignore', 'ignore'] })
  if (error) throw error
  return performance.now() - began
}

/** The words of `poststempel verify` for these roots. */
export const verifyWords = (roots: readonly string[], ...more: readonly string[]): readonly string[] => [
  COMMAND,
  'verify',
  ...roots.flatMap((path) => ['--roots', path]),
  ...['--check-revocation', 'if-present', '--format', 'json'],
  ...more,
]

/** Runs `poststempel verify` over inputs named on standard input; gives milliseconds. */
export const timeVerify = (files: readonly string[], roots: readonly string[], ...more: readonly string[]): number =>
  timeProcess(process.execPath, verifyWords(roots, ...more, '--files-from', '-'), files.join('\n'))

/** Gives the most MiB that `poststempel verify` ever holds for one file. */
export function memoryOfVerify(file: string, roots: readonly string[]): number {
  const args = ['--import', join(import.meta.dirname, 'memory.ts'), ...verifyWords(roots, file)]
  const env = { ...process.env, BENCH_SAYS_MEMORY: '1' }
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  return Number(stderr.trim().split('\n').at(-1))
}

/** Judges one file once in a process of its own, its start not counted. */
export function judgeOnce(file: string, trusted: string): { readonly ms: number; readonly mebibytes: number } {
  const args = [join(import.meta.dirname, 'judge-once.ts'), file, trusted]
  const answer = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  if (answer.indication !== 'TOTAL-PASSED') throw new Error(`${file} is ${answer.indication}: nothing to time`)
  return answer
}

/** Gives the least of several turns of each, taken in turn. */
export function leastInTurns<K extends string>(
  turns: number,
  works: Readonly<Record<K, () => number>>,
): Record<K, number> {
  const names = Object.keys(works) as K[]
  const least = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<K, number>
  for (let turn = 0; turn < turns; turn += 1) {
    for (const name of names) least[name] = Math.min(least[name], works[name]())
  }
  return least
}
