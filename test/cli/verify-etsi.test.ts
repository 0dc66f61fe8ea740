import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { etsiLine } from '../../src/cli/etsi-line.ts'
import { run } from '../../src/cli/verify.ts'
import { NOW } from '../verify/make-pki.ts'
import { ca, judge, signedPdf } from '../verify/process/pdf-cases.ts'
import { readXml, textAt } from '../verify/report/read-xml.ts'

let folder = ''
let out = ''
const path = (name: string): string => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-etsi-'))
  out = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk)
    return true
  })
  writeFileSync(path('root.der'), ca.certificate.bytes)
  writeFileSync(path('good.pdf'), signedPdf())
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const signatureValueOf = (line: string): string | undefined =>
  textAt(readXml(line.trimEnd()), 'SignatureValidationReport', 'SignatureIdentifier', 'ds:SignatureValue')

describe('poststempel verify --format etsi-xml', () => {
  it('prints one document per input, with the signature value, and ends as the other formats do', async () => {
    const options = ['--roots', path('root.der'), '--at', NOW.toISOString(), '--check-revocation', 'if-present']
    expect(await run([...options, '--format', 'etsi-xml', path('good.pdf'), path('missing.pdf')])).toBe(2)
    const [good = '', missing = '', ...more] = out.trimEnd().split('\n')
    expect(more).toEqual([])
    expect(signatureValueOf(good)).toMatch(/^[\w+/=]{40,}$/)
    expect(missing).toContain('urn:poststempel:error:unreadable-input')
    expect(readXml(missing).name).toBe('ValidationReport')
  })

  it('tells what the report knows where the file went away or is another by now', () => {
    const report = judge(signedPdf(), { fileName: path('good.pdf') })
    writeFileSync(path('good.pdf'), 'another')
    expect(signatureValueOf(etsiLine(report))).toBeUndefined()
    rmSync(path('good.pdf'))
    expect(
      textAt(readXml(etsiLine(report).trimEnd()), 'SignatureValidationReport', 'SignerInformation', 'Signer'),
    ).toBe('Kai Jensen')
  })
})
