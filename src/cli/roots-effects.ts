import type { Log } from '../model/ports.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import { createSandbox } from '../sandbox/index.ts'
import { effectsOf } from '../trust/index.ts'
import type { Asked } from './roots-verb.ts'

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The same file whether we run from the build (.js) or from the sources (.ts). */
const taskModule = (path: string): URL => new URL(`${path}${import.meta.url.slice(-3)}`, import.meta.url)

/**
 * Gives what steps would do to the verdicts on open cases, one line each, as the page says it before a change of trust: judged in
 * child processes with limits, with the evidence at hand. Changes nothing.
 * @throws GatewayError malformed-der
 */
export async function effectLines(
  steps: readonly TrustStep[],
  { store, settings }: Pick<Asked, 'store' | 'settings'>,
): Promise<readonly string[]> {
  const sandbox = createSandbox({
    limits: settings.limits,
    log: SILENT,
    size: 1,
    taskModules: {
      normalise: taskModule('../intake/normalise-task'),
      verify: taskModule('../trust/verify-task'),
      certificates: taskModule('../trust/certificates-task'),
      stamp: taskModule('../typeset/stamp-task'),
    },
  })
  try {
    const parts = { store, settings, sandbox, fetcher: null, log: SILENT, clock: () => new Date() }
    const { changed, examined, complete } = await effectsOf(steps, parts)
    return [
      `open cases: ${changed.length} of ${examined} verdicts would change${complete ? '' : ' (there was no time for all)'}`,
      ...changed.map(
        ({ caseNumber, document, before, after }) =>
          `  ${caseNumber}  ${JSON.stringify(document)}  ${before} -> ${after}`,
      ),
    ]
  } finally {
    await sandbox.close()
  }
}
