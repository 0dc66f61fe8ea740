import type { Actor, HistoryEntry } from '../model/case.ts'
import type { Instant } from '../model/time.ts'

/** So long the others have to notice an account that somebody made, or took over by a new link. */
const YOUNG_MS = 7 * 24 * 60 * 60 * 1000
/** Who runs the command line holds the machine; no account stands for that. */
const MACHINE = 'machine'
const MAKES_AN_ACCOUNT: ReadonlySet<string> = new Set(['account-invited', 'account-link-renewed', 'account-enabled'])

/**
 * Says whether two actors may be one person: the same account, or one that the other (or a third, who made both) invited,
 * enabled or gave a new link within the last week. Whoever makes an account can be the one who uses it.
 * @param history the administration's, oldest first
 */
export function mayBeOneHand(a: Actor, b: Actor, history: readonly HistoryEntry[], now: Instant): boolean {
  const since = Date.parse(now) - YOUNG_MS
  const young = history.filter(({ event, at }) => MAKES_AN_ACCOUNT.has(event) && Date.parse(at) >= since)
  const hands = handsOf(a, young)
  return [...handsOf(b, young)].some((hand) => hands.has(hand))
}

function handsOf(actor: Actor, young: readonly HistoryEntry[]): ReadonlySet<string> {
  const hands = new Set<string>()
  const waiting = [handOf(actor)]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one === null || hands.has(one)) continue
    hands.add(one)
    for (const { actor: maker, payload } of young) if (payload?.['account'] === one) waiting.push(handOf(maker))
  }
  return hands
}

/** Null: the gateway itself, which makes the first account at its first start. */
const handOf = ({ id, name }: Actor): string | null => id ?? (name === null ? null : MACHINE)
