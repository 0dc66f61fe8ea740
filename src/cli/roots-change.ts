import { carryOutOrPropose } from './roots-carry-out.ts'
import { badUsage, type RootsVerb, readChange, readFingerprint } from './roots-verb.ts'

function changing(verb: 'disable' | 'enable' | 'remove', what: string, done: string): RootsVerb {
  return {
    help: `usage: poststempel roots ${verb} SHA256 --reason TEXT --by NAME [--data DIR] [--config FILE]
${what}
SHA256 is the anchor's whole fingerprint. Reason and name go on record (cli:NAME); open cases are judged again. Where
trust.secondAdmin is set, this proposes it, and an admin confirms it on the page.

Exit code: 0 done or proposed, 2 bad usage, no such anchor, or it is so already.`,
    flags: { reason: { type: 'string' }, by: { type: 'string' } },
    async act(asked) {
      const [word, ...more] = asked.words
      if (more.length > 0) throw badUsage('one anchor at a time: each change has its reason')
      const sha256 = readFingerprint(word)
      const subject = (await asked.store.anchor(sha256))?.subject ?? ''
      const said = readChange(asked, 'reason')
      const { proposed, followed } = await carryOutOrPropose([{ do: verb, sha256 }], said, asked)
      console.log(`${proposed ? `Proposed: ${verb}` : done}: ${subject} (${sha256}). ${followed}`)
      return 0
    },
  }
}

export const disable = changing('disable', 'Takes an anchor out of force and keeps it.', 'Disabled')
export const enable = changing('enable', 'Puts a disabled anchor back in force.', 'Enabled')
export const remove = changing('remove', 'Removes an anchor; the record of it stays.', 'Removed')
