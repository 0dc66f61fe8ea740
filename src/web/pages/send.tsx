import type { VNode } from 'preact'
import type { CaseType } from '../../model/settings.ts'
import { Page } from '../layout/page.tsx'
import { Field, TextArea } from '../layout/parts.tsx'
import { showSize, type View } from '../layout/view.ts'

/** The form. Its nonce stands in the address; what its tracking link is made of travels in a cookie. */
export function SendPage(props: {
  readonly view: View
  readonly nonce: string
  readonly caseTypes: readonly CaseType[]
  readonly chosenType: string | null
  readonly maxBytes: number
  /** Names the script in the policy of the answer. */
  readonly scriptNonce: string
}): VNode {
  const { view } = props
  const { t } = view
  const words = t.send
  return (
    <Page
      view={view}
      title={words.title}
      lead={words.lead}
      script={{ address: view.sendScript, nonce: props.scriptNonce }}
    >
      <form method="post" action={`/send?n=${props.nonce}`} encType="multipart/form-data" class="form" data-send>
        <div class="form-group">
          <label class="form-label" for="caseType">
            {words.caseType}
          </label>
          <select class="form-select" id="caseType" name="caseType" required>
            {props.caseTypes.map((type) => (
              <option value={type.id} selected={type.id === props.chosenType}>
                {type.title[view.language]}
              </option>
            ))}
          </select>
        </div>
        <Field name="subject" label={words.subject} hint={words.subjectHint} maxLength={120} />
        <Field name="name" label={words.name} required autocomplete="name" maxLength={120} />
        <Field
          name="email"
          label={words.email}
          hint={words.emailHint}
          type="email"
          required
          autocomplete="email"
          maxLength={254}
        />
        <TextArea name="message" label={words.message} hint={words.messageHint} />
        <Field
          name="files"
          label={words.files}
          hint={words.filesHint(showSize(view, props.maxBytes))}
          type="file"
          multiple
        />
        <p class="form-note">{words.note}</p>
        <button type="submit" class="button button-primary">
          {words.submit}
        </button>
      </form>
      <Sending view={view} maxBytes={props.maxBytes} />
    </Page>
  )
}

/** What the script shows and says (assets/send.js). Nothing of it is there without the script. */
function Sending({ view, maxBytes }: { readonly view: View; readonly maxBytes: number }): VNode {
  const { again, cancel, ...words } = view.t.sending
  const data = Object.entries({ ...words, maxBytes: String(maxBytes) }).map(([name, value]) => [
    `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ])
  return (
    <template data-sending {...Object.fromEntries(data)}>
      <ul class="chosen-files" data-part="files" hidden />
      <p class="form-error-message" data-part="problem" role="alert" hidden />
      <div class="sending" data-part="panel" hidden>
        <p data-part="status" role="status" />
        <progress data-part="progress" max="1" value="0" aria-label={words.sending} />
        <p class="form-hint" data-part="percent" />
        <div class="button-row">
          <button type="button" class="button button-secondary" data-part="again" hidden>
            {again}
          </button>
          <button type="button" class="button button-unstyled" data-part="cancel">
            {cancel}
          </button>
        </div>
      </div>
    </template>
  )
}
