import type { VNode } from 'preact'
import type { KeyChoice } from '../deps.ts'
import { Field, TextArea } from '../layout/parts.tsx'
import type { View } from '../layout/view.ts'

/** Sixteen digits of it, in fours: enough to know one's own key by. */
const short = (fingerprint: string): string => (fingerprint.toUpperCase().slice(-16).match(/.{4}/g) ?? []).join(' ')

/** A citizen's own key: which one is in use, the code that is waited for, and how to hand one in. */
export function OwnKey(props: { readonly view: View; readonly base: string; readonly keys: KeyChoice }): VNode {
  const { view, base, keys } = props
  const t = view.t.citizen.ownKey
  return (
    <section class="panel no-print" aria-labelledby="own-key">
      <h2 id="own-key">{t.title}</h2>
      <p>{keys.inForce === null ? t.none : t.inForce(short(keys.inForce))}</p>
      {keys.asked === null ? null : (
        <form method="post" action={`${base}/key-code`} class="form">
          <p>{t.asked(short(keys.asked))}</p>
          <Field name="code" id="key-code" label={t.code} inputMode="numeric" autocomplete="off" required />
          <button type="submit" class="button button-primary">
            {t.prove}
          </button>
        </form>
      )}
      <details>
        <summary>{t.handIn}</summary>
        <p>{t.lead}</p>
        <form method="post" action={`${base}/key`} encType="multipart/form-data" class="form">
          <Field name="file" id="key-file" label={t.file} hint={t.fileHint} type="file" />
          <TextArea name="key" label={t.text} hint={t.textHint} rows={4} />
          <button type="submit" class="button button-secondary">
            {t.submit}
          </button>
        </form>
      </details>
    </section>
  )
}
