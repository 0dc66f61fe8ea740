import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asGatewayError, GatewayError } from '../../../src/model/errors.ts'
import { sha256Hex } from '../../../src/model/ids.ts'
import { entriesOf } from '../../../src/trust/lists/entries.ts'
import { pivotsFirst, verifyListOfLists } from '../../../src/trust/lists/list-of-lists.ts'
import { mustBeListOf, pointerTo, type VerifiedList, verifyList } from '../../../src/trust/lists/verify-list.ts'

const folder = join(import.meta.dirname, '../../../fixtures')
const read = (file: string): Uint8Array => readFileSync(join(folder, file))
interface Expected {
  readonly signer: string
  readonly at: string
  readonly files: readonly {
    readonly file: string
    readonly territory: string
    readonly problem: string | null
    readonly entries: number
    readonly sha256: string
  }[]
}
const { signer, at, files }: Expected = JSON.parse(readFileSync(join(folder, 'lists/expected.json'), 'utf8'))
const pinned = [Buffer.from(signer, 'base64')]
const now = new Date(at)
const pivots = ['lists/lotl-pivot-10.xml', 'lists/lotl-pivot-20.xml'].map(read)
const nothing = (): Promise<never> => Promise.reject(new GatewayError('fetch-refused', 'nothing is fetched'))
const lotl = (file: string) => verifyListOfLists(read(file), pinned, pivotsFirst(pivots, nothing), now)

async function verified(file: string, territory: string): Promise<VerifiedList> {
  if (territory === 'EU') return (await lotl(file)).list
  const { list: lists } = await lotl('lists/lotl.xml')
  const list = verifyList(read(file), pointerTo(lists, territory).certificates)
  mustBeListOf(list, territory, now)
  return list
}

describe('the fixtures’ trusted lists', () => {
  it('are as expected.json names them, byte for byte', () => {
    for (const { file, sha256 } of files) expect(sha256Hex(read(file)), file).toBe(sha256)
    const present = readdirSync(join(folder, 'lists')).map((name) => `lists/${name}`)
    expect(present.sort()).toEqual([...files.map(({ file }) => file), 'lists/expected.json'].sort())
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    for (const { file } of files) expect(readme).toContain(`\`${file}\``)
  })

  it.each(files)('$file: $problem', async ({ file, territory, problem, entries }) => {
    const outcome = await verified(file, territory).then(
      (list) => ({ problem: null, entries: entriesOf(list, ['CA/QC', 'TSA/QTST'], now).length }),
      (thrown) => ({ problem: asGatewayError(thrown).facts['problem'], entries: 0 }),
    )
    expect(outcome).toEqual({ problem, entries })
  })

  it('hold none that is reached without its pivots', async () => {
    const alone = verifyListOfLists(read('lists/lotl.xml'), pinned, nothing, now)
    await expect(alone).rejects.toMatchObject({ code: 'fetch-refused' })
  })
})
