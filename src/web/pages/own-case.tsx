import type { VNode } from 'preact'
import type { Case } from '../../model/case.ts'
import type { ChannelChoice } from '../deps.ts'
import { Alert, Field, TextArea } from '../layout/parts.tsx'
import { showSize, type View } from '../layout/view.ts'

/** What came of the last thing that a citizen did on this page. */
export type Told = keyof View['t']['citizen']['told']

const KINDS: Readonly<Record<Told, 'success' | 'warning' | 'error'>> = {
  added: 'success',
  chosen: 'success',
  'new-case': 'warning',
  decided: 'error',
  'not-offered': 'error',
  'too-late': 'error',
  'no-session': 'error',
  'key-asked': 'success',
  'key-counts': 'success',
  'key-waits': 'warning',
  'key-wrong-code': 'error',
  'key-code-gone': 'error',
  'key-too-often': 'error',
  'key-unreadable': 'error',
  'key-private': 'error',
  'key-several': 'error',
  'key-revoked': 'error',
  'key-expired': 'error',
  'key-weak': 'error',
  'key-signs-only': 'error',
  'key-other-address': 'error',
  'key-withdrawn': 'error',
}

/** Takes a word from the address; gives it where it is one of ours. */
export function toldBy(view: View, word: string | null): Told | null {
  const words = Object.keys(view.t.citizen.told)
  return words.find((one): one is Told => one === word) ?? null
}

export function ToldAlert({ view, told }: { readonly view: View; readonly told: Told | null }): VNode | null {
  if (!told) return null
  return <Alert kind={KINDS[told]} heading={view.t.citizen.told[told]} />
}

/** Says that something is stored and on its way into the case. */
export function StillChecking({ view, base }: { readonly view: View; readonly base: string }): VNode {
  return (
    <Alert kind="info">
      <p>
        {view.t.citizen.checking} <a href={base}>{view.t.tracking.reload}</a>
      </p>
    </Alert>
  )
}

/** Files and a message for an open case; for one that is decided, where to go instead. */
export function AddToCase(props: {
  readonly view: View
  readonly base: string
  readonly case: Case
  readonly nonce: string
  readonly maxBytes: number
}): VNode {
  const { view } = props
  const { send, citizen } = view.t
  const isOpen = props.case.state === 'with-caseworker'
  return (
    <section class="panel no-print" aria-labelledby="add">
      <h2 id="add">{citizen.add.title}</h2>
      {isOpen ? (
        <>
          <p>{citizen.add.lead}</p>
          <form method="post" action={`${props.base}/add?n=${props.nonce}`} encType="multipart/form-data" class="form">
            <Field
              name="files"
              label={send.files}
              hint={send.filesHint(showSize(view, props.maxBytes))}
              type="file"
              multiple
            />
            <TextArea name="message" label={send.message} hint={send.messageHint} rows={3} />
            <button type="submit" class="button button-primary">
              {citizen.add.submit}
            </button>
          </form>
        </>
      ) : (
        <p>
          {citizen.add.closed} <a href={`/send?type=${props.case.caseType}`}>{citizen.add.newOne}</a>
        </p>
      )}
    </section>
  )
}

/** How the answer comes, and how else it may. */
export function ChooseChannel(props: {
  readonly view: View
  readonly base: string
  readonly choice: ChannelChoice
}): VNode {
  const { view, choice } = props
  const { channel } = view.t.citizen
  const encryptedOnly = !choice.offered.includes(null) && !choice.offered.includes('plain-mail')
  // Where nothing is chosen and a key is known, we encrypt: that is the first of what is offered.
  const inForce = choice.offered.includes(choice.chosen) ? choice.chosen : choice.offered[0]
  return (
    <section class="panel no-print" aria-labelledby="channel">
      <h2 id="channel">{channel.title}</h2>
      {encryptedOnly ? <p>{channel.encryptedOnly}</p> : null}
      <form method="post" action={`${props.base}/channel`} class="form">
        <fieldset class="form-group">
          <legend class="sr-only">{channel.title}</legend>
          {choice.offered.map((way) => {
            const name = way ?? 'none'
            return (
              <div class="form-group-radio">
                <input type="radio" id={`channel-${name}`} name="channel" value={name} checked={way === inForce} />
                <label for={`channel-${name}`}>{channel.ways[name]}</label>
              </div>
            )
          })}
        </fieldset>
        <button type="submit" class="button button-secondary">
          {channel.submit}
        </button>
      </form>
    </section>
  )
}
