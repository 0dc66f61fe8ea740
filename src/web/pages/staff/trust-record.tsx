import type { VNode } from 'preact'
import type { HistoryEntry } from '../../../model/case.ts'
import { sourceInWords } from '../../layout/anchor-source.ts'
import { Table } from '../../layout/parts.tsx'
import { showInstantShort, type View } from '../../layout/view.ts'

type Payload = NonNullable<HistoryEntry['payload']>
type Values = Readonly<Record<string, unknown>>

interface ChangedAnchor {
  readonly subject: string
  readonly sha256: string
  readonly before: Values | null
  readonly after: Values | null
}

/** Of a file with a thousand certificates the first tell enough; the rest stands in the entry. */
const SHOWN_AT_MOST = 20

/** What a change of trust was, with what was in force before and after it. */
export function TrustRecord({ view, payload }: { readonly view: View; readonly payload: Payload }): VNode {
  const t = view.t.trustRecord
  const anchors = anchorsOf(payload)
  const [only] = anchors
  const about = anchors.length === 1 && only ? only.subject : t.several(anchors.length)
  const actions: Readonly<Record<string, string>> = view.t.roots.actions
  const action = String(payload['action'])
  const proposedBy = nameOf(payload['proposedBy'])
  const said = [`${actions[action] ?? action}: ${about}`, String(payload['reason'] ?? '')]
  if (proposedBy) said.push(t.proposedBy(proposedBy))
  return (
    <>
      {said.filter((one) => one !== '').join(' · ')}
      <details>
        <summary>{t.beforeAfter}</summary>
        {anchors.slice(0, SHOWN_AT_MOST).map((anchor) => (
          <BeforeAfter view={view} anchor={anchor} />
        ))}
        <VersionMarks view={view} payload={payload} />
      </details>
    </>
  )
}

function BeforeAfter({ view, anchor }: { readonly view: View; readonly anchor: ChangedAnchor }): VNode {
  const t = view.t.trustRecord
  const { before, after } = anchor
  const rows: (readonly [string, string, string])[] = [[t.inForce, inForce(view, before), inForce(view, after)]]
  for (const [key, name] of Object.entries(t.fields)) {
    const say = SAID_AS_SOURCE.has(key) ? showSource : show
    const [was, is] = [say(view, before?.[key]), say(view, after?.[key])]
    if (was !== is) rows.push([name, was, is])
  }
  return (
    <>
      <p>
        {anchor.subject} <code class="fingerprint">{anchor.sha256}</code>
      </p>
      <Table caption={anchor.subject} columns={[t.field, t.before, t.after]} rows={rows} empty="" />
    </>
  )
}

/** The marks of the lists of anchors: every verdict names the one that gave it. */
function VersionMarks({ view, payload }: { readonly view: View; readonly payload: Payload }): VNode | null {
  const versions = asValues(payload['trustListVersion'])
  const [before, after] = [asValues(versions?.['before']), asValues(versions?.['after'])]
  if (!before || !after) return null
  const t = view.t.trustRecord
  const brief = (value: unknown) => <code class="fingerprint">{String(value ?? '').slice(0, 16)}</code>
  const rows = (['document', 'mail'] as const)
    .filter((purpose) => before[purpose] !== after[purpose])
    .map((purpose) => [view.t.roots.purpose[purpose], brief(before[purpose]), brief(after[purpose])])
  if (rows.length === 0) return null
  return <Table caption={t.version} columns={[t.version, t.before, t.after]} rows={rows} empty="" />
}

function inForce(view: View, anchor: Values | null): string {
  const t = view.t.trustRecord
  if (anchor === null) return t.nothing
  return anchor['disabledAt'] === null ? t.yes : t.no
}

/** What names where a root came from; a list that brought one stands as who added it, too. */
const SAID_AS_SOURCE: ReadonlySet<string> = new Set(['source', 'addedBy'])

const showSource = (view: View, value: unknown): string =>
  typeof value === 'string' && value !== '' ? sourceInWords(view, value) : '–'

function show(view: View, value: unknown): string {
  if (Array.isArray(value)) {
    const words: Readonly<Record<string, string>> = view.t.roots.purpose
    return value.map((one) => words[String(one)] ?? String(one)).join(', ')
  }
  const constraints = asValues(value)
  if (constraints) return Object.values(constraints).flat().join('; ')
  if (typeof value !== 'string' || value === '') return '–'
  return /^\d{4}-\d{2}-\d{2}T/.test(value) ? showInstantShort(view, value) : value
}

const asValues = (value: unknown): Values | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : null

const nameOf = (actor: unknown): string | null => {
  const name = asValues(actor)?.['name']
  return typeof name === 'string' ? name : null
}

function anchorsOf(payload: Payload): readonly ChangedAnchor[] {
  const given = payload['anchors']
  if (!Array.isArray(given)) return []
  return given.map(asValues).flatMap((one) =>
    one === null
      ? []
      : {
          subject: String(one['subject']),
          sha256: String(one['sha256']),
          before: asValues(one['before']),
          after: asValues(one['after']),
        },
  )
}
