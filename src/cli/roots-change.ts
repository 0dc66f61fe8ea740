import type { Writer } from '../model/store.ts'
import { type ChangeOfTrust, disableAnchor, enableAnchor, planRejudge, removeAnchor } from '../trust/index.ts'
import { badUsage, type RootsVerb, readChange, readFingerprint } from './roots-verb.ts'
import { followed } from './roots-words.ts'

type Change = (write: Writer, sha256: string, change: ChangeOfTrust) => Promise<void>

function changing(verb: string, what: string, done: string, change: Change): RootsVerb {
  return {
    help: `usage: poststempel roots ${verb} SHA256 --reason TEXT --by NAME [--data DIR] [--config FILE]
${what}
SHA256 is the anchor's whole fingerprint. Reason and name go on record (cli:NAME); open cases are judged again.

Exit code: 0 done, 2 bad usage, no such anchor, or it is so already.`,
    flags: { reason: { type: 'string' }, by: { type: 'string' } },
    async act(asked) {
      const [word, ...more] = asked.words
      if (more.length > 0) throw badUsage('one anchor at a time: each change has its reason')
      const sha256 = readFingerprint(word)
      const said = readChange(asked, 'reason')
      const { subject, cases } = await asked.store.commit(async (write) => {
        const anchor = await write.anchor(sha256)
        await change(write, sha256, said)
        return { subject: anchor?.subject ?? '', cases: await planRejudge(write, said.at) }
      })
      console.log(`${done}: ${subject} (${sha256}). ${followed(cases)}`)
      return 0
    },
  }
}

export const disable = changing('disable', 'Takes an anchor out of force and keeps it.', 'Disabled', disableAnchor)
export const enable = changing('enable', 'Puts a disabled anchor back in force.', 'Enabled', enableAnchor)
export const remove = changing('remove', 'Removes an anchor; the record of it stays.', 'Removed', removeAnchor)
