import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { acceptUpload, startFolder, startLmtp, startSmtp } from '../../src/intake/index.ts'
import { makeApiToken, startWeb } from '../../src/web/index.ts'
import { dotStuffed, smtpClient } from '../support/smtp-client.ts'
import { fakeDeps } from '../web/support/fakes.ts'
import { webSettings } from '../web/support/settings.ts'
import { type Channel, type Desk, MAX_BYTES, marker, type OpenChannel, type Outcome } from './channel-desk.ts'

const base = webSettings()
const settings = {
  ...base,
  smtp: { ...base.smtp, maxMessageBytes: MAX_BYTES },
  web: { ...base.web, maxUploadBytes: MAX_BYTES },
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** Until one more is on disk, three seconds at most: then a sender that goes away never learns of it. */
async function untilStored(desk: Desk, work: () => Promise<void> | void): Promise<void> {
  const before = (await desk.store.listSubmissions()).length
  await work()
  for (let n = 0; n < 150 && (await desk.store.listSubmissions()).length === before; n += 1) await pause(20)
}

const filler = (bytes: number): string =>
  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n'.repeat(bytes / 64)

const mailChannel = (name: string, hello: string, start: typeof startSmtp): Channel => ({
  name,
  open: async (desk) => {
    const { store, clock, log } = desk
    const running = await start({ store, clock, log, settings })
    const mail = (n: number, bytes: number): string =>
      `From: kai@example.dk\r\nSubject: ${n}\r\nMessage-ID: <${n}@example.dk>\r\n\r\n${filler(bytes)}${marker(n)}`
    const ready = async () => {
      const client = await smtpClient(running.port)
      for (const line of [
        `${hello} kai.example`,
        'MAIL FROM:<kai@example.dk>',
        'RCPT TO:<olietank@demokobing.example>',
      ]) {
        await client.say(line)
      }
      await client.say('DATA')
      return client
    }
    return {
      hand: async (n, bytes = 100) => {
        const client = await ready()
        await client.send(dotStuffed(mail(n, bytes)))
        const reply = await client.reply()
        client.close()
        return reply.startsWith('2') ? 'taken' : reply.startsWith('5') ? 'refused' : 'later'
      },
      goAway: async (n, when) => {
        const client = await ready()
        const whole = dotStuffed(mail(n, 10_000))
        if (when === 'before the answer') await untilStored(desk, () => client.send(whole))
        else await client.send(whole.slice(0, -200)).then(() => pause(50))
        client.socket.destroySoon()
      },
      stop: () => running.stop(),
    }
  },
})
const smtp = mailChannel('SMTP', 'EHLO', startSmtp)
const lmtp = mailChannel('LMTP', 'LHLO', (parts) => startLmtp(parts, { host: '127.0.0.1', port: 0 }))

/** What a form says, as a browser writes it: with another boundary each time. */
function formOf(n: number, bytes: number): { readonly type: string; readonly body: Buffer } {
  const boundary = `b${Math.random().toString(36).slice(2)}`
  const part = (head: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`
  const text = `${part('name="name"', 'Kai')}${part('name="files"; filename="a.pdf"', `${filler(bytes)}${marker(n)}`)}`
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.from(`${text}--${boundary}--\r\n`) }
}

interface Posted {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A channel over HTTP: where a form is posted, and by which headers; the same n the same way, also after a restart. */
function posting(name: string, address: (desk: Desk, url: string, n: number) => Promise<Posted>): Channel {
  return {
    name,
    open: async (desk): Promise<OpenChannel> => {
      const { store, clock, log } = desk
      const upload = { store, clock, settings }
      const deps = { ...fakeDeps({ settings, clock }), store, log, acceptUpload: acceptUploadInto(upload) }
      const web = await startWeb(deps)
      const post = async (n: number, bytes: number) => {
        const { url, headers } = await address(desk, web.url, n)
        const { type, body } = formOf(n, bytes)
        const client = request(new URL(url, web.url), {
          method: 'POST',
          agent: false,
          headers: { ...headers, 'content-type': type, 'content-length': body.length },
        })
        client.on('error', () => undefined)
        return { client, body }
      }
      return {
        hand: async (n, bytes = 100) => {
          const { client, body } = await post(n, bytes)
          const status = await new Promise<number>((resolve) => {
            client.on('response', (response) => resolve(response.resume().statusCode ?? 0))
            client.on('close', () => resolve(0))
            client.end(body)
          })
          return status === 201 || status === 303 ? 'taken' : status >= 400 && status < 500 ? 'refused' : 'later'
        },
        goAway: async (n, when) => {
          const { client, body } = await post(n, 10_000)
          const say = (bytes: Buffer) => new Promise<void>((resolve) => client.write(bytes, () => resolve()))
          if (when === 'before the answer') await untilStored(desk, () => say(body))
          else await say(body.subarray(0, -200)).then(() => pause(50))
          client.destroy()
        },
        stop: () => web.stop(),
      }
    },
  }
}

const acceptUploadInto =
  (parts: Parameters<typeof acceptUpload>[1]) =>
  (upload: Parameters<typeof acceptUpload>[0]): ReturnType<typeof acceptUpload> =>
    acceptUpload(upload, parts)

/** Made once for a sender, however many ask at once. */
function keep(desk: Desk, key: string, make: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const made = desk.kept.get(key) ?? make()
  desk.kept.set(key, made)
  return made
}

const page = posting('the page for sending', async (desk, url, n) => {
  const [action = '', cookie = ''] = await keep(desk, `form ${n}`, async () => {
    const served = await fetch(`${url}/send`)
    const [, address = ''] = /action="(\/send\?n=[\w-]{27})"/.exec(await served.text()) ?? []
    return [address, served.headers.getSetCookie()[0]?.split(';')[0] ?? '']
  })
  return { url: action, headers: { cookie, 'sec-fetch-site': 'same-origin' } }
})

const api = posting('the REST API', async (desk, _url, n) => {
  const [token = ''] = await keep(desk, 'token', async () => {
    const actor = { kind: 'system', id: null, name: 'test' } as const
    return [(await makeApiToken(desk.store, { name: 'ESDH', days: 1, actor }, desk.clock)).token]
  })
  return { url: '/api/v1/submissions', headers: { authorization: `Bearer ${token}`, 'idempotency-key': `key-${n}` } }
})

const SETTLE_MS = 20
const folder: Channel = {
  name: 'the watched folder',
  open: async (desk) => {
    const { store, clock, log } = desk
    const path = join(desk.folder, 'scan')
    mkdirSync(path, { recursive: true })
    const running = startFolder({
      settings: { ...settings, folder: { path, settleMs: SETTLE_MS, caseType: null } },
      ...{ store, clock, log },
    })
    const at = new Date('2026-11-27T08:00:00.000Z')
    const put = (n: number, bytes: number, isWhole = true): void => {
      writeFileSync(
        join(path, `${n}.pdf${isWhole ? '' : '.part'}`),
        `%PDF-1.7\n${filler(bytes)}${isWhole ? marker(n) : ''}`,
      )
      if (isWhole) utimesSync(join(path, `${n}.pdf`), at, at)
    }
    const liesIn = (place: string, n: number): boolean =>
      existsSync(join(path, place)) &&
      readdirSync(join(path, place), { recursive: true, encoding: 'utf8' }).some((one) => one.endsWith(`/${n}.pdf`))
    return {
      hand: async (n, bytes = 100): Promise<Outcome> => {
        put(n, bytes)
        // Where it rests for many looks nothing will come of it now.
        for (let looks = 0; looks < 30 && existsSync(join(path, `${n}.pdf`)); looks += 1) await pause(SETTLE_MS)
        if (existsSync(join(path, `${n}.pdf`))) return 'later'
        return liesIn('received', n) ? 'taken' : liesIn('refused', n) ? 'refused' : 'later'
      },
      goAway: async (n, when) => {
        if (when === 'before the answer') {
          await untilStored(desk, () => put(n, 10_000))
          await pause(2 * SETTLE_MS)
        } else {
          put(n, 10_000, false)
          await pause(6 * SETTLE_MS)
        }
      },
      stop: () => running.stop(),
    }
  },
}

/** Every channel that needs nothing but Node; a new one adds its row here. IMAP needs a server: test/intake/imap.full.test.ts
 * and test/fault/imap-kills.full.test.ts hold it. */
export const CHANNELS: readonly Channel[] = [smtp, lmtp, page, api, folder]
