import { writeSync } from 'node:fs'
import { prepare } from './judge.ts'
import { loadSeeds } from './seeds.ts'

/** One process that judges many inputs: says each before it begins, so that whoever watches knows which one hangs. */
const [root = '.', corpus = '', seedText = '1', fromText = '0', toText = '0'] = process.argv.slice(2)
const seedNumber = Number(seedText)
const seeds = loadSeeds(root, corpus === '' ? null : corpus)

function say(line: string): void {
  const bytes = Buffer.from(`${line}\n`)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at)
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) throw thrown
    }
  }
}

say('ready')
for (let index = Number(fromText); index < Number(toText); index += 1) {
  const input = prepare(seeds, seedNumber, index)
  say(`begin ${index}`)
  let fault: string | null
  let indication = 'error'
  const before = process.cpuUsage()
  try {
    ;({ verdict: indication, fault } = input.judge())
  } catch (thrown) {
    fault = `threw ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  }
  const { user, system } = process.cpuUsage(before)
  const residentKib = process.resourceUsage().maxRSS
  say(`end ${JSON.stringify({ index, indication, fault, ms: (user + system) / 1000, residentKib })}`)
}
