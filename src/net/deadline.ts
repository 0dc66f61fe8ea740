import { failed, placeOf } from './faults.ts'

/** How far a request has come. */
type Stage = 'dns' | 'connect' | 'answer'

export interface Deadline {
  readonly signal: AbortSignal
  /** Tells how far the work has come, for the fault. */
  readonly enter: (stage: Stage) => void
  /** Ends it before its time. */
  readonly stop: () => void
}

/**
 * Runs work that is left behind when its time is over, even where it waits for what cannot be stopped (a look-up).
 * @throws GatewayError fetch-failed: the time was over; whatever the work throws
 */
export async function withDeadline<T>(
  url: URL,
  timeoutMs: number,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  let stage: Stage = 'dns'
  const stop = () => controller.abort(failed('timeout', placeOf(url), 'it took too long', { facts: { stage } }))
  const over = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const timer = setTimeout(stop, timeoutMs)
  const enter = (next: Stage) => {
    signal.throwIfAborted()
    stage = next
  }
  try {
    return await Promise.race([over, work({ signal, enter, stop })])
  } finally {
    clearTimeout(timer)
  }
}
