import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { newId } from '../model/ids.ts'
import type { TrustAnchor } from '../model/trust-anchor.ts'
import type { ListService, ListVouching, TrustedList, WantedList } from '../model/trusted-list.ts'
import { createFetcher, parseNetworks } from '../net/index.ts'
import { listSteps, loadListOfLists } from '../trust/index.ts'
import { exportEdition, showEdition } from './list-editions.ts'
import { writeToStdout } from './output.ts'
import { carryOutOrPropose } from './roots-carry-out.ts'
import { effectLines } from './roots-effects.ts'
import { type Asked, badUsage, type RootsVerb, readChange, runVerb } from './roots-verb.ts'

const HELP = `usage: poststempel trusted-lists VERB …

  list                 the trusted lists in use, one JSON object per line
  show TERRITORY       one of them: who signed it, how it is, and its certificates with the times in which they count;
                       --at TIME reads the one that counted then from its document, and verifies it again
  export TERRITORY     writes the document to --out FILE, as it was signed; --at TIME the one that counted then
  use TERRITORY        fetches the list of a country (DK, SE, EL, …) and uses it; changes nothing without --yes
  import FILE          the same of a file; --lists FILE is the EU's list of the lists, or --signer SHA256 names who signed it;
                       --pivot FILE (again for each) leads to who signed the list of the lists, where that is somebody new
  follow URL           fetches a list that the list of the lists does not name, and uses it; --signer SHA256 names who signed it,
                       and nobody else may sign the next
  drop TERRITORY       takes a list out of use with its certificates
  refresh              has a running gateway fetch the lists now

use, import, follow: [--service CA/QC] [--service TSA/QTST] (both where none is named)
use, import, follow, drop: --reason TEXT --by NAME
All: [--data DIR] [--config FILE]. Where trust.secondAdmin is set, a change is proposed, and an admin confirms it on the page.`

const CHANGE = { reason: { type: 'string' }, by: { type: 'string' } } as const
const USE = { ...CHANGE, service: { type: 'string', multiple: true }, yes: { type: 'boolean' } } as const
const CERTIFICATES = fileURLToPath(new URL('../../certs', import.meta.url))

const list: RootsVerb = {
  help: HELP,
  flags: { format: { type: 'string' } },
  async act({ store, words }) {
    if (words.length > 0) throw badUsage('trusted-lists list takes no words')
    for (const { signers: _signers, ...row } of await store.trustedLists()) writeToStdout(`${JSON.stringify(row)}\n`)
    return 0
  },
}

const show: RootsVerb = {
  help: HELP,
  flags: { at: { type: 'string' } },
  async act(asked) {
    const territory = territoryOf(asked)
    if (asked.text('at') !== null) return showEdition(asked, territory)
    const row = (await asked.store.trustedLists()).find((one) => one.territory === territory)
    if (!row) throw badUsage(`no list of ${territory} is in use`)
    const anchors = (await asked.store.listAnchors()).filter(({ source }) => source === `trusted-list:${territory}`)
    console.log([...linesOf(row, asked.now), ...anchors.flatMap(linesOfAnchor)].join('\n'))
    return 0
  },
}

const exportList: RootsVerb = {
  help: HELP,
  flags: { at: { type: 'string' }, out: { type: 'string' } },
  async act(asked) {
    const file = asked.text('out')
    if (file === null) throw badUsage('--out FILE is where the document goes')
    return exportEdition(asked, territoryOf(asked), file)
  },
}

const VOUCHED: Readonly<Record<ListVouching, string>> = {
  'list-of-lists': 'by the EU’s list of the lists',
  former: 'by the former list of the lists',
  shipped: 'by the certificates that come with the gateway',
  'typed-fingerprint': 'by the fingerprint that was typed',
}
const CLOSED = '- (closed: nothing follows it)'

function linesOf(row: TrustedList, now: Date): readonly string[] {
  const isLate = row.nextUpdate !== null && row.nextUpdate <= now.toISOString()
  return [
    `${row.territory} ${row.sequence}, ${row.operator}`,
    `  used for     ${row.services.join(', ') || '-'}`,
    `  issued       ${row.issuedAt}`,
    `  next by      ${row.nextUpdate ?? CLOSED}${isLate ? ' (out of date)' : ''}`,
    `  signed by    ${row.signer}`,
    ...(row.vouched === null ? [] : [`  who says so  ${VOUCHED[row.vouched]}`]),
    `  from         ${row.url ?? 'a file'}`,
    `  taken        ${row.takenAt}`,
    `  tried        ${row.triedAt}${row.problem === null ? '' : ` (in vain: ${row.problem})`}`,
  ]
}

function linesOfAnchor({ subject, sha256, note, purposes, periods, disabledAt }: TrustAnchor): readonly string[] {
  const times = (periods ?? []).map(({ from, until }) => `${from} to ${until ?? 'now'}`)
  return [
    `${subject}${disabledAt === null ? '' : ' (disabled)'}`,
    `  ${sha256}`,
    `  ${note}; ${purposes.join(', ')}; ${times.join(', ')}`,
  ]
}

const use: RootsVerb = {
  help: HELP,
  flags: USE,
  async act(asked) {
    return change(asked, { kind: 'territory', territory: territoryOf(asked), services: servicesOf(asked) })
  },
}

const importFile: RootsVerb = {
  help: HELP,
  flags: { ...USE, lists: { type: 'string' }, signer: { type: 'string' }, pivot: { type: 'string', multiple: true } },
  async act(asked) {
    const [file, ...more] = asked.words
    if (file === undefined || more.length > 0) throw badUsage('give one file')
    const lists = asked.text('lists')
    const typedFingerprint = asked.text('signer')
    if ((lists === null) === (typedFingerprint === null)) throw badUsage('give either --lists FILE or --signer SHA256')
    return change(asked, {
      kind: 'files',
      list: await readFile(file),
      lists: lists === null ? null : await readFile(lists),
      pivots: await Promise.all(asked.texts('pivot').map((one) => readFile(one))),
      typedFingerprint,
      services: servicesOf(asked),
    })
  },
}

const follow: RootsVerb = {
  help: HELP,
  flags: { ...USE, signer: { type: 'string' } },
  async act(asked) {
    const [url, ...more] = asked.words
    if (url === undefined || more.length > 0) throw badUsage('give one address')
    const typedFingerprint = asked.text('signer')
    if (typedFingerprint === null) throw badUsage('give --signer SHA256')
    return change(asked, { kind: 'address', url, typedFingerprint, services: servicesOf(asked) })
  },
}

const drop: RootsVerb = {
  help: HELP,
  flags: CHANGE,
  async act(asked) {
    const territory = territoryOf(asked)
    if (!(await asked.store.trustedLists()).some((one) => one.territory === territory)) {
      throw badUsage(`no list of ${territory} is in use`)
    }
    return carry(asked, { kind: 'drop', territory }, () => true)
  },
}

const refresh: RootsVerb = {
  help: HELP,
  flags: {},
  async act({ store, now, words }) {
    if (words.length > 0) throw badUsage('trusted-lists refresh takes no words')
    await store.commit((write) => write.addJob('refresh-lists', `now:${newId(now.getTime())}`, {}, now.toISOString()))
    console.log('A running gateway fetches the lists now.')
    return 0
  },
}

const change = (asked: Asked, wanted: WantedList): Promise<number> => carry(asked, wanted, () => asked.isSet('yes'))

async function carry(asked: Asked, wanted: WantedList, isAgreed: () => boolean): Promise<number> {
  const said = readChange(asked, 'reason')
  const { settings, store, now } = asked
  const { fetch, allowedNetworks } = settings.validationData
  const clock = () => now
  const fetcher = fetch === 'off' ? null : createFetcher({ allowed: parseNetworks(allowedNetworks), now: clock })
  const steps = await listSteps(wanted, { store, fetcher, clock, listOfLists: () => loadListOfLists(CERTIFICATES) })
  for (const step of steps) {
    if (step.do !== 'use-list') continue
    const { territory, sequence, operator, signer, nextUpdate, vouched } = step.list
    console.log(
      `${territory} ${sequence}, ${operator}: ${step.entries.length} certificates, next by ${nextUpdate ?? CLOSED}`,
    )
    console.log(`  signed by ${signer}${vouched === null ? '' : `; ${VOUCHED[vouched]}`}`)
  }
  if (!isAgreed()) {
    console.log((await effectLines(steps, asked)).join('\n'))
    console.log('Nothing was changed. The same with --yes uses it.')
    return 0
  }
  const { proposed, followed } = await carryOutOrPropose(steps, said, asked)
  console.log(`${proposed ? 'Proposed' : 'Done'}. ${followed}`)
  return 0
}

function territoryOf({ words }: Asked): string {
  const [word, ...more] = words
  const territory = (word ?? '').toUpperCase()
  if (more.length > 0 || !/^[A-Z]{2}$/.test(territory)) throw badUsage('give one territory, as DK')
  return territory
}

const SERVICES: readonly ListService[] = ['CA/QC', 'TSA/QTST']

function servicesOf({ texts }: Asked): readonly ListService[] {
  const said = texts('service')
  const known = SERVICES.filter((one) => said.includes(one))
  if (known.length !== new Set(said).size) throw badUsage(`--service takes ${SERVICES.join(' and ')}`)
  return known.length === 0 ? SERVICES : known
}

const VERBS: Readonly<Record<string, RootsVerb>> = {
  list,
  show,
  export: exportList,
  use,
  import: importFile,
  follow,
  drop,
  refresh,
}

/** Runs `poststempel trusted-lists`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (verb) return runVerb(verb, rest)
  console.log(HELP)
  return name === '--help' ? 0 : 2
}
