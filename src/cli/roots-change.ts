import type { TrustStep } from '../model/trust-proposal.ts'
import { carryOutOrPropose } from './roots-carry-out.ts'
import { effectLines } from './roots-effects.ts'
import {
  type Asked,
  badUsage,
  CONSTRAINT_FLAGS,
  type RootsVerb,
  readChange,
  readFingerprint,
  readLimits,
} from './roots-verb.ts'

async function showEffects(steps: readonly TrustStep[], asked: Asked): Promise<number> {
  for (const line of await effectLines(steps, asked)) console.log(line)
  console.log('Nothing was changed.')
  return 0
}

function changing(verb: 'disable' | 'enable' | 'remove', what: string, done: string): RootsVerb {
  return {
    help: `usage: poststempel roots ${verb} SHA256 --reason TEXT --by NAME [--data DIR] [--config FILE]
       poststempel roots ${verb} SHA256 --show
${what} With --show it says which verdicts on open cases would change, and changes nothing.
SHA256 is the anchor's whole fingerprint. Reason and name go on record (cli:NAME); open cases are judged again. Where
trust.secondAdmin is set, this proposes it, and an admin confirms it on the page.

Exit code: 0 done or proposed, 2 bad usage, no such anchor, or it is so already.`,
    flags: { reason: { type: 'string' }, by: { type: 'string' }, show: { type: 'boolean' } },
    async act(asked) {
      const [word, ...more] = asked.words
      if (more.length > 0) throw badUsage('one anchor at a time: each change has its reason')
      const sha256 = readFingerprint(word)
      const subject = (await asked.store.anchor(sha256))?.subject ?? ''
      if (asked.isSet('show')) return showEffects([{ do: verb, sha256 }], asked)
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

/** `poststempel roots limit`: whose signatures an anchor vouches for. */
export const limit: RootsVerb = {
  help: `usage: poststempel roots limit SHA256 [--email DOMAIN]… [--organization NAME]… [--policy OID]…
  [--permit NAME]… [--exclude NAME]… --reason TEXT --by NAME
Says anew whose signatures an anchor vouches for: all that is given must fit the signer; nothing given lets it vouch for
everybody below it. DOMAIN is firm.dk, .firm.dk (all below it) or a whole address. NAME is
dns:firm.dk, email:.firm.dk, uri:firm.dk or "dir:O=Firm,C=DK". Reason and name go on record; open cases
are judged again. Where trust.secondAdmin is set, this proposes it. With --show it says which verdicts on open cases would
change, and changes nothing. [--data DIR] [--config FILE]

Exit code: 0 done or proposed, 2 bad usage, no such anchor, or it is limited so already.`,
  flags: { reason: { type: 'string' }, by: { type: 'string' }, show: { type: 'boolean' }, ...CONSTRAINT_FLAGS },
  async act(asked) {
    const [word, ...more] = asked.words
    if (more.length > 0) throw badUsage('one anchor at a time: each change has its reason')
    const sha256 = readFingerprint(word)
    const step = { do: 'limit', sha256, constraints: readLimits(asked) } as const
    if (asked.isSet('show')) return showEffects([step], asked)
    const { proposed, followed } = await carryOutOrPropose([step], readChange(asked, 'reason'), asked)
    console.log(`${proposed ? 'Proposed' : 'Limited'}: ${sha256}. ${followed}`)
    return 0
  },
}
