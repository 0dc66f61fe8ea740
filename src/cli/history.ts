import { findBrokenLink } from '../model/history.ts'
import type { Store } from '../model/store.ts'
import { findUnrecorded, type Unrecorded } from '../trust/index.ts'
import { badUsage, type RootsVerb, runVerb } from './roots-verb.ts'

const HELP = `usage: poststempel history check [--data DIR] [--config FILE]

Checks the chains of the gateway's history and of every case's: each entry binds the one before it, so that one that was changed,
removed or put in another place is noticed; and that the roots are what the gateway's history says. Prints what is broken, then how many entries were checked, and the newest entry's hash:
write it down elsewhere, and an end that was cut off is noticed, too.

Exit code: 0 all hold, 1 some chain is broken or some root is not as the history says, 2 bad usage.`

const SAID: Readonly<Record<Unrecorded['problem'], string>> = {
  'not-on-record': 'Root that no entry took in',
  'gone-without-record': 'Root that went without an entry',
  'not-as-recorded': 'Root that is another than its newest entry says',
  'list-not-as-recorded': 'Trusted list that is not as its newest entry says',
  'admin-not-on-record': 'Admin whom no entry let in',
  'entry-emptied': 'Entry about roots that lost what it said',
  'another-certificate': 'Root that is not the certificate that it is called after',
}

const PAGE = 500

const check: RootsVerb = {
  help: HELP,
  flags: {},
  async act({ store, words }) {
    if (words.length > 0) throw badUsage('history check takes no words')
    const own = await store.adminHistory()
    let entries = own.length
    let broken = say('the history of the gateway', findBrokenLink(own))
    for await (const { id, number } of allCases(store)) {
      const history = await store.history(id)
      entries += history.length
      broken += say(`the history of case ${number}`, findBrokenLink(history))
    }
    const unrecorded = await findUnrecorded(store)
    for (const { problem, subject, sha256 } of unrecorded) console.log(`${SAID[problem]}: ${subject} (${sha256})`)
    if (unrecorded.length > 0)
      console.log(`${unrecorded.length} times roots, lists or admins are not as the history says.`)
    console.log(`${entries} entries checked, ${broken === 0 ? 'all chains hold' : `${broken} broken`}.`)
    const newest = own.at(-1)
    if (newest) console.log(`Newest entry of the gateway: number ${newest.seq}, ${newest.hash}`)
    return broken + unrecorded.length === 0 ? 0 : 1
  },
}

function say(what: string, brokenAt: number | null): number {
  if (brokenAt === null) return 0
  console.log(`Broken: ${what}, at number ${brokenAt}`)
  return 1
}

async function* allCases(store: Store) {
  for (let offset = 0; ; offset += PAGE) {
    const cases = await store.listCases({ limit: PAGE, offset })
    yield* cases
    if (cases.length < PAGE) return
  }
}

/** Runs `poststempel history`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === 'check') return runVerb(check, rest)
  console.log(HELP)
  return name === '--help' ? 0 : 2
}
