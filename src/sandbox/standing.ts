import type { Standing } from './messages.ts'

/** Lists that a child holds at a time: those in force for papers and for mail, and the planned ones beside them. */
const HELD_AT_MOST = 4

const ids = new WeakMap<object, number>()
let lastId = 0

/** Names a value by which object it is: nobody changes it. */
export function idOf(value: object): number {
  const known = ids.get(value)
  if (known !== undefined) return known
  lastId += 1
  ids.set(value, lastId)
  return lastId
}

/**
 * What one child holds, kept alike on both sides: a new value takes the place of the oldest. So ten thousand anchors go to
 * a child once, and not with every document.
 */
export function createStanding(): {
  /** In the parent: takes the value out where the child has it. */
  readonly toSend: (standing: Standing) => Standing
  /** In the child: puts it back in. */
  readonly toUse: (standing: Standing) => Standing
} {
  const held = new Map<number, unknown>()
  const hold = ({ id, value }: Standing): void => {
    held.set(id, value)
    const [oldest] = held.size > HELD_AT_MOST ? held.keys() : []
    if (oldest !== undefined) held.delete(oldest)
  }
  return {
    toSend: (standing) => {
      const { name, id } = standing
      if (held.has(id)) return { name, id }
      // The parent keeps the name alone.
      hold({ name, id })
      return standing
    },
    toUse: (standing) => {
      if ('value' in standing) hold(standing)
      return { ...standing, value: held.get(standing.id) }
    },
  }
}
