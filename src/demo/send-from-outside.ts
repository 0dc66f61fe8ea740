import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { GatewayError } from '../model/errors.ts'

/**
 * Plays a citizen with the newcomer's own file against the demo that runs beside: hands the form in at the page, as a
 * browser does, and says what the tracking page is. Gives the exit code.
 * @throws GatewayError not-found where no demo runs on that data folder
 */
export async function sendFromOutside(
  dataDir: string,
  name: string,
  bytes: Uint8Array,
  say: (line: string) => void,
): Promise<number> {
  const { http, smtp } = await runningDemo(dataDir)
  const [host, port] = smtp.split(':')
  const transport = createTransport({ host: host ?? '', port: Number(port), secure: false, ignoreTLS: true })
  const address = `nina.${randomUUID().slice(0, 8)}@borger.example`
  await transport.sendMail({
    from: { name: 'Nina Ny', address },
    to: 'olietank@demokobing.example',
    subject: `Min egen fil: ${name}`,
    text: 'Hej\n\nHermed min egen fil.\n\nVenlig hilsen\nNina Ny',
    attachments: [{ filename: name, content: Buffer.from(bytes), contentType: 'application/pdf' }],
  })
  transport.close()
  say(`Nina Ny (${address}) sendte ${name}. Kvitteringen med linket til sagen: ${http}/staff/outbox`)
  say(
    `Kender kommunen ikke underskriverens CA, siger sagen det. En administrator tilføjer den her: ${http}/staff/roots`,
  )
  return 0
}

async function runningDemo(dataDir: string): Promise<{ http: string; smtp: string }> {
  const file = join(dataDir, 'demo', 'running.json')
  try {
    const running = JSON.parse(await readFile(file, 'utf8'))
    await fetch(`${running.http}/health`)
    return running
  } catch (cause) {
    throw new GatewayError(
      'not-found',
      `No demo runs on ${dataDir}. Start one with 'npm run demo', then try again in another window.`,
      { cause },
    )
  }
}
