import type { Settings } from '../model/settings.ts'

/** Gives what an admin should know of a configuration that can be run, one line each. */
export function startWarnings({ relay, trust, demo }: Pick<Settings, 'relay' | 'trust' | 'demo'>): readonly string[] {
  const isUntold = relay === null && !demo && trust.notify.mail.length > 0
  return isUntold
    ? ['trust.notify.mail names addresses, and no relay is configured: nobody is told of trust by mail.']
    : []
}
