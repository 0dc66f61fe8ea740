import { generateKey, readPrivateKey } from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { lookUpKey } from '../../src/delivery/index.ts'
import { hashOfLocalPart } from '../../src/delivery/web-key-directory.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { WebFetcher } from '../../src/model/ports.ts'

const AT = new Date('2026-11-24T09:00:00Z')
const made = async (email: string) =>
  generateKey({ userIDs: [{ email }], format: 'armored', date: new Date('2026-01-01T00:00:00Z') })
const binary = async (armored: string) => (await readPrivateKey({ armoredKey: armored })).toPublic().write()
let kai: Uint8Array
let other: Uint8Array
beforeAll(async () => {
  kai = await binary((await made('Kai.Jensen@borger.example')).privateKey)
  other = await binary((await made('mallory@borger.example')).privateKey)
})

const HASH = hashOfLocalPart('kai.jensen')
const ADVANCED = `https://openpgpkey.borger.example/.well-known/openpgpkey/borger.example/hu/${HASH}?l=Kai.Jensen`
const DIRECT = `https://borger.example/.well-known/openpgpkey/hu/${HASH}?l=Kai.Jensen`

/** A web of these addresses; elsewhere names do not exist, or, where told, answer that there is nothing. */
function web(pages: Readonly<Record<string, Uint8Array>>, hosts: readonly string[] = []) {
  const asked: string[] = []
  const fetcher: WebFetcher = {
    fetch: async ({ url }) => {
      asked.push(url)
      const bytes = pages[url]
      if (bytes) return { bytes, freshUntil: null }
      const reason = hosts.includes(new URL(url).hostname) ? 'status' : 'dns'
      throw new GatewayError('fetch-failed', 'no', { retryable: true, facts: { reason } })
    },
  }
  return { asked, look: (address = 'Kai.Jensen@borger.example') => lookUpKey(address, fetcher, AT) }
}

describe('a Web Key Directory', () => {
  it('names a key by the local part, folded and hashed, as the draft has it', () => {
    expect(hashOfLocalPart('Joe.Doe')).toBe('iy9q119eutrkn8s1mk4r39qejnbu3n5q')
  })

  it('is asked on its own sub-domain first, and on the domain where that does not exist', async () => {
    const advanced = web({ [ADVANCED]: kai })
    expect(await advanced.look()).toMatchObject({ certificate: expect.stringContaining('PUBLIC KEY') })
    expect(advanced.asked).toEqual([ADVANCED])
    const direct = web({ [DIRECT]: kai })
    expect((await direct.look())?.fingerprint).toMatch(/^[0-9a-f]{40}/)
    expect(direct.asked).toEqual([ADVANCED, DIRECT])
  })

  it('that says there is no such key is not asked by the other way', async () => {
    const none = web({ [DIRECT]: kai }, ['openpgpkey.borger.example'])
    expect(await none.look()).toBeNull()
    expect(none.asked).toEqual([ADVANCED])
  })

  it('gives nothing where the key is for another address, or is none', async () => {
    expect(await web({ [ADVANCED]: other }).look()).toBeNull()
    expect(await web({ [ADVANCED]: Buffer.from('<html>') }).look()).toBeNull()
    expect(await web({}).look()).toBeNull()
  })

  it('is not asked for what is no domain', async () => {
    const { asked, look } = web({})
    for (const address of ['kai', 'kai@localhost', 'kai@127.0.0.1', 'kai@[::1]', 'a@b c.dk']) {
      expect([address, await look(address)]).toEqual([address, null])
    }
    expect(asked).toEqual([])
  })

  it('lets faults of ours through', async () => {
    const fetcher = { fetch: async () => Promise.reject(new TypeError('a fault of ours')) }
    await expect(lookUpKey('kai@borger.example', fetcher, AT)).rejects.toThrow('a fault of ours')
  })
})
