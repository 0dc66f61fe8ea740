import type { VNode } from 'preact'
import type { AnchorConstraints } from '../../../model/trust-anchor.ts'
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

const CONSTRAINTS = ['emails', 'organizations', 'policies', 'permitted', 'excluded'] as const

/** Whose signatures an anchor is to vouch for, one a line; empty: everybody's below it. */
export function ConstraintFields(props: {
  readonly view: View
  readonly prefix: string
  readonly constraints: AnchorConstraints | null
}): VNode {
  const t = props.view.t.constraints
  return (
    <fieldset class="form-group">
      <legend class="form-label">{t.legend}</legend>
      <span class="form-hint">{t.hint}</span>
      {CONSTRAINTS.map((name) => (
        <div class="form-group">
          <label class="form-label" for={`${props.prefix}-${name}`}>
            {t[name]}
          </label>
          <span class="form-hint" id={`${props.prefix}-${name}-hint`}>
            {t.hints[name]}
          </span>
          <textarea
            class="form-input"
            id={`${props.prefix}-${name}`}
            name={name}
            rows={2}
            maxLength={5000}
            aria-describedby={`${props.prefix}-${name}-hint`}
          >
            {(props.constraints?.[name] ?? []).join('\n')}
          </textarea>
        </div>
      ))}
    </fieldset>
  )
}

/** Constraints as rows of facts; none where it vouches for everybody below it. */
export function constraintFacts(
  { t }: View,
  constraints: AnchorConstraints | null,
): readonly (readonly [string, string])[] {
  return CONSTRAINTS.flatMap((name) => {
    const values = constraints?.[name] ?? []
    return values.length > 0 ? [[t.constraints.only[name], values.join('; ')] as const] : []
  })
}
