import { asGatewayError } from '../model/errors.ts'
import type { Log, NormalisedMessage, Sandbox } from '../model/ports.ts'
import type { VerificationReport } from '../model/report.ts'
import { startChild } from './child.ts'
import { confine } from './confinement.ts'
import type { Standing, TaskKind } from './messages.ts'
import { countOutsideKills } from './outside-kills.ts'
import { createPool } from './pool.ts'
import { idOf } from './standing.ts'

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
  const kills = countOutsideKills()
  const run = async (kind: TaskKind, document: Uint8Array, input: unknown, standing?: Standing): Promise<unknown> => {
    try {
      const module = taskModules[kind].href
      const value = await pool.run(standing ? { module, input, standing } : { module, input })
      kills.forget(kind, document)
      return value
    } catch (thrown) {
      throw kills.judge(asGatewayError(thrown), kind, document)
    }
  }
  // What comes back has the task modules' own types, handed over by IPC.
  return {
    normalise: async (raw, rawMediaType, secrets) => {
      const { openpgpPrivateKeys = [], smimeKeys = [] } = secrets ?? {}
      return (await run('normalise', raw, { raw, rawMediaType, openpgpPrivateKeys, smimeKeys })) as NormalisedMessage
    },
    verify: async ({ trustAnchors, ...input }) => {
      const standing = { name: 'trustAnchors', id: idOf(trustAnchors), value: trustAnchors }
      return (await run('verify', input.bytes, input, standing)) as VerificationReport
    },
    certificates: async (pdf) =>
      (await run('certificates', pdf, { pdf })) as Awaited<ReturnType<Sandbox['certificates']>>,
    stampApproved: async (pdf, stamp) => (await run('stamp', pdf, { pdf, stamp })) as Uint8Array,
    close: () => pool.close(),
  }
}
