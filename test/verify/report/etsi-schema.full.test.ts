import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeEtsiXml } from '../../../src/verify/index.ts'
import { etsiCases } from './etsi-cases.ts'

// The schemas are ETSI's own and lie beside the checkout, where they lie at all.
const etsi = join(import.meta.dirname, '../../../../shared/standards/schemas/etsi')
const schema = join(etsi, 'xsd/1910202xmlSchema.xsd')
const checks = existsSync(schema) && spawnSync('xmllint', ['--version']).status === 0

const folder = mkdtempSync(join(tmpdir(), 'poststempel-etsi-'))
afterAll(() => rmSync(folder, { recursive: true }))

function validate(xml: string): void {
  const file = join(folder, 'report.xml')
  writeFileSync(file, xml)
  execFileSync('xmllint', ['--nonet', '--noout', '--schema', schema, file], {
    env: { ...process.env, XML_CATALOG_FILES: join(etsi, 'catalog.xml') },
    stdio: 'pipe',
  })
}

describe.skipIf(!checks)('where the schema of TS 119 102-2 and xmllint are at hand, the ETSI report is valid', () => {
  it.each(Object.entries(etsiCases()))('%s', (_, report) => {
    expect(() => validate(writeEtsiXml(report))).not.toThrow()
  })

  it('and the check notices an element out of its place', () => {
    const [report] = Object.values(etsiCases())
    if (!report) throw new Error('no case')
    const broken = writeEtsiXml(report).replace(
      /(<ValidationTimeInfo>.*?<\/ValidationTimeInfo>)(<SignersDocument>.*?<\/SignersDocument>)/,
      '$2$1',
    )
    expect(() => validate(broken)).toThrow()
  })
})
