import type { VNode } from 'preact'
import type { ReportFormat } from '../deps.ts'
import type { View } from '../layout/view.ts'

export interface ReportLink {
  readonly format: ReportFormat
  readonly href: string
  /** What it is saved as; absent where the answer itself says it. */
  readonly name?: string
}

const FORMATS: readonly ReportFormat[] = ['pdf', 'xml', 'json']

/** The reports on a stored document. @param base the document's own address */
export const storedReports = (base: string): readonly ReportLink[] =>
  FORMATS.map((format) => ({ format, href: `${base}/report/${format}` }))

/** Links to a report in its formats. @param props.about the file that it is about */
export function ReportLinks(props: {
  readonly view: View
  readonly about: string
  readonly links: readonly ReportLink[]
}): VNode | null {
  const { t } = props.view
  if (props.links.length === 0) return null
  return (
    <p class="card-links no-print">
      {props.links.map(({ format, href, name }) => (
        <a href={href} download={name ?? true} aria-label={t.reports.named(props.about, t.reports.formats[format])}>
          {t.reports.download(t.reports.formats[format])}
        </a>
      ))}
    </p>
  )
}
