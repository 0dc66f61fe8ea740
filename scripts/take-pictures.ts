import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, chromium } from 'playwright-core'

const HELP = `usage: node scripts/take-pictures.ts [--out DIR]
Plays the demo in a temporary folder and takes pictures of the main pages into docs/images (or DIR), with Debian's
chromium. Build first: npm run build.`

const root = join(import.meta.dirname, '..')
const argv = process.argv.slice(2)
if (argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
const out = argv.includes('--out') ? (argv[argv.indexOf('--out') + 1] ?? '.') : join(root, 'docs/images')
mkdirSync(out, { recursive: true })

const data = mkdtempSync(join(tmpdir(), 'poststempel-pictures-'))
const demo = spawn(process.execPath, [join(root, 'bin/poststempel.js'), 'demo', '--data', data], {
  env: { ...process.env, POSTSTEMPEL_SMTP_PORT: '0', POSTSTEMPEL_HTTP_PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const said = await demoIsReady()
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  await takePictures(browser, said)
  await browser.close()
} finally {
  demo.kill('SIGTERM')
  await new Promise((resolve) => demo.once('exit', resolve))
  rmSync(data, { recursive: true, force: true })
}

async function demoIsReady(): Promise<string> {
  let said = ''
  for await (const line of createInterface({ input: demo.stdout })) {
    said += `${line}\n`
    if (line.startsWith('Stop:')) return said
  }
  throw new Error(`the demo ended early:\n${said}`)
}

async function takePictures(browser: Browser, said: string): Promise<void> {
  const tracking = /Anna følger sagen: (\S+)/.exec(said)?.[1] ?? ''
  const base = new URL(tracking).origin
  const password = /admin \/ (\S+)/.exec(said)?.[1] ?? ''
  const wide = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'da-DK' })
  const narrow = await browser.newPage({ viewport: { width: 360, height: 780 }, locale: 'da-DK' })
  await wide.goto(tracking)
  await wide.screenshot({ path: join(out, 'tracking.png') })
  await narrow.goto(tracking)
  await narrow.screenshot({ path: join(out, 'tracking-phone.png'), fullPage: true })
  await wide.goto(`${base}/staff/sign-in`)
  await wide.fill('input[name=username]', 'admin')
  await wide.fill('input[name=password]', password)
  await wide.click('main button[type=submit]')
  for (const [name, path] of [
    ['queue', '/staff'],
    ['outbox', '/staff/outbox'],
    ['roots', '/staff/roots'],
    ['lists', '/staff/lists'],
    ['seal', '/staff/seal'],
  ] as const) {
    await wide.goto(base + path)
    await wide.screenshot({ path: join(out, `${name}.png`), fullPage: true })
  }
  await wide.goto(`${base}/staff`)
  await wide.click('main a[href*="/staff/cases/"]')
  await wide.screenshot({ path: join(out, 'case.png'), fullPage: true })
}
