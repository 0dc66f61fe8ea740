import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asGatewayError } from '../../src/model/errors.ts'
import type { Settings } from '../../src/model/settings.ts'
import { timeStampAuthorityFor } from '../../src/wiring-timestamps.ts'
import { settings, silentLog } from '../casework/scene.ts'
import { memoryStore } from '../support/memory-store.ts'

let server: Server
let asked = 0
beforeAll(async () => {
  server = createServer((_request, response) => {
    asked += 1
    response.end('no time-stamp')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())

async function faultWith(allowed: Partial<NonNullable<Settings['timestamps']>>): Promise<string> {
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`
  const timestamps = { url, user: null, password: null, hash: 'sha512', policy: null, ...allowed } as const
  const clock = () => new Date()
  const parts = { store: memoryStore({ clock }), clock, log: silentLog, fetcher: null }
  const authority = timeStampAuthorityFor({ ...parts, settings: { ...settings, timestamps } }, null)
  try {
    await authority?.stamp([Buffer.from('x')])
    return 'stamped'
  } catch (thrown) {
    return asGatewayError(thrown).code
  }
}

it('an authority in a private network is asked where its own setting allows that, and nobody else is by it', async () => {
  expect(settings.validationData.allowedNetworks).toEqual([])
  expect([await faultWith({}), asked]).toEqual(['timestamp-unavailable', 0])
  expect([await faultWith({ allowedNetworks: ['10.0.0.0/8'] }), asked]).toEqual(['timestamp-unavailable', 0])
  expect([await faultWith({ allowedNetworks: ['127.0.0.0/8'] }), asked]).toEqual(['timestamp-refused', 1])
})
