import { parseArgs } from 'node:util'
import type { Store } from '../model/store.ts'
import { openStoreBeside } from './open-store.ts'
import { sayFault } from './say-fault.ts'

const LIMIT = 1000

/** Gives the rows of a list command, page by page, as plain objects without key material or letters' texts. */
const LISTS: Readonly<
  Record<string, (store: Store, page: { limit: number; offset: number }) => Promise<readonly object[]>>
> = {
  submissions: async (store, page) =>
    (await store.listSubmissions(page)).map(({ headers, ...row }) => ({
      ...row,
      messageId: headers?.messageId ?? null,
    })),
  cases: (store, page) => store.listCases(page),
  letters: async (store, page) =>
    Promise.all(
      (await store.listLetters(page)).map(async ({ bodyText: _bodyText, ...letter }) => ({
        ...letter,
        deliveries: await store.deliveriesOfLetter(letter.id),
      })),
    ),
  roots: async (store, page) => (page.offset > 0 ? [] : await listRoots(store)),
  archive: (store, page) => store.listPackages(page),
}

/** Key and validity are null for what an older version took in and this one cannot read. */
async function listRoots(store: Store): Promise<readonly object[]> {
  const { describeAnchor } = await import('../trust/anchor-words.ts')
  const now = new Date()
  return (await store.listAnchors()).map(({ der, ...row }) => {
    const { key = null, validFrom = null, validTo = null, warnings = [] } = describeAnchor(der, 'en', now) ?? {}
    return { ...row, derBytes: der.length, key, validFrom, validTo, warnings }
  })
}

const help = (what: string): string => `usage: poststempel ${what} list [--format json] [--data DIR] [--config FILE]
Prints one JSON object per line; also beside a running gateway.`

/** Makes the command `poststempel WHAT list`. @throws GatewayError storage-unavailable, configuration */
export function listCommand(what: string): { run(args: readonly string[]): Promise<number> } {
  return {
    run: async (args) => {
      const { values, positionals } = parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          format: { type: 'string', default: 'json' },
          data: { type: 'string' },
          config: { type: 'string' },
          help: { type: 'boolean' },
        },
      })
      const list = LISTS[what]
      if (values.help || !list || positionals[0] !== 'list' || values.format !== 'json') {
        console.log(help(what))
        return values.help ? 0 : 2
      }
      try {
        const { store } = await openStoreBeside({ configFile: values.config, dataDir: values.data })
        try {
          await printAll(store, list)
        } finally {
          await store.close()
        }
      } catch (thrown) {
        return sayFault(thrown)
      }
      return 0
    },
  }
}

async function printAll(store: Store, list: (typeof LISTS)[string]): Promise<void> {
  for (let offset = 0; ; offset += LIMIT) {
    const rows = await list(store, { limit: LIMIT, offset })
    for (const row of rows) console.log(JSON.stringify(row))
    if (rows.length < LIMIT) return
  }
}
