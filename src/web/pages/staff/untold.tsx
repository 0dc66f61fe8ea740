import type { VNode } from 'preact'
import { Alert, Csrf } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** Says that the decision reached nobody, and lets the caseworker say how the citizen was told instead. */
export function Untold(props: { readonly view: View; readonly base: string; readonly noteMissing: boolean }): VNode {
  const { view, base, noteMissing } = props
  const t = view.t.untold
  return (
    <Alert kind="error" heading={t.heading}>
      <p>{t.text}</p>
      <form method="post" action={`${base}/told`} class="no-print">
        <Csrf view={view} />
        <div class={noteMissing ? 'form-group form-error' : 'form-group'}>
          <label class="form-label" for="note">
            {t.note}
          </label>
          <span class="form-hint" id="note-hint">
            {t.noteHint}
          </span>
          {noteMissing ? (
            <span class="form-error-message" id="note-error">
              {t.noteMissing}
            </span>
          ) : null}
          <textarea
            class="form-input"
            id="note"
            name="note"
            rows={3}
            required
            maxLength={4000}
            aria-describedby={noteMissing ? 'note-hint note-error' : 'note-hint'}
          />
        </div>
        <button type="submit" class="button button-secondary">
          {t.submit}
        </button>
      </form>
    </Alert>
  )
}
