import { parseArgs } from 'node:util'
import { PUBLIC_URL_SETTING } from '../model/settings.ts'
import { createInvitation } from '../web/index.ts'
import { openStoreBeside } from './open-store.ts'
import { sayFault } from './say-fault.ts'

const HELP = `usage: poststempel accounts invite NAME [--role admin|caseworker] [--display-name TEXT] [--data DIR] [--config FILE]
       poststempel accounts list [--data DIR] [--config FILE]
invite prints a one-time link by which that person sets a password, also for somebody who lost theirs. Works beside a
running gateway.`

/** Runs `poststempel accounts`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      role: { type: 'string', default: 'admin' },
      'display-name': { type: 'string' },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const [verb, name] = positionals
  const { role } = values
  const isInvite = verb === 'invite' && name !== undefined && (role === 'admin' || role === 'caseworker')
  if (values.help || !(isInvite || verb === 'list')) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const clock = (): Date => new Date()
  try {
    const { store, settings } = await openStoreBeside({ configFile: values.config, dataDir: values.data })
    try {
      if (isInvite) {
        const path = await createInvitation(
          store,
          { username: name, displayName: values['display-name'] ?? name, role },
          clock,
          { kind: 'system', id: null, name: 'poststempel accounts' },
        )
        // The gateway's own word on where its pages are: this command may not see its environment.
        console.log(`${(await store.setting(PUBLIC_URL_SETTING)) ?? settings.web.publicUrl}${path}`)
      } else {
        for (const { passwordHash, ...account } of await store.listAccounts()) {
          console.log(JSON.stringify({ ...account, hasPassword: passwordHash !== null }))
        }
      }
    } finally {
      await store.close()
    }
    return 0
  } catch (thrown) {
    return sayFault(thrown)
  }
}
