import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { citizen } from '../seal/identities.ts'
import { makePkcs12 } from '../seal/make-pkcs12.ts'
import { startGatewayProcess } from '../support/gateway-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-failed-start-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a gateway whose seal cannot be opened', () => {
  it('says so and ends, and starts once that is mended', async () => {
    const { privateKey, certificateChain } = await citizen()
    const [file, passphraseFile] = [join(folder, 'seal.p12'), join(folder, 'passphrase')]
    writeFileSync(file, makePkcs12(privateKey, certificateChain, 'hemmelig'))
    const seal = { kind: 'pkcs12', file, passphraseFile }
    writeFileSync(passphraseFile, 'forkert\n')
    await expect(startGatewayProcess(join(folder, 'data'), { seal })).rejects.toThrow(
      /ended with 2:(.|\n)*key-unusable/,
    )
    writeFileSync(passphraseFile, 'hemmelig\n')
    const gateway = await startGatewayProcess(join(folder, 'data'), { seal })
    expect(await gateway.stop()).toBe(0)
  })
})
