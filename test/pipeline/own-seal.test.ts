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
    expect(await checkOnPage(changed)).not.toContain('Underskriften er gyldig')
    expect(await gateway.store.listAnchors()).toEqual([])
  })
})
