import { GatewayError } from '../../model/errors.ts'

/**
 * Gives a gate that lets so much work run at once, and so much wait in line, in order of coming.
 * @throws GatewayError rate-limited where the line is full
 */
export function turns(atOnce: number, waitingAtMost: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running < atOnce) running += 1
    else {
      if (waiting.length >= waitingAtMost) {
        throw new GatewayError('rate-limited', 'Too much is waiting already', { retryable: true })
      }
      // Whoever leaves hands its turn over, so the count stays.
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
