import { type ComponentChildren, createElement, type VNode } from 'preact'
import type { Instant } from '../../model/time.ts'
import { showInstant, showInstantShort, type View } from './view.ts'

/** A box that says one thing: dkfds "alert". An error box is read out at once. */
export function Alert(props: {
  readonly kind: 'info' | 'success' | 'warning' | 'error'
  readonly heading?: string
  readonly children?: ComponentChildren
}): VNode {
  return (
    <div class={`alert alert-${props.kind}`} role={props.kind === 'error' ? 'alert' : undefined}>
      {props.heading ? <p class="alert-heading">{props.heading}</p> : null}
      <div class="alert-text">{props.children}</div>
    </div>
  )
}

/** A word on a colour; the word alone says it too. */
export function Badge(props: {
  readonly kind: 'info' | 'success' | 'warning' | 'error'
  readonly text: string
}): VNode {
  return <span class={`badge badge-${props.kind}`}>{props.text}</span>
}

/** A verdict as a badge. */
export function VerdictBadge(props: {
  readonly view: View
  readonly indication: string
  /** Of a file that bears seals alone: it is not called signed. Absent where it is not known: neither is said. */
  readonly sealed?: boolean | undefined
}): VNode {
  const { view, indication, sealed } = props
  const words: Readonly<Record<string, string>> = {
    ...view.t.indication,
    ...(sealed === undefined ? {} : sealed ? view.t.sealIndication : view.t.signatureIndication),
  }
  const kinds: Readonly<Record<string, 'success' | 'warning' | 'error' | 'info'>> = {
    'TOTAL-PASSED': 'success',
    INDETERMINATE: 'warning',
    'TOTAL-FAILED': 'error',
    'NO-SIGNATURE': 'info',
    ERROR: 'error',
  }
  return <Badge kind={kinds[indication] ?? 'warning'} text={words[indication] ?? indication} />
}

/** A labelled input with its hint and error, tied together for screen readers. */
export function Field(props: {
  readonly name: string
  /** Where a page has two of that name. */
  readonly id?: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | null
  readonly type?: 'text' | 'email' | 'password' | 'file' | 'date'
  readonly required?: boolean
  readonly autocomplete?: string
  readonly inputMode?: 'numeric' | 'text' | 'email'
  readonly multiple?: boolean
  readonly accept?: string
  readonly maxLength?: number
  readonly minLength?: number
  readonly value?: string
  readonly short?: boolean
}): VNode {
  const { name, id = name } = props
  const described = [props.hint ? `${id}-hint` : '', props.error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div class={props.error ? 'form-group form-error' : 'form-group'}>
      <label class="form-label" for={id}>
        {props.label}
      </label>
      {props.hint ? (
        <span class="form-hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      ) : null}
      {props.error ? (
        <span class="form-error-message" id={`${id}-error`}>
          {props.error}
        </span>
      ) : null}
      {createElement('input' as string, {
        class: props.short ? 'form-input input-short' : 'form-input',
        id,
        name,
        type: props.type ?? 'text',
        required: props.required,
        autocomplete: props.autocomplete,
        inputMode: props.inputMode,
        multiple: props.multiple,
        accept: props.accept,
        maxLength: props.maxLength,
        minLength: props.minLength,
        value: props.value,
        'aria-describedby': described || undefined,
        'aria-invalid': props.error ? 'true' : undefined,
      })}
    </div>
  )
}

/** A longer text. */
export function TextArea(props: {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly required?: boolean
  readonly rows?: number
}): VNode {
  return (
    <div class="form-group">
      <label class="form-label" for={props.name}>
        {props.label}
      </label>
      {props.hint ? (
        <span class="form-hint" id={`${props.name}-hint`}>
          {props.hint}
        </span>
      ) : null}
      <textarea
        class="form-input"
        id={props.name}
        name={props.name}
        rows={props.rows ?? 5}
        required={props.required}
        aria-describedby={props.hint ? `${props.name}-hint` : undefined}
      />
    </div>
  )
}

/** A moment, with the machine's reading beside the person's. */
export function When(props: { readonly view: View; readonly at: Instant; readonly short?: boolean }): VNode {
  const text = props.short ? showInstantShort(props.view, props.at) : showInstant(props.view, props.at)
  return <time dateTime={props.at}>{text}</time>
}

/** Names and values. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }): VNode {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A table that becomes a list of cards on a narrow screen: each cell names its column. */
export function Table(props: {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly ComponentChildren[])[]
  readonly empty: string
}): VNode {
  if (props.rows.length === 0) return <p class="empty">{props.empty}</p>
  return (
    <table class="table table--responsive">
      <caption class="sr-only">{props.caption}</caption>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th scope="col">{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((cells) => (
          <tr>
            {cells.map((cell, index) => (
              <td data-title={props.columns[index]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A button that posts, with the session's token. */
export function PostButton(props: {
  readonly view: View
  readonly action: string
  readonly label: string
  /** Read out where several buttons have the same word. */
  readonly describedAs?: string
  readonly style?: 'primary' | 'secondary' | 'tertiary'
  readonly fields?: Readonly<Record<string, string>>
}): VNode {
  return (
    <form method="post" action={props.action} class="inline-form">
      <Csrf view={props.view} />
      {Object.entries(props.fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={`button button-${props.style ?? 'secondary'}`} aria-label={props.describedAs}>
        {props.label}
      </button>
    </form>
  )
}

/** The hidden token of a signed-in form. */
export function Csrf({ view }: { readonly view: View }): VNode | null {
  return view.staff ? <input type="hidden" name="csrf" value={view.staff.csrf} /> : null
}

/** "Newer" and "older" under a list that has more than a page. */
export function Pager(props: {
  readonly view: View
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly page: number
  readonly more: boolean
}): VNode | null {
  if (props.page === 1 && !props.more) return null
  const link = (page: number): string =>
    `${props.path}?${new URLSearchParams({ ...props.parameters, page: String(page) })}`
  return (
    <nav class="pager" aria-label={props.view.t.lists.pages}>
      {props.page > 1 ? <a href={link(props.page - 1)}>{props.view.t.lists.previous}</a> : null}
      {props.more ? <a href={link(props.page + 1)}>{props.view.t.lists.next}</a> : null}
    </nav>
  )
}
