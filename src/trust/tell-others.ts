import { createHmac } from 'node:crypto'
import type { HistoryEntry } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendAdminHistory } from '../model/history.ts'
import { sha256Hex } from '../model/ids.ts'
import type { Job } from '../model/job.ts'
import type { HandOver, Log, MailComposer, MailRelay, WebFetcher } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { tellInWords } from './tell-words.ts'

export interface TellParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'municipality' | 'web' | 'trust'>
  readonly composer: Pick<MailComposer, 'compose'>
  readonly relay: MailRelay
  readonly newMessageId: () => string
  /** Asks the webhook's address, and no other private one; null: there is no webhook. */
  readonly webhook: WebFetcher | null
}

/** Longer than any hand-over of mail may take: nobody else takes the job up beside us. */
const LEASE_MS = 15 * 60_000
const WEBHOOK_ANSWER_BYTES = 64 * 1024

/**
 * Job "tell-trust-change", payload seq: the entry of the administration's history that others are told of. It was added
 * in the commit of the entry itself. First it makes a job for each who is told, with the mail's bytes and Message-ID
 * stored, so that a repeat sends the same; each of those is then tried until it is taken, or a person must look.
 */
export async function tellTrustChange(job: Job, parts: TellParts): Promise<void> {
  const entry = await entryOf(job, parts)
  if (job.payload['to'] !== undefined) return tellByMail(job, entry, parts)
  if (job.payload['webhook'] !== undefined) return tellByWebhook(job, entry, parts)
  await planEach(job, entry, parts)
}

async function entryOf({ payload }: Job, { store }: TellParts): Promise<HistoryEntry> {
  const seq = Number(payload['seq'])
  const [entry] = await store.adminHistory({ offset: seq - 1, limit: 1 })
  if (entry?.seq === seq) return entry
  throw new GatewayError('not-found', 'There is no such entry', { facts: { seq } })
}

async function planEach(job: Job, entry: HistoryEntry, parts: TellParts): Promise<void> {
  const { store, settings, composer, newMessageId } = parts
  const { mail, webhook } = settings.trust.notify
  const { name, language, mailAddress } = settings.municipality
  const told = tellInWords(entry, language, { name, page: `${settings.web.publicUrl}/staff/roots` })
  const mails = await Promise.all(
    [...new Set([...mail, ...formerlyTold(entry)])].map(async (to) => {
      const messageId = newMessageId()
      const raw = await composer.compose({
        ...told,
        messageId,
        date: new Date(entry.at),
        from: { name, address: mailAddress },
        to,
        language,
        attachments: [],
        inReplyTo: null,
        references: [],
        autoSubmitted: 'auto-generated',
        encryptTo: null,
      })
      return { to, messageId, blob: await store.blobs.put(raw) }
    }),
  )
  await store.commit(async (write) => {
    const seq = String(entry.seq)
    for (const { to, messageId, blob } of mails) {
      await write.keepBlob(blob)
      const payload = { seq, to, messageId, rawSha256: blob.sha256 }
      await write.addJob('tell-trust-change', `entry:${seq}:mail:${sha256Hex(Buffer.from(to)).slice(0, 16)}`, payload)
    }
    if (webhook) await write.addJob('tell-trust-change', `entry:${seq}:webhook`, { seq, webhook: 'yes' })
    await finishJob(write, job)
  })
}

/** Who is told no more is told of that: whoever takes them out would else do it unseen. */
function formerlyTold({ event, payload }: HistoryEntry): readonly string[] {
  const before = event === 'trust-told-changed' ? payload?.['before'] : null
  const mail = typeof before === 'object' && before !== null && 'mail' in before ? before.mail : []
  return Array.isArray(mail) ? mail.filter((to) => typeof to === 'string') : []
}

async function tellByMail(job: Job, entry: HistoryEntry, parts: TellParts): Promise<void> {
  const { store, relay, settings } = parts
  const { to = '', messageId = '', rawSha256 = '' } = job.payload
  const raw = await store.blobs.get(rawSha256)
  if (!(await store.jobs.extend(job, LEASE_MS))) {
    throw new GatewayError('internal', 'The lease of this job ran out before the hand-over', { retryable: true })
  }
  const answer = await relay.handOver({ envelopeFrom: settings.municipality.mailAddress, to, raw })
  mustBeTaken(answer)
  await recordTold(job, entry, { to, messageId, outcome: answer.outcome }, parts)
}

function mustBeTaken(answer: HandOver): void {
  if (answer.outcome === 'accepted' || answer.outcome === 'kept') return
  if (answer.outcome === 'refused') {
    throw new GatewayError('relay-refused', `The next hop refused the mail: ${answer.response}`)
  }
  throw new GatewayError('relay-unavailable', `The next hop gave no final answer (${answer.outcome})`, {
    retryable: true,
  })
}

/**
 * POSTs the entry as JSON. The header Poststempel-Signature is "t=<Unix seconds>,v1=<hex>": HMAC-SHA-256 with the shared
 * secret over "<t>.<body>", so that neither an old message nor an altered one can be passed on. Poststempel-Delivery is
 * the same in every repeat.
 * @throws GatewayError fetch-refused, fetch-failed
 */
async function tellByWebhook(job: Job, entry: HistoryEntry, parts: TellParts): Promise<void> {
  const { webhook, settings, clock } = parts
  const target = settings.trust.notify.webhook
  // It was taken out of the configuration since.
  if (!webhook || !target) return parts.store.commit((write) => finishJob(write, job))
  const body = Buffer.from(JSON.stringify(messageOf(entry, settings)))
  const seconds = Math.floor(clock().getTime() / 1000)
  await webhook.fetch({
    url: target.url,
    method: 'POST',
    body,
    contentType: 'application/json',
    headers: {
      'poststempel-signature': `t=${seconds},v1=${signatureOf(target.secret, seconds, body)}`,
      'poststempel-delivery': entry.hash,
    },
    maxBytes: WEBHOOK_ANSWER_BYTES,
  })
  await recordTold(job, entry, { webhook: new URL(target.url).host, outcome: 'accepted' }, parts)
}

const signatureOf = (secret: string, seconds: number, body: Uint8Array): string =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')

function messageOf(entry: HistoryEntry, settings: TellParts['settings']): Readonly<Record<string, unknown>> {
  const { seq, at, actor, event, payload, hash } = entry
  const page = `${settings.web.publicUrl}/staff/roots`
  const { name: municipality, cvr } = settings.municipality
  return { schemaVersion: 1, event, at, seq, hash, municipality, cvr, actor, page, ...payload }
}

async function recordTold(
  job: Job,
  entry: HistoryEntry,
  payload: Readonly<Record<string, string>>,
  { store, clock, log }: TellParts,
): Promise<void> {
  await store.commit(async (write) => {
    await appendAdminHistory(write, {
      at: instant(clock()),
      actor: { kind: 'system', id: null, name: null },
      event: 'trust-change-told',
      payload: { entry: entry.seq, ...payload },
    })
    await finishJob(write, job)
  })
  if (payload['outcome'] === 'kept') {
    log.warn({ seq: entry.seq }, 'nobody was told of trust by mail: there is no relay')
  } else {
    log.info({ seq: entry.seq, by: job.payload['webhook'] ? 'webhook' : 'mail' }, 'others were told of trust')
  }
}
