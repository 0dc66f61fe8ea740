import { GatewayError } from '../../model/errors.ts'
import type { VerificationReport } from '../../model/report.ts'
import type { ReportFormat } from '../deps.ts'
import type { Context, Handler } from '../http/context.ts'
import { caseAsked } from './case-parts.ts'

const FORMATS: readonly ReportFormat[] = ['pdf', 'xml', 'json']

/** The stored report on a case's document, as the caseworker files it. GET: it is made anew each time, and kept nowhere. */
export const staffReport: Handler = async (context) => {
  const { deps, view, params } = context
  const one = await caseAsked(context)
  const format = FORMATS.find((known) => known === params['format'])
  const document = (await deps.store.documentsOfCase(one.id)).find(({ id }) => id === params['document'])
  if (!document || !format) throw new GatewayError('not-found', 'There is no such report')
  const [verification] = await deps.store.verificationsOf([document.id])
  const report = await deps.reportOf(document.id)
  if (!verification || !report) throw new GatewayError('not-found', 'The document was not judged')
  const about = { language: view.language, caseNumber: one.number, judgedAt: verification.createdAt }
  const { mediaType, bytes } = await deps.writeReport({ ...report, file: document.name }, format, about)
  return { kind: 'file', name: reportName(context, document.name, format), mediaType, bytes }
}

/** A report that can be taken along at once, as nothing of it is kept: its address is the file itself (RFC 2397). */
export interface ReportToTake {
  readonly format: ReportFormat
  readonly name: string
  readonly href: string
}

/** Browsers do not open addresses of any length. */
const MAX_HREF = 1_500_000

/** Takes a report that is kept nowhere; gives it in each format that its address can hold. */
export async function reportsToTake(context: Context, report: VerificationReport): Promise<readonly ReportToTake[]> {
  const { deps, view } = context
  const about = { language: view.language, caseNumber: null, judgedAt: deps.clock().toISOString() }
  const made: ReportToTake[] = []
  for (const format of FORMATS) {
    const { mediaType, bytes } = await deps.writeReport(report, format, about)
    const href = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`
    if (href.length <= MAX_HREF) made.push({ format, name: reportName(context, report.file ?? '', format), href })
  }
  return made
}

/** "attest.kontrolrapport.pdf" for "attest.pdf". */
function reportName({ view }: Context, name: string, format: ReportFormat): string {
  const stem = name.replace(/\.[^.]{1,5}$/, '')
  return `${stem === '' ? '' : `${stem}.`}${view.t.reports.fileName}.${format}`
}
