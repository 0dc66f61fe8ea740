import { asGatewayError } from '../model/errors.ts'
import type { Job, JobKind } from '../model/job.ts'
import type { Log } from '../model/ports.ts'
import type { Store } from '../model/store.ts'
import type { Clock } from '../model/time.ts'

/** What does the work of each kind. A handler may call finishJob in its own last commit; else the runner does. */
export type JobHandlers = Partial<Record<JobKind, (job: Job) => Promise<void>>>

export interface JobRunner {
  /** Takes no more and waits for what is in hand. */
  stop(): Promise<void>
  /** Resolves once nothing is in hand and nothing is due (what waits for its backoff is not due). */
  idle(): Promise<void>
}

/** How long a job stays ours without a sign of life; extended while its handler runs, who may take it for longer. */
const LEASE_MS = 60_000
const EXTEND_EVERY_MS = 20_000

/**
 * Runs due jobs, at most `concurrency` at a time. It is woken by new work of this process and looks every pollMs for
 * what other processes, backoff and lost leases make due. Owner names this node and data folder.
 */
export function startJobRunner(parts: {
  readonly store: Store
  readonly handlers: JobHandlers
  readonly owner: string
  readonly concurrency: number
  readonly clock: Clock
  readonly log: Log
  readonly pollMs: number
}): JobRunner {
  const { store, handlers, owner, concurrency, log, pollMs } = parts
  const kinds = kindsOf(handlers)
  const inHand = new Set<Promise<void>>()
  let stopped = false
  let isLooking: Promise<number> | null = null
  let lookAgain = false

  const take = async (): Promise<number> => {
    const free = concurrency - inHand.size
    if (stopped || free < 1) return 0
    const jobs = await store.jobs.lease(owner, kinds, free, LEASE_MS)
    for (const job of jobs) {
      const run = runJob(parts, job).finally(() => {
        inHand.delete(run)
        wake()
      })
      inHand.add(run)
    }
    return jobs.length
  }

  /** Looks for work, once at a time; whoever asks meanwhile makes it look again. Gives how many it took. */
  const look = (): Promise<number> => {
    if (isLooking !== null) {
      lookAgain = true
      return isLooking
    }
    isLooking = (async () => {
      let taken = 0
      do {
        lookAgain = false
        taken += await take().catch((thrown: unknown) => {
          const { code } = asGatewayError(thrown)
          log.warn({ code }, 'no jobs could be leased; trying again at the next look')
          return 0
        })
      } while (lookAgain)
      // In the same turn as the check above: whoever asks from here on starts a look of his own.
      isLooking = null
      return taken
    })()
    return isLooking
  }
  const wake = (): void => {
    if (!stopped) void look()
  }

  const stopListening = store.jobs.onWork(wake)
  const poll = setInterval(wake, pollMs)
  wake()

  return {
    async stop() {
      stopped = true
      clearInterval(poll)
      stopListening()
      await isLooking
      await Promise.all(inHand)
    },
    async idle() {
      for (;;) {
        const taken = stopped ? 0 : await look()
        if (inHand.size > 0) await Promise.race(inHand)
        else if (taken === 0) return
      }
    },
  }
}

function kindsOf(handlers: JobHandlers): readonly JobKind[] {
  return (Object.keys(handlers) as JobKind[]).filter((kind) => handlers[kind] !== undefined)
}

/** Runs one job to its end: done, back with backoff, or dead. Never throws. */
async function runJob({ store, handlers, clock, log }: Parameters<typeof startJobRunner>[0], job: Job): Promise<void> {
  const { kind, key } = job
  const startedMs = clock().getTime()
  const keepAlive = setInterval(() => {
    store.jobs.extend(job, LEASE_MS).then(
      (isOurs) => {
        if (!isOurs) log.warn({ kind, key }, 'the lease of a running job was lost')
      },
      (thrown: unknown) => log.warn({ kind, key, code: asGatewayError(thrown).code }, 'a lease was not extended'),
    )
  }, EXTEND_EVERY_MS)
  try {
    await handlers[kind]?.(job)
    // False where the handler has finished it in a commit of its own, or where the lease was lost: then nothing is left to do.
    await store.commit((write) => write.finishJob(job))
    log.info({ kind, key, ms: clock().getTime() - startedMs }, 'job done')
  } catch (thrown) {
    await report({ store, log }, job, thrown)
  } finally {
    clearInterval(keepAlive)
  }
}

async function report({ store, log }: { store: Store; log: Log }, job: Job, thrown: unknown): Promise<void> {
  const { code, message, retryable } = asGatewayError(thrown)
  const facts = { kind: job.kind, key: job.key, code, attempt: job.attempts }
  try {
    const state = await store.jobs.fail(job, { code, message, retryable })
    if (state === 'dead') log.error(facts, 'job is dead: a person must look')
    else log.warn(facts, 'job failed, will be tried again')
  } catch (storeFault) {
    // Nothing can be written now: the lease runs out by itself and the job is due again.
    log.error({ ...facts, storeCode: asGatewayError(storeFault).code }, 'job failed, and that could not be written')
  }
}
