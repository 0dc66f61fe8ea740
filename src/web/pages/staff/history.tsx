import type { VNode } from 'preact'
import type { HistoryEntry } from '../../../model/case.ts'
import { Badge, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** All that was done in a case, with the mark that the chain of hashes holds, or where it does not. */
export function History(props: {
  readonly view: View
  readonly entries: readonly HistoryEntry[]
  readonly brokenLink: number | null
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
            {entry.payload === null ? (
              <p class="quiet">{t.history.erased}</p>
            ) : Object.keys(entry.payload).length > 0 ? (
              <details>
                <summary>{t.citizen.details}</summary>
                <dl class="payload">
                  {Object.entries(entry.payload).map(([name, value]) => (
                    <div>
                      <dt>{name}</dt>
                      <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                    </div>
                  ))}
                </dl>
              </details>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  )
}
