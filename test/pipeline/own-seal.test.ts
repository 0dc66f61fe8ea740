import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAttest } from '../../src/typeset/index.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startRunningGateway()
})
afterAll(() => gateway.stop())

async function checkOnPage(pdf: Uint8Array): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([Buffer.from(pdf)], { type: 'application/pdf' }), 'godkendt.pdf')
  const headers = { 'sec-fetch-site': 'same-origin', 'accept-language': 'da' }
  const response = await fetch(`${gateway.running.http}/verify`, { method: 'POST', body: form, headers })
  return response.text()
}

describe('the page that checks a file', () => {
  it('knows the municipality’s own seal, though no admin took its CA in, and sees a changed byte under it', async () => {
    const { sealer } = gateway.running.parts
    const options = { reason: 'Godkendt', location: 'Demokøbing', signingTime: new Date() }
    const sealed = await sealer.sealPdf(await makeAttest(), options)
    expect(await checkOnPage(sealed)).toContain('Seglet er gyldigt')
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(700) ^ 1, 700)
    expect(await checkOnPage(changed)).not.toContain('Seglet er gyldigt')
    expect(await gateway.store.listAnchors()).toEqual([])
  })

  it('hands out the report as a sheet, as ETSI XML that names the municipality’s seal, and as data', async () => {
    const { sealer } = gateway.running.parts
    const options = { reason: 'Godkendt', location: 'Demokøbing', signingTime: new Date() }
    const page = await checkOnPage(await sealer.sealPdf(await makeAttest(), options))
    const found = Object.fromEntries(
      [...page.matchAll(/href="data:([^;]+);base64,([^"]+)"/g)].map(([, type = '', body = '']) => [
        type,
        Buffer.from(body, 'base64').toString('latin1'),
      ]),
    )
    expect(found['application/pdf']).toMatch(/^%PDF-/)
    expect(JSON.parse(found['application/json'] ?? '')).toMatchObject({
      indication: 'TOTAL-PASSED',
      file: 'godkendt.pdf',
    })
    const xml = found['application/xml'] ?? ''
    expect(xml).toContain('urn:etsi:019102:mainindication:total-passed')
    expect(xml).toContain(Buffer.from(gateway.running.parts.seal.chain()[0] ?? []).toString('base64'))
  })
})
