import type { TrustAnchor } from '../model/trust-anchor.ts'
import { describeAnchor, isInForce } from '../trust/index.ts'

/** A fingerprint in pairs, as openssl and CAs print it, so that it can be compared. */
export const pairs = (sha256: string): string => (sha256.match(/../g) ?? []).join(':').toUpperCase()

/** Key, validity and what to know of a certificate, one line each, indented. */
export function certificateLines(der: Uint8Array, at: Date): readonly string[] {
  const words = describeAnchor(der, 'en', at)
  if (words === null) return ['  warning      This certificate cannot be read any more: it counts for nothing.']
  return [
    `  key          ${words.key}`,
    `  valid        ${words.validFrom.slice(0, 10)} to ${words.validTo.slice(0, 10)}`,
    ...words.warnings.map((warning) => `  warning      ${warning}`),
  ]
}

/** Says whether an anchor counts, and why not. */
export function stateOf(anchor: TrustAnchor, at: Date): string {
  if (anchor.disabledAt !== null) return `disabled since ${anchor.disabledAt}`
  if (isInForce(anchor, at.toISOString())) return 'in force'
  return 'enabled, but today is outside of its dates'
}

/** From when and until when an anchor counts, where that was said. */
export function dateLines(anchor: Pick<TrustAnchor, 'countsFrom' | 'countsUntil'>): readonly string[] {
  return [
    ...(anchor.countsFrom ? [`  counts from  ${anchor.countsFrom}`] : []),
    ...(anchor.countsUntil ? [`  counts until ${anchor.countsUntil}`] : []),
  ]
}

/** Whose signatures an anchor vouches for, where that was said. */
export const limitLines = (constraints: TrustAnchor['constraints']): readonly string[] =>
  Object.entries(constraints ?? {}).map(
    ([what, values]) => `  ${what === 'excluded' ? 'never for   ' : 'only for    '} ${what}: ${values.join('; ')}`,
  )

/** Says how many open cases follow a change. */
export const followed = (cases: number): string =>
  cases === 1 ? '1 open case is judged again.' : `${cases} open cases are judged again.`
