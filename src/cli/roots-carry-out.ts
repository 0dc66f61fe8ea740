import { PUBLIC_URL_SETTING } from '../model/settings.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import { asksForSecondAdmin, carryOut, planRejudge, proposeChange } from '../trust/index.ts'
import type { Asked } from './roots-verb.ts'
import { followed } from './roots-words.ts'

/**
 * Changes trust at once, each step on record; or, where a second admin is asked for, proposes the change, which an admin
 * confirms on the page: the command line is no way around. (Who may write the configuration could take that away with the
 * next start of the gateway, which is on record.) Gives what to say of it.
 * @throws GatewayError what carryOut throws
 */
export async function carryOutOrPropose(
  steps: readonly TrustStep[],
  { actor, reason, at }: { readonly actor: string; readonly reason: string; readonly at: string },
  { store, settings, now }: Asked,
): Promise<{ readonly proposed: boolean; readonly followed: string }> {
  if (await asksForSecondAdmin(store, settings)) {
    const by = { kind: 'system', id: null, name: actor } as const
    const { id } = await proposeChange({ steps, reason, by }, { store, clock: () => now })
    const page = `${(await store.setting(PUBLIC_URL_SETTING)) ?? settings.web.publicUrl}/staff/roots/changes`
    return {
      proposed: true,
      followed: `Nothing has changed yet: an admin must confirm it at ${page}/${id} within 14 days.`,
    }
  }
  const cases = await store.commit(async (write) => {
    await carryOut(write, steps, { actor, reason, at })
    return planRejudge(write, at)
  })
  return { proposed: false, followed: followed(cases) }
}
