import type { VNode } from 'preact'
import type { View } from '../../layout/view.ts'

const PURPOSES = ['document', 'mail', 'timestamp'] as const

/** What an anchor is to count for; documents are proposed. PREFIX keeps the ids of several forms apart. */
export function Purposes({ view, prefix }: { readonly view: View; readonly prefix: string }): VNode {
  const { t } = view
  return (
    <fieldset class="form-group">
      <legend class="form-label">{t.roots.purposes}</legend>
      {PURPOSES.map((purpose) => (
        <div class="form-group-checkbox">
          <input
            type="checkbox"
            id={`${prefix}-${purpose}`}
            name={`purpose-${purpose}`}
            value="yes"
            checked={purpose === 'document'}
          />
          <label for={`${prefix}-${purpose}`}>{t.roots.purpose[purpose]}</label>
        </div>
      ))}
    </fieldset>
  )
}

/** A text that must be there before trust changes: the reason, or a fingerprint. Never filled in beforehand. */
export function MustSay(props: {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** What was said before, where the form comes again. */
  readonly value?: string
}): VNode {
  return (
    <div class="form-group">
      <label class="form-label" for={props.id}>
        {props.label}
      </label>
      {props.hint ? (
        <span class="form-hint" id={`${props.id}-hint`}>
          {props.hint}
        </span>
      ) : null}
      <input
        class="form-input"
        id={props.id}
        name={props.name}
        required
        maxLength={500}
        value={props.value}
        autocomplete="off"
        aria-describedby={props.hint ? `${props.id}-hint` : undefined}
      />
    </div>
  )
}
