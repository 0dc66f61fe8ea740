import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VerificationReport, VerifyOptions } from '../src/verify/index.ts'

/** Documents per second, by the clock and by what the processor spent on them (all threads of the process). */
export interface Load {
  readonly perSecond: number
  readonly perCpuSecond: number
}

/** The verifier as it is shipped. */
export const verifier: typeof import('../src/verify/index.ts') = await import(
  join(import.meta.dirname, '../dist/verify/index.js')
)

/** Does the work over and over for so long. */
export function loadOf(seconds: number, work: (turn: number) => void): Load {
  const cpu = process.cpuUsage()
  const began = performance.now()
  let turns = 0
  while (turns === 0 || performance.now() - began < seconds * 1000) work(turns++)
  const used = process.cpuUsage(cpu)
  return {
    perSecond: turns / ((performance.now() - began) / 1000),
    perCpuSecond: turns / ((used.user + used.system) / 1e6),
  }
}

/** Turns before anything is timed: a process that judges documents all day has its code compiled. */
const WARM_UP_SECONDS = 3

/** Judges documents until the code is compiled. */
export const warmUp = (documents: readonly Uint8Array[], options: VerifyOptions): unknown =>
  judgeInTurn(documents, options, WARM_UP_SECONDS)

/** Judges the documents in turn. @throws Error where one does not pass: its time would mean nothing */
export function judgeInTurn(documents: readonly Uint8Array[], options: VerifyOptions, seconds: number): Load {
  return loadOf(seconds, (turn) => {
    const report = verifier.verifyDocument(documents[turn % documents.length] ?? new Uint8Array(), options)
    if (report.indication !== 'TOTAL-PASSED') throw new Error(`not passed: ${JSON.stringify(worst(report))}`)
  })
}

const worst = ({ indication, signatures }: VerificationReport) => ({
  indication,
  findings: signatures.find((one) => one.indication === indication)?.findings,
})

/** What no verifier can do without: to read a file, hash it, and check three RSA signatures with keys at hand. */
export function floor(files: readonly string[], seconds: number): Load {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
  const data = Buffer.alloc(200)
  const signature = sign('sha256', data, privateKey)
  return loadOf(seconds, (turn) => {
    const bytes = readFileSync(files[turn % files.length] ?? '')
    createHash('sha256').update(bytes).digest()
    for (let i = 0; i < 3; i += 1) if (!verify('sha256', data, key, signature)) throw new Error('does not hold')
  })
}

const best = (loads: readonly Load[]): Load => ({
  perSecond: Math.max(...loads.map((one) => one.perSecond)),
  perCpuSecond: Math.max(...loads.map((one) => one.perCpuSecond)),
})

type Contender = () => Load | Promise<Load>
type Bests<C> = { readonly [N in keyof C]: null extends C[N] ? Load | null : Load }

/**
 * Gives each contender's best of several rounds in turn: others on the machine disturb all of them alike. Null for one
 * that is not at hand.
 */
export async function inTurns<C extends Readonly<Record<string, Contender | null>>>(
  rounds: number,
  contenders: C,
): Promise<Bests<C>> {
  const loads = new Map<string, Load[]>()
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      if (contender) loads.set(name, [...(loads.get(name) ?? []), await contender()])
    }
  }
  const bests = Object.keys(contenders).map((name) => [name, loads.has(name) ? best(loads.get(name) ?? []) : null])
  return Object.fromEntries(bests) as Bests<C>
}
