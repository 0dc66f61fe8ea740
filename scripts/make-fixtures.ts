import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Hex } from '../src/model/ids.ts'
import { toPem } from '../src/seal/index.ts'
import type { Expectation, Fixture } from './fixtures/expectation.ts'
import { makeCrl, makeIdentities } from './fixtures/identities.ts'
import { mails } from './fixtures/mails.ts'
import { soundPdfs, spoiledPdfs, untrustedPdfs } from './fixtures/pdfs.ts'

const HELP = `usage: node scripts/make-fixtures.ts [FOLDER]
Makes FOLDER (default: fixtures/) anew: signed, spoiled and unsigned PDFs, mails, public certificates, a CRL,
expected.json with the expected verdicts, and README.md. Every run makes new keys and throws the private ones away,
so the bytes differ from run to run while the verdicts stay.`

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}

const folder = process.argv[2] ?? join(import.meta.dirname, '../fixtures')
const who = await makeIdentities()
const sound = await soundPdfs(who)
const attest = sound[0]?.bytes ?? new Uint8Array(0)
const fixtures: Fixture[] = [
  ...sound,
  ...(await untrustedPdfs(who)),
  ...(await spoiledPdfs(who)),
  ...(await mails(attest)),
]
const crl = makeCrl(who.ca, [{ certificate: who.kaiRevoked.certificate, at: new Date('2026-11-20T08:00:00Z') }])

rmSync(folder, { recursive: true, force: true })
write('ca/fixture-ca.pem', who.ca.certificatePem)
write('ca/unknown-ca.pem', who.unknownCa.certificatePem)
write('ca/fixture-ca.crl', toPem(crl, 'X509 CRL'))
for (const { bytes, expectation } of fixtures) write(expectation.file, bytes)
const files = fixtures.map(({ bytes, expectation }) => ({ ...expectation, sha256: sha256Hex(bytes) }))
write('expected.json', `${JSON.stringify({ version: 1, files }, null, 2)}\n`)
write('README.md', readme(fixtures.map(({ expectation }) => expectation)))
const size = fixtures.reduce((sum, { bytes }) => sum + bytes.length, 0)
console.log(`${fixtures.length} fixtures, ${Math.round(size / 1024)} KB, in ${folder}`)

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

function readme(expectations: readonly Expectation[]): string {
  const row = (one: Expectation): string => {
    const first = one.signatures[0]
    const why = first?.subIndication ? ` / ${[first.subIndication].flat().join(' or ')}` : ''
    const result =
      one.indication === null ? `error ${one.error?.join(' or ')}` : `${[one.indication].flat().join(' or ')}${why}`
    return `| \`${one.file}\` | ${one.what} | ${result} |`
  }
  return `# Fixtures

Made by \`node scripts/make-fixtures.ts\`; no file here is anybody else's. Kai, Anna, the tank and the company are made up.
Each run makes new keys and throws the private ones away: the bytes differ from run to run, the verdicts do not, and
nobody can sign anything more under these certificates. They hold from 2026 to 2036 (the CAs to 2040), but for the one
that shall have expired.

\`expected.json\` says the same as the table, member by member, in the words of \`poststempel verify --format json\`:
\`roots\`, \`crls\`, \`at\` and \`checkRevocation\` are what to verify with; where a value is a list, any of them is right.

| file | what it is | expected |
|---|---|---|
${expectations.map(row).join('\n')}

\`ca/fixture-ca.pem\` is the anchor that the tests enable, \`ca/unknown-ca.pem\` one that they do not,
\`ca/fixture-ca.crl\` what the first has revoked.
`
}
