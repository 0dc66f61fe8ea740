import type { Log, NormalisedMessage, Sandbox } from '../model/ports.ts'
import type { VerificationReport } from '../model/report.ts'
import { startChild } from './child.ts'
import { confine } from './confinement.ts'
import type { TaskKind } from './messages.ts'
import { createPool } from './pool.ts'

export interface SandboxOptions {
  readonly limits: { readonly childMemoryBytes: number; readonly childTimeoutMs: number }
  readonly log: Log
  /** Modules whose export `task` runs in the child: ES modules that plain Node can load (.js, or .ts to be stripped). */
  readonly taskModules: Readonly<Record<TaskKind, URL>>
  /** How many children are kept warm. */
  readonly size?: number
  readonly tasksPerChild?: number
}

const DEFAULT_SIZE = 2
const DEFAULT_TASKS_PER_CHILD = 100

/**
 * Takes limits and the task modules; gives the sandbox: documents are read in child processes that may read code only,
 * and that are killed from outside when they take too long or too much memory. A hostile document costs its child only.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { limits, log, taskModules } = options
  const confinement = confine(limits.childMemoryBytes, Object.values(taskModules))
  if (confinement.lacking.length > 0) {
    log.warn({ lacking: confinement.lacking }, 'Children run with less confinement than Linux could give')
  }
  const childLimits = { timeoutMs: limits.childTimeoutMs, maxResidentBytes: limits.childMemoryBytes }
  const modules = [...new Set(Object.values(taskModules).map((url) => url.href))]
  const pool = createPool({
    size: options.size ?? DEFAULT_SIZE,
    tasksPerChild: options.tasksPerChild ?? DEFAULT_TASKS_PER_CHILD,
    start: () => startChild(confinement, modules, childLimits, log),
  })
  const run = (kind: TaskKind, input: unknown) => pool.run({ module: taskModules[kind].href, input })
  return {
    normalise: async (raw, rawMediaType, secrets) => {
      const openpgpPrivateKeys = secrets?.openpgpPrivateKeys ?? []
      // The task module's own type, handed over by IPC.
      return (await run('normalise', { raw, rawMediaType, openpgpPrivateKeys })) as NormalisedMessage
    },
    verify: async (input) => (await run('verify', input)) as VerificationReport,
    certificates: async (pdf) => (await run('certificates', { pdf })) as Awaited<ReturnType<Sandbox['certificates']>>,
    close: () => pool.close(),
  }
}
