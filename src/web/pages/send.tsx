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
}): VNode {
  const { view } = props
  const { t } = view
  const words = t.send
  return (
    <Page view={view} title={words.title} lead={words.lead}>
      <form method="post" action={`/send?n=${props.nonce}`} encType="multipart/form-data" class="form">
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
    </Page>
  )
}
