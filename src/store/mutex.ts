import { AsyncLocalStorage } from 'node:async_hooks'
import { GatewayError } from '../model/errors.ts'

/** Gives a lock: await it for your turn, call what it gives to end the turn. Turns come in order of asking. */
export function createMutex(): () => Promise<() => void> {
  let tail: Promise<void> = Promise.resolve()
  return async () => {
    const before = tail
    const { promise, resolve } = Promise.withResolvers<void>()
    tail = promise
    await before
    return resolve
  }
}

/** Knows whether the caller stands inside a commit's work: from there, another commit would wait for itself. */
export interface CommitGuard {
  inside<T>(work: () => Promise<T>): Promise<T>
  /** @throws GatewayError internal where called from inside a commit */
  refuseInside(what: string): void
}

export function createCommitGuard(): CommitGuard {
  const current = new AsyncLocalStorage<{ active: boolean }>()
  return {
    async inside(work) {
      const mark = { active: true }
      // The mark outlives the work in timers that the work has started; hence it is switched off.
      return current.run(mark, work).finally(() => {
        mark.active = false
      })
    },
    refuseInside(what) {
      if (current.getStore()?.active) throw new GatewayError('internal', `${what} called inside a commit's work`)
    },
  }
}
