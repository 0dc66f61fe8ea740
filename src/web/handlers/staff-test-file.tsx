import { GatewayError } from '../../model/errors.ts'
import type { VerificationReport } from '../../model/report.ts'
import type { WebDeps } from '../deps.ts'
import { actorOf, type Context, field, type Handler } from '../http/context.ts'
import { type Reply, showPage } from '../http/reply.ts'
import { TestFilePage } from '../pages/staff/test-file.tsx'
import { problemOf } from '../problem.ts'
import { purposesOf } from './staff-roots.tsx'

export const testForm: Handler = async ({ view, query }) =>
  showPage(<TestFilePage view={view} change={query.get('change')} tested={null} problem={null} />)

/** Judges a file by the list in force and by the planned one; nothing is stored. */
export const testFile: Handler = async (context) => {
  const { deps, view } = context
  const change = field(context, 'change') || null
  try {
    const file = fileOf(context, 'file')
    if (!file) throw new GatewayError('invalid-request', 'No file was sent')
    const certificates = fileOf(context, 'certificate')?.bytes
    const planned = change ? { change } : certificates ? { certificates, purposes: purposesOf(context) } : null
    const judged = await deps.testFile({ ...file, planned, actor: actorOf(context) })
    const inWords = (report: VerificationReport) => ({
      report,
      words: deps.describeVerdict(report, view.language, 'caseworker'),
    })
    const tested = {
      name: file.name,
      present: inWords(judged.present),
      planned: judged.planned && inWords(judged.planned),
    }
    return showPage(<TestFilePage view={view} change={change} tested={tested} problem={null} />)
  } catch (fault) {
    return refused(context, change, fault)
  }
}

function refused({ view }: Context, change: string | null, fault: unknown): Reply {
  const { status, title, text } = problemOf(fault, view.t)
  if (status >= 500) throw fault
  return showPage(<TestFilePage view={view} change={change} tested={null} problem={`${title}. ${text}`} />, { status })
}

type Sent = Pick<Parameters<WebDeps['testFile']>[0], 'bytes' | 'name'>

function fileOf(context: Context, name: string): Sent | null {
  const file = context.form.files.find((one) => one.field === name && one.bytes.length > 0)
  return file ? { bytes: file.bytes, name: file.name } : null
}
