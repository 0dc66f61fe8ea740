import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Load } from './loads.ts'

const SCRIPT = join(import.meta.dirname, 'peers/by_pyhanko.py')

/** pyHanko in a process of its own that stays, so that its start is not counted. */
export interface PyHanko {
  /** Judges the files over and over for so long. */
  judge(files: readonly string[], roots: readonly string[], seconds: number, profile?: 'basic' | 'lta'): Promise<Load>
  /** Signs documents, PAdES-B-B. */
  sign(documents: readonly ToSign[]): Promise<void>
  stop(): void
}

/** Files: a page that nobody signed, who signs it (PEM), and where the signed document goes. */
export interface ToSign {
  readonly page: string
  readonly key: string
  readonly certificate: string
  readonly issuers: readonly string[]
  readonly out: string
}

/** The Python that has pyHanko; null where there is none, and how to get it is said. */
export function findPyHanko(): string | null {
  const python = process.env['PYHANKO_PYTHON'] ?? 'python3'
  if (spawnSync(python, ['-c', 'import pyhanko'], { stdio: 'ignore' }).status === 0) return python
  console.error('bench: pyHanko is not there, its figures stay empty. To get it, outside of the repository:')
  console.error('  python3 -m venv ~/pyhanko && ~/pyhanko/bin/pip install pyhanko')
  console.error('  PYHANKO_PYTHON=~/pyhanko/bin/python npm run bench -- verify')
  return null
}

/** Starts pyHanko in that Python. */
export function startPyHanko(python: string): PyHanko {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`pyHanko ended with ${code}`)
  })
  ended.catch(() => undefined)
  const ask = async (request: object): Promise<string> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const [line] = await Promise.race([once(lines, 'line'), ended])
    return line
  }
  return {
    judge: async (files, roots, seconds, profile = 'basic') => {
      const line = await ask({ files, roots, seconds, profile })
      const answer: { judged: number; passed: number; seconds: number; cpuSeconds: number } = JSON.parse(line)
      if (answer.passed < answer.judged) throw new Error(`pyHanko passed ${answer.passed} of ${answer.judged}`)
      return { perSecond: answer.judged / answer.seconds, perCpuSecond: answer.judged / answer.cpuSeconds }
    },
    sign: async (documents) => {
      await ask({ sign: documents })
    },
    stop: () => {
      child.stdin.end()
    },
  }
}
