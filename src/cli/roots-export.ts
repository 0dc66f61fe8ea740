import { writeFileSync } from 'node:fs'
import { GatewayError } from '../model/errors.ts'
import type { TrustAnchor } from '../model/trust-anchor.ts'
import { toPem } from '../seal/index.ts'
import { isInForce } from '../trust/index.ts'
import { badUsage, type RootsVerb, readPurposes } from './roots-verb.ts'

/** `poststempel roots export`: the anchors in force, for other programs. */
export const exportRoots: RootsVerb = {
  help: `usage: poststempel roots export [--purpose document|mail|timestamp]… [--out FILE] [--data DIR] [--config FILE]
Prints the anchors that are in force now as PEM, with a comment line above each; --purpose takes those that count for it.
The file serves as --roots of poststempel verify.

Exit code: 0 exported, 1 none is in force, 2 bad usage, or FILE cannot be written.`,
  flags: { purpose: { type: 'string', multiple: true }, out: { type: 'string' } },
  async act(asked) {
    if (asked.words.length > 0) throw badUsage('--out names the file')
    const wanted = readPurposes(asked)
    const anchors = (await asked.store.listAnchors())
      .filter((anchor) => isInForce(anchor, asked.now.toISOString()))
      .filter(({ purposes }) => wanted.length === 0 || wanted.some((purpose) => purposes.includes(purpose)))
    if (anchors.length === 0) {
      console.error('No trust anchor is in force.')
      return 1
    }
    const text = anchors.map(block).join('\n')
    const out = asked.text('out')
    if (out === null) console.log(text.trimEnd())
    else write(out, text)
    return 0
  },
}

function block(anchor: TrustAnchor): string {
  return `${comment(`${anchor.subject}; SHA-256 ${anchor.sha256}; ${anchor.purposes.join(', ')}`)}\n${toPem(anchor.der)}`
}

/** A subject is a stranger's text: it must neither end the line nor look like the beginning of a block. */
const comment = (text: string): string => `# ${text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').replace(/-{2,}/g, '-')}`

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw new GatewayError('invalid-request', `${file} cannot be written`, { cause })
  }
}
