import type { VNode } from 'preact'
import type { CasesOfAnchor } from '../../../model/store.ts'
import type { Instant } from '../../../model/time.ts'
import type { TrustAnchor } from '../../../model/trust-anchor.ts'
import { isInForce } from '../../../model/trust-list.ts'
import type { AnchorWords } from '../../deps.ts'
import { Alert } from '../../layout/parts.tsx'
import { showDayShort, type View } from '../../layout/view.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SOON_DAYS = 90

/** Roots in force that end soon, with how many open cases rest on them: said above all else. */
export function EndingAnchors(props: {
  readonly view: View
  readonly anchors: readonly TrustAnchor[]
  readonly describe: (der: Uint8Array) => AnchorWords | null
  readonly cases: ReadonlyMap<string, CasesOfAnchor>
  readonly now: Instant
}): VNode | null {
  const { view, now } = props
  const t = view.t.endingAnchors
  const ending = props.anchors.flatMap((anchor) => {
    const end = isInForce(anchor, now) ? earlier(props.describe(anchor.der)?.validTo, anchor.countsUntil) : null
    const days = end === null ? 0 : Math.ceil((Date.parse(end) - Date.parse(now)) / DAY_MS)
    return end !== null && days > 0 && days <= SOON_DAYS ? [{ anchor, end, days }] : []
  })
  if (ending.length === 0) return null
  return (
    <Alert kind="warning" heading={t.heading}>
      <ul>
        {ending.map(({ anchor, end, days }) => (
          <li>
            <strong>{anchor.subject}</strong>:{' '}
            {t.ends(showDayShort(view, end.slice(0, 10)), days, props.cases.get(anchor.sha256)?.open ?? 0)}
          </li>
        ))}
      </ul>
      <p>{t.what}</p>
    </Alert>
  )
}

const earlier = (own: Instant | undefined, until: Instant | null): Instant | null =>
  own !== undefined && (until === null || own < until) ? own : until
