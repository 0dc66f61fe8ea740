import type { Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import type { TrustAnchor } from '../model/trust-anchor.ts'
import { isInForce } from '../model/trust-list.ts'
import { VerifyError } from '../verify/index.ts'
import { parseCertificate } from '../verify/x509/index.ts'
import { putOnRecord } from './record-change.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** So many days before an anchor ends others are warned, once each. */
const WARN_DAYS = [7, 30, 90] as const

/** Gives when an anchor counts no more: its own validity, or the municipality's date where that is earlier. */
export function endOf({ der, countsUntil }: Pick<TrustAnchor, 'der' | 'countsUntil'>): Instant | null {
  const own = notAfterOf(der)
  if (own === null || countsUntil === null) return own ?? countsUntil
  return own < countsUntil ? own : countsUntil
}

function notAfterOf(der: Uint8Array): Instant | null {
  try {
    return parseCertificate(der).notAfter.toISOString()
  } catch (thrown) {
    // It counts for nothing already: the page says so.
    if (!(thrown instanceof VerifyError)) throw thrown
    return null
  }
}

/**
 * Warns of anchors in force that end within 90, 30 and 7 days, within the caller's commit: an entry of the history that
 * others are told of, which is also how it is known that this was said. Gives how many there were.
 */
export async function warnOfEnds(write: Writer, at: Instant): Promise<number> {
  const ending = (await write.listAnchors()).flatMap((anchor) => {
    const endsAt = isInForce(anchor, at) ? endOf(anchor) : null
    const days = endsAt === null ? -1 : Math.ceil((Date.parse(endsAt) - Date.parse(at)) / DAY_MS)
    const mark = WARN_DAYS.find((one) => days > 0 && days <= one)
    return mark === undefined || endsAt === null ? [] : [{ anchor, endsAt, days, mark }]
  })
  if (ending.length === 0) return 0
  const said = (await write.adminHistory()).filter(({ event }) => event === 'anchor-ends-soon')
  const cases = new Map((await write.casesByAnchor()).map((one) => [one.sha256, one]))
  let warned = 0
  for (const { anchor, endsAt, days, mark } of ending) {
    const { sha256, subject } = anchor
    const before = said.some(
      ({ payload }) =>
        payload?.['sha256'] === sha256 && payload['endsAt'] === endsAt && Number(payload['mark']) <= mark,
    )
    if (before) continue
    const openCases = cases.get(sha256)?.open ?? 0
    await putOnRecord(write, {
      at,
      actor: { kind: 'system', id: null, name: null },
      event: 'anchor-ends-soon',
      payload: { sha256, subject, endsAt, days, mark, openCases },
    })
    warned += 1
  }
  return warned
}
