import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Hex } from '../src/model/ids.ts'
import { toPem } from '../src/seal/index.ts'
import type { Fixture } from './fixtures/expectation.ts'
import { makeIdentities } from './fixtures/identities.ts'
import { makeLists, readmeOfLists } from './fixtures/lists.ts'
import { mails } from './fixtures/mails.ts'
import { algorithmPairs } from './fixtures/pairs/algorithms.ts'
import { attributePairs } from './fixtures/pairs/attributes.ts'
import { changePairs } from './fixtures/pairs/changes.ts'
import { cmsPairs } from './fixtures/pairs/cms.ts'
import { levelPairs } from './fixtures/pairs/levels.ts'
import { pathPairs } from './fixtures/pairs/paths.ts'
import { shapePairs } from './fixtures/pairs/shapes.ts'
import { smimePairs } from './fixtures/pairs/smime.ts'
import { subFilterPairs } from './fixtures/pairs/sub-filters.ts'
import { soundPdfs, spoiledPdfs, untrustedPdfs } from './fixtures/pdfs.ts'
import { readme } from './fixtures/readme.ts'
import { makeCrl } from './fixtures/revocation-data.ts'
import { makeWorld } from './fixtures/world.ts'

const HELP = `usage: node scripts/make-fixtures.ts [FOLDER]
Makes FOLDER (default: fixtures/) anew: signed, spoiled and unsigned PDFs, mails, public certificates, a CRL,
trusted lists, expected.json with the expected verdicts, and README.md. Every run makes new keys and throws the private ones away,
so the bytes differ from run to run while the verdicts stay.`

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}

const folder = process.argv[2] ?? join(import.meta.dirname, '../fixtures')
const who = await makeIdentities()
const world = makeWorld()
const lists = await makeLists()
const sound = await soundPdfs(who)
const attest = sound[0]?.bytes ?? new Uint8Array(0)
const fixtures: Fixture[] = [
  ...sound,
  ...(await untrustedPdfs(who)),
  ...(await spoiledPdfs(who)),
  ...(await mails(attest)),
  ...algorithmPairs(world),
  ...attributePairs(world),
  ...subFilterPairs(world),
  ...levelPairs(world),
  ...changePairs(world),
  ...shapePairs(world),
  ...cmsPairs(world),
  ...smimePairs(world),
  ...pathPairs(world),
]
const crl = makeCrl(who.ca, [{ certificate: who.kaiRevoked.certificate, at: new Date('2026-11-20T08:00:00Z') }], {
  thisUpdate: new Date('2026-11-24T00:00:00Z'),
  nextUpdate: new Date('2036-01-01T00:00:00Z'),
})

rmSync(folder, { recursive: true, force: true })
write('ca/fixture-ca.pem', who.ca.certificatePem)
write('ca/unknown-ca.pem', who.unknownCa.certificatePem)
write('ca/fixture-ca.crl', toPem(crl, 'X509 CRL'))
for (const [name, content] of world.files) write(name, content)
for (const { bytes, expectation } of fixtures) write(expectation.file, bytes)
const files = fixtures.map(({ bytes, expectation }) => ({ ...expectation, sha256: sha256Hex(bytes) }))
write('expected.json', `${JSON.stringify({ version: 1, files }, null, 2)}\n`)
for (const { bytes, expectation } of lists.fixtures) write(expectation.file, bytes)
const listFiles = lists.fixtures.map(({ bytes, expectation }) => ({ ...expectation, sha256: sha256Hex(bytes) }))
write(
  'lists/expected.json',
  `${JSON.stringify({ version: 1, signer: lists.signer, at: '2026-11-24T10:00:00Z', files: listFiles }, null, 2)}\n`,
)
const ofLists = readmeOfLists(lists.fixtures.map(({ expectation }) => expectation))
write('README.md', `${readme(fixtures.map(({ expectation }) => expectation))}${ofLists}`)
const size = fixtures.reduce((sum, { bytes }) => sum + bytes.length, 0)
console.log(`${fixtures.length} fixtures, ${Math.round(size / 1024)} KB, in ${folder}`)

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}
