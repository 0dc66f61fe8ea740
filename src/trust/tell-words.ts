import type { HistoryEntry } from '../model/case.ts'
import type { Language } from '../model/time.ts'
import { visibleText } from '../verify/visible-text.ts'

/** A mail to those who are told of changes of trust. */
export interface Told {
  readonly subject: string
  readonly text: string
}

interface Words {
  readonly events: Readonly<Record<string, string>>
  readonly actions: Readonly<Record<string, string>>
  readonly several: (count: number) => string
  readonly who: string
  readonly proposedBy: string
  readonly when: string
  readonly why: string
  readonly purposes: string
  readonly countsFrom: string
  readonly countsUntil: string
  readonly constraints: string
  readonly inForce: readonly [yes: string, no: string, absent: string]
  readonly beforeAfter: (before: string, after: string) => string
  readonly ends: (end: string, days: number, cases: number) => string
  readonly sealEnds: (end: string, days: number) => string
  readonly page: string
  readonly why2: string
  readonly system: string
}

const da: Words = {
  events: {
    'trust-changed': 'Rodcertifikater ændret',
    'trust-proposed': 'Ændring af rodcertifikater foreslået: en anden administrator skal bekræfte',
    'trust-proposal-declined': 'Forslag om rodcertifikater afvist',
    'trust-proposal-expired': 'Forslag om rodcertifikater bortfaldet',
    'trust-not-on-record':
      'Ændret uden om gatewayen: ingen hændelse siger, hvem gatewayen stoler på, eller hvem der må ændre det',
    'account-invited': 'En administrator er inviteret',
    'account-link-renewed': 'En administrator har fået et nyt link til sin adgangskode',
    'account-enabled': 'En administrator er taget i brug igen',
    'account-disabled': 'En administrator er taget ud af brug',
    'trust-told-changed': 'Hvem der får besked om rodcertifikater, er ændret i konfigurationen',
    'trust-guard-changed': 'Krav om to administratorer ændret',
    'anchor-ends-soon': 'Et rodcertifikat udløber snart',
    'seal-ends-soon': 'Kommunens segl udløber snart',
    'own-key-ends-soon': 'En af kommunens nøgler til mail udløber snart',
    'trusted-list-used': 'Tillidsliste taget i brug',
    'trusted-list-dropped': 'Tillidsliste taget ud af brug',
    'trusted-list-problem': 'Tillidsliste kunne ikke følges',
  },
  actions: {
    added: 'tilføjet',
    disabled: 'taget ud af brug',
    enabled: 'taget i brug igen',
    removed: 'fjernet',
    changed: 'ændret',
  },
  several: (count) => `${count} certifikater`,
  who: 'Hvem',
  proposedBy: 'Foreslået af',
  when: 'Hvornår',
  why: 'Hvorfor',
  purposes: 'gælder for',
  countsFrom: 'fra',
  countsUntil: 'til',
  constraints: 'afgrænset af',
  inForce: ['i brug', 'ikke i brug', 'ikke på listen'],
  beforeAfter: (before, after) => `før: ${before}; efter: ${after}`,
  ends: (end, days, cases) =>
    `Det gælder ikke længere fra den ${end.slice(0, 10)}, om ${days} dage. ${cases} åbne sager hviler på det.`,
  sealEnds: (end, days) => `Det gælder ikke længere fra den ${end.slice(0, 10)}, om ${days} dage. Sørg for et nyt nu.`,
  page: 'Se listen',
  why2: 'Er ændringen ikke aftalt, så ring til den, der lavede den. Svar ikke på denne mail med adgangskoder.',
  system: 'systemet',
}

const en: Words = {
  events: {
    'trust-changed': 'Root certificates changed',
    'trust-proposed': 'Change of root certificates proposed: another admin must confirm it',
    'trust-proposal-declined': 'Proposal about root certificates declined',
    'trust-proposal-expired': 'Proposal about root certificates lapsed',
    'trust-not-on-record': 'Changed past the gateway: no entry says whom it relies on, or who may change that',
    'account-invited': 'An admin was invited',
    'account-link-renewed': 'An admin was given a new link to the password',
    'account-enabled': 'An admin was enabled again',
    'account-disabled': 'An admin was disabled',
    'trust-told-changed': 'Who is told of root certificates was changed in the configuration',
    'trust-guard-changed': 'Need of a second admin changed',
    'anchor-ends-soon': 'A root certificate ends soon',
    'seal-ends-soon': 'The seal of the municipality ends soon',
    'own-key-ends-soon': 'A key of the municipality for mail ends soon',
    'trusted-list-used': 'Trusted list put in use',
    'trusted-list-dropped': 'Trusted list taken out of use',
    'trusted-list-problem': 'Trusted list could not be followed',
  },
  actions: {
    added: 'added',
    disabled: 'taken out of force',
    enabled: 'put back in force',
    removed: 'removed',
    changed: 'changed',
  },
  several: (count) => `${count} certificates`,
  who: 'Who',
  proposedBy: 'Proposed by',
  when: 'When',
  why: 'Why',
  purposes: 'counts for',
  countsFrom: 'from',
  countsUntil: 'until',
  constraints: 'limited by',
  inForce: ['in force', 'not in force', 'not on the list'],
  beforeAfter: (before, after) => `before: ${before}; after: ${after}`,
  ends: (end, days, cases) =>
    `It counts no more from ${end.slice(0, 10)} on, in ${days} days. ${cases} open cases rest on it.`,
  sealEnds: (end, days) => `It is valid no more from ${end.slice(0, 10)} on, in ${days} days. Get a new one now.`,
  page: 'See the list',
  why2: 'If nobody agreed to this change, call whoever made it. Never answer this mail with a password.',
  system: 'the system',
}

const WORDS: Readonly<Record<Language, Words>> = { da, en }

type Values = Readonly<Record<string, unknown>>
const NAMED_AT_MOST = 50

/** Puts an entry of the administration's history in words for those who are told: what, who, when, why, before, after. */
export function tellInWords(entry: HistoryEntry, language: Language, place: { name: string; page: string }): Told {
  const words = WORDS[language]
  const payload = entry.payload ?? {}
  const anchors = listOf(payload['anchors'])
  const event = words.events[entry.event] ?? entry.event
  const action = words.actions[String(payload['action'])]
  const about = anchors.length === 1 ? textOf(anchors[0]?.['subject']) : words.several(anchors.length)
  const what = action && anchors.length > 0 ? `${about} ${action}` : null
  const proposedBy = valuesOf(payload['proposedBy'])?.['name']
  const lines = [
    event,
    what,
    payload['territory'] ? `* ${textOf(payload['territory'])}` : null,
    payload['username'] ? `* ${textOf(payload['username'])}` : null,
    payload['problem'] ? `* ${textOf(payload['problem'])}` : null,
    '',
    `${words.who}: ${textOf(entry.actor.name ?? words.system)}`,
    proposedBy ? `${words.proposedBy}: ${textOf(proposedBy)}` : null,
    `${words.when}: ${entry.at}`,
    ...[payload['reason'], payload['why']].map((why) => (why ? `${words.why}: ${textOf(why)}` : null)),
    '',
    ...anchors.slice(0, NAMED_AT_MOST).flatMap((anchor) => anchorLines(anchor, words)),
    ...(anchors.length > NAMED_AT_MOST ? [`… (${words.several(anchors.length)})`] : []),
    ...listOf(payload['steps']).flatMap((step) => stepLines(step)),
    ...changeLines(payload, words),
    ...endLines(payload, words),
    '',
    `${words.page}: ${place.page}`,
    words.why2,
    '',
    place.name,
  ]
  return {
    subject: `${event}${what ? `: ${what}` : ''}`.slice(0, 200),
    text: `${lines.filter((line) => line !== null).join('\n')}\n`,
  }
}

function anchorLines(anchor: Values, words: Words): readonly string[] {
  const [before, after] = [valuesOf(anchor['before']), valuesOf(anchor['after'])]
  const change = 'before' in anchor ? [`  ${words.beforeAfter(stateOf(before, words), stateOf(after, words))}`] : []
  return [`* ${textOf(anchor['subject'])}`, `  SHA-256 ${textOf(anchor['sha256'])}`, ...change]
}

function stateOf(facts: Values | null, words: Words): string {
  const [yes, no, absent] = words.inForce
  if (facts === null) return absent
  const purposes = Array.isArray(facts['purposes']) ? facts['purposes'].join(', ') : ''
  const bounds = (['countsFrom', 'countsUntil', 'constraints'] as const).flatMap((name) =>
    facts[name] ? `${words[name]} ${boundOf(facts[name])}` : [],
  )
  return [`${facts['disabledAt'] === null ? yes : no}`, `${words.purposes} ${purposes}`, ...bounds].join(', ')
}

/** A day and time, or lists of names. */
const boundOf = (bound: unknown): string =>
  typeof bound === 'string'
    ? textOf(bound)
    : Object.entries(valuesOf(bound) ?? {})
        .map(([what, names]) => `${what}: ${Array.isArray(names) ? names.map(textOf).join('; ') : ''}`)
        .join(', ')

function stepLines(step: Values): readonly string[] {
  if (step['do'] === 'use-list' || step['do'] === 'drop-list') return listLines(step)
  if (step['do'] !== 'add')
    return [`* ${step['do']} ${step['sha256'] ?? ''} ${boundOf(step['constraints'] ?? {})}`.trimEnd()]
  return listOf(step['certificates']).map(
    ({ subject, sha256 }) => `* add ${textOf(subject)}\n  SHA-256 ${textOf(sha256)}`,
  )
}

/** Which list, and who signed it. */
function listLines(step: Values): readonly string[] {
  const list = valuesOf(step['list'])
  const territory = step['territory'] ?? list?.['territory']
  if (list === null) return [`* ${step['do']} ${textOf(territory)}`]
  return [
    `* ${step['do']} ${textOf(territory)} ${textOf(list['sequence'])} (${textOf(list['vouched'] ?? '?')})`,
    `  SHA-256 ${textOf(list['signer'])}`,
  ]
}

function changeLines(payload: Values, words: Words): readonly string[] {
  const [before, after] = [payload['before'], payload['after']]
  return before === undefined ? [] : [words.beforeAfter(JSON.stringify(before), JSON.stringify(after))]
}

function endLines(payload: Values, words: Words): readonly string[] {
  if (typeof payload['endsAt'] !== 'string') return []
  const days = Number(payload['days'])
  const said =
    payload['openCases'] === undefined
      ? words.sealEnds(payload['endsAt'], days)
      : words.ends(payload['endsAt'], days, Number(payload['openCases']))
  const name = payload['sha256'] === undefined ? [] : [`  SHA-256 ${payload['sha256']}`]
  return [`* ${textOf(payload['subject'])}`, ...name, said]
}

/** One line of a mail: what somebody wrote must not look like a line of ours, or turn what follows. */
const textOf = (value: unknown): string => visibleText(String(value).replace(/\s+/g, ' '))

const valuesOf = (value: unknown): Values | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : null

const listOf = (value: unknown): readonly Values[] =>
  Array.isArray(value) ? value.map(valuesOf).filter((one) => one !== null) : []
