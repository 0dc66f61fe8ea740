import { GatewayError } from '../model/errors.ts'
import { plainFingerprint } from '../trust/index.ts'
import { badUsage, type RootsVerb } from './roots-verb.ts'
import { certificateLines, dateLines, limitLines, pairs, stateOf } from './roots-words.ts'

/** Digits by which an anchor may be looked up; changes ask for all 64. */
const MIN_DIGITS = 8

/** `poststempel roots show`: one anchor, what it is and what was done with it. */
export const show: RootsVerb = {
  help: `usage: poststempel roots show SHA256 [--data DIR] [--config FILE]
Shows one trust anchor and what was done with it. SHA256 is its fingerprint, or the first ${MIN_DIGITS} digits or more of it.

Exit code: 0 shown, 2 bad usage, or there is none.`,
  flags: {},
  async act({ words, store, now }) {
    const prefix = plainFingerprint(words[0] ?? '')
    if (words.length !== 1 || !/^[0-9a-f]+$/.test(prefix) || prefix.length < MIN_DIGITS) {
      throw badUsage(`give a fingerprint, or at least its first ${MIN_DIGITS} digits`)
    }
    const [anchor, second] = (await store.listAnchors()).filter(({ sha256 }) => sha256.startsWith(prefix))
    if (!anchor) throw new GatewayError('not-found', 'There is no such anchor')
    if (second) throw badUsage('several anchors begin so: give more digits')
    const changes = (await store.listTrustChanges()).filter(({ sha256 }) => sha256 === anchor.sha256)
    const lines = [
      anchor.subject,
      `  SHA-256      ${pairs(anchor.sha256)}`,
      ...certificateLines(anchor.der, now),
      `  state        ${stateOf(anchor, now)}`,
      ...dateLines(anchor),
      ...limitLines(anchor.constraints),
      `  counts for   ${anchor.purposes.join(', ')}`,
      `  source       ${anchor.source}`,
      `  added        ${anchor.addedAt} by ${anchor.addedBy}`,
      `  note         ${anchor.note}`,
      ...changes.map(({ at, actor, action, reason }) => `  ${at} ${action} by ${actor}: ${reason}`),
    ]
    console.log(lines.join('\n'))
    return 0
  },
}
