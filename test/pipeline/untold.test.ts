import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { approveCase, findUntold, rejectCase, settleToldOtherwise } from '../../src/casework/index.ts'
import type { Actor, Case } from '../../src/model/case.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

const METTE: Actor = { kind: 'caseworker', id: 'mette', name: 'Mette Holm' }
const FORWARDED = 'SRS0=ab12=XY=example.org=borger@forwarder.example'

let gateway: RunningGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

/** A mail's case, decided and all work done. */
async function decided(
  from: string,
  envelopeFrom: string,
  change: Parameters<typeof startRunningGateway>[0] = {},
  decision: 'approved' | 'rejected' = 'approved',
): Promise<{ running: RunningGateway; row: Case; ways: readonly string[] }> {
  gateway = await startRunningGateway(change)
  const messageId = `<${randomUUID()}@example.org>`
  const mail = `From: ${from}\r\nTo: olietank@demokobing.example\r\nSubject: Attest\r\nMessage-ID: ${messageId}\r\n\r\nHej.\r\n`
  await gateway.send(mail, { from: envelopeFrom })
  const { opened } = await gateway.whatBecameOf(messageId)
  const { parts } = gateway.running
  if (decision === 'approved') await approveCase({ caseId: opened.id, actor: METTE }, parts)
  else await rejectCase({ caseId: opened.id, actor: METTE, reason: 'Nej' }, parts)
  await gateway.running.idle()
  const row = (await gateway.store.case(opened.id)) ?? opened
  const letter = await gateway.store.letterByCause(`decision:${row.id}`)
  const deliveries = await gateway.store.deliveriesOfLetter(letter?.id ?? '')
  return { running: gateway, row, ways: deliveries.map(({ channel, state }) => `${channel} ${state}`) }
}

describe('a decision', () => {
  it.each([
    ['came by a forwarder, and nothing proves its From', 'Kai <borger@example.org>', FORWARDED],
    ['has several From', 'Kai <borger@example.org>, Anna <anna@example.org>', 'borger@example.org'],
  ])('on a mail that %s: is not answered until a person says how the citizen was told', async (_, from, envelope) => {
    const { running, row, ways } = await decided(from, envelope)
    const { parts } = running.running
    expect(ways).toEqual(['pickup unsendable'])
    expect(row).toMatchObject({ state: 'decided', answeredAt: null, archivedAt: null })
    expect(await findUntold(running.store, row.id)).not.toBeNull()
    await settleToldOtherwise({ caseId: row.id, actor: METTE, note: 'Ringet til Kai kl. 10' }, parts)
    await running.running.idle()
    expect((await running.store.case(row.id))?.state).toBe('archived')
    const history = await running.store.history(row.id)
    expect(history.find(({ event }) => event === 'told-otherwise')).toMatchObject({
      actor: METTE,
      payload: { note: 'Ringet til Kai kl. 10' },
    })
    expect(history.map(({ event }) => event)).toContain('answered')
  })

  it('that the relay refuses, where the receipt was refused too, waits for a person', async () => {
    const sink = await startSmtpSink(() => 550)
    const relay = { host: '127.0.0.1', port: sink.port, user: null, password: null, requireTls: false }
    const { row, ways } = await decided('borger@example.org', 'borger@example.org', { relay }, 'rejected')
    await sink.stop()
    expect(ways).toEqual(['notice-mail refused', 'pickup unsendable'])
    expect(row.state).toBe('decided')
  })

  it('that the relay refuses, where the receipt was taken, lies ready behind the link in the receipt', async () => {
    let taken = 0
    const sink = await startSmtpSink(() => (taken++ === 0 ? 250 : 550))
    const relay = { host: '127.0.0.1', port: sink.port, user: null, password: null, requireTls: false }
    const { row, ways } = await decided('borger@example.org', 'borger@example.org', { relay }, 'rejected')
    await sink.stop()
    expect(ways).toEqual(['notice-mail refused', 'pickup available'])
    expect(row.state).toBe('archived')
  })
})
