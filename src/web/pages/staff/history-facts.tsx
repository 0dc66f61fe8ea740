import type { ComponentChildren } from 'preact'
import { showDay, showInstant, showSize, type View } from '../../layout/view.ts'

/** What the words of a history need beside the texts. */
export interface HistoryWords {
  /** Puts a route's or a refusal's code in words, or gives it back. */
  route(reason: string): string
  /** The name of a document of the case; null where it is not there any more. */
  documentName(documentId: string): string | null
}

type Show = (value: unknown, view: View, words: HistoryWords) => ComponentChildren | null
type Dictionary = Readonly<Record<string, string>>

const text: Show = (value) => (typeof value === 'string' && value !== '' ? value : null)
const instant: Show = (value, view) => (typeof value === 'string' ? showInstant(view, value) : null)
const count: Show = (value) => (typeof value === 'number' ? String(value) : null)
const oneOf =
  (dictionary: (view: View) => Dictionary): Show =>
  (value, view) =>
    typeof value === 'string' ? (dictionary(view)[value] ?? null) : null
const verdict = oneOf((view) => view.t.indication)
/** What changed is told apart by the event: a verdict, or the way that letters take. */
const verdictOrWay = oneOf((view) => ({ ...view.t.indication, ...view.t.deliveryChannels }))
const route: Show = (value, _view, words) => (typeof value === 'string' ? words.route(value) : null)

/** Documents of an entry by name, with their verdict where the entry tells it. */
const documents: Show = (value, view, words) => {
  if (!Array.isArray(value) || value.length === 0) return null
  const verdicts: Dictionary = view.t.indication
  return (
    <ul>
      {value.map((one: { readonly documentId?: unknown; readonly indication?: unknown }) => {
        const name = words.documentName(String(one.documentId)) ?? '–'
        const said = verdicts[String(one.indication)]
        return <li>{said ? `${name}: ${said}` : name}</li>
      })}
    </ul>
  )
}

type Field = keyof View['t']['historyFields']
type Row = readonly [key: string, name: Field, show: Show]

/**
 * What people read of an entry, in this order. All else (ids, hashes, versions) is for machines: it stands in the
 * archive's package, bound by the chain.
 */
const FIELDS: readonly Row[] = [
  ['number', 'number', text],
  ['dueOn', 'dueOn', (value, view) => (typeof value === 'string' ? showDay(view, value) : null)],
  ['kind', 'kind', oneOf((view) => view.t.letterKinds)],
  ['channel', 'channel', oneOf((view) => ({ ...view.t.channels, ...view.t.deliveryChannels }))],
  ['state', 'state', oneOf((view) => view.t.deliveryStates)],
  ['routeReason', 'routeReason', route],
  ['attempt', 'attempt', count],
  ['smtpCode', 'smtpCode', count],
  ['before', 'before', verdictOrWay],
  ['after', 'after', verdictOrWay],
  ['indication', 'indication', verdict],
  ['documents', 'documents', documents],
  ['copies', 'documents', documents],
  ['authority', 'authority', text],
  ['holdsUntil', 'holdsUntil', instant],
  ['inTime', 'inTime', (value, view) => (value === false ? view.t.preservation.tooLate : null)],
  ['connector', 'connector', text],
  ['rawSize', 'rawSize', (value, view) => (typeof value === 'number' ? showSize(view, value) : null)],
  ['count', 'count', count],
  ['problem', 'problem', text],
  ['note', 'note', text],
  ['provedBefore', 'provedBefore', oneOf((view) => view.t.emailProofs)],
]

/** The reason of these is what a caseworker wrote; elsewhere it is a code. */
const WRITTEN: ReadonlySet<string> = new Set(['approved', 'rejected', 'links-revoked'])
const REASON: Row = ['reason', 'reason', text]
const CAUSE: Row = ['reason', 'why', route]

/** Takes an entry's event and payload; gives what a person reads of it: names and values in the view's language. */
export function historyFacts(
  view: View,
  event: string,
  payload: Readonly<Record<string, unknown>>,
  words: HistoryWords,
): readonly (readonly [string, ComponentChildren])[] {
  const isWritten = WRITTEN.has(event)
  return [isWritten ? REASON : CAUSE, ...FIELDS].flatMap(([key, name, show]) => {
    const value = payload[key]
    const shown = value === undefined || value === null ? null : show(value, view, words)
    return shown === null ? [] : [[view.t.historyFields[name], shown] as const]
  })
}
