import { afterEach, describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/index.ts'
import type { Settings } from '../../src/model/settings.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

let gateway: RunningGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

const HOP: Settings['trustedHop'] = {
  networks: ['127.0.0.0/8', '::1'],
  authservId: 'mail.demokobing.example',
  form: 'rfc8601',
  arcSealers: [],
}

async function proofOf(trustedHop: Settings['trustedHop'], field: string): Promise<string | null | undefined> {
  gateway = await startRunningGateway({ trustedHop })
  await gateway.send(
    `${field}From: Kai <borger@example.org>\r\nTo: olietank@demokobing.example\r\nSubject: Attest\r\nMessage-ID: <hop@example.org>\r\n\r\nHej.\r\n`,
  )
  const { opened } = await gateway.whatBecameOf('<hop@example.org>')
  const [party] = await gateway.store.partiesOfCase(opened.id)
  return party?.emailProof
}

describe('a mail that the server in front hands over', () => {
  it('is proven by what that server wrote, where the configuration says so', async () => {
    const field = 'Authentication-Results: mail.demokobing.example; dmarc=pass header.from=example.org\r\n'
    expect(await proofOf(HOP, field)).toBe('dmarc')
    await gateway?.stop()
    expect(await proofOf(null, field)).toBeNull()
    await gateway?.stop()
    expect(await proofOf({ ...HOP, networks: ['192.0.2.25'] }, field)).toBeNull()
  })

  it('is not, where the configuration names no network that there is', async () => {
    await expect(startRunningGateway({ trustedHop: { ...HOP, networks: ['mail.example'] } })).rejects.toMatchObject({
      code: 'configuration',
    })
  })
})

describe('the configuration of a server in front', () => {
  it('is there where nothing is said, and counts for nothing', () => {
    expect(loadSettings({}, {}).trustedHop).toBeNull()
  })
})
