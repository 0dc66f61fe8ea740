import { GatewayError } from '../../model/errors.ts'

/** Room for so much at once: who finds none is told to come back, and nothing of theirs is kept. */
export interface Places {
  /** Takes one of the places for that key; gives the way to leave it. @throws GatewayError busy */
  enter(key: string): () => void
}

const COME_BACK_SECONDS = 15

/** Gives room for ALTOGETHER, of which one key gets OF_ONE at most, so that it does not take all. */
export function places(altogether: number, ofOne: number): Places {
  const taken = new Map<string, number>()
  let all = 0
  return {
    enter(key) {
      const own = taken.get(key) ?? 0
      if (all >= altogether || own >= ofOne) {
        throw new GatewayError('busy', 'All places are taken', {
          retryable: true,
          facts: { retryAfterSeconds: COME_BACK_SECONDS },
        })
      }
      all += 1
      taken.set(key, own + 1)
      return () => {
        all -= 1
        const left = (taken.get(key) ?? 1) - 1
        if (left === 0) taken.delete(key)
        else taken.set(key, left)
      }
    },
  }
}
