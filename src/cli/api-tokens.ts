import { parseArgs } from 'node:util'
import { makeApiToken, revokeApiToken } from '../web/index.ts'
import { openStoreBeside } from './open-store.ts'
import { sayFault } from './say-fault.ts'

const HELP = `usage: poststempel api-tokens add NAME [--days N] [--data DIR] [--config FILE]
       poststempel api-tokens list | revoke ID [--data DIR] [--config FILE]
What another system hands submissions in with (docs/api.md). add prints the token, once; it is stored hashed and good for 365 days
unless told otherwise. Works beside a running gateway.`

const ACTOR = { kind: 'system', id: null, name: 'poststempel api-tokens' } as const

/** Runs `poststempel api-tokens`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      days: { type: 'string', default: '365' },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const [verb, what] = positionals
  const isKnown = verb === 'list' || ((verb === 'add' || verb === 'revoke') && what !== undefined)
  if (values.help || !isKnown) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const clock = (): Date => new Date()
  try {
    const { store } = await openStoreBeside({ configFile: values.config, dataDir: values.data })
    try {
      if (verb === 'add') {
        const wanted = { name: what ?? '', days: Number(values.days), actor: ACTOR }
        console.log((await makeApiToken(store, wanted, clock)).token)
      } else if (verb === 'revoke') {
        await revokeApiToken(store, { id: what ?? '', actor: ACTOR }, clock)
      } else {
        for (const { tokenHash: _hash, ...row } of await store.apiTokens()) console.log(JSON.stringify(row))
      }
    } finally {
      await store.close()
    }
    return 0
  } catch (thrown) {
    return sayFault(thrown)
  }
}
