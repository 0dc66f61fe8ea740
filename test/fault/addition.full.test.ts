/**
 * kill -9 while a citizen adds to a case: what was acknowledged stands in the case, once, with one receipt; what was
 * not can be sent again by the same form without being there twice.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBrokenLink } from '../../src/model/history.ts'
import { hashToken, newToken } from '../../src/model/ids.ts'
import type { Store } from '../../src/model/store.ts'
import { createStore } from '../../src/store/index.ts'
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts'

const ROUNDS = 10
const folder = mkdtempSync(join(tmpdir(), 'poststempel-addition-'))
const dataDir = join(folder, 'data')
const clock = () => new Date()
let gateway: GatewayProcess
let store: Store
let caseId = ''
let tracking = ''
const session = newToken()

beforeAll(async () => {
  gateway = await startGatewayProcess(dataDir)
  store = await createStore({ dataDir, database: { engine: 'sqlite' }, clock })
  const form = await fetch(`${gateway.http}/send`)
  const cookie = form.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const action = /action="(\/send\?n=[\w-]+)"/.exec(await form.text())?.[1] ?? ''
  const body = new FormData()
  body.set('email', 'kai@borger.example')
  const sent = await fetch(`${gateway.http}${action}`, {
    method: 'POST',
    body,
    headers: { cookie, origin: gateway.http },
    redirect: 'manual',
  })
  tracking = sent.headers.get('location') ?? ''
  for (const until = Date.now() + 20_000; caseId === '' && Date.now() < until; ) {
    caseId = (await store.listCases())[0]?.id ?? ''
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  await store.commit((write) =>
    write.addSession({
      tokenHash: hashToken(session),
      accountId: null,
      caseId,
      createdAt: clock().toISOString(),
      expiresAt,
    }),
  )
})
afterAll(async () => {
  await gateway?.stop()
  await store?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Sends one form, a new boundary each time, as a browser does; gives whether it was acknowledged. */
async function add(nonce: string, content: string): Promise<boolean> {
  const body = new FormData()
  body.append('files', new File([content], 'bilag.txt', { type: 'text/plain' }))
  try {
    const answer = await fetch(`${gateway.http}${tracking}/add?n=${nonce}`, {
      method: 'POST',
      body,
      headers: { cookie: `citizen=${session}`, origin: gateway.http },
      redirect: 'manual',
    })
    return answer.status === 303 && !/told=(no-session|decided)/.test(answer.headers.get('location') ?? '')
  } catch {
    // The line broke: the browser does not know, and its person sends again.
    return false
  }
}

describe('adding to a case while the gateway is killed', () => {
  it(`${ROUNDS} times, loses nothing and doubles nothing`, async () => {
    const sent: { nonce: string; content: string }[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const one = { nonce: newToken(), content: `bilag ${round}` }
      sent.push(one)
      const answered = add(one.nonce, one.content)
      await new Promise((resolve) => setTimeout(resolve, round * 25))
      await gateway.kill()
      const acknowledged = await answered
      const known = (await store.submissionsOfCase(caseId)).filter(({ dedupKey }) => dedupKey.includes(one.nonce))
      if (acknowledged) expect(known).toHaveLength(1)
      gateway = await startGatewayProcess(dataDir)
      if (!acknowledged) expect(await add(one.nonce, one.content)).toBe(true)
    }
    const states = async () => (await store.submissionsOfCase(caseId)).map(({ state }) => state)
    await expect.poll(states, { timeout: 60_000 }).toEqual(Array.from({ length: ROUNDS + 1 }, () => 'cased'))
    expect(await store.listCases()).toHaveLength(1)
    const documents = await store.documentsOfCase(caseId)
    const contents = await Promise.all(
      documents.map(async ({ sha256 }) => Buffer.from(await store.blobs.get(sha256)).toString()),
    )
    expect(contents.toSorted()).toEqual(sent.map(({ content }) => content).toSorted())
    const receipts = (await store.lettersOfCase(caseId)).filter(({ kind }) => kind === 'receipt')
    expect(new Set(receipts.map(({ cause }) => cause)).size).toBe(ROUNDS + 1)
    expect(receipts).toHaveLength(ROUNDS + 1)
    const history = await store.history(caseId)
    expect(history.filter(({ event }) => event === 'documents-added')).toHaveLength(ROUNDS)
    expect(findBrokenLink(history)).toBeNull()
  })
})
