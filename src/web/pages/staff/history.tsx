import type { VNode } from 'preact'
import type { HistoryEntry } from '../../../model/case.ts'
import { Badge, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { type HistoryWords, historyFacts } from './history-facts.tsx'

/** All that was done in a case, with the mark that the chain of hashes holds, or where it does not. */
export function History(props: {
  readonly view: View
  readonly entries: readonly HistoryEntry[]
  readonly brokenLink: number | null
  readonly words: HistoryWords
}): VNode {
  const { view } = props
  const { t } = view
  const words: Readonly<Record<string, string>> = t.events
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t.history.title}</h2>
      <p>
        {props.brokenLink === null ? (
          <Badge kind="success" text={t.history.holds(props.entries.length)} />
        ) : (
          <Badge kind="error" text={t.history.broken(props.brokenLink)} />
        )}
      </p>
      <ol class="history">
        {props.entries.map((entry) => (
          <li>
            <When view={view} at={entry.at} short /> <strong>{words[entry.event] ?? entry.event}</strong>{' '}
            <span class="quiet">{entry.actor.name ?? t.actors[entry.actor.kind]}</span>
            <EntryFacts view={view} entry={entry} words={props.words} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function EntryFacts(props: {
  readonly view: View
  readonly entry: HistoryEntry
  readonly words: HistoryWords
}): VNode | null {
  const { view, entry } = props
  if (entry.payload === null) return <p class="quiet">{view.t.history.erased}</p>
  const facts = historyFacts(view, entry.event, entry.payload, props.words)
  if (facts.length === 0) return null
  return (
    <details>
      <summary>{view.t.citizen.details}</summary>
      <dl class="payload">
        {facts.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
