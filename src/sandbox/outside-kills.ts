import { createHash } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'

/** So often in a row one document's child may be killed by somebody else before that counts as the document's doing. */
const MAX_IN_A_ROW = 3
const MAX_REMEMBERED = 1000

/** Counts, per document, the children that somebody else killed (the kernel out of memory, an operator). */
export interface OutsideKills {
  /** Takes the task's fault; gives it back, not retryable any more where this document met an outside kill too often. */
  judge(fault: GatewayError, kind: string, document: Uint8Array): GatewayError
  /** The document got through: what happened before was not its doing. */
  forget(kind: string, document: Uint8Array): void
}

/**
 * A signal from outside says nothing about the document, so it is tried again; but a document that has its child killed
 * each time (for it makes the machine run out of memory) ends some day. Kept in memory: a restart counts anew, and the
 * job's own attempts go on counting.
 */
export function countOutsideKills(): OutsideKills {
  const kills = new Map<string, number>()
  return {
    judge(fault, kind, document) {
      if (!isOutsideKill(fault)) return fault
      const key = keyOf(kind, document)
      const count = (kills.get(key) ?? 0) + 1
      kills.delete(key)
      if (count >= MAX_IN_A_ROW) {
        return new GatewayError('child-crashed', 'the child process was killed each time', { facts: fault.facts })
      }
      kills.set(key, count)
      const [oldest] = kills.keys()
      if (kills.size > MAX_REMEMBERED && oldest !== undefined) kills.delete(oldest)
      return fault
    },
    forget(kind, document) {
      // Digests of large documents cost: almost always there is nothing to forget.
      if (kills.size > 0) kills.delete(keyOf(kind, document))
    },
  }
}

/** As child.ts makes it; a child that did not even start has no signal, and never counts. */
const isOutsideKill = ({ code, retryable, facts }: GatewayError): boolean =>
  code === 'child-crashed' && retryable && 'signal' in facts

const keyOf = (kind: string, document: Uint8Array): string =>
  `${kind} ${createHash('sha256').update(document).digest('hex')}`
