import { asGatewayError } from '../../model/errors.ts'
import type { Handler } from '../http/context.ts'
import { showPage } from '../http/reply.ts'
import { SealPage } from '../pages/staff/seal.tsx'

export const seal: Handler = async ({ deps, view }) =>
  showPage(<SealPage view={view} facts={await deps.sealFacts()} tested={null} />)

/** Tries the seal; what stands against it is shown as it will meet approvals. Changes nothing. */
export const testSeal: Handler = async ({ deps, view }) => {
  try {
    const tested = Math.round(await deps.testSeal())
    return showPage(<SealPage view={view} facts={await deps.sealFacts()} tested={tested} />)
  } catch (thrown) {
    const { code, message } = asGatewayError(thrown)
    if (code === 'internal') throw thrown
    const facts = { ...(await deps.sealFacts()), fault: { code, message } }
    return showPage(<SealPage view={view} facts={facts} tested={null} />, { status: 503 })
  }
}
