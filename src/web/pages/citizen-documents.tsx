import type { VNode } from 'preact'
import type { Case } from '../../model/case.ts'
import type { Document } from '../../model/document.ts'
import { bearsCode, type Delivery, type Letter } from '../../model/letter.ts'
import { isQuarantined, lockedInWords, scanInWords } from '../../model/malware.ts'
import type { ChannelChoice, KeyChoice, VerdictWords } from '../deps.ts'
import { Alert, VerdictBadge, When } from '../layout/parts.tsx'
import { showSize, type View } from '../layout/view.ts'
import { AddToCase, ChooseChannel, StillChecking } from './own-case.tsx'
import { OwnKey } from './own-key.tsx'
import { ReportLinks, storedReports } from './report-links.tsx'

export interface JudgedDocument {
  readonly document: Document
  readonly indication: string | null
  readonly verdict: VerdictWords | null
}

export interface LetterOnItsWay {
  readonly letter: Letter
  readonly deliveries: readonly { readonly delivery: Delivery; readonly route: string }[]
}

/** What a citizen sees after the one-time code: documents with their verdicts, letters with their way. */
export function CitizenDocuments(props: {
  readonly view: View
  readonly base: string
  readonly case: Case
  readonly documents: readonly JudgedDocument[]
  readonly letters: readonly LetterOnItsWay[]
  /** Something was added and is still being checked. */
  readonly stillChecking: boolean
  /** What we ask to have again, in whole sentences. */
  readonly asked: readonly string[]
  readonly nonce: string
  readonly maxBytes: number
  readonly choice: ChannelChoice | null
  readonly keys: KeyChoice | null
}): VNode {
  const { view, base } = props
  const { t } = view
  return (
    <>
      {props.asked.length > 0 ? (
        <Alert kind="warning" heading={t.citizen.asked}>
          {props.asked.map((sentence) => (
            <p>{sentence}</p>
          ))}
        </Alert>
      ) : null}
      {props.stillChecking ? <StillChecking view={view} base={base} /> : null}
      <section aria-labelledby="documents">
        <h2 id="documents">{t.citizen.documents(props.case.number)}</h2>
        {props.documents.map((one) => (
          <DocumentCard view={view} base={base} one={one} />
        ))}
      </section>
      <section aria-labelledby="letters">
        <h2 id="letters">{t.citizen.letters}</h2>
        {props.letters.length === 0 ? <p class="empty">{t.citizen.noLetters}</p> : null}
        {props.letters.map((one) => (
          <LetterCard view={view} one={one} />
        ))}
      </section>
      <AddToCase view={view} base={base} case={props.case} nonce={props.nonce} maxBytes={props.maxBytes} />
      {props.choice ? <ChooseChannel view={view} base={base} choice={props.choice} /> : null}
      {props.keys ? <OwnKey view={view} base={base} keys={props.keys} /> : null}
      <form method="post" action={`${base}/close`} class="no-print stand-alone">
        <button type="submit" class="button button-secondary">
          {t.citizen.close}
        </button>
      </form>
    </>
  )
}

/** One document: name, verdict in words, download. */
export function DocumentCard(props: {
  readonly view: View
  readonly base: string
  readonly one: JudgedDocument
  /** For staff: the document in the browser, and the reports on it. */
  readonly preview?: boolean
}): VNode {
  const { view, base, one } = props
  const { document, verdict } = one
  const { t } = view
  return (
    <article class="card document">
      <div class="document-head">
        <h3>{document.name}</h3>
        {one.indication ? <VerdictBadge view={view} indication={one.indication} sealed={verdict?.sealed} /> : null}
      </div>
      <p class="quiet">
        {t.documentRoles[document.role]} · {document.mediaType} · {showSize(view, document.size)}
      </p>
      <Scan view={view} document={document} forStaff={props.preview === true} />
      {verdict ? (
        <>
          <p>
            <strong>{verdict.headline}</strong>
          </p>
          {verdict.details.length > 0 ? (
            <details>
              <summary>{t.citizen.details}</summary>
              <ul>
                {verdict.details.map((detail) => (
                  <li>{detail}</li>
                ))}
              </ul>
              <p class="fingerprint">
                SHA-256 <code>{document.sha256}</code>
              </p>
            </details>
          ) : null}
          {verdict.whatToDo ? <p>{verdict.whatToDo}</p> : null}
        </>
      ) : null}
      {isQuarantined(document) ? null : (
        <p class="card-links no-print">
          <a href={`${base}/documents/${document.id}`} aria-label={t.citizen.downloadNamed(document.name)}>
            {t.citizen.download}
          </a>
          {props.preview && document.mediaType === 'application/pdf' ? (
            <a href={`${base}/documents/${document.id}/view`} aria-label={t.citizen.viewNamed(document.name)}>
              {t.citizen.view}
            </a>
          ) : null}
        </p>
      )}
      {props.preview && verdict ? (
        <ReportLinks view={view} about={document.name} links={storedReports(`${base}/documents/${document.id}`)} />
      ) : null}
    </article>
  )
}

/** What the malware scanner said: all of it to staff, to the citizen only that a file is locked. */
function Scan(props: { readonly view: View; readonly document: Document; readonly forStaff: boolean }): VNode | null {
  const { view, document, forStaff } = props
  const isLocked = isQuarantined(document)
  if (document.submissionId === null || (!forStaff && !isLocked)) return null
  const words = forStaff ? scanInWords(document.malware, view.language) : lockedInWords[view.language]
  return isLocked ? <Alert kind="error" heading={words} /> : <p class="quiet">{words}</p>
}

function LetterCard({ view, one }: { readonly view: View; readonly one: LetterOnItsWay }): VNode {
  const { letter } = one
  return (
    <article class="card">
      <h3>{letter.subject}</h3>
      <p class="quiet">
        {view.t.letterKinds[letter.kind]} · <When view={view} at={letter.createdAt} />
      </p>
      {one.deliveries.map(({ delivery, route }) => (
        <p>
          {view.t.deliveryStates[delivery.state]}. {route}
        </p>
      ))}
      {bearsCode(letter.kind) ? null : (
        <details>
          <summary>{view.t.citizen.readLetter}</summary>
          <pre class="letter-text">{letter.bodyText}</pre>
        </details>
      )}
    </article>
  )
}
