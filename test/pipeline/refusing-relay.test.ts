import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

let gateway: RunningGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

const mail = (messageId: string): string =>
  `From: Kai <borger@example.org>\r\nTo: olietank@demokobing.example\r\nSubject: Attest\r\nMessage-ID: ${messageId}\r\n\r\nHej, hermed min attest.\r\n`

async function deliveriesWith(answer: number) {
  const sink = await startSmtpSink(() => answer)
  const relay = { host: '127.0.0.1', port: sink.port, user: null, password: null, requireTls: false }
  gateway = await startRunningGateway({ relay })
  const messageId = `<${randomUUID()}@example.org>`
  await gateway.send(mail(messageId))
  const { opened, letters } = await gateway.whatBecameOf(messageId)
  const deliveries = (await Promise.all(letters.map((one) => gateway?.store.deliveriesOfLetter(one.id) ?? []))).flat()
  const jobs = await gateway.store.listJobs({ kinds: ['deliver'] })
  await sink.stop()
  return { opened, deliveries, jobs, mails: sink.mails, gateway }
}

describe('a relay that refuses', () => {
  it('for good: the case stands, the refusal is on record with its evidence, and nothing is tried again', async () => {
    const { opened, deliveries, jobs, gateway: running } = await deliveriesWith(550)
    expect(opened.state).toBe('with-caseworker')
    expect(deliveries.map((one) => one.state)).toContain('refused')
    const refused = deliveries.find((one) => one.state === 'refused')
    const evidence = await running.store.evidenceOf(refused?.id ?? '')
    expect(evidence.map((one) => one.event)).toContain('refused')
    expect(jobs.filter((one) => one.state === 'ready')).toEqual([])
  })

  it('for now: the mail waits with its Message-ID and is tried again', async () => {
    const { deliveries, jobs } = await deliveriesWith(451)
    expect(deliveries.map((one) => one.state)).toContain('waiting')
    expect(deliveries[0]?.messageId).toMatch(/^<.+>$/)
    expect(jobs.map((one) => one.state)).toContain('ready')
  })

  it('not at all: a mail that is taken is accepted once', async () => {
    const { deliveries, mails } = await deliveriesWith(250)
    expect(deliveries.map((one) => one.state)).toEqual(['accepted'])
    expect(mails).toHaveLength(1)
  })
})
