import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { prepare } from './fuzz/judge.ts'
import { loadSeeds } from './fuzz/seeds.ts'

const HELP = `usage: npm run fuzz -- [options]
Changes the project's fixtures (and a corpus, where it is there) in ways that suit PDF, DER, MIME and evidence, and has
them judged, put in words and written in child processes that are watched from outside. What is found is saved with its report.
  --runs N        inputs (default 10000)
  --seed N        the same seed and files make the same inputs (default 1)
  --from N        the first input's index (default 0)
  --seconds N     stop after that time (default: none)
  --limit-ms N    processor time that one input may take (default 2000)
  --limit-mib N   resident memory that a process may take (default 512)
  --corpus DIR    more files, as ../shared/corpus, which is taken where it is there; '' for none
  --findings DIR  where inputs are saved (default fuzz-findings)
  --replay N      judge the one input of that index here, and print its report
A finding is a crash, an internal error, too much time or memory, a signature that passes over bytes that nobody
signed, bytes behind a signature that are unsaid, or a signature that vanished. Exit code: 1 where there are any.`

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    seconds: { type: 'string' },
    'limit-ms': { type: 'string', default: '2000' },
    'limit-mib': { type: 'string', default: '512' },
    corpus: { type: 'string' },
    findings: { type: 'string', default: 'fuzz-findings' },
    replay: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

const root = join(import.meta.dirname, '..')
const corpus = values.corpus ?? (existsSync(join(root, '../shared/corpus')) ? join(root, '../shared/corpus') : '')
const seedNumber = Number(values.seed)
const first = Number(values.from)
const end = first + Number(values.runs)
const limitMs = Number(values['limit-ms'])
const limitKib = Number(values['limit-mib']) * 1024
/** Inputs that one process judges: its peak of memory is one figure for all of them. */
const BATCH = 20_000
/** Time on the clock after which an input hangs even if it takes no processor time. */
const LIMIT_WALL_MS = 60_000

interface Ended {
  readonly index: number
  readonly indication: string
  readonly fault: string | null
  readonly ms: number
  readonly residentKib: number
}

const tally = new Map<string, number>()
const kinds = new Map<string, number>()
let [judged, slowestMs, slowest, peakKib] = [0, 0, 0, 0]

/** Saves an input with what is wrong with it; the index makes it again. */
function report(index: number, kind: string, what: string): void {
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  console.log(`FOUND ${kind} at --seed ${seedNumber} --replay ${index}: ${what.split('\n').slice(0, 4).join(' | ')}`)
  mkdirSync(values.findings, { recursive: true })
  seeds ??= loadSeeds(root, corpus === '' ? null : corpus)
  const { bytes, name } = prepare(seeds, seedNumber, index)
  writeFileSync(join(values.findings, `${kind}-${seedNumber}-${index}.bin`), bytes)
  writeFileSync(join(values.findings, `${kind}-${seedNumber}-${index}.txt`), `${name}\n${what}\n`)
}
let seeds: ReturnType<typeof loadSeeds> | null = null

function take(one: Ended, peakBefore: number): void {
  judged += 1
  tally.set(one.indication, (tally.get(one.indication) ?? 0) + 1)
  if (one.ms > slowestMs) [slowestMs, slowest] = [one.ms, one.index]
  peakKib = Math.max(peakKib, one.residentKib)
  if (one.fault) report(one.index, one.fault.startsWith('threw') ? 'crash' : 'fault', one.fault)
  if (one.ms > limitMs) report(one.index, 'slow', `${Math.round(one.ms)} ms`)
  if (one.residentKib > limitKib && peakBefore <= limitKib) report(one.index, 'memory', `${one.residentKib >> 10} MiB`)
}

/** Judges inputs in one process; gives the index to go on from. */
function judgeBatch(from: number, to: number): Promise<number> {
  return new Promise((resolve) => {
    const args = [join(import.meta.dirname, 'fuzz/worker.ts'), root, corpus, String(seedNumber), `${from}`, `${to}`]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let begun: { index: number; wall: number; cpuMs: number } | null = null
    let [next, peak, killed, errors] = [from, 0, '', '']
    child.stderr.on('data', (data: Buffer) => {
      errors = (errors + data.toString()).slice(-4000)
    })
    const kill = (why: string): void => {
      killed = why
      child.kill('SIGKILL')
    }
    const watch = setInterval(() => {
      const seen = readUsage(child.pid ?? 0)
      if (!begun || !seen) return
      if (begun.cpuMs < 0) begun.cpuMs = seen.cpuMs
      if (seen.cpuMs - begun.cpuMs > limitMs * 2) kill('hang')
      else if (Date.now() - begun.wall > LIMIT_WALL_MS) kill('hang')
      else if (seen.residentKib > limitKib * 2) kill('memory')
    }, 100)
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      if (line.startsWith('begin ')) begun = { index: Number(line.slice(6)), wall: Date.now(), cpuMs: -1 }
      if (!line.startsWith('end ')) return
      const ended = JSON.parse(line.slice(4)) as Ended
      take(ended, peak)
      peak = Math.max(peak, ended.residentKib)
      next = ended.index + 1
      begun = null
      if (isOver()) child.kill('SIGTERM')
    })
    lines.on('close', () => clearInterval(watch))
    child.on('close', (code) => {
      clearInterval(watch)
      if (isOver() && !killed) return resolve(end)
      if (begun && (killed || code !== 0)) {
        judged += 1
        report(begun.index, killed || 'crash', errors || 'the process was ended')
        return resolve(begun.index + 1)
      }
      if (code !== 0) {
        console.error(errors)
        process.exit(2)
      }
      resolve(next)
    })
  })
}

/** Processor time and resident memory of a process, from /proc; null where there is none. */
function readUsage(pid: number): { cpuMs: number; residentKib: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const ticks = Number(fields[11]) + Number(fields[12])
    return { cpuMs: ticks * 10, residentKib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) }
  } catch {
    return null
  }
}

const beginning = Date.now()
const isOver = (): boolean => values.seconds !== undefined && Date.now() - beginning > Number(values.seconds) * 1000

if (values.replay !== undefined) {
  const all = loadSeeds(root, corpus === '' ? null : corpus)
  const input = prepare(all, seedNumber, Number(values.replay))
  const { answer, fault } = input.judge()
  console.log(answer)
  console.log(`${input.name}: ${fault ?? 'nothing wrong'}`)
  process.exit(0)
}

let lastSaid = Date.now()
for (let at = first; at < end && !isOver(); ) {
  at = await judgeBatch(at, Math.min(end, at + BATCH))
  if (Date.now() - lastSaid > 60_000) {
    console.log(`${judged} judged, ${Math.round((Date.now() - beginning) / 1000)} s`)
    lastSaid = Date.now()
  }
}
const verdicts = [...tally].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`)
console.log(verdicts.join(', '))
console.log(`slowest ${Math.round(slowestMs)} ms (--replay ${slowest}), most memory ${peakKib >> 10} MiB`)
const found = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing'
console.log(`${judged} inputs judged in ${Math.round((Date.now() - beginning) / 1000)} s: ${found} found`)
process.exit(kinds.size > 0 ? 1 : 0)
