import { failed, type Place } from './faults.ts'

/** Lets so much work go on at a time; the rest waits for its turn. */
export interface Turns {
  /**
   * Runs the work when its turn has come; work for one host does not hold up the work for others.
   * @throws GatewayError fetch-failed: its turn did not come in time; whatever the work throws
   */
  take<T>(place: Place, work: () => Promise<T>): Promise<T>
}

/** Makes turns for at most so many works in all and for each host; who waits longer than `maxWaitMs` gives up. */
export function createTurns(limits: {
  readonly maxInAll: number
  readonly maxPerHost: number
  readonly maxWaitMs: number
}): Turns {
  const running = new Map<string, number>()
  const waiting: { readonly host: string; readonly start: () => void }[] = []
  let inAll = 0

  const count = (host: string, by: number): void => {
    inAll += by
    const left = (running.get(host) ?? 0) + by
    if (left === 0) running.delete(host)
    else running.set(host, left)
  }
  const isFree = (host: string): boolean => inAll < limits.maxInAll && (running.get(host) ?? 0) < limits.maxPerHost
  const startNext = (): void => {
    const at = waiting.findIndex(({ host }) => isFree(host))
    if (at >= 0) waiting.splice(at, 1)[0]?.start()
  }
  const turn = (place: Place): Promise<void> => {
    const { host } = place
    if (isFree(host)) {
      count(host, 1)
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const waiter = {
        host,
        start: () => {
          clearTimeout(timer)
          count(host, 1)
          resolve()
        },
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(failed('turn', place, 'too much else was being fetched'))
      }, limits.maxWaitMs)
      waiting.push(waiter)
    })
  }

  return {
    async take(place, work) {
      await turn(place)
      try {
        return await work()
      } finally {
        count(place.host, -1)
        startNext()
      }
    },
  }
}
