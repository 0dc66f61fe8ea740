import { setTimeout as wait } from 'node:timers/promises'

/** Waits so many milliseconds, or until the signal says that it is over, whichever is first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}
