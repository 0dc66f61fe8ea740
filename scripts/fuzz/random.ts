/** Numbers that a seed and an index decide, so that every input can be made again. */
export interface Random {
  /** A whole number from 0 to n - 1; 0 where n is below 1. */
  below(n: number): number
  chance(probability: number): boolean
  /** @throws Error where there is nothing to pick from */
  pick<T>(items: readonly T[]): T
  bytes(count: number): Buffer
}

/** Gives the source of numbers of one input (sfc32, started from both numbers). */
export function randomOf(seed: number, index: number): Random {
  let [a, b, c, counter] = [seed | 0, index | 0, Math.floor(index / 2 ** 32) | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 15; i += 1) next()
  const below = (n: number): number => Math.floor(next() * Math.max(1, n))
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}
